from odoo import fields, models

from ...const import INTERRUPTION_KINDS


class QmsClockWhatIfPause(models.TransientModel):
    """A supposed pause: a supplement, a financial obligation, a temporary stop."""

    _name = "qms.clock.what.if.pause"
    _description = "What if: a pause"
    _order = "started_at, id"

    what_if_id = fields.Many2one("qms.clock.what.if", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        INTERRUPTION_KINDS, string="Kind of pause", required=True, default="supplement"
    )
    started_at = fields.Datetime(string="From", required=True)
    ended_at = fields.Datetime(string="To", help="Empty: still paused.")
