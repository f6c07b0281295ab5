from odoo import models
from odoo.tools import SQL

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
        reminded = self._reminded(moved | handed)
        if moved & reminded:
            (moved & reminded).sudo().activity_unlink([TYPE_STEP, TYPE_DOSSIER])
        if handed & reminded:
            (handed & reminded).sudo().activity_unlink([TYPE_STEP])
        return result

    def _reminded(self, dossiers):
        """Return those of ``dossiers`` that have an activity; few do, so it is asked first."""
        if not dossiers:
            return dossiers
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT res_id FROM mail_activity WHERE res_model = %s AND res_id IN %s",
                dossiers._name,
                dossiers._ids,
            )
        )
        return dossiers.browse(row_id for (row_id,) in rows)
