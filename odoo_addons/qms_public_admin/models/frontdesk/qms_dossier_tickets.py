from odoo import fields, models
from odoo.fields import Domain


class QmsDossier(models.Model):
    """Where a dossier came from, and what was complained about it."""

    _inherit = "qms.dossier"

    request_ticket_ids = fields.One2many(
        "helpdesk.ticket", "qms_opened_dossier_id", string="Opened from"
    )
    complaint_ids = fields.One2many("helpdesk.ticket", "qms_dossier_id", string="Complaints")
    ticket_count = fields.Integer(compute="_compute_ticket_count")

    def _compute_ticket_count(self):
        for dossier in self:
            dossier.ticket_count = len(dossier.request_ticket_ids | dossier.complaint_ids)

    def action_view_tickets(self):
        self.ensure_one()
        opened = Domain("qms_opened_dossier_id", "=", self.id)
        about = Domain("qms_dossier_id", "=", self.id)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tickets"),
            "res_model": "helpdesk.ticket",
            "view_mode": "list,form",
            "domain": list(opened | about),
            "context": {"create": False},
        }
