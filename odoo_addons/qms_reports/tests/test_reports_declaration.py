import io

import docx
from pypdf import PdfReader

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, tagged

from odoo.addons.qms_public_admin.tests.document.common_declaration import DeclarationCommon


def _pdf_text(content):
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return " ".join(text.replace("\xa0", " ").split())


def _docx_text(content):
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@tagged("post_install", "-at_install")
class TestReportsDeclaration(DeclarationCommon, HttpCase):
    """The declaration in the prescribed form, as PDF and as Word document."""

    def _printed(self, declaration, user=None):
        prints = self._as(self.env["ir.actions.report"], user or self.user_specialist)
        prints = prints.with_context(force_report_rendering=True)
        content, kind = prints._render_qweb_pdf("qms_reports.declaration", declaration.ids)
        self.assertEqual(kind, "pdf")
        return _pdf_text(content)

    def test_the_print_says_what_was_declared(self):
        declaration = self._declared()
        text = self._printed(declaration)
        for words in (
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "BẢN CÔNG BỐ",
            "Hệ thống quản lý chất lượng phù hợp Tiêu chuẩn quốc gia TCVN ISO 9001:2015",
            "DEPARTMENT OF FINANCE",
            "12/QĐ-STC",
            "ngày 02 tháng 11 năm 2026",
            "Phụ lục I",
            "CSCL-01",
            "Chính sách chất lượng",
            "9.000001",
            "ngày 15/10/2026",
            "GIÁM ĐỐC",
            "Trần Thị Thử",
            self.user_leader.name,
            declaration.approval_decision_id.hash[:16],
        ):
            # Long names are broken anywhere on paper.
            self.assertIn(words.replace(" ", ""), text.replace(" ", ""))
        self.assertNotIn("DỰ THẢO", text)

    def test_word_says_the_same(self):
        declaration = self._declared()
        self.authenticate(self.user_specialist.login, self.user_specialist.login)
        answer = self.url_open(f"/qms/declarations/{declaration.id}.docx")
        self.assertEqual(answer.status_code, 200)
        text = _docx_text(answer.content)
        for words in ("BẢN CÔNG BỐ", "12/QĐ-STC", "CSCL-01", "9.000001", "Trần Thị Thử"):
            self.assertIn(words, text)
        self.assertIn(declaration.approval_decision_id.hash, text)

    def test_a_draft_says_so(self):
        self.assertIn("DỰ THẢO", self._printed(self._declaration()))

    def test_other_agencies_print_nothing(self):
        declaration = self._declared()
        with self.assertRaises(AccessError):
            self._printed(declaration, self.user_officer_b)
        self.authenticate(self.user_officer_b.login, self.user_officer_b.login)
        answer = self.url_open(f"/qms/declarations/{declaration.id}.docx")
        self.assertNotEqual(answer.status_code, 200)

    def test_its_form_stays_as_it_is(self):
        form = self.env.ref("qms_reports.form_2014_declaration")
        own = self._as(form, self.user_officer).copy(
            {"company_id": self.company.id, "title": "BẢN CÔNG BỐ RIÊNG"}
        )
        own.action_put_in_use()
        declaration = self._declared()
        self.assertEqual(declaration.form_id, own)
        self.assertTrue(own.is_frozen)
        with self.assertRaisesRegex(ValidationError, "Make a new version"):
            own.title = "Khác"
        own.action_retire()
        self.assertIn("BẢN CÔNG BỐ RIÊNG", self._printed(declaration))
        with self.assertRaises(ValidationError):
            declaration.form_id = form

    def test_what_is_renamed_later_prints_as_before(self):
        declaration = self._declared()
        before = self._printed(declaration)
        self.company.qms_agency_id.name = "Tên khác"
        self.department.name = "Tên khác"
        self.procedure.name = "Tên khác"
        self.env.invalidate_all()
        self.assertEqual(self._printed(declaration), before)

    def test_a_long_list_of_procedures_breaks_between_rows(self):
        declaration = self._declaration(is_imported=True)
        self.env["qms.declaration.line"].create(
            [
                {"declaration_id": declaration.id, "kind": "procedure", "code": f"QT-{n:03d}",
                 "name": "Thủ tục cấp, đổi, thu hồi giấy phép " * 3, "version_no": 1}
                for n in range(130)
            ]
        )  # fmt: skip
        text = self._printed(declaration)
        self.assertTrue(all(f"QT-{number:03d}" in text for number in range(130)))

    def test_queries_do_not_grow_with_the_lines(self):
        declaration = self._declaration(is_imported=True)
        counts = []
        for _round in range(2):
            self.env["qms.declaration.line"].create(
                [{"declaration_id": declaration.id, "name": "x"} for _number in range(40)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            declaration._paper_values()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
