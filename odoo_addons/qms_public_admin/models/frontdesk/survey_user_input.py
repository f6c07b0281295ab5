from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...const import INTAKE_CHANNELS
from ...tools.satisfaction import CHANNELS, GRADES

# JSON cannot carry this object, so no client can put it into a context.
_WRITER = object()
OFFICER_GROUPS = ",".join(
    f"qms_public_admin.group_qms_{role}" for role in ("head", "leader", "officer")
)


class SurveyUserInput(models.Model):
    """The answer of one applicant about one dossier: a fact (INV-07, INV-08).

    Written by the server when the applicant, the tablet at the counter or a clerk with
    the paper form hands it in; created, changed or deleted by nobody else, survey
    managers and elevated code included. Procedure, unit and persons are kept as they
    were, as text beside the link. Heads, leaders, ISO officers, auditors and the
    provincial office read the answers of their agencies; the names of the persons who
    handled the dossier are for heads, leaders and ISO officers (OS-11).
    """

    _inherit = "survey.user_input"

    qms_dossier_id = fields.Many2one(
        "qms.dossier", string="Dossier", readonly=True, copy=False, ondelete="restrict"
    )
    qms_company_id = fields.Many2one(
        "res.company",
        string="Agency",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    qms_answered_at = fields.Datetime(
        string="Answered on", readonly=True, copy=False, index="btree_not_null"
    )
    qms_channel = fields.Selection(CHANNELS, string="Answered by", readonly=True, copy=False)
    qms_entered_by_id = fields.Many2one(
        "res.users", string="Entered by (user)", readonly=True, copy=False, ondelete="restrict"
    )
    qms_entered_by_name = fields.Char(string="Entered by", readonly=True, copy=False)

    # --- the dossier as it was
    qms_eligible_at = fields.Datetime(
        string="Could be rated from",
        readonly=True,
        copy=False,
        help="When the result was returned, or completed where the agency says so.",
    )
    qms_procedure_id = fields.Many2one(
        "qms.procedure", string="Procedure", readonly=True, copy=False, ondelete="restrict"
    )
    qms_procedure_name = fields.Char(string="Procedure at that time", readonly=True, copy=False)
    qms_department_id = fields.Many2one(
        "hr.department", string="Unit", readonly=True, copy=False, ondelete="restrict"
    )
    qms_department_name = fields.Char(string="Unit at that time", readonly=True, copy=False)
    qms_intake_channel = fields.Selection(
        INTAKE_CHANNELS, string="Intake channel", readonly=True, copy=False
    )
    qms_officer_id = fields.Many2one(
        "res.users",
        string="Handled by (user)",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups=OFFICER_GROUPS,
    )
    qms_officer_name = fields.Char(
        string="Handled by", readonly=True, copy=False, groups=OFFICER_GROUPS
    )
    qms_returner_id = fields.Many2one(
        "res.users",
        string="Result returned by (user)",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups=OFFICER_GROUPS,
    )
    qms_returner_name = fields.Char(
        string="Result returned by", readonly=True, copy=False, groups=OFFICER_GROUPS
    )

    # --- what it says
    qms_grade = fields.Selection(GRADES, string="Satisfaction", readonly=True, copy=False)
    qms_is_valid = fields.Boolean(
        string="Counts in the share",
        readonly=True,
        copy=False,
        help="It says whether the applicant is satisfied: neither skipped nor not applicable.",
    )
    qms_is_satisfied = fields.Boolean(string="Satisfied", readonly=True, copy=False)
    qms_is_low = fields.Boolean(string="Low", readonly=True, copy=False)
    qms_has_score = fields.Boolean(string="Has a score", readonly=True, copy=False)
    qms_score = fields.Float(
        string="Score (0–100)",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Mean over the questions with points, as a share of what could be reached; what "
        "is not applicable is left out.",
    )
    qms_reason = fields.Text(string="Reason", readonly=True, copy=False)
    qms_comment = fields.Text(string="Comment", readonly=True, copy=False)

    # --- doubts
    qms_is_flagged = fields.Boolean(
        string="Flagged",
        readonly=True,
        copy=False,
        help="Answered in a way that asks for a look; never dropped for it.",
    )
    qms_is_fast = fields.Boolean(string="Answered too fast", readonly=True, copy=False)
    qms_is_same_device = fields.Boolean(string="Same device", readonly=True, copy=False)
    qms_is_same_text = fields.Boolean(string="Same text", readonly=True, copy=False)
    qms_flag_reason = fields.Char(string="Why flagged", compute="_compute_qms_flag_reason")
    qms_seconds = fields.Float(string="Seconds to answer", readonly=True, copy=False)
    qms_device_key = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    qms_text_key = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)

    _qms_one_answer = models.UniqueIndex(
        "(qms_dossier_id) WHERE qms_dossier_id IS NOT NULL", "This dossier has been rated already."
    )
    _qms_device_idx = models.Index(
        "(qms_company_id, qms_device_key, qms_answered_at) WHERE qms_device_key IS NOT NULL"
    )
    _qms_text_idx = models.Index("(qms_company_id, qms_text_key) WHERE qms_text_key IS NOT NULL")
    _qms_complete = models.Constraint(
        "CHECK(qms_dossier_id IS NULL OR (qms_company_id IS NOT NULL AND qms_channel IS NOT NULL"
        " AND qms_answered_at IS NOT NULL))",
        "A rating has its agency, its channel and its moment.",
    )

    # === COMPUTE METHODS === #

    @api.depends("qms_is_fast", "qms_is_same_device", "qms_is_same_text")
    @api.depends_context("lang")
    def _compute_qms_flag_reason(self):
        names = ("qms_is_fast", "qms_is_same_device", "qms_is_same_text")
        labels = self._qms_labels(names)
        for answer in self:
            answer.qms_flag_reason = ", ".join(labels[name] for name in names if answer[name])

    def _qms_labels(self, names):
        described = self.fields_get(names, ["string"])
        return {name: described[name]["string"] for name in names}

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_qms_writer():
            self._qms_refuse_fields(*vals_list, self.default_get(self._qms_fields()))
            survey_id = self.env.context.get("default_survey_id")
            surveys = self.env["survey.survey"].sudo()
            surveys = surveys.browse({vals.get("survey_id") or survey_id for vals in vals_list})
            if "qms_satisfaction" in surveys.exists().mapped("survey_type"):
                raise self._qms_refusal()
        return super().create(vals_list)

    def write(self, vals):
        if not self._is_qms_writer():
            self._qms_refuse_fields(vals)
            self._qms_refuse_ratings()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_rating(self):
        if not self._is_qms_writer():
            self._qms_refuse_ratings()

    def copy_data(self, default=None):
        self._qms_refuse_ratings()
        return super().copy_data(default)

    # === GUARD === #

    def _is_qms_writer(self):
        return self.env.context.get("_qms_rating") is _WRITER

    @api.model
    def _qms_fields(self):
        return [
            name for name, field in self._fields.items() if name.startswith("qms_") and field.store
        ]

    def _qms_refuse_fields(self, *vals_list):
        names = set(self._qms_fields())
        if any(vals[name] for vals in vals_list for name in names & vals.keys()):
            raise self._qms_refusal()

    def _qms_refuse_ratings(self):
        if any(self.sudo().mapped("qms_dossier_id")):
            raise self._qms_refusal()

    @api.model
    def _qms_refusal(self):
        return AccessError(
            self.env._(
                "A rating is given once, by the applicant, and kept as it is: nobody writes, "
                "changes or deletes it by hand."
            )
        )

    # === ACTIONS === #

    def action_qms_open_dossier(self):
        """Open the dossier that was rated."""
        self.ensure_one()
        return self.qms_dossier_id._action_open()

    # === BUSINESS METHODS === #

    @api.model
    def _qms_record(self, vals_list):
        """Write ratings; the caller has checked who hands them in."""
        plain = dict.fromkeys(("mail_create_nolog", "mail_create_nosubscribe"), True)
        answers = self.sudo().with_context(_qms_rating=_WRITER, **plain).create(vals_list)
        for company, found in answers.grouped("qms_company_id").items():
            found._qms_flag(company)
        return answers.with_context(self.env.context)

    def _qms_flag(self, company):
        """Flag what was answered too fast, from one device or in one text again and again."""
        for answer in self:
            is_fast = answer.qms_channel != "paper" and (
                answer.qms_seconds < company.qms_rating_min_seconds
            )
            if answer.qms_channel == "kiosk":
                is_fast = False  # one tap on a tablet takes a second
            flags = {
                "qms_is_fast": is_fast,
                "qms_is_same_device": answer._qms_comes_from_same_device(company),
            }
            twins = answer._qms_same_texts()
            if len(twins) >= company.qms_rating_repeats:
                twins.filtered(lambda row: not row.qms_is_same_text).write(
                    {"qms_is_same_text": True, "qms_is_flagged": True}
                )
            if any(flags.values()):
                answer.write({**flags, "qms_is_flagged": True})

    def _qms_comes_from_same_device(self, company):
        if not self.qms_device_key:
            return False
        since = fields.Datetime.subtract(
            self.qms_answered_at, hours=company.qms_rating_cooldown_hours
        )
        return bool(
            self.search_count(
                Domain("qms_company_id", "=", company.id)
                & Domain("qms_device_key", "=", self.qms_device_key)
                & Domain("qms_answered_at", ">", since)
                & Domain("id", "!=", self.id),
                limit=1,
            )
        )

    def _qms_same_texts(self):
        if not self.qms_text_key:
            return self.browse()
        return self.search(
            Domain("qms_company_id", "=", self.qms_company_id.id)
            & Domain("qms_text_key", "=", self.qms_text_key),
            order="id desc",
            limit=1000,
        )
