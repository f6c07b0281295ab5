import hashlib
import io
import json

import docx
import pypdf

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..const import FORM_OF_VERB
from ..tools import barcode, html_pdf, qr
from .common import ReportsCommon

NEVER_SEEN = "Chi cục Không Ai Biết"


class PapersCommon(ReportsCommon):
    """Dossiers with everything a paper may have to say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        superior = cls.env["qms.agency"].create({"name": "Ủy ban nhân dân tỉnh Mẫu"})
        cls.company.qms_agency_id.parent_id = superior
        cls.company.write({"city": "Rạch Giá", "phone": "02970000000"})
        cls.applicant = {
            "holder_name": "Nguyễn Thị Thử Nghiệm",
            "holder_address": "Số 2 đường Mẫu, phường Mẫu",
            "holder_phone": "0912345678",
            "holder_email": "thu.nghiem@example.com",
            "holder_identity": "091000000001",
            "submitter_name": "Lê Văn Nộp",
            "submitter_phone": "0987654321",
            "content": "Cấp phép thử nghiệm & <so sánh>",
        }

    def _paper(self, dossier, kind):
        return self.env["qms.dossier.paper"].search(
            [("dossier_id", "=", dossier.id), ("kind", "=", kind)]
        )

    def _text(self, content):
        """Return the text of a PDF on one line, as a reader of the paper has it."""
        pages = pypdf.PdfReader(io.BytesIO(content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def _word_text(self, content):
        document = docx.Document(io.BytesIO(content))
        texts = [paragraph.text for paragraph in document.paragraphs]
        for table in document.tables:
            texts += [cell.text for row in table.rows for cell in row.cells]
        return " ".join(" ".join(texts).split())


@tagged("post_install", "-at_install")
class TestReportsPapers(PapersCommon):
    """Each act issues its paper; the paper says what was true then, for ever."""

    # === WHICH ACT ISSUES WHICH PAPER === #

    def test_acceptance_always_gives_a_receipt(self):
        """Decree 63/2010, art. 18.3 (OS-08)."""
        dossier = self._accept("2026-01-05 08:05", **self.applicant)
        paper = self._paper(dossier, "receipt")
        self.assertEqual(paper.number_text, "1/TNHS")
        self.assertEqual((paper.legal_code, paper.iso_code), ("Mẫu số 01", "BM-VP01.02"))
        self.assertEqual(paper.event_id.event_type, "accepted")
        self.assertEqual(paper.issued_by_name, self.user_clerk.name)
        self.assertFalse(paper.pdf_sha256, "Nothing is rendered at acceptance.")
        self.assertEqual(dossier.paper_count, 1)

    def test_each_act_of_the_law_issues_its_paper(self):
        dossier = self._accept("2026-01-05 08:05", **self.applicant)
        with self._at("2026-01-06 09:00"):
            self._as(dossier, self.user_clerk).action_request_supplement(
                reason="Thiếu giấy tờ", items="Bản sao căn cước"
            )
            self._as(dossier, self.user_clerk).action_resume()
            self._as(dossier, self.user_head).action_extend(
                new_due_at="2026-02-20 02:00:00", reason="Chờ ý kiến"
            )
            self._as(dossier, self.user_head).action_stop(reason="Công dân đề nghị")
        refused = self._as(self._new_dossier(**self.applicant), self.user_clerk)
        refused.action_refuse(reason="Không thuộc thẩm quyền")
        kinds = set(dossier.paper_ids.mapped("kind"))
        self.assertEqual(kinds, {"receipt", "supplement", "extension", "stop"})
        self.assertEqual(refused.paper_ids.kind, "refusal")
        self.assertEqual(set(FORM_OF_VERB.values()), kinds | {"refusal"})
        for paper in dossier.paper_ids | refused.paper_ids:
            self.assertTrue(paper.event_id, paper.kind)

    def test_a_pause_is_no_notice_of_stopping(self):
        dossier = self._accept("2026-01-05 08:05")
        self._as(dossier, self.user_head).action_stop(reason="Chờ", terminal=False)
        self.assertFalse(self._paper(dossier, "stop"))

    def test_imported_rows_issue_nothing(self):
        dossier = self._accept("2026-01-05 08:05")
        before = dossier.paper_count
        self.env["qms.dossier.event"]._append(
            [
                dossier._event_vals("extended", is_imported=True),
                dossier._event_vals("supplement_requested", is_imported=True),
            ]
        )
        self.env.invalidate_all()
        self.assertEqual(dossier.paper_count, before)

    def test_the_form_is_that_of_the_day_of_the_act(self):
        days = {
            "2019-03-04 08:00": ("Mẫu số 01", "Thông tư 01/2018/TT-VPCP"),
            "2025-09-12 16:00": ("Mẫu số 01", "Thông tư 01/2018/TT-VPCP"),
            "2025-09-15 07:00": ("Mẫu số 01", "Thông tư 03/2025/TT-VPCP"),
        }
        for moment, codes in days.items():
            paper = self._paper(self._accept(moment), "receipt")
            form = paper.template_id
            self.assertEqual((form.legal_code, form.legal_instrument), codes, moment)

    def test_a_late_evening_belongs_to_the_day_of_the_agency(self):
        """17:30 UTC of the 14th is the 15th in Hanoi: the new form."""
        paper = self._paper(self._accept("2025-09-15 00:30"), "receipt")
        self.assertEqual(paper.template_id.legal_instrument, "Thông tư 03/2025/TT-VPCP")
        self.assertEqual(paper.year, 2025)

    # === WHAT A PAPER SAYS === #

    def test_the_receipt_has_the_fields_of_the_form_in_order(self):
        dossier = self._accept("2026-01-05 08:05", **self.applicant)
        paper = self._as(self._paper(dossier, "receipt"), self.user_clerk)
        text = self._text(paper._pdf_files()[paper])
        fields_in_order = [
            "Mẫu số 01 – Thông tư 03/2025/TT-VPCP – BM-VP01.02",
            "ỦY BAN NHÂN DÂN TỈNH MẪU",
            "Số: 1/TNHS",
            dossier.code,
            "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
            "(Liên 1: Lưu)",
            "Bộ phận tiếp nhận:",
            "Tiếp nhận hồ sơ của: Nguyễn Thị Thử Nghiệm",
            "Người nộp hồ sơ: Lê Văn Nộp",
            "Địa chỉ: Số 2 đường Mẫu, phường Mẫu",
            "Số điện thoại: 0987654321",
            "Email: thu.nghiem@example.com",
            "Số CMND/Căn cước/Hộ chiếu:",
            "Nội dung yêu cầu giải quyết: Cấp phép thử nghiệm & <so sánh>",
            "Chủ hồ sơ: Nguyễn Thị Thử Nghiệm",
            "Thành phần hồ sơ",
            "Bản chính",
            "Bản chứng thực",
            "Bản photo",
            "Application",
            "2. Số lượng hồ sơ: 1 (bộ)",
            "3. Thời gian giải quyết hồ sơ theo quy định: 5 ngày làm việc (cơ quan cam kết: 3 ngày "
            "làm việc)",
            "4. Thời gian nhận hồ sơ: Hồi 08 giờ 05 phút, ngày 05 tháng 01 năm 2026",
            "5. Thời gian trả kết quả giải quyết hồ sơ: 08 giờ 05 phút, ngày 08 tháng 01 năm 2026",
            "NGƯỜI NỘP HỒ SƠ",
            "NGƯỜI TIẾP NHẬN HỒ SƠ",
            "Tra cứu hồ sơ",
            dossier._lookup_key_text(),
            "(Liên 2: Giao khách hàng)",
        ]
        at = 0
        for field in fields_in_order:
            found = text.find(field, at)
            self.assertGreaterEqual(found, 0, f"{field!r} not behind its predecessor in: {text}")
            at = found
        for heading in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"):
            self.assertEqual(text.count(heading), 2, "One heading a copy.")

    def test_codes_on_paper_carry_the_public_addresses(self):
        """Look-up and rating as QR codes; the bars hold the dossier code."""
        dossier = self._accept("2026-01-05 08:05", **self.applicant)
        paper = self._as(self._paper(dossier, "receipt"), self.user_clerk)
        links = paper._links()[paper]
        html = self.env["qms.form.print"]._html(
            paper.template_id.sudo(), {**paper._values(), **links}
        )
        self.assertEqual(links["lookup_url"], dossier._lookup_url())
        self.assertEqual(links["rating_url"], dossier._rating_url())
        for address in (links["lookup_url"], links["rating_url"]):
            self.assertEqual(html.count(str(qr.qr_svg(address, 76))), 2)
        self.assertIn(str(barcode.barcode_svg(dossier.code, 30, 1.0)), html)

    def test_every_form_of_both_circulars_prints_its_words(self):
        expected = {
            "receipt": ("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", "Đăng ký nhận kết quả tại"),
            "supplement": ("PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ", "NGƯỜI HƯỚNG DẪN"),
            "refusal": ("PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ", "NGƯỜI TỪ CHỐI"),
            "extension": ("GIA HẠN|HẸN LẠI", "16 giờ 00 phút, ngày 04 tháng 12 năm 2026"),
            "stop": ("THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ", "nghĩa vụ tài chính"),
            "control_slip": ("PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ", "1. Giao:"),
            "register": ("SỔ THEO DÕI HỒ SƠ", "Bên giao (ký)"),
        }
        forms = self.env["qms.form.template"].search(
            [
                ("company_id", "=", False),
                ("state", "=", "in_use"),
                ("kind", "in", tuple(expected)),
            ]
        )
        prints = self.env["qms.form.print"]
        files = prints._pdf_files([(form, form._sample_values()) for form in forms])
        self.assertEqual(len(forms), 13)
        for form, content in zip(forms, files, strict=True):
            title, words = expected[form.kind]
            text = self._text(content)
            word = self._word_text(prints._docx_file(form, form._sample_values()))
            with self.subTest(form=form.name):
                for found in (text, word):
                    self.assertRegex(found, title)
                    self.assertIn(words, found)
                    self.assertIn(form.legal_code, found)
                    self.assertIn(form.legal_instrument, found)
                    self.assertIn("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", found)
                pages = len(pypdf.PdfReader(io.BytesIO(content)).pages)
                self.assertEqual(pages, 2 if form.kind == "receipt" else 1)

    def test_a_receipt_with_nine_papers_stays_on_one_page_a_copy(self):
        form = self.env.ref("qms_reports.form_2025_receipt")
        values = form._sample_values()
        row = {
            **values["components"][0],
            "name": "Bản sao văn bản đề nghị của tổ chức, cá nhân có xác nhận",
        }
        values["components"] = [{**row, "number": str(number)} for number in range(1, 10)]
        [content] = self.env["qms.form.print"]._pdf_files([(form, values)])
        self.assertEqual(len(pypdf.PdfReader(io.BytesIO(content)).pages), 2)

    def test_long_tables_get_their_head_on_each_page(self):
        form = self.env.ref("qms_reports.form_2025_control_slip")
        values = form._sample_values()
        values["hand_overs"] = values["hand_overs"] * 20
        [content] = self.env["qms.form.print"]._pdf_files([(form, values)])
        pages = pypdf.PdfReader(io.BytesIO(content)).pages
        self.assertGreater(len(pages), 3)
        for page in pages:
            text = " ".join(page.extract_text().split())
            self.assertEqual("1. Giao:" in text, "GHI CHÚ" in text)
        text = self._text(content)
        self.assertEqual(text.count("1. Giao:"), 60)

    def test_the_fonts_are_in_the_file(self):
        form = self.env.ref("qms_reports.form_2025_refusal")
        [content] = self.env["qms.form.print"]._pdf_files([(form, form._sample_values())])
        fonts = set()
        for page in pypdf.PdfReader(io.BytesIO(content)).pages:
            for font in page["/Resources"]["/Font"].values():
                [descendant] = font.get_object()["/DescendantFonts"]
                descriptor = descendant.get_object()["/FontDescriptor"].get_object()
                fonts.add(descriptor["/FontName"])
                self.assertIn("/FontFile2", descriptor)
        self.assertTrue(fonts)

    # === SNAPSHOT AND FILE === #

    def test_a_later_rename_changes_no_paper(self):
        dossier = self._accept("2026-01-05 08:05", **self.applicant)
        paper = self._as(self._paper(dossier, "receipt"), self.user_clerk)
        self.company.qms_agency_id.name = NEVER_SEEN
        self.company.name = NEVER_SEEN
        self.procedure.name = NEVER_SEEN
        self.user_clerk.name = NEVER_SEEN
        text = self._text(paper._pdf_files()[paper])
        self.assertNotIn(NEVER_SEEN, text)
        self.assertNotIn(NEVER_SEEN.upper(), text)
        self.assertIn("DEPARTMENT OF FINANCE", text)

    def test_a_reprint_has_the_same_bytes(self):
        dossier = self._accept("2026-01-05 08:05", **self.applicant)
        paper = self._as(self._paper(dossier, "receipt"), self.user_clerk)
        first, word = paper._pdf_files()[paper], paper._docx_content()
        self.company.name = NEVER_SEEN
        self.env.invalidate_all()
        self.assertEqual(paper._pdf_files()[paper], first)
        self.assertEqual(paper._docx_content(), word)
        self.assertEqual(paper.pdf_sha256, hashlib.sha256(first).hexdigest())
        self.assertEqual(paper.docx_sha256, hashlib.sha256(word).hexdigest())
        prints = self._as(self.env["ir.actions.report"], self.user_clerk)
        printed, kind = prints._render_qweb_pdf("qms_reports.dossier_paper", paper.ids)
        self.assertEqual((printed, kind), (first, "pdf"))

    def test_word_says_what_the_paper_says(self):
        dossier = self._accept("2026-01-05 08:05", **self.applicant)
        paper = self._as(self._paper(dossier, "receipt"), self.user_clerk)
        text = self._word_text(paper._docx_content())
        for words in (
            "1/TNHS",
            dossier.code,
            "Nguyễn Thị Thử Nghiệm",
            "Cấp phép thử nghiệm & <so sánh>",
            "Hồi 08 giờ 05 phút, ngày 05 tháng 01 năm 2026",
            "Application",
            dossier._lookup_key_text(),
        ):
            self.assertIn(words, text)
        self.assertNotIn("{{", text)

    def test_the_snapshot_holds_no_key(self):
        """Who reads the table shall not be able to rate or to look up."""
        dossier = self._accept("2026-01-05 08:05", **self.applicant)
        paper = self._paper(dossier, "receipt")
        links = paper._links()[paper]
        for secret in (dossier.sudo().lookup_key, links["lookup_key"], links["rating_url"]):
            self.assertNotIn(secret, paper.data)

    def test_what_was_changed_by_sql_is_not_printed(self):
        dossier = self._accept("2026-01-05 08:05")
        paper = self._paper(dossier, "receipt")
        self.env.cr.execute(
            "UPDATE qms_dossier_paper SET data = replace(data, 'Nguyễn', 'Trần') WHERE id = %s",
            [paper.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "changed in the database"):
            self._as(paper, self.user_clerk)._pdf_files()

    def test_a_file_exchanged_in_the_store_is_not_handed_out(self):
        dossier = self._accept("2026-01-05 08:05")
        paper = self._as(self._paper(dossier, "receipt"), self.user_clerk)
        paper._pdf_files()
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = NULL, db_datas = %s"
            " WHERE res_model = 'qms.dossier.paper' AND res_id = %s",
            [b"forged", paper.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "no longer the one"):
            paper._pdf_files()

    def test_data_keeps_its_hash(self):
        paper = self._paper(self._accept("2026-01-05 08:05", **self.applicant), "receipt")
        self.assertEqual(hashlib.sha256(paper.data.encode()).hexdigest(), paper.data_sha256)
        self.assertEqual(json.loads(paper.data)["holder_phone"], "0912345678")

    # === NUMBERS === #

    def test_numbers_run_on_within_kind_agency_and_year(self):
        numbers = [
            self._paper(self._accept(moment), "receipt").number_text
            for moment in ("2025-12-30 08:00", "2025-12-31 08:00", "2026-01-05 08:00")
        ]
        self.assertEqual(numbers, ["1/TNHS", "2/TNHS", "1/TNHS"])

    def test_a_batch_has_one_number_each(self):
        dossiers = self._batch(7)
        dossiers.action_accept()
        numbers = dossiers.paper_ids.sorted("number").mapped("number")
        self.assertEqual(numbers, list(range(1, 8)))

    def _batch(self, count):
        dossiers = self.env["qms.dossier"].union(*(self._new_dossier() for _n in range(count)))
        return self._as(dossiers, self.user_clerk)

    def test_papers_of_many_dossiers_cost_as_many_queries_as_of_few(self):
        """Nothing is rendered at acceptance, and nothing is asked dossier by dossier."""
        papers = self._as(self.env["qms.dossier.paper"], self.user_clerk)
        few, many = self._batch(2), self._batch(40)
        (few | many).action_accept()
        self.env.flush_all()
        papers._issue("control_slip", few)  # warms what is cached for all
        counts = []
        for dossiers in (few, many):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            papers._issue("receipt", dossiers)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
        with self.assertQueryCount(40):
            self.env.invalidate_all()
            papers._issue("receipt", many)

    # === OFFERED BY THE VERB === #

    def test_the_verb_opens_its_paper(self):
        """The receipt is printed at once, other papers are shown."""
        dossier = self._accept("2026-01-05 08:05", **self.applicant)
        clerk = self._as(dossier, self.user_clerk)
        action = clerk._paper_action("accept")
        self.assertEqual(action["report_name"], "qms_reports.dossier_paper")
        self.assertEqual(action["context"]["active_ids"], self._paper(dossier, "receipt").ids)
        clerk.action_request_supplement(reason="x")
        action = clerk._paper_action("request_supplement")
        self.assertEqual(action["res_model"], "qms.dossier.paper")
        self.assertEqual(action["res_id"], self._paper(dossier, "supplement").id)
        self.assertEqual(action["target"], "new")
        self.assertFalse(clerk._paper_action("return_result"))
        self.assertFalse(clerk._paper_action("refuse"))

    def test_a_batch_is_one_print(self):
        dossiers = self._as(self._batch(3), self.user_clerk)
        dossiers.action_accept()
        action = dossiers._paper_action("accept")
        self.assertEqual(action["report_name"], "qms_reports.dossier_paper")
        papers = self.env["qms.dossier.paper"].browse(action["context"]["active_ids"])
        self.assertEqual(papers.dossier_id, dossiers)
        prints = self._as(self.env["ir.actions.report"], self.user_clerk)
        content, _kind = prints._render_qweb_pdf("qms_reports.dossier_paper", papers.ids)
        pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
        self.assertEqual(len(pages), 6)
        for index, dossier in enumerate(dossiers):
            for page in pages[2 * index : 2 * index + 2]:
                self.assertIn(dossier.code, page)

    def test_who_may_not_see_the_data_is_offered_nothing(self):
        dossier = self._accept("2026-01-05 08:05")
        self.assertFalse(self._as(dossier, self.user_auditor)._paper_action("accept"))

    def test_control_slip_and_register_can_be_issued(self):
        dossier = self._accept("2026-01-05 08:05", **self.applicant)
        action = self._as(dossier, self.user_clerk).action_issue_control_slip()
        slip = self._as(self._paper(dossier, "control_slip"), self.user_clerk)
        self.assertEqual(action["res_id"], slip.id)
        self._finish(dossier, "2026-01-07 16:00")
        text = self._text(slip._pdf_files()[slip])
        self.assertIn("Số: 1/KSHS", text)
        self.assertEqual(text.count("1. Giao:"), 1, "What the log said when it was issued.")
        register = self._as(self.env["qms.dossier.register"], self.user_clerk).create(
            {"date_from": "2026-01-01", "date_to": "2026-01-31"}
        )
        with self._at("2026-02-01 08:00"):
            issued = self.env["qms.dossier.paper"].browse(register.action_issue()["res_id"])
        book = self._as(issued, self.user_clerk)
        text = self._text(book._pdf_files()[book])
        for words in ("1/STD", "Từ ngày 01/01/2026 đến ngày 31/01/2026", "Trước hạn"):
            self.assertIn(words, text)

    def test_a_slip_of_another_agency_is_not_issued(self):
        dossier = self._accept("2026-01-05 08:05")
        for user in (self.user_auditor, self.user_clerk_b):
            with self.assertRaises(UserError):
                self._as(dossier, user).action_issue_control_slip()

    # === SENDING === #

    def _mails(self):
        """The e-mails that carry a paper; other news of the dossier go without."""
        mails = self.env["mail.mail"].search([("email_to", "=", "thu.nghiem@example.com")])
        return mails.filtered("attachment_ids")

    def test_an_extension_sends_its_apology(self):
        """Extend by the dialog → apology with both dates → e-mail with it → recorded."""
        dossier = self._accept("2026-01-05 08:05", **self.applicant)
        dialog = self._as(self.env["qms.dossier.dialog"], self.user_head).create(
            {
                "verb": "extend",
                "dossier_ids": [(6, 0, dossier.ids)],
                "new_due_at": "2026-01-15 02:00:00",
                "reason": "Chờ ý kiến của cơ quan phối hợp",
                "delaying_unit": "Phòng Ngân sách",
                "channel": "email",
            }
        )
        with self._at("2026-01-07 09:00"):
            action = dialog.action_confirm()
        paper = self._as(self._paper(dossier, "extension"), self.user_head)
        self.assertEqual((action["res_model"], action["res_id"]), (paper._name, paper.id))
        content = paper._pdf_files()[paper]
        text = self._text(content)
        for words in (
            "08 giờ 05 phút, ngày 08 tháng 01 năm 2026",
            "09 giờ 00 phút, ngày 15 tháng 01 năm 2026",
            "Phòng Ngân sách",
            "Chờ ý kiến của cơ quan phối hợp",
            "xin lỗi",
        ):
            self.assertIn(words, text)
        mail = self._mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.attachment_ids.raw, content)
        self.assertIn(dossier.code, mail.subject)
        sending = paper.sending_ids
        self.assertEqual((sending.channel, sending.recipient), ("email", "t•••@example.com"))
        self.assertEqual(sending.file_sha256, paper.pdf_sha256)
        self.assertEqual(sending.sent_by_name, self.user_head.name)
        note = dossier.message_ids.filtered(lambda message: "•••" in message.body)
        self.assertIn("t•••@example.com", note.body)
        self.assertNotIn("thu.nghiem", note.body)
        self.assertFalse(note.attachment_ids, "The chatter shows the file to nobody.")
        self.assertTrue(paper.sent_at)

    def test_an_apology_by_letter_sends_nothing(self):
        dossier = self._accept("2026-01-05 08:05", **self.applicant)
        self._as(dossier, self.user_head).action_extend(
            new_due_at="2026-02-20 02:00:00", reason="x", channel="letter"
        )
        self.assertFalse(self._mails())
        self.assertFalse(dossier.paper_ids.sending_ids)

    def test_the_button_sends_any_paper(self):
        dossier = self._accept("2026-01-05 08:05", **self.applicant)
        paper = self._as(self._paper(dossier, "receipt"), self.user_clerk)
        paper.action_send()
        self.assertEqual(self._mails().attachment_ids.name, paper._file_name("pdf"))
        self.assertTrue(paper.sending_ids)

    def test_without_address_nothing_is_sent(self):
        paper = self._paper(self._accept("2026-01-05 08:05"), "receipt")
        clerk = self._as(paper, self.user_clerk)
        self.assertFalse(clerk.can_send)
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            clerk.action_send()

    # === PRINTER === #

    def test_no_print_needs_the_patched_printer(self):
        """No header, no footer, no outline, one document a call (wkhtmltopdf, "Reduced
        Functionality")."""
        for orientation in ("portrait", "landscape"):
            words = " ".join(html_pdf.arguments(orientation))
            for missing in ("header", "footer", "toc", "outline", "shrink", "print-media"):
                self.assertNotIn(missing, words)
        seen = []
        original = html_pdf._run

        def spy(binary, jobs):
            seen.extend(jobs)
            return original(binary, jobs)

        self.patch(html_pdf, "_run", spy)
        dossiers = self._batch(2)
        dossiers.action_accept()
        prints = self._as(self.env["ir.actions.report"], self.user_clerk).with_context(
            force_report_rendering=True
        )
        content, _kind = prints._render_qweb_pdf("qms_reports.control_slip", dossiers.ids)
        self.assertEqual(len(pypdf.PdfReader(io.BytesIO(content)).pages), 2)
        self.assertEqual(len(seen), 2)
        for job in seen:
            self.assertEqual(sum(word.strip('"').endswith(".html") for word in job), 1)

    def test_a_printer_that_fails_says_so(self):
        with self.assertRaises(html_pdf.PrintError):
            html_pdf.print_pages("/nonexistent/wkhtmltopdf", [("<p>x</p>", "portrait")])
