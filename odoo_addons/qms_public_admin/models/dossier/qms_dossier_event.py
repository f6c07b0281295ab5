from odoo import api, fields, models

from ...const import DOSSIER_STATES, EVENT_TYPES, OUTCOMES


class QmsDossierEvent(models.Model):
    """The legal log of a dossier; every figure of a past period comes from it.

    Everybody who may read the dossier reads its log; nobody writes it.
    """

    _name = "qms.dossier.event"
    _description = "Dossier event"
    _inherit = ["qms.event"]
    _order = "dossier_id, sequence, id"
    _log_access = False  # the row itself says who and when

    _chain_field = "dossier_id"
    _hashed_fields = (
        "company_id",
        "sequence",
        "event_type",
        "at",
        "recorded_at",
        "user_id",
        "user_name",
        "on_behalf_of_name",
        "activity",
        "unit_name",
        "from_position_name",
        "to_position_name",
        "state",
        "due_at",
        "outcome",
        "step_id",
        "reason",
        "is_imported",
        "source_file",
        "source_hash",
        "source_row",
    )

    dossier_id = fields.Many2one(
        "qms.dossier", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    event_type = fields.Selection(EVENT_TYPES, string="Event")
    on_behalf_of_name = fields.Char(string="On behalf of", readonly=True)
    activity = fields.Char(readonly=True, help="Work done: the step, or the imported activity.")
    unit_name = fields.Char(string="Unit", readonly=True)
    from_position_name = fields.Char(string="Given by", readonly=True)
    to_position_name = fields.Char(string="Received by", readonly=True)
    state = fields.Selection(DOSSIER_STATES, string="State after", readonly=True)
    due_at = fields.Datetime(string="Due after", readonly=True)
    outcome = fields.Selection(
        OUTCOMES, readonly=True, help="How the dossier was judged when it was completed."
    )
    step_id = fields.Many2one("qms.dossier.step", readonly=True, ondelete="restrict", index=False)
    reason = fields.Text(readonly=True)
    is_imported = fields.Boolean(string="Imported", readonly=True)
    source_file = fields.Char(string="From file", readonly=True)
    source_hash = fields.Char(string="SHA-256 of the file", readonly=True)
    source_row = fields.Integer(string="Row", readonly=True, aggregator=None)

    _company_at_idx = models.Index("(company_id, at)")
    _company_recorded_idx = models.Index("(company_id, recorded_at)")
    _sequence_unique = models.Constraint(
        "UNIQUE(dossier_id, sequence)", "Two events cannot have the same place in the log."
    )

    @api.depends("event_type", "activity")
    def _compute_display_name(self):
        labels = dict(self._fields["event_type"]._description_selection(self.env))
        for event in self:
            event.display_name = event.activity or labels.get(event.event_type, "")
