from odoo import models

from ..const import FORM_OF_EVENT


class QmsDossierEvent(models.Model):
    _inherit = "qms.dossier.event"

    def _follow_up(self):
        """Issue the papers that the law wants of these acts (Decree 63/2010, art. 18.3, 18.5).

        Imported rows tell of acts elsewhere: they have the papers of their own system.
        """
        result = super()._follow_up()
        acts = self.filtered(
            lambda event: not event.is_imported and event.event_type in FORM_OF_EVENT
        )
        if acts:
            papers = self.env["qms.dossier.paper"]._issue_for_events(acts)
            papers._send_apologies()
        return result
