from odoo import models


class QmsMasterListXlsx(models.AbstractModel):
    """The master list as a workbook."""

    _name = "report.qms_reports.master_list_xlsx"
    _description = "Workbook of the master list"
    _inherit = "report.qms_reports.xlsx_abstract"

    def generate_xlsx_report(self, workbook, data, objs):
        formats = self._formats(workbook)
        for master_list in objs:
            self._write_list(workbook, formats, master_list)

    def _write_list(self, workbook, formats, master_list):
        heads = master_list._heads()
        sheet = workbook.add_worksheet("Danh mục tài liệu")
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        for column, (_head, share) in enumerate(heads):
            sheet.set_column(column, column, share * 1.4)
        row = self._write_heading(
            sheet, formats, master_list.company_id, len(heads) - 1, master_list._title(), []
        )
        for column, (head, _share) in enumerate(heads):
            sheet.write_string(row, column, head, formats["head"])
        sheet.freeze_panes(row + 1, 2)
        sheet.repeat_rows(row)
        for cells in master_list._rows():
            row += 1
            for column, text in enumerate(cells):
                self._write_text(sheet, row, column, text, formats)
