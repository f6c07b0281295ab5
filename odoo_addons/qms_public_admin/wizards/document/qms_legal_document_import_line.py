from odoo import fields, models

from .qms_legal_document_import import RESULTS


class QmsLegalDocumentImportLine(models.TransientModel):
    """What became of a row of the file."""

    _name = "qms.legal.document.import.line"
    _description = "Row of an import of legal documents"
    _order = "import_id, row, id"

    import_id = fields.Many2one(
        "qms.legal.document.import", required=True, index=True, ondelete="cascade"
    )
    row = fields.Integer(aggregator=None, help="Row of the file, as a spreadsheet shows it.")
    number = fields.Char()
    result = fields.Selection(RESULTS, required=True)
    message = fields.Char()
