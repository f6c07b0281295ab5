from odoo import fields, models


class QmsEventVerificationLine(models.TransientModel):
    _inherit = "qms.event.verification.line"

    broken_at = fields.Datetime(
        string="Time in the row", compute="_compute_broken_row", compute_sudo=False
    )
    broken_text = fields.Char(
        string="What the row says now", compute="_compute_broken_row", compute_sudo=False
    )

    def _compute_broken_row(self):
        """Show the first broken row as it reads now, where there still is one."""
        for line in self:
            event = line._broken_event()
            line.broken_at = event.at if event else False
            line.broken_text = (
                " – ".join(filter(None, [event.display_name, event.user_name, event.reason]))
                if event
                else False
            )

    def _broken_event(self):
        self.ensure_one()
        model = self.env.get(self.res_model)
        events_name = getattr(model, "_event_model", None)
        if not events_name or not self.sequence:
            return None
        events = self.env[events_name]
        return events.search(
            [(events._chain_field, "=", self.res_id), ("sequence", "=", self.sequence)], limit=1
        )
