from odoo import api, fields, models

from ...tools.satisfaction import GRADES


class SurveyQuestionAnswer(models.Model):
    """An answer to choose from: its points, or that it leaves the averages."""

    _inherit = "survey.question.answer"

    qms_level_id = fields.Many2one(
        "qms.satisfaction.level",
        string="Level of the scale",
        ondelete="restrict",
        index="btree_not_null",
    )
    qms_has_score = fields.Boolean(string="Has points")
    qms_grade = fields.Selection(GRADES, string="Meaning")
    qms_is_satisfied = fields.Boolean(string="Counts as satisfied")
    qms_is_low = fields.Boolean(string="Asks for a reason")
    qms_is_not_applicable = fields.Boolean(string="Not applicable")

    _qms_na_has_no_score = models.Constraint(
        "CHECK(NOT (qms_is_not_applicable AND qms_has_score))",
        "What is not applicable has no points.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        questions = self.env["survey.question"].browse(
            {vals["question_id"] for vals in vals_list if vals.get("question_id")}
        )
        questions.survey_id._qms_check_unanswered({"question_ids"})
        return super().create(vals_list)

    def write(self, vals):
        self.question_id.survey_id._qms_check_unanswered({"question_ids"})
        self.env["survey.question"].browse(
            vals.get("question_id") or []
        ).survey_id._qms_check_unanswered({"question_ids"})
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        self.question_id.survey_id._qms_check_unanswered({"question_ids"})
