from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.qms_public_admin.const import INTAKE_CHANNELS
from odoo.addons.qms_public_admin.tools.satisfaction import CHANNELS, GRADES
from odoo.addons.qms_public_admin.tools.statistics import Z_95

# Shares of sums: (numerator, denominator) in columns of the model.
SHARES = {
    "response_rate": ("answers", "dossiers"),
    "satisfied_share": ("satisfied", "valid"),
    "satisfied_low": ("satisfied", "valid"),
    "satisfied_high": ("satisfied", "valid"),
}


class QmsSatisfactionMixin(models.AbstractModel):
    """One row for each dossier that could be rated, with its rating where there is one.

    The dossiers are the denominator of the response rate (regulation §4), so a row
    without a rating counts as well. Shares and intervals are computed by the database for
    each group asked for: they cannot be put together from those of sub-groups.
    """

    _name = "qms.satisfaction.mixin"
    _description = "Dossiers with their ratings"

    dossier_id = fields.Many2one("qms.dossier", readonly=True)
    company_id = fields.Many2one("res.company", string="Agency", readonly=True)
    procedure_id = fields.Many2one("qms.procedure", readonly=True)
    procedure_field_id = fields.Many2one("qms.procedure.field", string="Field", readonly=True)
    department_id = fields.Many2one("hr.department", string="Unit", readonly=True)
    intake_channel = fields.Selection(INTAKE_CHANNELS, readonly=True)
    eligible_at = fields.Datetime(
        string="Could be rated from",
        readonly=True,
        help="When the result was returned, or completed where the agency says so.",
    )
    answer_id = fields.Many2one("survey.user_input", string="Rating", readonly=True)
    answered_at = fields.Datetime(string="Answered on", readonly=True)
    channel = fields.Selection(CHANNELS, string="Answered by", readonly=True)
    survey_id = fields.Many2one("survey.survey", string="Question set", readonly=True)
    grade = fields.Selection(GRADES, string="Satisfaction", readonly=True)
    is_flagged = fields.Boolean(string="Flagged", readonly=True)
    dossiers = fields.Integer(readonly=True, help="Dossiers that could be rated.")
    answers = fields.Integer(string="Ratings", readonly=True)
    valid = fields.Integer(
        string="Valid ratings",
        readonly=True,
        help="Ratings that say whether the applicant is satisfied.",
    )
    satisfied = fields.Integer(readonly=True)
    flagged = fields.Integer(string="Flagged ratings", readonly=True)
    scored = fields.Integer(string="Ratings with a score", readonly=True)
    score = fields.Float(
        string="Score (0–100)",
        readonly=True,
        aggregator="avg",
        help="Mean over ratings with points; what is not applicable is left out.",
    )
    response_rate = fields.Float(
        string="Response rate (%)", readonly=True, aggregator="response_rate"
    )
    satisfied_share = fields.Float(
        string="Satisfied (%)", readonly=True, aggregator="satisfied_share"
    )
    satisfied_low = fields.Float(
        string="Satisfied, 95 % from", readonly=True, aggregator="satisfied_low"
    )
    satisfied_high = fields.Float(
        string="Satisfied, 95 % to", readonly=True, aggregator="satisfied_high"
    )

    _depends = {
        "qms.dossier": [
            "company_id",
            "procedure_id",
            "procedure_field_id",
            "receiving_unit_id",
            "intake_channel",
            "state",
            "done_at",
            "returned_at",
        ],
        "res.company": ["qms_rating_opens"],
        "survey.user_input": [
            "qms_dossier_id",
            "qms_answered_at",
            "qms_channel",
            "qms_department_id",
            "qms_grade",
            "qms_is_valid",
            "qms_is_satisfied",
            "qms_is_flagged",
            "qms_has_score",
            "qms_score",
        ],
        "qms.dossier.step": ["state", "kind", "done_by_id", "department_id"],
    }

    # === QUERY === #

    @property
    def _table_query(self):
        return SQL(
            """SELECT dossier.id, dossier.id AS dossier_id, dossier.company_id,
                      dossier.procedure_id, dossier.procedure_field_id, dossier.intake_channel,
                      COALESCE(answer.qms_eligible_at, %(since)s) AS eligible_at,
                      COALESCE(answer.qms_department_id, %(unit)s) AS department_id,
                      answer.id AS answer_id, answer.qms_answered_at AS answered_at,
                      answer.qms_channel AS channel, answer.survey_id,
                      answer.qms_grade AS grade,
                      COALESCE(answer.qms_is_flagged, FALSE) AS is_flagged,
                      1 AS dossiers, (answer.id IS NOT NULL)::int AS answers,
                      COALESCE(answer.qms_is_valid, FALSE)::int AS valid,
                      COALESCE(answer.qms_is_satisfied, FALSE)::int AS satisfied,
                      COALESCE(answer.qms_is_flagged, FALSE)::int AS flagged,
                      COALESCE(answer.qms_has_score, FALSE)::int AS scored,
                      CASE WHEN answer.qms_has_score THEN answer.qms_score END AS score,
                      NULL::float8 AS response_rate, NULL::float8 AS satisfied_share,
                      NULL::float8 AS satisfied_low, NULL::float8 AS satisfied_high
                      %(more)s
                 FROM qms_dossier dossier
                 JOIN res_company company ON company.id = dossier.company_id
                 LEFT JOIN survey_user_input answer ON answer.qms_dossier_id = dossier.id
                 LEFT JOIN qms_procedure procedure ON procedure.id = dossier.procedure_id
                WHERE dossier.state = 'returned'
                   OR (dossier.state = 'done' AND company.qms_rating_opens = 'done')
                   OR answer.id IS NOT NULL""",
            since=SQL(
                "CASE WHEN company.qms_rating_opens = 'done' THEN dossier.done_at"
                " ELSE COALESCE(dossier.returned_at, dossier.done_at) END"
            ),
            unit=SQL(
                "COALESCE(%s, procedure.department_id, dossier.receiving_unit_id)",
                self._handled("department_id"),
            ),
            more=self._more_columns(),
        )

    def _more_columns(self):
        return SQL()

    def _handled(self, column):
        """Return a column of the step by which a dossier was handled, as ratings keep it.

        A subquery in the list of columns: PostgreSQL runs it only where it is asked for.
        """
        return SQL(
            """(SELECT step.%s FROM qms_dossier_step step
                 WHERE step.dossier_id = dossier.id AND step.state = 'done'
                   AND step.done_by_id IS NOT NULL
                 ORDER BY (step.kind = 'process') DESC,
                          CASE WHEN step.kind = 'process' THEN -step.ordinal ELSE step.ordinal END
                 LIMIT 1)""",
            SQL.identifier(column),
        )

    # === GROUPS === #

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, aggregator = aggregate_spec.partition(":")
        if aggregator not in SHARES or name not in self._fields:
            return super()._read_group_select(aggregate_spec, query)
        part, whole = (
            SQL("SUM(%s)::float8", self._field_to_sql(self._table, column, query))
            for column in SHARES[aggregator]
        )
        if aggregator in ("satisfied_low", "satisfied_high"):
            return self._wilson_sql(part, whole, aggregator == "satisfied_high")
        return SQL("100 * %s / NULLIF(%s, 0)", part, whole)

    def _wilson_sql(self, part, whole, is_high):
        """Return a bound of the Wilson interval, the same as ``tools.statistics.wilson``."""
        return SQL(
            """100 * CASE WHEN %(whole)s = 0 THEN NULL
                          WHEN %(part)s = %(edge)s THEN %(limit)s
                     ELSE ((%(part)s / %(whole)s + %(zz)s / (2 * %(whole)s))
                           %(sign)s %(z)s * sqrt(
                             %(part)s / %(whole)s * (1 - %(part)s / %(whole)s) / %(whole)s
                             + %(zz)s / (4 * %(whole)s * %(whole)s)))
                          / (1 + %(zz)s / %(whole)s) END""",
            part=part,
            whole=whole,
            edge=whole if is_high else SQL("0"),
            limit=SQL("1.0") if is_high else SQL("0.0"),
            sign=SQL("+") if is_high else SQL("-"),
            z=SQL("%s::float8", Z_95),
            zz=SQL("%s::float8", Z_95 * Z_95),
        )

    # === ACTIONS === #

    def action_open_dossier(self):
        """Open the dossier behind this row."""
        self.ensure_one()
        return self.dossier_id._action_open()
