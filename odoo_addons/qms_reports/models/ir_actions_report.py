import lxml.html

from odoo import models

_PAGE = (
    '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"/></head>'
    '<body style="margin: 0;">%s</body></html>'
)


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _prepare_html(self, html, report_model=False):
        """Hand our own prints to wkhtmltopdf as they are.

        They carry their style and have no running headers, so the printer neither
        asks a server for style sheets nor needs the patched Qt.
        """
        root = lxml.html.fromstring(html, parser=lxml.html.HTMLParser(encoding="utf-8"))
        articles = root.xpath("//main/div[contains(@class, 'q-print')]")
        if not articles:
            return super()._prepare_html(html, report_model=report_model)
        bodies, res_ids = [], []
        for article in articles:
            bodies.append(_PAGE % lxml.html.tostring(article, encoding="unicode"))
            is_record = article.get("data-oe-model") == report_model
            res_ids.append(int(article.get("data-oe-id")) if is_record else None)
        return bodies, res_ids, False, False, {}
