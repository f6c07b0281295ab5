from odoo import models


class DocumentPage(models.Model):
    """Policy and objectives are posted; other documents may be."""

    _name = "document.page"
    _inherit = ["document.page", "qms.posting.subject.mixin"]

    _posting_field = "page_id"
