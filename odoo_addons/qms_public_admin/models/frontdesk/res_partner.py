from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _compute_helpdesk_ticket_count(self):
        """Count in the database; the addon below loads every ticket of every contact."""
        tickets = self.env["helpdesk.ticket"]
        own = [("partner_id", "child_of", self.ids)]
        everything = self._tickets_by_ancestor(tickets, own)
        active = self._tickets_by_ancestor(tickets, [*own, ("stage_id.closed", "=", False)])
        for partner in self:
            partner.helpdesk_ticket_count = everything.get(partner.id, 0)
            partner.helpdesk_ticket_active_count = active.get(partner.id, 0)
            partner.helpdesk_ticket_count_string = (
                f"{partner.helpdesk_ticket_active_count} / {partner.helpdesk_ticket_count}"
            )

    def _tickets_by_ancestor(self, tickets, domain):
        """Return ``{id: tickets of the contact and of those below it}``."""
        result = {}
        for partner, count in tickets._read_group(domain, ["partner_id"], ["__count"]):
            while partner:
                result[partner.id] = result.get(partner.id, 0) + count
                partner = partner.parent_id
        return result
