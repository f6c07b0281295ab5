from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.satisfaction import SATISFIED_FROM

SATISFACTION = "qms_satisfaction"
# By token of the dossier alone, all questions on one page.
SATISFACTION_FORM = {"access_mode": "token", "questions_layout": "one_page"}
# What an answered set may still change: the rest would rewrite what people answered.
FREE_FIELDS = frozenset(
    {
        "title",
        "active",
        "color",
        "user_id",
        "description",
        "description_done",
        "restrict_user_ids",
        "message_ids",
        "message_follower_ids",
        "message_main_attachment_id",
        "activity_ids",
    }
)


class SurveySurvey(models.Model):
    """A question set by which applicants rate how their dossier was handled.

    ISO officers keep the sets of their agency, staff and citizens read none over RPC:
    the pages read them. The sets shipped with the product are shared by all agencies. A
    set that was answered keeps its questions and points; a change is a new set.
    """

    _inherit = "survey.survey"

    survey_type = fields.Selection(
        selection_add=[(SATISFACTION, "Satisfaction with handling")],
        ondelete={SATISFACTION: "set default"},
    )
    qms_code = fields.Char(string="Set code", index="btree_not_null", copy=False)
    qms_company_id = fields.Many2one(
        "res.company",
        string="Agency",
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: shared by all agencies.",
    )
    qms_source = fields.Text(string="Source", translate=True)
    qms_scoring_note = fields.Char(string="Points in the source")
    qms_satisfied_from = fields.Float(
        string="Satisfied from (%)",
        default=SATISFIED_FROM,
        help="A set without an overall question: an answer counts as satisfied when its mean "
        "score reaches this share of what could be reached.",
    )
    qms_finding_count = fields.Integer(
        string="Questions with findings", compute="_compute_qms_findings"
    )
    qms_is_ready = fields.Boolean(
        string="Ready for use",
        compute="_compute_qms_findings",
        help="Each question has at least two answers to choose from.",
    )
    qms_is_answered = fields.Boolean(string="Answered", compute="_compute_qms_is_answered")

    _qms_code_unique = models.UniqueIndex(
        "(qms_code, COALESCE(qms_company_id, 0)) WHERE qms_code IS NOT NULL",
        "A question set with this code exists already.",
    )
    _qms_not_public = models.Constraint(
        "CHECK(survey_type != 'qms_satisfaction' OR access_mode = 'token')",
        "Dossiers are rated by the address on the receipt only.",
    )

    # === COMPUTE METHODS === #

    @api.depends("question_and_page_ids.qms_finding", "question_and_page_ids.suggested_answer_ids")
    def _compute_qms_findings(self):
        for survey in self:
            questions = survey.question_ids
            survey.qms_finding_count = len(questions.filtered("qms_finding"))
            survey.qms_is_ready = bool(questions) and all(
                len(question.suggested_answer_ids) > 1 for question in questions
            )

    def _compute_qms_is_answered(self):
        answered = self._qms_answered()
        for survey in self:
            survey.qms_is_answered = survey._origin in answered

    @api.depends("survey_type")
    @api.depends_context("uid")
    def _compute_allowed_survey_types(self):
        result = super()._compute_allowed_survey_types()
        if self.env.user.has_group("qms_public_admin.group_qms_officer"):
            self.allowed_survey_types = [*(self.allowed_survey_types or []), SATISFACTION]
        return result

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        default = self.env.context.get("default_survey_type")
        return super().create(
            [
                {"user_id": False, **vals, **SATISFACTION_FORM}
                if vals.get("survey_type", default) == SATISFACTION
                else vals
                for vals in vals_list
            ]
        )

    def write(self, vals):
        self._qms_check_unanswered(vals.keys() - FREE_FIELDS)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        self._qms_check_unanswered({"survey_type"})

    def _qms_answered(self):
        """Return those of these sets by which a dossier was rated."""
        answers_sudo = self.env["survey.user_input"].sudo()
        domain = Domain("survey_id", "in", self._origin.ids) & Domain("qms_dossier_id", "!=", False)
        groups = answers_sudo._read_group(domain, ["survey_id"])
        return self.browse(survey.id for (survey,) in groups)

    def _qms_check_unanswered(self, names):
        if not names or not self:
            return
        answered = self.filtered(lambda row: row.survey_type == SATISFACTION)._qms_answered()
        if answered:
            raise UserError(
                self.env._(
                    "“%(set)s” has been answered: its questions and points stay as they were "
                    "answered. Copy the set and change the copy.",
                    set=answered[0].sudo().title,
                )
            )

    # === ACTIONS === #

    def action_qms_copy(self):
        """Open a copy that belongs to the current agency and can be changed."""
        self.ensure_one()
        copy = self.copy({"qms_company_id": self.env.company.id, "qms_code": False})
        return copy.action_qms_open()

    def action_qms_open(self):
        """Open this set."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.survey_survey_action_satisfaction"
        )
        return {**action, "res_id": self.id, "views": [(False, "form")], "view_mode": "form"}

    # === BUSINESS METHODS === #

    def _check_answer_creation(self, *args, **kwargs):
        """Let nobody answer past the dossier: neither test, nor invitation, nor retry."""
        if self.survey_type == SATISFACTION:
            raise UserError(
                self.env._("Dossiers are rated by the address on their receipt, not here.")
            )
        return super()._check_answer_creation(*args, **kwargs)
