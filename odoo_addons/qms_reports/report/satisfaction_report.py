from odoo import api, models
from odoo.tools import format_date

from odoo.addons.qms_public_admin.tools.statistics import number_text


class QmsSatisfactionReportPrint(models.AbstractModel):
    """The satisfaction report on paper: what the screen shows, under a lawful heading."""

    _name = "report.qms_reports.satisfaction_report_pdf"
    _description = "Print of the satisfaction report"

    @api.model
    def _get_report_values(self, docids, data=None):
        reports = self.env["qms.satisfaction.report"].browse(docids)
        reports.check_access("read")
        reports._ensure_lines()
        prints = self.env["report.qms_reports.period_report_pdf"]
        lang = self.env.lang or "en_US"
        return {
            "doc_ids": docids,
            "doc_model": "qms.satisfaction.report",
            "docs": reports,
            "heading_company": prints._heading_company,
            "agencies": prints._agencies,
            "day": lambda day: format_date(self.env, day, date_format="dd/MM/yyyy"),
            "count": lambda value: number_text(value, lang=lang),
            "labels": self._labels(),
        }

    @api.model
    def _labels(self):
        described = self.env["qms.satisfaction.report.line"].fields_get(attributes=["string"])
        return {name: field["string"] for name, field in described.items()}
