from odoo import models


class QmsDossierEvent(models.Model):
    """A result that is handed over at the counter appears on the tablet of that desk."""

    _inherit = "qms.dossier.event"

    def _follow_up(self):
        result = super()._follow_up()
        returned = self.filtered(lambda event: event.event_type == "returned")
        for user, events in returned.grouped("user_id").items():
            # The tablet shows one dossier: the last that was handed over.
            dossier = events[-1:].dossier_id
            kiosk_sudo = self.env["qms.rating.kiosk"]._of_clerk(user, dossier.company_id)
            if kiosk_sudo and not dossier.is_imported:
                kiosk_sudo._show(dossier)
        return result
