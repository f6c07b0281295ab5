import base64
import io

import openpyxl
from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.qms_public_admin.tests.document.common_document import DocumentCommon


@tagged("post_install", "-at_install")
class TestReportsDocuments(DocumentCommon):
    """Documents and their list on paper."""

    def _pdf(self, xmlid, records, user=None):
        prints = self._as(self.env["ir.actions.report"], user or self.user_specialist)
        prints = prints.with_context(force_report_rendering=True)
        content, kind = prints._render_qweb_pdf(f"qms_reports.{xmlid}", records.ids)
        self.assertEqual(kind, "pdf")
        return PdfReader(io.BytesIO(content))

    def _texts(self, reader):
        return [" ".join(page.extract_text().split()) for page in reader.pages]

    def test_each_page_says_code_number_date_page_and_copy(self):
        long_text = "".join(f"<p>Đoạn {number}: nội dung quy trình.</p>" for number in range(150))
        page = self._effective_document(content=long_text)
        revision = page.qms_effective_id
        texts = self._texts(self._pdf("document_revision_action", revision))
        self.assertGreater(len(texts), 2)
        for number, text in enumerate(texts, 1):
            for words in (
                page.qms_code,
                "1/0",
                revision.issued_on.strftime("%d/%m/%Y"),
                f"Trang: {number}/{len(texts)}",
                "BẢN SAO KHÔNG KIỂM SOÁT",
            ):
                self.assertIn(words, text)
        signed = revision.sudo().sign_off_ids.filtered(lambda row: row.role != "effective")
        self.assertEqual(set(signed.mapped("role")), {"drafted", "reviewed", "approved"})
        for row in signed:
            self.assertIn(row.user_name.split()[0], texts[0])
        for decision_hash in filter(None, signed.mapped("decision_hash")):
            self.assertIn(decision_hash[:16], texts[0])
        self.assertTrue(signed.filtered(lambda row: row.role == "approved").decision_hash)
        self.assertIn("Đoạn 149", texts[-1])

    def test_a_registered_copy_says_whose_it_is_until_it_is_obsolete(self):
        page = self._effective_document()
        copy = self._as(page.qms_effective_id, self.user_officer).action_register_copy("Một cửa")
        text = self._texts(self._pdf("document_copy_action", copy))[0]
        self.assertIn("BẢN KIỂM SOÁT số 1", text)
        self.assertNotIn("KHÔNG KIỂM SOÁT", text)
        self._effective(self._next_revision(page))
        text = self._texts(self._pdf("document_copy_action", copy))[0]
        self.assertIn("HẾT HIỆU LỰC", text)
        self.assertNotIn("BẢN KIỂM SOÁT", text)

    def test_a_draft_is_marked_and_printed_by_who_may_read_it(self):
        draft = self._draft(self._new_document())
        text = self._texts(self._pdf("document_revision_action", draft, self.user_officer))[0]
        self.assertIn("DỰ THẢO", text)
        with self.assertRaises(AccessError):
            self._pdf("document_revision_action", draft, self.user_specialist)

    def test_an_ordinary_page_is_no_document(self):
        page = self.env["document.page"].create({"name": "Trang", "content": "<p>x</p>"})
        with self.assertRaises(UserError):
            self.env["qms.document.print"]._pdf_files(page.history_ids)

    def test_pictures_from_elsewhere_are_not_fetched(self):
        draft = self._draft(self._new_document())
        draft.content = (
            "<p>a</p><img src='http://127.0.0.1:9/x.png'/><img src='file:///etc/hosts'/>"
        )
        self.assertNotIn("src", str(self.env["qms.document.print"]._content(draft)))

    def test_pictures_of_a_submitted_revision_are_printed(self):
        raw = base64.b64decode(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
            "rkJggg=="
        )
        picture = self._as(self.env["ir.attachment"], self.user_officer).create(
            {"name": "p.png", "raw": raw}
        )
        draft = self._draft(self._new_document())
        draft.content = f"<p><img src='/web/image/ir.attachment/{picture.id}/datas'/></p>"
        self._effective(draft)
        picture.unlink()
        printed = self._as(self.env["qms.document.print"], self.user_specialist)._content(draft)
        self.assertIn(base64.b64encode(raw).decode(), printed)

    # === MASTER LIST === #

    def _list(self, user=None, **vals):
        return self._as(self.env["qms.master.list"], user or self.user_specialist).create(
            {"company_id": self.company.id, **vals}
        )

    def test_the_list_holds_what_is_in_force_and_may_be_read(self):
        shown = self._effective_document(name="=1+1")
        self._new_document(name="Chưa hiệu lực")
        hidden = self._effective_document(name="Hạn chế")
        hidden.qms_confidentiality = "restricted"
        external = self._effective_document(
            name="Nghị định",
            qms_kind_id=self.env.ref("qms_public_admin.qms_document_kind_external").id,
            qms_external_no="118/2025/NĐ-CP",
        )
        prints = self._as(self.env["ir.actions.report"], self.user_specialist)
        for origin, document, text in (
            ("internal", shown, "=1+1"),
            ("external", external, "118/2025/NĐ-CP"),
        ):
            listed = self._list(origin=origin)
            self.assertEqual(listed._documents(), document)
            content, _kind = prints._render_xlsx(
                "qms_reports.master_list_xlsx_action", listed.ids, None
            )
            book = openpyxl.load_workbook(io.BytesIO(content))
            cells = [cell for row in book.worksheets[0].rows for cell in row]
            self.assertIn(text, [cell.value for cell in cells])
            self.assertNotIn("f", {cell.data_type for cell in cells})
            self.assertIn(
                document.qms_code, self._texts(self._pdf("master_list_pdf_action", listed))[0]
            )
        self.assertIn(hidden, self._list(self.user_officer)._documents())

    def test_a_list_of_another_agency_is_refused(self):
        listed = self._list()
        listed.sudo().company_id = self.company_b
        with self.assertRaises(AccessError):
            listed._documents()
