from odoo import fields, models

LINE_LEVELS = [("error", "Not loaded"), ("warning", "Warning"), ("info", "Remark")]


class QmsCatalogueImportLine(models.Model):
    """A message about a row of an imported table."""

    _name = "qms.catalogue.import.line"
    _description = "Message of a catalogue import"
    _order = "file_id, row, id"
    _rec_name = "message"

    _inherit = ["qms.placement.mixin"]
    _placing_fields = ("import_id", "company_id")
    _derived_fields = ("company_id",)

    import_id = fields.Many2one(
        "qms.catalogue.import", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    file_id = fields.Many2one(
        "qms.catalogue.import.file", string="Table", index=True, ondelete="cascade"
    )
    row = fields.Integer(help="Number of the row in the file, as a spreadsheet shows it.")
    level = fields.Selection(LINE_LEVELS, string="Severity", required=True)
    code = fields.Char()
    message = fields.Text(required=True)
