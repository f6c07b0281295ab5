from odoo import models

from .qms_reminder_fact import TYPE_DOSSIER, TYPE_STEP

# Acts after which nobody waits for the step, and those that move or end the due date.
ENDS_STEP = ("step_completed", "sent_back")
ENDS_DUE_DATE = (
    "supplement_requested",
    "payment_requested",
    "paused",
    "resumed",
    "extended",
    "reprojected",
    "done",
    "withdrawn",
    "stopped",
)


class QmsDossierEvent(models.Model):
    """A reminder goes away when what it reminds of is done."""

    _inherit = "qms.dossier.event"

    def _follow_up(self):
        result = super()._follow_up()
        lived = self.filtered(lambda event: not event.is_imported)
        moved = lived.filtered(lambda event: event.event_type in ENDS_DUE_DATE).dossier_id
        handed = lived.filtered(lambda event: event.event_type in ENDS_STEP).dossier_id - moved
        if moved:
            moved.sudo().activity_unlink([TYPE_STEP, TYPE_DOSSIER])
        if handed:
            handed.sudo().activity_unlink([TYPE_STEP])
        return result
