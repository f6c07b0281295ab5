import datetime

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.qms_public_admin.tools.statistics import number_text, percent_text, wilson

from .qms_satisfaction_report import GROUP_FIELDS, LEVELS

MONTHS = {"month": 1, "quarter": 3}
# Figures that count ratings, and which ones.
FIGURE_DOMAINS = {
    "dossiers": Domain.TRUE,
    "answers": Domain("answers", "=", 1),
    "valid": Domain("valid", "=", 1),
    "satisfied": Domain("satisfied", "=", 1),
    "flagged": Domain("flagged", "=", 1),
    **{level: Domain("grade", "in", grades) for level, grades in LEVELS.items()},
}


class QmsSatisfactionReportLine(models.TransientModel):
    """The figures of one group of a satisfaction report; the last line is the total.

    Read by the user who made the report, written by its computation alone.
    """

    _name = "qms.satisfaction.report.line"
    _description = "Line of a satisfaction report"
    _order = "report_id, sequence, id"

    report_id = fields.Many2one(
        "qms.satisfaction.report", required=True, readonly=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="Group", readonly=True)
    group_key = fields.Char(readonly=True)
    is_total = fields.Boolean(readonly=True)
    dossiers = fields.Integer(readonly=True, help="Dossiers that could be rated.")
    answers = fields.Integer(string="Ratings", readonly=True)
    valid = fields.Integer(string="Valid ratings", readonly=True)
    satisfied = fields.Integer(readonly=True)
    very_satisfied = fields.Integer(readonly=True)
    satisfied_level = fields.Integer(string="Satisfied (level)", readonly=True)
    neutral = fields.Integer(readonly=True)
    not_satisfied = fields.Integer(readonly=True)
    flagged = fields.Integer(string="Flagged ratings", readonly=True)
    scored = fields.Integer(string="Ratings with a score", readonly=True)
    score_sum = fields.Float(readonly=True)
    response_text = fields.Char(
        string="Response rate", compute="_compute_texts", help="Ratings / dossiers."
    )
    satisfied_text = fields.Char(
        string="Share satisfied", compute="_compute_texts", help="Satisfied / valid ratings."
    )
    interval_text = fields.Char(
        string="95 % interval", compute="_compute_texts", help="Wilson interval of the share."
    )
    score_text = fields.Char(
        string="Mean score (0–100)",
        compute="_compute_texts",
        help="Over ratings with points; what is not applicable is left out.",
    )

    # === COMPUTE METHODS === #

    @api.depends("dossiers", "answers", "valid", "satisfied", "scored", "score_sum")
    @api.depends_context("lang")
    def _compute_texts(self):
        lang = self.env.lang or "en_US"
        for line in self:
            line.response_text = self._share_text(line.answers, line.dossiers, lang)
            line.satisfied_text = self._share_text(line.satisfied, line.valid, lang)
            bounds = wilson(line.satisfied, line.valid)
            line.interval_text = (
                " – ".join(number_text(100 * bound, 2, lang) for bound in bounds) + "%"
                if bounds
                else "–"
            )
            line.score_text = number_text(line._mean_score(), 1, lang) if line.scored else "–"

    @api.model
    def _share_text(self, part, whole, lang):
        if not whole:
            return "–"
        counts = "/".join(number_text(value, lang=lang) for value in (part, whole))
        return f"{percent_text(part, whole, lang=lang)} ({counts})"

    def _mean_score(self):
        return self.score_sum / self.scored if self.scored else 0.0

    # === ACTIONS === #

    def action_open_figure(self, figure):
        """Open the dossiers or the ratings counted in one figure of this line."""
        self.ensure_one()
        self.check_access("read")
        report = self.report_id
        rows = report._rows_model()
        domain = (
            report._period_domain()
            & Domain("company_id", "in", report.company_ids.ids)
            & self._group_domain()
            & FIGURE_DOMAINS[figure]
        )
        if report.flagged == "without" and figure not in ("dossiers", "flagged"):
            domain &= Domain("is_flagged", "=", False)
        label = self.fields_get([figure], ["string"])[figure]["string"]
        return {
            "type": "ir.actions.act_window",
            "name": f"{label}: {self.name}",
            "res_model": rows._name,
            "view_mode": "list,pivot,graph",
            "views": [(False, view) for view in ("list", "pivot", "graph")],
            "domain": list(domain),
            "context": {"create": False},
        }

    def _group_domain(self):
        """Domain of the rows of this line's group."""
        if self.is_total:
            return Domain.TRUE
        grouping = self.report_id.grouping
        name = GROUP_FIELDS[grouping].partition(":")[0]
        if grouping in MONTHS:
            first = datetime.date.fromisoformat(self.group_key)
            last = first + relativedelta(months=MONTHS[grouping], days=-1)
            part = self.report_id.new({"date_from": first, "date_to": last})
            part.company_ids = self.report_id.company_ids
            return part._period_domain()
        if not self.group_key:
            return Domain(name, "=", False)
        is_link = self.report_id._rows_model()._fields[name].type == "many2one"
        return Domain(name, "=", int(self.group_key) if is_link else self.group_key)

    # === BUSINESS METHODS === #

    def _table_row(self, figures, texts):
        """Return this line as the table of the screen shows it."""
        lang = self.env.lang or "en_US"
        return {
            "id": self.id,
            "name": self.name,
            "is_total": self.is_total,
            "figures": [
                {
                    "name": name,
                    "value": self[name],
                    "text": number_text(self[name], lang=lang),
                    "is_bad": name in ("not_satisfied", "flagged"),
                }
                for name in figures
            ],
            "texts": [self[name] for name in texts],
        }
