from odoo import fields, models


class QmsStandardTransitionReason(models.TransientModel):
    """Ask why nothing is to be done about some lines of a gap list."""

    _name = "qms.standard.transition.reason"
    _description = "Reason why nothing is to be done"

    line_ids = fields.Many2many("qms.standard.transition.line", required=True, readonly=True)
    justification = fields.Text(string="Why nothing is to be done", required=True)

    def action_confirm(self):
        """Settle the lines with this reason; each asks for the right itself."""
        self.ensure_one()
        self.line_ids.action_not_needed(self.justification)
        return {"type": "ir.actions.act_window_close"}
