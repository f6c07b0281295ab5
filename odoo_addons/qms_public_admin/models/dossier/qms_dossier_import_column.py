from odoo import api, fields, models
from odoo.exceptions import UserError

TARGETS = [
    ("external_code", "Code of the dossier"),
    ("procedure", "Procedure (code or name)"),
    ("unit", "Receiving unit"),
    ("channel", "Channel"),
    ("state", "State"),
    ("holder_name", "Holder"),
    ("holder_kind", "Kind of applicant"),
    ("holder_identity", "Identity number of the holder"),
    ("holder_phone", "Phone of the holder"),
    ("holder_email", "E-mail of the holder"),
    ("holder_address", "Address of the holder"),
    ("submitter_name", "Submitter"),
    ("submitter_identity", "Identity number of the submitter"),
    ("submitter_phone", "Phone of the submitter"),
    ("note", "Note"),
    ("submitted_at", "Submitted"),
    ("accepted_at", "Accepted"),
    ("due_at", "Due"),
    ("done_at", "Completed"),
    ("returned_at", "Result returned"),
    ("closed_at", "Closed (refused, withdrawn, stopped)"),
    ("activity", "Event: activity"),
    ("at", "Event: time"),
    ("actor", "Event: actor"),
    ("actor_unit", "Event: unit of the actor"),
]
DATE_FORMATS = [
    ("iso", "2026-12-31 16:30 (ISO)"),
    ("dmy", "31/12/2026 16:30 (day first)"),
    ("hm_dmy", "16:30 31/12/2026"),
    ("mdy", "12/31/2026 16:30 (month first)"),
    ("ymd", "2026/12/31 16:30"),
    ("compact", "20261231163000"),
    ("serial", "Number of a spreadsheet"),
]


class QmsDossierImportColumn(models.Model):
    """One column of the file and what it is mapped to."""

    _name = "qms.dossier.import.column"
    _description = "Column of an import"
    _inherit = ["qms.placement.mixin"]
    _order = "import_id, sequence, id"

    _placing_fields = ("import_id", "company_id")
    _derived_fields = ("company_id",)

    import_id = fields.Many2one("qms.dossier.import", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    sequence = fields.Integer(aggregator=None)
    name = fields.Char(string="Column in the file", required=True, readonly=True)
    examples = fields.Text(readonly=True)
    target = fields.Selection(TARGETS, string="Becomes")
    date_format = fields.Selection(
        DATE_FORMATS, string="Dates written as", help="Detected from the file; correct it here."
    )
    remark = fields.Char(readonly=True)
    remark_is_doubt = fields.Boolean(readonly=True)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        columns = super().create(vals_list)
        columns.import_id._check_mapping_open()
        return columns

    def write(self, vals):
        self.import_id._check_mapping_open()
        result = super().write(vals)
        self.import_id._check_mapping_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_checked(self):
        self.import_id._check_mapping_open()


class QmsDossierImport(models.Model):
    _inherit = "qms.dossier.import"

    def _check_mapping_open(self):
        """The mapping of a checked file is what the check was about: it stays."""
        if any(record.state != "draft" for record in self):
            raise UserError(
                self.env._("The file has been checked. Go back to the mapping to change it.")
            )
