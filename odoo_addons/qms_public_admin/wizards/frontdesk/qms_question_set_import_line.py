from odoo import fields, models


class QmsQuestionSetImportLine(models.TransientModel):
    """What is to be said about one row of an import of question sets."""

    _name = "qms.question.set.import.line"
    _description = "Message of an import of question sets"
    _order = "row, id"

    import_id = fields.Many2one(
        "qms.question.set.import", required=True, index=True, ondelete="cascade"
    )
    level = fields.Selection(
        [("warning", "Finding"), ("error", "Not read")], string="Kind of message", required=True
    )
    row = fields.Integer(aggregator=None)
    set_code = fields.Char(string="Set")
    message = fields.Char()
