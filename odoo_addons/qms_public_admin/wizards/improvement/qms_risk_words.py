from odoo import fields, models
from odoo.exceptions import UserError

VERBS = [("close", "Close"), ("reopen", "Reopen")]


class QmsRiskWords(models.TransientModel):
    """Asks for the reason that goes with closing or reopening risks."""

    _name = "qms.risk.words"
    _description = "Words with an act on a risk"

    risk_ids = fields.Many2many("qms.risk", string="Risks and opportunities")
    verb = fields.Selection(VERBS, required=True)
    words = fields.Text(string="Reason", required=True)

    def action_confirm(self):
        """Do what was asked for, with this reason."""
        self.ensure_one()
        if self.verb not in dict(VERBS):
            raise UserError(self.env._("Choose what is to be done."))
        getattr(self.risk_ids, f"action_{self.verb}")(self.words)
        return {"type": "ir.actions.act_window_close"}
