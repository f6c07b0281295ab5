from odoo import fields, models


class QmsEvidenceMatrixCell(models.TransientModel):
    """What one kind of records holds for a clause of the matrix."""

    _name = "qms.evidence.matrix.cell"
    _description = "Evidence of a kind for a clause"
    _order = "line_id, id"

    line_id = fields.Many2one(
        "qms.evidence.matrix.line", required=True, index=True, ondelete="cascade"
    )
    model_name = fields.Char(required=True)
    name = fields.Char(string="Kind of evidence")
    record_ids = fields.Json()
    count = fields.Integer()
    newest = fields.Date()

    # === ACTIONS === #

    def action_open(self):
        """Open the records; the user's own rights hold there."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.line_id.number} – {self.name}",
            "res_model": self.model_name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.record_ids or [])],
        }
