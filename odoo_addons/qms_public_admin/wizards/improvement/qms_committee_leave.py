from odoo import fields, models


class QmsCommitteeLeave(models.TransientModel):
    """Asks for the last day of a member of the steering committee, and why."""

    _name = "qms.committee.leave"
    _description = "Early end of a term"

    member_id = fields.Many2one("qms.committee.member", required=True, ondelete="cascade")
    day = fields.Date(
        string="Last day", required=True, default=lambda self: fields.Date.context_today(self)
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Record it; who may is checked there."""
        self.ensure_one()
        self.member_id.action_leave(self.day, self.reason)
        return {"type": "ir.actions.act_window_close"}
