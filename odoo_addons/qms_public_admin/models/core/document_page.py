from odoo import fields, models


class DocumentPage(models.Model):
    """Pages are written by editors and read by everybody: no script in them runs."""

    _inherit = "document.page"

    content = fields.Html(sanitize=True)
