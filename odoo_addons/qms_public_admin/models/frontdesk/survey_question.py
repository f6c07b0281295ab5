from odoo import api, fields, models

from ...tools.question_sets import FINDINGS

# Text that explains a question: no answer changes its meaning with it.
FREE_FIELDS = frozenset({"qms_source_note", "is_time_customized"})


class SurveyQuestion(models.Model):
    """A question of a satisfaction set, with its scale and its place in the figures."""

    _inherit = "survey.question"

    qms_scale_id = fields.Many2one(
        "qms.satisfaction.scale",
        string="Scale",
        ondelete="restrict",
        index="btree_not_null",
        help="A question without answers takes those of the scale.",
    )
    qms_number = fields.Char(string="Number in the form")
    qms_index = fields.Integer(
        string="Index (1–9)",
        aggregator=None,
        help="Which of the nine indices of procedure handling this question gives (0: none).",
    )
    qms_is_overall = fields.Boolean(
        string="Overall question", help="Decides whether the applicant counts as satisfied."
    )
    qms_finding = fields.Selection(
        FINDINGS, string="Finding", help="What is wrong with the question as it was published."
    )
    qms_answers = fields.Char(string="Answers to choose from", compute="_compute_qms_answers")
    qms_source_note = fields.Text(string="Note on the source")

    _qms_index_known = models.Constraint(
        "CHECK(qms_index BETWEEN 0 AND 9)", "The indices are numbered 1 to 9."
    )

    # === COMPUTE METHODS === #

    @api.depends("suggested_answer_ids.value")
    @api.depends_context("lang")
    def _compute_qms_answers(self):
        for question in self:
            question.qms_answers = " | ".join(
                answer.value or "" for answer in question.suggested_answer_ids
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        surveys = self.env["survey.survey"].browse(
            {vals["survey_id"] for vals in vals_list if vals.get("survey_id")}
        )
        surveys._qms_check_unanswered({"question_ids"})
        questions = super().create(vals_list)
        questions.filtered("qms_scale_id")._qms_fill_from_scale()
        return questions

    def write(self, vals):
        if vals.keys() - FREE_FIELDS:
            self.survey_id._qms_check_unanswered({"question_ids"})
            self.env["survey.survey"].browse(vals.get("survey_id") or [])._qms_check_unanswered(
                {"question_ids"}
            )
        result = super().write(vals)
        if vals.get("qms_scale_id"):
            self._qms_fill_from_scale()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        self.survey_id._qms_check_unanswered({"question_ids"})

    # === BUSINESS METHODS === #

    def _qms_fill_from_scale(self):
        """Give the answers of its scale to each question that has none or too few."""
        for question in self.filtered(lambda row: len(row.suggested_answer_ids) < 2):
            question.suggested_answer_ids = [
                fields.Command.clear(),
                *map(fields.Command.create, question.qms_scale_id.level_ids._answer_vals()),
            ]
        self.filtered(lambda row: row.qms_finding in ("no_scale", "incomplete")).qms_finding = False

    def _qms_range(self):
        """Return the lowest and the highest points of the answers that have any."""
        self.ensure_one()
        scores = self.suggested_answer_ids.filtered("qms_has_score").mapped("answer_score")
        return (min(scores), max(scores)) if scores else (0.0, 0.0)
