from odoo import fields, models

from ...tools import catalogue, tabular

TABLE_KINDS = [
    ("agency", "Agencies"),
    ("procedure", "Procedures"),
    ("component", "Dossier components"),
    ("channel", "Channel terms"),
    ("process", "Internal processes"),
    ("process_total", "Totals of internal processes"),
    ("section", "Sections of internal processes"),
    ("replacement", "Components replaced by data"),
    ("publication", "Publication decisions"),
]


class QmsCatalogueImportFile(models.Model):
    """A table of an import: a CSV file or a sheet of a workbook."""

    _name = "qms.catalogue.import.file"
    _description = "Table of a catalogue import"
    _order = "id"

    _inherit = ["qms.placement.mixin"]
    _placing_fields = ("import_id", "company_id")
    _derived_fields = ("company_id",)

    import_id = fields.Many2one(
        "qms.catalogue.import", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    attachment_id = fields.Many2one("ir.attachment", required=True, index=True, ondelete="cascade")
    name = fields.Char(string="File", required=True)
    sheet = fields.Char()
    encoding = fields.Char()
    header = fields.Text(string="Columns")
    kind = fields.Selection(TABLE_KINDS, string="Content")
    problem = fields.Char()
    row_count = fields.Integer(string="Rows")
    is_loaded = fields.Boolean()
    created_count = fields.Integer(string="Created")
    updated_count = fields.Integer(string="Updated")
    unchanged_count = fields.Integer(string="Unchanged")
    error_count = fields.Integer(string="Rows not loaded")
    line_ids = fields.One2many("qms.catalogue.import.line", "file_id", string="Messages")

    # === BUSINESS METHODS === #

    def _load(self):
        """Load the rows of this table and return the report about them."""
        self.ensure_one()
        report = self.import_id._new_report()
        loader = self.env[f"qms.catalogue.loader.{self.kind}"]
        loader._load(catalogue.rows(self._read_table()), self.import_id._options(), report)
        return report

    def _read_table(self):
        attachment = self.attachment_id
        members = dict(catalogue.unpack(attachment.raw or b"", attachment.name or ""))
        options = {"sheet": self.sheet} if self.sheet else {}
        return tabular.read_table(members[self.name], self.name, formulas="mark", **options)

    def _store_report(self, report, is_loaded):
        """Keep counts and messages of a run."""
        self.ensure_one()
        self.line_ids.unlink()
        self.write(
            {
                "is_loaded": is_loaded,
                "created_count": report.created,
                "updated_count": report.updated,
                "unchanged_count": report.unchanged,
                "error_count": len(report.failed_rows),
            }
        )
        self._add_line(*report.messages)

    def _add_line(self, *messages):
        self.env["qms.catalogue.import.line"].create(
            [
                {"import_id": self.import_id.id, "file_id": self.id, **message}
                for message in messages
            ]
        )
