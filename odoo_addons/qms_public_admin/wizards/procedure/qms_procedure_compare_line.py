from odoo import fields, models


class QmsProcedureCompareLine(models.TransientModel):
    """A difference between two versions."""

    _name = "qms.procedure.compare.line"
    _description = "Difference of procedure versions"
    _order = "compare_id, sequence, id"

    compare_id = fields.Many2one(
        "qms.procedure.compare", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    section = fields.Char(string="Part")
    item = fields.Char()
    field_label = fields.Char(string="What")
    old_text = fields.Text(string="Before")
    new_text = fields.Text(string="After")
    change = fields.Selection(
        [
            ("changed", "Changed"),
            ("added", "Added"),
            ("removed", "Removed"),
            ("equal", "Equal"),
        ]
    )
