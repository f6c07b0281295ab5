from odoo import models


class QmsDeclaration(models.Model):
    """A declaration is posted at the office and on the website."""

    _name = "qms.declaration"
    _inherit = ["qms.declaration", "qms.posting.subject.mixin"]

    _posting_field = "declaration_id"
