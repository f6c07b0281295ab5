from odoo import models

from odoo.addons.qms_public_admin.tools.tabular import FORMULA_STARTS

MAX_TEXT = 32_767  # characters of a cell


class QmsXlsxAbstract(models.AbstractModel):
    """A workbook written row by row in flat memory, in which text stays text.

    What a citizen typed never becomes a formula, a link or a number: ``=1+1`` in the
    name of a dossier holder is shown as it was written. It is stored as text and, where a
    spreadsheet would take it for a formula once the cell is edited, carries Excel's own
    quote prefix. Rows go out in order and are read in slices by the reports, so that a
    workbook of any length costs the memory of one slice.
    """

    _name = "report.qms_reports.xlsx_abstract"
    _description = "Workbook of the quality management system"
    _inherit = "report.report_xlsx.abstract"

    def get_workbook_options(self):
        return {
            **super().get_workbook_options(),
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }

    def _get_objs_for_report(self, docids, data):
        records = super()._get_objs_for_report(docids, data)
        records.check_access("read")
        return records

    def _formats(self, workbook):
        """Return the formats all our workbooks use, by name."""
        base = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
        cell = {**base, "border": 1}
        wrapped = {**cell, "text_wrap": True}

        def add(**properties):
            return workbook.add_format(properties)

        quoted = {**wrapped, "quote_prefix": True}
        return {
            "text_quoted": add(**quoted),
            "text_bold_quoted": add(**quoted, bold=True),
            "plain": add(**base),
            "centre": add(**base, align="center"),
            "bold": add(**base, bold=True),
            "bold_centre": add(**base, bold=True, align="center"),
            "italic": add(**base, italic=True),
            "italic_centre": add(**base, italic=True, align="center"),
            "title": add(**{**base, "font_size": 14}, bold=True, align="center"),
            "head": add(**wrapped, bold=True, align="center", bg_color="#E7E6E6"),
            "number_head": add(**cell, italic=True, align="center"),
            "text": add(**wrapped),
            "text_bold": add(**wrapped, bold=True),
            "count": add(**cell, num_format="#,##0"),
            "count_bold": add(**cell, num_format="#,##0", bold=True),
            "share": add(**cell, num_format="0.00%"),
            "share_bold": add(**cell, num_format="0.00%", bold=True),
            "points": add(**cell, num_format="+0.00;-0.00;0.00"),
            "points_bold": add(**cell, num_format="+0.00;-0.00;0.00", bold=True),
            "hours": add(**cell, num_format="#,##0.00"),
            "hours_bold": add(**cell, num_format="#,##0.00", bold=True),
            "moment": add(**cell, num_format="dd/mm/yyyy hh:mm"),
        }

    def _write_heading(self, sheet, formats, company, last_column, title, subtitles):
        """Write the head of an administrative document; return the next free row."""
        heading = company._qms_heading()
        middle = max(last_column // 2, 1)
        left = (0, middle - 1) if middle > 1 else (0, 0)
        right = (middle, max(last_column, middle))
        lines = [
            (heading["superior"], "centre", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "bold_centre"),
            (heading["agency"], "bold_centre", "Độc lập - Tự do - Hạnh phúc", "bold_centre"),
            ("", "centre", company._qms_place_and_date(), "italic_centre"),
        ]
        for row, (left_text, left_format, right_text, right_format) in enumerate(lines):
            self._span(sheet, row, *left, left_text, formats[left_format])
            self._span(sheet, row, *right, right_text, formats[right_format])
        row = len(lines) + 1
        self._span(sheet, row, 0, last_column, title, formats["title"])
        for subtitle in subtitles:
            row += 1
            self._span(sheet, row, 0, last_column, subtitle, formats["italic_centre"])
        return row + 2

    def _write_text(self, sheet, row, column, text, formats, kind="text"):
        """Write ``text`` as text, whatever it starts with.

        :param str kind: ``text`` or ``text_bold``
        """
        text = (text or "")[:MAX_TEXT]
        name = f"{kind}_quoted" if text.startswith(FORMULA_STARTS) else kind
        sheet.write_string(row, column, text, formats[name])

    def _span(self, sheet, row, first, last, text, cell_format):
        """Write ``text`` over some columns of one row (rows go out in order)."""
        if last > first:
            sheet.merge_range(row, first, row, last, "", cell_format)
        sheet.write_string(row, first, text or "", cell_format)
