from odoo import models


class QmsTableXlsx(models.AbstractModel):
    """Workbooks of records with tables: one sheet a table."""

    _name = "report.qms_reports.table_xlsx"
    _description = "Workbook of tables"
    _inherit = "report.qms_reports.xlsx_abstract"

    def generate_xlsx_report(self, workbook, data, objs):
        formats = self._formats(workbook)
        for record in objs:
            for number, section in enumerate(record._table_sections(), 1):
                self._write_section(workbook, formats, record, section, number)

    def _write_section(self, workbook, formats, record, section, number):
        heads = section["heads"]
        sheet = workbook.add_worksheet(f"{number}. {section['sheet']}"[:31])
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        for column, (_head, share) in enumerate(heads):
            sheet.set_column(column, column, max(share * 1.5, 6))
        row = self._write_heading(
            sheet,
            formats,
            record._table_company(),
            len(heads) - 1,
            section["title"],
            section["subtitles"],
        )
        for column, (head, _share) in enumerate(heads):
            sheet.write_string(row, column, head, formats["head"])
        sheet.freeze_panes(row + 1, 2)
        sheet.repeat_rows(row)
        sheet.autofilter(row, 0, row + max(len(section["rows"]), 1), len(heads) - 1)
        for cells in section["rows"]:
            row += 1
            for column, text in enumerate(cells):
                self._write_text(sheet, row, column, text, formats)
        for line in section["foot"]:
            row += 1
            self._span(sheet, row, 0, len(heads) - 1, line, formats["bold"])
