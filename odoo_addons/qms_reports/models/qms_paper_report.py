from odoo import api, models

from ..tools import page_numbers, paper_docx

HEADINGS = ("heading", "subheading")
FIRST_ROWS = 2


class QmsPaperReport(models.AbstractModel):
    """Prints reports of headings, paragraphs and tables, as PDF and as Word document.

    A report goes in as a dictionary (see ``tools/paper_docx.py``), bytes come out: both files
    say the same.
    """

    _name = "qms.paper.report"
    _description = "Print of reports"

    @api.model
    def _pdf_files(self, papers):
        """Return one PDF for each report, its pages numbered."""
        pages = [(self._html_page(paper), "portrait") for paper in papers]
        return [
            page_numbers.numbered(text) for text in self.env["qms.document.print"]._print(pages)
        ]

    @api.model
    def _html_page(self, paper):
        content = self.env["ir.qweb"]._render(
            "qms_reports.paper_report",
            {"paper": paper, "groups": list(_kept_together(paper["blocks"]))},
        )
        return f"<!DOCTYPE html>\n{content}"

    @api.model
    def _docx_file(self, paper):
        """Return a report as Word document."""
        return paper_docx.build(paper)


def _kept_together(blocks):
    """Yield the blocks in groups that stay on one page: a heading with what follows it.

    Of a table only the head and the first rows stay with the heading.

    >>> heading, table = {"kind": "heading"}, {"kind": "table", "rows": [[1], [2], [3]]}
    >>> [[block["kind"] for block in group] for group in _kept_together([heading, table])]
    [['heading', 'table'], ['table']]
    """
    group = []
    for block in blocks:
        group.append(block)
        if block["kind"] in HEADINGS:
            continue
        rest = None
        if block["kind"] == "table" and len(block["rows"]) > FIRST_ROWS:
            group[-1] = {**block, "rows": block["rows"][:FIRST_ROWS], "goes_on": True}
            rest = {**block, "rows": block["rows"][FIRST_ROWS:], "is_rest": True}
        yield group
        if rest:
            yield [rest]
        group = []
    if group:
        yield group
