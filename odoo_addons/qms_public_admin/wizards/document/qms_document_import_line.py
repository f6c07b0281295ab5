from odoo import fields, models

LINE_LEVELS = [
    ("created", "Created"),
    ("unchanged", "There already"),
    ("warning", "Warning"),
    ("error", "Not loaded"),
]


class QmsDocumentImportLine(models.TransientModel):
    """What became of a row of the index."""

    _name = "qms.document.import.line"
    _description = "Row of an import of documents"
    _order = "import_id, row, id"
    _rec_name = "message"

    import_id = fields.Many2one(
        "qms.document.import", required=True, index=True, ondelete="cascade"
    )
    row = fields.Integer(help="Number of the row in the index, as a spreadsheet shows it.")
    code = fields.Char(string="Document code")
    level = fields.Selection(LINE_LEVELS, string="Result", required=True)
    message = fields.Char()
    page_id = fields.Many2one("document.page", string="Controlled document", ondelete="set null")
