from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_actions_report import _wkhtml

from ..tools import html_pdf, paper_docx


class QmsPaperReport(models.AbstractModel):
    """Prints reports of headings, paragraphs and tables, as PDF and as Word document.

    A report goes in as a dictionary (see ``tools/paper_docx.py``), bytes come out: both files
    say the same.
    """

    _name = "qms.paper.report"
    _description = "Print of reports"

    @api.model
    def _pdf_files(self, papers):
        """Return one PDF for each report."""
        pages = [
            (
                "<!DOCTYPE html>\n"
                + self.env["ir.qweb"]._render("qms_reports.paper_report", {"paper": paper}),
                "portrait",
            )
            for paper in papers
        ]
        try:
            return html_pdf.print_pages(_wkhtml().bin, pages)
        except html_pdf.PrintError as error:
            raise UserError(
                self.env._("The papers were not printed: %(detail)s", detail=error)
            ) from error

    @api.model
    def _docx_file(self, paper):
        """Return a report as Word document."""
        return paper_docx.build(paper)
