from odoo import api, fields, models

from ...const import DOSSIER_STATES, EVENT_TYPES, INTAKE_CHANNELS
from ...tools import mapping as mapping_kernel

IMPORTABLE_EVENTS = [pair for pair in EVENT_TYPES if pair[0] in mapping_kernel.ACTIVITY_STATES]


class QmsDossierImportValue(models.Model):
    """One word of the other system for a channel, a state or an activity."""

    _name = "qms.dossier.import.value"
    _description = "Word of an import"
    _inherit = ["qms.placement.mixin"]
    _order = "import_id, field_name, id"

    _placing_fields = ("import_id", "company_id")
    _derived_fields = ("company_id",)

    import_id = fields.Many2one("qms.dossier.import", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    field_name = fields.Selection(
        [("channel", "Channel"), ("state", "State"), ("activity", "Activity")],
        string="Kind",
        required=True,
        readonly=True,
    )
    word = fields.Char(string="Word in the file", required=True, readonly=True)
    to_channel = fields.Selection(INTAKE_CHANNELS, string="Channel")
    to_state = fields.Selection(DOSSIER_STATES, string="State")
    to_event = fields.Selection(IMPORTABLE_EVENTS, string="Event")
    is_left_out = fields.Boolean(
        string="Leave out", help="Import the dossier without this value instead of rejecting it."
    )
    is_open = fields.Boolean(string="Not mapped", compute="_compute_is_open")

    # === COMPUTE METHODS === #

    @api.depends("field_name", "to_channel", "to_state", "to_event", "is_left_out")
    def _compute_is_open(self):
        for value in self:
            value.is_open = not value.is_left_out and not value._key()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        values = super().create(vals_list)
        values.import_id._check_mapping_open()
        return values

    def write(self, vals):
        self.import_id._check_mapping_open()
        result = super().write(vals)
        self.import_id._check_mapping_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_checked(self):
        self.import_id._check_mapping_open()

    # === HELPERS === #

    def _key(self):
        names = {"channel": "to_channel", "state": "to_state", "activity": "to_event"}
        return self[names[self.field_name]] if self.field_name else False

    def _value_maps(self):
        """Give ``{field: {word: key}}``; plain activities need no entry."""
        maps = {}
        for value in self:
            key = "" if value.is_left_out else value._key()
            if key is False or (value.field_name == "activity" and key == "activity"):
                continue
            maps.setdefault(value.field_name, {})[value.word] = key
        return maps
