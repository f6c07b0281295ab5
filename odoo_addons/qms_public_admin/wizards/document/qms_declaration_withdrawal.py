from odoo import fields, models


class QmsDeclarationWithdrawal(models.TransientModel):
    """Asks why a declaration is withdrawn."""

    _name = "qms.declaration.withdrawal"
    _description = "Withdrawal of a declaration"

    declaration_id = fields.Many2one("qms.declaration", required=True, ondelete="cascade")
    words = fields.Text(string="Reason", required=True)

    def action_confirm(self):
        """Withdraw the declaration; its verb checks who may."""
        self.ensure_one()
        self.declaration_id.action_withdraw(self.words)
        return {"type": "ir.actions.act_window_close"}
