import lxml.html

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.pdf import merge_pdf

from odoo.addons.base.models.ir_actions_report import _wkhtml

from ..tools import html_pdf, page_numbers

_PAGE = (
    '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"/></head>'
    '<body style="margin: 0;">%s</body></html>'
)
PAPER_REPORT = "qms_reports.dossier_paper"
# Papers of headings and tables: print, model, the method that returns them, what it takes.
PAPERS = {
    "qms_reports.audit_report": ("mgmtsystem.audit", "_qms_report_papers", ("internal",)),
    "qms_reports.audit_report_reform": ("mgmtsystem.audit", "_qms_report_papers", ("reform",)),
    "qms_reports.audit_plan": ("mgmtsystem.audit", "_qms_plan_papers", ()),
    "qms_reports.audit_questions": ("mgmtsystem.audit", "_qms_question_papers", ()),
    "qms_reports.audit_programme": ("qms.audit.programme", "_programme_papers", ()),
}
# Prints that a model makes itself: report and model.
OWN_REPORTS = {
    "qms_reports.declaration": "qms.declaration",
    "qms_reports.review_pack": "mgmtsystem.review",
}
# Prints of documents, by the model whose records they print.
DOCUMENT_REPORTS = {
    "qms_reports.document_revision": "document.page.history",
    "qms_reports.document_copy": "qms.document.copy",
}


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

    def _run_wkhtmltopdf(self, bodies, report_ref=False, **options):
        """Print our own prints one page of HTML at a time and join them.

        The build with the plain Qt prints a single document only and knows neither
        headers nor footers: here no print has any.
        """
        report = self._get_report(report_ref) if report_ref else self
        if not (report.report_name or "").startswith("qms_reports."):
            return super()._run_wkhtmltopdf(bodies, report_ref=report_ref, **options)
        is_landscape = (
            options.get("landscape") or report.get_paperformat().orientation == "Landscape"
        )
        orientation = "landscape" if is_landscape else "portrait"
        return self._qms_print([(body, orientation) for body in bodies])

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        """Hand out issued papers as they are kept, documents with their running head."""
        report = self._get_report(report_ref)
        if report.report_name in DOCUMENT_REPORTS:
            records = self.env[DOCUMENT_REPORTS[report.report_name]].browse(res_ids)
            return merge_files(self.env["qms.document.print"]._pdf_files(records)), "pdf"
        if report.report_name in PAPERS:
            return self._qms_papers(report.report_name, res_ids), "pdf"
        if report.report_name in OWN_REPORTS:
            records = self.env[OWN_REPORTS[report.report_name]].browse(res_ids)
            return merge_files(records._pdf_files()), "pdf"
        if report.report_name != PAPER_REPORT:
            return super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        papers = self.env["qms.dossier.paper"].browse(res_ids)
        papers._check_readable()
        papers._note_disclosure()
        return merge_files([*papers._pdf_files().values()]), "pdf"

    def _qms_papers(self, name, res_ids):
        """Return one PDF of the papers of some records, as approved or as drafts."""
        model, method, given = PAPERS[name]
        papers = getattr(self.env[model].browse(res_ids), method)(*given)
        if not papers:
            raise UserError(self.env._("These audits have no such report."))
        return merge_files(self.env["qms.paper.report"]._pdf_files(papers))

    def _qms_print(self, documents):
        """Return one PDF of all ``(html, orientation)``, the pages of each numbered."""
        try:
            files = html_pdf.print_pages(_wkhtml().bin, documents)
        except html_pdf.PrintError as error:
            raise UserError(
                self.env._("The papers were not printed: %(detail)s", detail=error)
            ) from error
        return merge_files([page_numbers.numbered(content) for content in files])


def merge_files(files):
    """Return one PDF of all files; a single one stays byte for byte what it is."""
    return files[0] if len(files) == 1 else merge_pdf(files)
