from odoo import fields, models

from ...const import INTERRUPTION_KINDS


class QmsDossierInterruption(models.Model):
    """A pause of the clock: supplement, financial obligation or temporary stop.

    Kept with the due date before and after (regulation INV-01).
    """

    _name = "qms.dossier.interruption"
    _description = "Interruption of a dossier"
    _inherit = ["qms.fact.mixin"]
    _order = "dossier_id, started_at, id"

    dossier_id = fields.Many2one("qms.dossier", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="restrict")
    kind = fields.Selection(INTERRUPTION_KINDS, required=True)
    state_before = fields.Char(required=True, help="State to which the dossier goes back.")
    reason = fields.Text(required=True)
    items = fields.Text(string="What is asked for")
    notice_due_at = fields.Datetime(
        string="To be asked by", help="Last moment to ask for a supplement without being late."
    )
    started_at = fields.Datetime(string="Paused", required=True)
    ended_at = fields.Datetime(string="Resumed")
    requested_by_id = fields.Many2one("res.users", ondelete="restrict")
    requested_by_name = fields.Char(string="Requested by")
    resumed_by_name = fields.Char()
    clock_mode = fields.Selection(
        [("restart", "Restart from zero"), ("shift", "Shift")], string="Clock"
    )
    old_due_at = fields.Datetime(string="Due before")
    new_due_at = fields.Datetime(string="Due after")
