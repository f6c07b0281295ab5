from odoo import fields, models


class QmsDocumentAmendment(models.Model):
    """A line of the amendment table, “Sửa đổi tài liệu”: request, place, what was changed.

    Number and date are those of the revision to which the line belongs.
    """

    _name = "qms.document.amendment"
    _description = "Amendment of a document"
    _inherit = "qms.document.part"
    _rec_name = "description"

    request = fields.Char(string="Request to amend")
    place = fields.Char(string="Page, section")
    description = fields.Text(string="What is amended", required=True)
    issue_no = fields.Integer(related="revision_id.issue_no")
    revision_no = fields.Integer(related="revision_id.revision_no")
    issued_on = fields.Date(related="revision_id.issued_on")
    effective_from = fields.Date(related="revision_id.effective_from")
