from odoo import api, fields, models

from ...tools.satisfaction import GRADES


class SurveyUserInputLine(models.Model):
    """One answered question of a rating, as much a fact as the rating itself."""

    _inherit = "survey.user_input.line"

    qms_index = fields.Integer(string="Index (1–9)", readonly=True, aggregator=None)
    qms_has_score = fields.Boolean(string="Has points", readonly=True)
    qms_score = fields.Float(string="Points", readonly=True, aggregator="avg")
    qms_is_not_applicable = fields.Boolean(string="Not applicable", readonly=True)
    qms_grade = fields.Selection(GRADES, string="Satisfaction", readonly=True)
    qms_answer = fields.Char(string="Answer at that time", readonly=True)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        inputs = self.env["survey.user_input"]
        if not inputs._is_qms_writer():
            inputs.browse(
                {vals["user_input_id"] for vals in vals_list if vals.get("user_input_id")}
            )._qms_refuse_ratings()
        return super().create(vals_list)

    def write(self, vals):
        inputs = self.env["survey.user_input"]
        if not inputs._is_qms_writer():
            self.user_input_id._qms_refuse_ratings()
            inputs.browse(vals.get("user_input_id") or [])._qms_refuse_ratings()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_rating(self):
        if not self.env["survey.user_input"]._is_qms_writer():
            self.user_input_id._qms_refuse_ratings()
