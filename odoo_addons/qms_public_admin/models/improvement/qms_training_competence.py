from odoo import api, fields, models

from .qms_competence import COMPETENCE_LEVELS


class QmsTrainingCompetence(models.Model):
    """What a class gives: who attends it and passes has the competence at this level."""

    _name = "qms.training.competence"
    _description = "Competence given by a class"
    _inherit = ["qms.placement.mixin"]
    _order = "training_id, id"

    _placing_fields = ("training_id", "company_id")
    _derived_fields = ("company_id",)

    training_id = fields.Many2one("qms.training", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="training_id.company_id", store=True, index=True)
    competence_id = fields.Many2one(
        "qms.competence", required=True, index=True, ondelete="restrict"
    )
    level = fields.Selection(COMPETENCE_LEVELS, string="Degree", required=True, default="1")
    months = fields.Integer(
        string="Valid for (months)", aggregator=None, help="0: it does not run out."
    )

    _once = models.Constraint(
        "UNIQUE(training_id, competence_id)", "A competence stands in a class once."
    )
    _months = models.Constraint("CHECK(months >= 0)", "Months cannot be negative.")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.training_id._check_open()
        return lines

    def write(self, vals):
        self.training_id._check_open()
        result = super().write(vals)
        self.training_id._check_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evaluated(self):
        self.training_id._check_open()
