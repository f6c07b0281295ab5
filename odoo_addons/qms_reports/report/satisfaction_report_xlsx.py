from odoo import models
from odoo.tools import format_date

from odoo.addons.qms_public_admin.tools.statistics import rate, wilson


class QmsSatisfactionReportXlsx(models.AbstractModel):
    """The satisfaction report as a workbook: counts and shares as numbers."""

    _name = "report.qms_reports.satisfaction_report_xlsx"
    _description = "Workbook of the satisfaction report"
    _inherit = "report.qms_reports.xlsx_abstract"

    def generate_xlsx_report(self, workbook, data, objs):
        objs._ensure_lines()
        formats = self._formats(workbook)
        for report in objs:
            self._write_report(workbook, formats, report)

    def _write_report(self, workbook, formats, report):
        prints = self.env["report.qms_reports.period_report_pdf"]
        names = report._figures()
        shares = self._shares()
        last = 1 + len(names) + len(shares)
        sheet = workbook.add_worksheet(self.env._("Satisfaction"))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 0, 5)
        sheet.set_column(1, 1, 48)
        sheet.set_column(2, last, 12)
        start, end = (
            format_date(self.env, day, date_format="dd/MM/yyyy")
            for day in (report.date_from, report.date_to)
        )
        row = self._write_heading(
            sheet,
            formats,
            prints._heading_company(report),
            last,
            self.env._("Satisfaction of applicants").upper(),
            [
                self.env._("From %(start)s to %(end)s", start=start, end=end),
                prints._agencies(report),
            ],
        )
        labels = self.env["report.qms_reports.satisfaction_report_pdf"]._labels()
        head = [self.env._("No."), report._group_label(), *(labels[name] for name in names)]
        head += [label for label, _kind, _value in shares]
        sheet.set_row(row, 48)
        for column, text in enumerate(head):
            sheet.write_string(row, column, text, formats["head"])
        sheet.freeze_panes(row + 1, 2)
        sheet.repeat_rows(row)
        for number, line in enumerate(report.line_ids, 1):
            row += 1
            self._write_line(sheet, formats, row, number, line, names, shares)
        for note in report._notes():
            row += 1
            sheet.write_string(row + 1, 0, note, formats["italic"])

    def _shares(self):
        """Return [(label, format, value of a line)] behind the counts."""

        def bound(index):
            def value(line):
                bounds = wilson(line.satisfied, line.valid)
                return bounds and bounds[index]

            return value

        labels = self.env["report.qms_reports.satisfaction_report_pdf"]._labels()
        return [
            (labels["response_text"], "share", lambda line: rate(line.answers, line.dossiers)),
            (labels["satisfied_text"], "share", lambda line: rate(line.satisfied, line.valid)),
            (self.env._("95 % from"), "share", bound(0)),
            (self.env._("95 % to"), "share", bound(1)),
            (
                labels["score_text"],
                "hours",
                lambda line: line._mean_score() if line.scored else None,
            ),
        ]

    def _write_line(self, sheet, formats, row, number, line, names, shares):
        bold = "_bold" if line.is_total else ""
        place = "" if line.is_total else str(number)
        self._write_text(sheet, row, 0, place, formats, f"text{bold}")
        self._write_text(sheet, row, 1, line.name, formats, f"text{bold}")
        for column, name in enumerate(names, 2):
            sheet.write_number(row, column, line[name], formats[f"count{bold}"])
        for column, (_label, kind, value_of) in enumerate(shares, 2 + len(names)):
            value = value_of(line)
            if value is None:
                sheet.write_string(row, column, "–", formats[f"{kind}{bold}"])
            else:
                sheet.write_number(row, column, value, formats[f"{kind}{bold}"])
