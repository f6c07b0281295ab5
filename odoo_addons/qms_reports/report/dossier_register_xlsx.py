from odoo import models

COLUMNS = [
    ("STT", 6),
    ("Mã hồ sơ", 26),
    ("Nội dung hồ sơ", 45),
    ("Số lượng (bộ)", 8),
    ("Họ tên chủ hồ sơ", 28),
    ("Địa chỉ", 32),
    ("Số điện thoại", 15),
    ("Nhận hồ sơ", 17),
    ("Hẹn trả kết quả", 17),
    ("Ngày nhận kết quả", 17),
    ("Trả kết quả: bên giao (ký)", 17),
    ("Trả kết quả: bên nhận (ký)", 17),
    ("Ghi chú", 22),
]
# Columns of text, with the value of a row they show.
TEXT_COLUMNS = [
    (1, "code"),
    (2, "content"),
    (4, "holder_name"),
    (5, "holder_address"),
    (6, "holder_phone"),
    (12, "note"),
]


class QmsDossierRegisterXlsx(models.AbstractModel):
    """Form 07 as a workbook, streamed: 100,000 rows need no more memory than 100."""

    _name = "report.qms_reports.dossier_register_xlsx"
    _description = "Workbook of the dossier register"
    _inherit = "report.qms_reports.xlsx_abstract"

    def generate_xlsx_report(self, workbook, data, objs):
        formats = self._formats(workbook)
        for register in objs:
            self._write_register(workbook, formats, register)

    def _write_register(self, workbook, formats, register):
        company = register.company_id
        sheet = workbook.add_worksheet("Sổ theo dõi hồ sơ")
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        for column, (_label, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
        period = f"Từ ngày {register.date_from:%d/%m/%Y} đến ngày {register.date_to:%d/%m/%Y}"
        subtitles = [f"({register._form_codes()})", period]
        if register.receiving_unit_id:
            subtitles.append(register.receiving_unit_id.sudo().name)
        row = self._write_heading(
            sheet, formats, company, len(COLUMNS) - 1, "SỔ THEO DÕI HỒ SƠ", subtitles
        )
        for column, (label, _width) in enumerate(COLUMNS):
            sheet.write_string(row, column, label, formats["head"])
        sheet.freeze_panes(row + 1, 2)
        sheet.repeat_rows(row)
        self._write_rows(sheet, formats, row + 1, register)

    def _write_rows(self, sheet, formats, row, register):
        local = register.company_id._qms_local_clock()
        for values in register._rows():
            sheet.write_number(row, 0, values["number"], formats["count"])
            sheet.write_number(row, 3, values["set_qty"] or 0, formats["count"])
            for column, name in TEXT_COLUMNS:
                self._write_text(sheet, row, column, values[name], formats)
            for column, name in enumerate(("accepted_at", "due_at", "done_at"), 7):
                moment = values[name]
                if moment:
                    sheet.write_datetime(row, column, local(moment), formats["moment"])
                else:
                    sheet.write_blank(row, column, None, formats["moment"])
            sheet.write_blank(row, 10, None, formats["text"])
            if values["returned_at"]:
                sheet.write_datetime(row, 11, local(values["returned_at"]), formats["moment"])
            else:
                sheet.write_blank(row, 11, None, formats["text"])
            row += 1
