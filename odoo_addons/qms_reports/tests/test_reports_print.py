import io
import zipfile

import openpyxl

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..wizards import qms_dossier_register
from .common import ReportsCommon

PERIOD = ("2026-01-01", "2026-01-31")


@tagged("post_install", "-at_install")
class TestReportsPrint(ReportsCommon):
    """Prints and workbooks say what the records say, in the words of the forms."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        superior = cls.env["qms.agency"].create({"name": "Ủy ban nhân dân tỉnh Mẫu"})
        cls.company.qms_agency_id.parent_id = superior
        cls.company.city = "Rạch Giá"
        cls.dossier = cls._accept(
            "2026-01-05 08:00", holder_name="=1+1", holder_phone="0912345678", content="@SUM(A1)"
        )
        cls._finish(cls.dossier, "2026-01-07 16:00")
        cls._return(cls.dossier, "2026-01-09 09:00")
        cls.sent_back = cls._accept("2026-01-05 08:30", holder_name="Lê Thị Mẫu")
        with cls._at("2026-01-05 09:00"):
            cls._as(cls.sent_back, cls.user_clerk).action_complete_step()
        with cls._at("2026-01-05 15:00"):
            first = cls.sent_back.step_ids[0]
            specialist = cls._as(cls.sent_back, cls.user_specialist)
            specialist.action_send_back(first.id, "Wrong form")

    # === HELPERS === #

    def _html(self, xmlid, records, user=None):
        prints = self._as(self.env["ir.actions.report"], user or self.analyst)
        html, _kind = prints._render_qweb_html(self.env.ref(f"qms_reports.{xmlid}"), records.ids)
        return html.decode()

    def _book(self, xmlid, records, user=None):
        prints = self._as(self.env["ir.actions.report"], user or self.analyst)
        content, kind = prints._render_xlsx(self.env.ref(f"qms_reports.{xmlid}"), records.ids, None)
        self.assertEqual(kind, "xlsx")
        return content

    def _cells(self, content):
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        return [[cell for cell in row if cell not in (None, "")] for row in sheet.values]

    # === KERNEL === #

    # === PERIOD REPORT === #

    def test_period_print_has_heading_figures_and_denominators(self):
        report = self._report(*PERIOD)
        html = self._html("period_report_pdf_action", report)
        for text in (
            "ỦY BAN NHÂN DÂN TỈNH MẪU",
            "DEPARTMENT OF FINANCE",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "Rạch Giá, ngày",
            "100.0% (1/1)",
            "50.0% (1/2)",
        ):
            self.assertIn(text, html)

    def test_table_06a_print_has_its_columns(self):
        report = self._report(*PERIOD, variant="table_06a")
        html = self._html("period_report_pdf_action", report)
        for text in (
            "Nhận giải quyết",
            "Đã giải quyết",
            "Đang giải quyết",
            "Từ kỳ trước",
            "Không phân loại",
            "(Từ ngày",
        ):
            self.assertIn(text, html)
        content = self._book("period_report_xlsx_action", report)
        cells = self._cells(content)
        [total] = [row[1:] for row in cells if row[:2] == ["Tổng số", 2]]
        self.assertEqual(total, [2, 0, 2, 0, 1, 1, 0, 0, 1, 0, 1, 0])

    def test_period_workbook_holds_numbers(self):
        report = self._report(*PERIOD)
        cells = self._cells(self._book("period_report_xlsx_action", report))
        [total] = [row for row in cells if row and row[0] == "Total"]
        self.assertEqual(total[1:5], [0, 0, 2, 2])
        self.assertIn(1, total)
        self.assertIn(0.5, total)

    def test_print_computes_what_is_missing(self):
        report = self._report(*PERIOD)
        report.date_from = "2026-01-02"
        self.assertFalse(report.line_ids)
        self.assertIn("100.0% (1/1)", self._html("period_report_pdf_action", report))

    def test_buttons_lead_to_the_prints(self):
        report = self._report(*PERIOD)
        self.assertEqual(report.action_print()["report_type"], "qweb-pdf")
        self.assertEqual(report.action_export()["report_type"], "xlsx")
        self.assertEqual(report.action_open_unclassified()["res_model"], "qms.dossier")
        opened = self._as(self.env["qms.period.report"], self.analyst).action_open_new("table_06a")
        self.assertEqual(
            self.env["qms.period.report"].browse(opened["res_id"]).variant, "table_06a"
        )

    # === CONTROL SLIP === #

    def test_control_slip_has_one_row_a_hand_over(self):
        html = self._html("control_slip_action", self.dossier)
        for text in (
            "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ",
            "Mẫu số 06 – Thông tư 03/2025/TT-VPCP",
            self.dossier.code,
            "08 giờ 00 phút, ngày 05/01/2026",
            "Specialist, Budget division",
            "Trước hạn",
            "16 giờ 00 phút, ngày 07/01/2026",
            self.dossier.event_head,
        ):
            self.assertIn(text, html)
        self.assertEqual(html.count("1. Giao: "), 5)

    def test_control_slip_names_who_took_over(self):
        slip = self.env["report.qms_reports.control_slip"]
        events = self.dossier.event_ids.sorted("sequence")
        rows = slip._rows(self.dossier, events)
        self.assertEqual(rows[0]["receiver_name"], self.user_clerk.name)
        self.assertEqual(rows[1]["receiver_name"], self.user_specialist.name)
        self.assertEqual(rows[-1]["receiver_name"], "=1+1")

    def test_control_slip_notes_send_backs(self):
        html = self._html("control_slip_action", self.sent_back)
        self.assertIn("Chuyển trả lại bước trước: Examine: Wrong form", html)

    def test_legal_number_is_that_of_the_day(self):
        numbers = {
            day: self.company._qms_form_codes("control_slip", fields.Datetime.to_datetime(day))
            for day in ("2010-01-01", "2019-06-01", "2025-09-14", "2025-09-15")
        }
        self.assertEqual([text.split()[2] for text in numbers.values()], ["05", "05", "05", "06"])

    # === REGISTER === #

    def _register(self, user=None):
        user = user or self.user_clerk
        return (
            self.env["qms.dossier.register"]
            .with_user(user)
            .with_context(allowed_company_ids=self.company.ids)
            .create({"date_from": "2026-01-01", "date_to": "2026-01-31"})
        )

    def test_register_print_has_the_columns_of_the_form(self):
        register = self._register()
        self.assertEqual(register.dossier_count, 2)
        html = self._html("dossier_register_pdf_action", register, self.user_clerk)
        for text in ("SỔ THEO DÕI HỒ SƠ", "Mẫu số 07", "Hẹn trả kết quả", "Bên giao (ký)"):
            self.assertIn(text, html)
        self.assertIn(self.dossier.code, html)

    def test_text_of_citizens_never_becomes_a_formula(self):
        content = self._book("dossier_register_xlsx_action", self._register(), self.user_clerk)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        self.assertNotIn("<f>", sheet)
        self.assertIn("=1+1", sheet)
        self.assertIn("@SUM(A1)", sheet)
        self.assertEqual(
            [row[1] for row in self._cells(content) if row and row[0] in (1, 2)],
            [self.dossier.code, self.sent_back.code],
        )

    def test_register_reads_on_after_a_batch(self):
        self.patch(qms_dossier_register, "BATCH", 1)
        codes = [row["code"] for row in self._register()._rows()]
        self.assertEqual(codes, [self.dossier.code, self.sent_back.code])

    def test_register_too_long_for_paper_is_refused(self):
        self.patch(qms_dossier_register, "PDF_LIMIT", 1)
        register = self._register()
        with self.assertRaises(UserError):
            register.action_print()
        self.assertEqual(register.action_export()["report_type"], "xlsx")

    def test_register_opens_its_dossiers(self):
        register = self._register()
        found = register.env["qms.dossier"].search(register.action_view()["domain"])
        self.assertEqual(found, self.dossier | self.sent_back)

    # === EVENT LOG === #

    def _verify(self, dossier):
        action = self._as(dossier, self.user_auditor).action_verify_chain()
        verification = self.env["qms.event.verification"].browse(action["res_id"])
        return self._as(verification, self.user_auditor)

    def test_print_of_an_intact_log(self):
        html = self._html("event_verification_action", self._verify(self.dossier))
        self.assertIn("Intact.", html)
        self.assertNotIn("tampered", html)

    def test_print_names_the_first_broken_row(self):
        self.env.cr.execute(
            "UPDATE qms_dossier_event SET user_name = 'Somebody else'"
            " WHERE dossier_id = %s AND sequence = 3",
            [self.dossier.id],
        )
        verification = self._verify(self.dossier)
        self.assertEqual(verification.line_ids.sequence, 3)
        html = self._html("event_verification_action", verification)
        self.assertIn("tampered", html)
        self.assertIn(self.dossier.code, html)
        self.assertIn("Somebody else", html)
        self.assertEqual(verification.action_print()["report_type"], "qweb-pdf")

    def test_anchor_print_has_hash_and_signatures(self):
        self.env["qms.event.anchor"]._anchor_company(self.company)
        anchor = self.env["qms.event.anchor"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        html = self._html("event_anchor_action", anchor)
        self.assertIn(anchor.hash[:8], html)
        self.assertIn(anchor._hash_groups(anchor.hash), html)
        self.assertIn("NGƯỜI CHỨNG KIẾN", html)

    def test_prints_become_pdf(self):
        prints = self._as(self.env["ir.actions.report"], self.analyst).with_context(
            force_report_rendering=True
        )
        content, kind = prints._render_qweb_pdf("qms_reports.control_slip", self.dossier.ids)
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))
