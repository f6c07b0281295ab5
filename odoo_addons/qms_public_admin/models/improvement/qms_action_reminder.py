from odoo import api, fields, models


class QmsActionReminder(models.Model):
    """A reminder of an action that was sent: for which deadline, to whom.

    Written by the nightly job alone; a reminder goes out once for each deadline. ISO
    officers read those of their agencies.
    """

    _name = "qms.action.reminder"
    _description = "Reminder of an action"
    _inherit = ["qms.fact.mixin"]
    _order = "sent_at desc, id desc"
    _rec_name = "kind"

    action_id = fields.Many2one(
        "mgmtsystem.action",
        string="Corrective action",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", string="Agency", readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection([("soon", "Ends soon"), ("late", "Late")], required=True, readonly=True)
    deadline = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Sent to", readonly=True, ondelete="restrict")
    sent_at = fields.Datetime(string="Sent on", required=True, readonly=True)

    _once = models.UniqueIndex("(action_id, kind, deadline)", "A reminder is sent once.")

    # === BUSINESS METHODS === #

    @api.model
    def _not_told(self, actions, kind):
        """Return the actions whose owners were not told of this deadline yet."""
        told = self.sudo().search_fetch(
            [("action_id", "in", actions.ids), ("kind", "=", kind)], ["action_id", "deadline"]
        )
        known = {(row.action_id.id, row.deadline) for row in told}
        return actions.filtered(lambda action: (action.id, action.date_deadline) not in known)

    @api.model
    def _remember(self, actions, kind):
        return self._record(
            [
                {
                    "action_id": action.id,
                    "company_id": action.company_id.id,
                    "kind": kind,
                    "deadline": action.date_deadline,
                    "user_id": action.user_id.id,
                    "sent_at": fields.Datetime.now(),
                }
                for action in actions
            ]
        )
