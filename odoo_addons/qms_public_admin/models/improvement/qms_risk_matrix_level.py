from odoo import api, fields, models

AXES = [("likelihood", "Likelihood"), ("impact", "Impact")]


class QmsRiskMatrixLevel(models.Model):
    """A level of a scale with its word: “3 – Possible”."""

    _name = "qms.risk.matrix.level"
    _description = "Level of a risk matrix"
    _inherit = ["qms.placement.mixin"]
    _order = "matrix_id, axis, value"

    _placing_fields = ("matrix_id", "company_id")
    _derived_fields = ("company_id",)
    _shared_is_for_all = True

    matrix_id = fields.Many2one("qms.risk.matrix", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="matrix_id.company_id", store=True, index=True)
    axis = fields.Selection(AXES, string="Scale", required=True, default="likelihood")
    value = fields.Integer(required=True, aggregator=None)
    name = fields.Char(string="Word", required=True, translate=True)
    description = fields.Text(
        translate=True, help="When this level is chosen, e.g. once a year, or a loss of up to…"
    )

    _once = models.Constraint("UNIQUE(matrix_id, axis, value)", "A value stands on a scale once.")
    _positive = models.Constraint("CHECK(value BETWEEN 1 AND 10)", "Scales count from 1 to 10.")

    # === COMPUTE METHODS === #

    @api.depends("value", "name")
    def _compute_display_name(self):
        for level in self:
            level.display_name = f"{level.value} – {level.name}"
