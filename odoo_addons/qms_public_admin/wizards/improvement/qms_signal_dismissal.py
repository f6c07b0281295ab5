from odoo import api, fields, models


class QmsSignalDismissal(models.TransientModel):
    """Asks why signals are dismissed, and for how long they are left alone."""

    _name = "qms.signal.dismissal"
    _description = "Dismissal of signals"

    signal_ids = fields.Many2many("qms.signal", required=True)
    words = fields.Text(string="Reason", required=True)
    days = fields.Integer(
        string="Quiet for (days)",
        default=90,
        required=True,
        help="Figures stay quiet at least until their window has moved past the cases.",
    )

    def action_confirm(self):
        """Dismiss the signals; their verb checks who may."""
        self.ensure_one()
        self.signal_ids.action_dismiss(self.words, self.days)
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _ask(self, signals):
        days = max(signals.sudo().rule_id.mapped("snooze_days"))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dismiss"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_signal_ids": [fields.Command.set(signals.ids)],
                "default_days": days,
            },
        }
