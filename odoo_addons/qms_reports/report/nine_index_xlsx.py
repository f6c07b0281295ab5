from odoo import models
from odoo.tools import format_date


class QmsNineIndexXlsx(models.AbstractModel):
    """All units side by side: nine indices, total, grade, place, levels (§1.11)."""

    _name = "report.qms_reports.nine_index_xlsx"
    _description = "Workbook of the nine indices"
    _inherit = "report.qms_reports.xlsx_abstract"

    def generate_xlsx_report(self, workbook, data, objs):
        objs._ensure_lines()
        formats = self._formats(workbook)
        for report in objs:
            self._write_report(workbook, formats, report)

    def _write_report(self, workbook, formats, report):
        prints = self.env["report.qms_reports.period_report_pdf"]
        labels = report._labels()
        head = [
            self.env._("No."),
            dict(report._fields["grouping"]._description_selection(self.env))[report.grouping],
            labels["forms"]["string"],
            *(labels[f"index_{number}"]["string"] for number in report._indices()),
            *(labels[name]["string"] for name in report._texts()),
        ]
        sheet = workbook.add_worksheet(self.env._("Nine indices"))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 0, 5)
        sheet.set_column(1, 1, 44)
        sheet.set_column(2, len(head), 13)
        start, end = (
            format_date(self.env, day, date_format="dd/MM/yyyy")
            for day in (report.date_from, report.date_to)
        )
        row = self._write_heading(
            sheet,
            formats,
            prints._heading_company(report),
            len(head) - 1,
            self.env._("Evaluation of procedure handling, nine indices").upper(),
            [self.env._("From %(start)s to %(end)s", start=start, end=end)],
        )
        sheet.set_row(row, 62)
        for column, text in enumerate(head):
            sheet.write_string(row, column, text, formats["head"])
        sheet.freeze_panes(row + 1, 2)
        sheet.repeat_rows(row)
        for number, line in enumerate(report.line_ids, 1):
            row += 1
            self._write_line(sheet, formats, row, number, line)
        for note in report._notes():
            row += 1
            sheet.write_string(row + 1, 0, note, formats["italic"])

    def _write_line(self, sheet, formats, row, number, line):
        self._write_text(sheet, row, 0, str(number), formats)
        self._write_text(sheet, row, 1, line._name_text(), formats)
        sheet.write_number(row, 2, line.forms, formats["count"])
        known, indices = line._known(), line.report_id._indices()
        for column, index in enumerate(indices, 3):
            if index in known:
                sheet.write_number(row, column, line[f"index_{index}"], formats["hours"])
            else:
                sheet.write_string(row, column, "–", formats["text"])
        last = 3 + len(indices)
        sheet.write_number(row, last, line.total, formats["hours_bold"])
        for column, name in enumerate(line.report_id._texts()[1:], last + 1):
            self._write_text(sheet, row, column, line[name], formats)
