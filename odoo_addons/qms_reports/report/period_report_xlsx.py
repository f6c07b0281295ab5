from odoo import models
from odoo.tools import format_date

from odoo.addons.qms_public_admin.tools.statistics import rate, wilson


class QmsPeriodReportXlsx(models.AbstractModel):
    """The period report as a workbook: counts and shares as numbers, not as text."""

    _name = "report.qms_reports.period_report_xlsx"
    _description = "Workbook of the period report"
    _inherit = "report.qms_reports.xlsx_abstract"

    def generate_xlsx_report(self, workbook, data, objs):
        objs._ensure_lines()
        formats = self._formats(workbook)
        for report in objs:
            self._write_report(workbook, formats, report)

    def _write_report(self, workbook, formats, report):
        prints = self.env["report.qms_reports.period_report_pdf"]
        columns = prints._columns(report)
        extra = self._extra_columns(report)
        fields_count = sum(len(names) for _heading, names in columns)
        last_column = 1 + fields_count + len(extra)
        title, sheet_name = self._titles(report)
        sheet = workbook.add_worksheet(sheet_name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 0, 5)
        sheet.set_column(1, 1, 48)
        sheet.set_column(2, last_column, 11)
        row = self._write_heading(
            sheet,
            formats,
            prints._heading_company(report),
            last_column,
            title,
            self._subtitles(report, prints),
        )
        row = self._write_head(sheet, formats, report, row, columns, extra)
        names = [name for _heading, group in columns for name, _label in group]
        for number, line in enumerate(report.line_ids, 1):
            self._write_line(sheet, formats, row, number, line, names, extra)
            row += 1
        self._write_notes(sheet, formats, row + 1, report)

    def _titles(self, report):
        if report.variant == "table_06a":
            return "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH", "06a"
        title = self.env._("Results of handling administrative procedures")
        return title.upper(), self.env._("Period")

    def _subtitles(self, report, prints):
        start, end = (
            format_date(self.env, day, date_format="dd/MM/yyyy")
            for day in (report.date_from, report.date_to)
        )
        if report.variant == "table_06a":
            period = f"(Từ ngày {start} đến ngày {end})"
        else:
            period = self.env._("From %(start)s to %(end)s", start=start, end=end)
        return [period, prints._agencies(report)]

    def _extra_columns(self, report):
        """Return [(label, format, value of a line)] behind the counts."""
        if report.variant == "table_06a":
            return []
        labels = report.line_ids.fields_get(attributes=["string"])

        def label(name):
            return labels[name]["string"]

        def bound(index):
            def value(line):
                bounds = wilson(line.completed_good, line.completed)
                return bounds and bounds[index]

            return value

        def points(line):
            now = rate(line.completed_good, line.completed)
            before = rate(line.previous_completed_good, line.previous_completed)
            return None if now is None or before is None else 100 * (now - before)

        def hours(name):
            return lambda line: line[name] if line.completed else None

        return [
            (label("completed_good"), "count", lambda line: line.completed_good),
            (label("completed"), "count", lambda line: line.completed),
            (
                label("rate_completed"),
                "share",
                lambda line: rate(line.completed_good, line.completed),
            ),
            (self.env._("95 % from"), "share", bound(0)),
            (self.env._("95 % to"), "share", bound(1)),
            (label("received_good"), "count", lambda line: line.received_good),
            (label("received"), "count", lambda line: line.received),
            (
                label("rate_received"),
                "share",
                lambda line: rate(line.received_good, line.received),
            ),
            (label("points_completed"), "points", points),
            (label("hours_median"), "hours", hours("hours_median")),
            (label("hours_p95"), "hours", hours("hours_p95")),
        ]

    def _write_head(self, sheet, formats, report, row, columns, extra):
        is_table = report.variant == "table_06a"
        number = "STT" if is_table else self.env._("No.")
        group = report._group_label()
        for column, text in enumerate((number, group)):
            sheet.write_string(row, column, "", formats["head"])
            sheet.write_string(row, column, text, formats["head"])
        column = 2
        for heading, names in columns:
            heading = heading if len(names) > 1 else ""
            self._span(sheet, row, column, column + len(names) - 1, heading, formats["head"])
            column += len(names)
        for _label, _kind, _value in extra:
            sheet.write_string(row, column, "", formats["head"])
            column += 1
        row += 1
        sheet.set_row(row, 48)
        labels = ["", "", *(label for _h, names in columns for _name, label in names)]
        labels += [label for label, _kind, _value in extra]
        for column, text in enumerate(labels):
            sheet.write_string(row, column, text, formats["head"])
        sheet.freeze_panes(row + 1, 2)
        sheet.repeat_rows(row - 1, row)
        return row + 1

    def _write_line(self, sheet, formats, row, number, line, names, extra):
        bold = "_bold" if line.is_total else ""
        sheet.write_string(row, 0, "" if line.is_total else str(number), formats[f"text{bold}"])
        self._write_text(sheet, row, 1, line._printed_name(), formats, f"text{bold}")
        for column, field in enumerate(names, 2):
            sheet.write_number(row, column, line[field], formats[f"count{bold}"])
        for column, (_label, kind, value_of) in enumerate(extra, 2 + len(names)):
            value = value_of(line)
            if value is None or value is False:
                sheet.write_string(row, column, "–", formats[f"{kind}{bold}"])
            else:
                sheet.write_number(row, column, value, formats[f"{kind}{bold}"])

    def _write_notes(self, sheet, formats, row, report):
        for text in report._notes():
            sheet.write_string(row, 0, text, formats["italic"])
            row += 1
