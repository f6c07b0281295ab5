from odoo import fields, models


class DocumentPageHistory(models.Model):
    """The stored text of a page; see ``document.page``."""

    _inherit = "document.page.history"

    content = fields.Html(sanitize=True)
