from odoo import api, models
from odoo.tools import format_date

from odoo.addons.qms_public_admin.tools.statistics import number_text

from ..const import FULL_COLUMNS, TABLE_06A_COLUMNS
from ..tools.paging import paginate, row_height

# Characters of a group's name on one line, and lines of table on an A4 landscape page.
NAME_WIDTH = {"full": 23, "table_06a": 46}
# Above this many agencies the heading gives their number only.
MANY_AGENCIES = 5
LINES = {"first": 31, "others": 42}


class QmsPeriodReportPrint(models.AbstractModel):
    """The period report on paper: what the screen shows, under a lawful heading."""

    _name = "report.qms_reports.period_report_pdf"
    _description = "Print of the period report"

    @api.model
    def _get_report_values(self, docids, data=None):
        reports = self.env["qms.period.report"].browse(docids)
        reports.check_access("read")
        reports._ensure_lines()
        return {
            "doc_ids": docids,
            "doc_model": "qms.period.report",
            "docs": reports,
            "columns": self._columns,
            "heading_company": self._heading_company,
            "count": self._count,
            "day": lambda day: format_date(self.env, day, date_format="dd/MM/yyyy"),
            "agencies": self._agencies,
            "pages": self._pages,
        }

    @api.model
    def _pages(self, report):
        """Return the lines page by page, each with its number."""

        def height(numbered):
            return row_height([(numbered[1].name, NAME_WIDTH[report.variant])])

        return paginate(enumerate(report.line_ids, 1), height, **LINES)

    @api.model
    def _columns(self, report):
        """Return [(heading, [(field, label)])] of the layout chosen."""
        if report.variant == "table_06a":
            return TABLE_06A_COLUMNS
        labels = report.line_ids.fields_get(attributes=["string"])
        headings = {
            "received": self.env._("To settle"),
            "done": self.env._("Completed"),
            "closed": self.env._("Closed otherwise"),
            "open": self.env._("Open at the end"),
            "remainder": self.env._("Remainder"),
        }
        return [
            (headings[key], [(name, labels[name]["string"]) for name in names])
            for key, names in FULL_COLUMNS
        ]

    @api.model
    def _heading_company(self, report):
        """Return the agency that reports: the only one, else the current one."""
        return report.company_ids if len(report.company_ids) == 1 else self.env.company

    @api.model
    def _agencies(self, report):
        companies = report.company_ids
        if len(companies) > MANY_AGENCIES:
            return self.env._("%(count)s agencies", count=len(companies))
        return ", ".join(companies.mapped("name"))

    @api.model
    def _count(self, value):
        return number_text(value, lang=self.env.lang or "en_US")
