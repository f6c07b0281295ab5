from odoo import models


class QmsDossier(models.Model):
    """Reminders make nobody a follower: who is reminded of work did not ask for mails."""

    _inherit = "qms.dossier"

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        if self.env.context.get("qms_no_follower"):
            return True
        return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)
