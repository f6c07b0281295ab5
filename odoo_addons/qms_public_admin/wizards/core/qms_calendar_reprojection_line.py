from odoo import api, fields, models

from ...tools.working_time import STORED_HOURS_PER_DAY


class QmsCalendarReprojectionLine(models.TransientModel):
    """One open dossier whose due date would move."""

    _name = "qms.calendar.reprojection.line"
    _description = "Dossier of a re-projection"
    _order = "old_due_at, id"

    wizard_id = fields.Many2one(
        "qms.calendar.reprojection", required=True, ondelete="cascade", index=True
    )
    dossier_id = fields.Many2one("qms.dossier", readonly=True, ondelete="cascade")
    agency_id = fields.Many2one(related="dossier_id.company_id", string="Agency")
    procedure_id = fields.Many2one(related="dossier_id.procedure_id")
    old_due_at = fields.Datetime(string="Old due date", readonly=True)
    new_due_at = fields.Datetime(string="New due date", readonly=True)
    shift_days = fields.Float(
        string="Working days",
        readonly=True,
        digits=(8, 2),
        help="Working time between the old and the new due date, negative when earlier.",
    )
    is_past = fields.Boolean(
        string="Already past", readonly=True, help="The new due date has already passed."
    )
    is_applied = fields.Boolean(string="Move", default=True)

    @api.model
    def _prepare(self, dossier, new_due_at):
        """Values of a line for a dossier and its new due date."""
        clock = dossier.company_id._qms_working_time()
        hours = clock.elapsed(dossier.due_at, new_due_at)
        return {
            "dossier_id": dossier.id,
            "old_due_at": dossier.due_at,
            "new_due_at": new_due_at,
            "shift_days": hours / STORED_HOURS_PER_DAY,
            "is_past": new_due_at < fields.Datetime.now(),
        }
