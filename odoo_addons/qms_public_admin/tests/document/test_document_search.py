import datetime
import io

import docx

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .common_document import PDF, DocumentCommon


@tagged("post_install", "-at_install")
class TestDocumentSearch(DocumentCommon):
    """Documents are found as people type, and by who has to follow them."""

    def _found(self, text, user=None, **domain):
        pages = self._as(self.env["document.page"], user or self.user_specialist)
        extra = [(name, "=", value) for name, value in domain.items()]
        return pages.search([("qms_search", "ilike", text), *extra])

    def _word_file(self, text):
        stream = io.BytesIO()
        document = docx.Document()
        document.add_paragraph(text)
        document.save(stream)
        return stream.getvalue()

    def test_words_are_found_without_accents_in_text_title_and_code(self):
        page = self._effective_document(
            name="Kiểm soát tài liệu", content="<p>Hồ sơ <b>lưu</b> trữ năm năm</p>"
        )
        other = self._effective_document(name="Đánh giá nội bộ")
        for text in (
            "tai lieu",
            "Tài liệu",
            "TAI LIEU kiem soat",
            "ho so luu tru",
            page.qms_code.lower(),
        ):
            with self.subTest(text=text):
                self.assertEqual(self._found(text), page)
        self.assertEqual(self._found("danh gia"), other)
        self.assertEqual(self._found("100%"), page.browse())

    def test_words_in_a_file_are_found(self):
        page = self._new_document(content=False)
        draft = self._draft(page)
        draft.content = False
        self._add_file(draft, "quy-trinh.docx", self._word_file("Bảo quản phương tiện đo"))
        self._effective(draft)
        self.assertEqual(self._found("phuong tien do"), page)

    def test_staff_do_not_find_what_is_in_preparation(self):
        page = self._new_document(name="Chưa duyệt", content="<p>từ khoá lạ lùng</p>")
        self.assertFalse(self._found("la lung"))
        self.assertEqual(self._found("la lung", self.user_officer), page)
        published = self._effective_document()
        self._next_revision(published, content="<p>điều bí ẩn</p>")
        self.assertFalse(self._found("bi an"))
        self.assertEqual(self._found("bi an", self.user_officer), published)

    def test_obsolete_text_is_not_found(self):
        page = self._effective_document(content="<p>nội dung cũ rích</p>")
        self._effective(self._next_revision(page, content="<p>nội dung mới</p>"))
        self.assertFalse(self._found("cu rich"))
        self.assertEqual(self._found("noi dung moi"), page)

    # === MINE === #

    def _mine(self, user):
        pages = self._as(self.env["document.page"], user)
        return pages.search([("qms_is_mine", "=", True)])

    def test_my_documents_go_by_position_unit_and_kind(self):
        for_position = self._effective_document(
            qms_position_ids=[fields.Command.set(self.position_specialist.ids)],
            qms_owner_id=False,
        )
        for_all = self._effective_document(qms_kind_id=self.kind_system.id, qms_owner_id=False)
        for_nobody = self._effective_document(qms_owner_id=False)
        draft = self._new_document(qms_is_for_all=True)
        mine = self._mine(self.user_specialist)
        self.assertLessEqual(for_position | for_all, mine)
        self.assertFalse(mine & (for_nobody | draft))
        self.assertFalse(self._mine(self.user_colleague) & for_position)
        for_nobody.qms_department_ids = self.department
        self.assertIn(for_nobody, self._mine(self.user_specialist))
        flags = self._as(for_position | for_all, self.user_colleague).mapped("qms_is_mine")
        self.assertEqual(flags, [False, True])

    def test_documents_of_an_absent_colleague_are_mine(self):
        page = self._effective_document(
            qms_position_ids=[fields.Command.set(self.position_specialist.ids)],
            qms_owner_id=False,
        )
        self.assertNotIn(page, self._mine(self.user_colleague))
        delegation = self.env["qms.delegation"].create(
            {
                "company_id": self.company.id,
                "user_id": self.user_specialist.id,
                "substitute_id": self.user_colleague.id,
                "date_to": fields.Date.add(fields.Date.today(), days=5),
                "reason": "Nghỉ phép",
            }
        )
        delegation.action_activate()
        self.assertIn(page, self._mine(self.user_colleague))

    # === DIFFERENCE === #

    def test_two_revisions_are_compared_for_people(self):
        page = self._effective_document(content="<p>Nộp 2 bản.</p><p>Giữ lại</p>")
        second = self._next_revision(page, content="<p>Nộp 1 bản.</p><p>Giữ lại</p><p>Mới</p>")
        action = second.action_compare()
        wizard = self.env["qms.document.compare"].browse(action["res_id"])
        self.assertEqual(wizard.old_revision_id, page.qms_effective_id)
        self.assertIn("<del", wizard.difference)
        self.assertIn(">2</del>", wizard.difference)
        self.assertIn(">1</ins>", wizard.difference)
        self.assertNotIn("Giữ lại", wizard.difference)
        wizard.is_everything = True
        self.assertIn("Giữ lại", wizard.difference)
        self.assertGreaterEqual(wizard.change_count, 3)

    def test_nothing_of_the_texts_is_run_in_the_comparison(self):
        page = self._effective_document(content="<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>")
        second = self._next_revision(page, content="<p>&lt;script&gt;alert(2)&lt;/script&gt;</p>")
        wizard = self.env["qms.document.compare"].browse(second.action_compare()["res_id"])
        self.assertNotIn("<script", wizard.difference)

    def test_revisions_of_different_documents_are_not_compared(self):
        one, two = (self._draft(self._new_document()) for _number in range(2))
        with self.assertRaises(UserError):
            self.env["qms.document.compare"].create(
                {"old_revision_id": one.id, "new_revision_id": two.id}
            )

    def test_a_reader_compares_what_they_may_read_only(self):
        page = self._effective_document()
        draft = self._next_revision(page)
        wizard = self._as(self.env["qms.document.compare"], self.user_specialist).create(
            {"old_revision_id": page.qms_effective_id.id, "new_revision_id": draft.id}
        )
        with self.assertRaises(UserError):
            wizard.mapped("difference")

    # === REVIEW === #

    def test_a_review_is_due_before_it_is_late(self):
        page = self._effective_document()
        today = fields.Date.context_today(page)
        for days, state in ((-1, "late"), (10, "due"), (90, "ahead")):
            page.qms_next_review = today + datetime.timedelta(days=days)
            self.assertEqual(page.qms_review_state, state)
        page.qms_next_review = False
        self.assertEqual(page.qms_review_state, "none")


@tagged("post_install", "-at_install")
class TestDocumentReader(DocumentCommon, HttpCase):
    """The page for readers shows what the reader may see, and nothing else exists."""

    def _open(self, user, url):
        self.authenticate(user.login, user.login)
        return self.url_open(url, allow_redirects=False)

    def test_staff_read_what_is_in_force(self):
        page = self._effective_document(content="<h2>1. Mục đích</h2><p>Nội dung</p>")
        self.env.flush_all()
        response = self._open(self.user_specialist, f"/qms/documents/{page.id}")
        self.assertEqual(response.status_code, 200)
        for text in (page.qms_code, page.name, "Nội dung", "quy-trinh.pdf", self.user_head.name):
            self.assertIn(text, response.text)
        self.assertIn("no-store", response.headers["Cache-Control"])

    def test_what_they_may_not_read_is_not_there(self):
        page = self._effective_document()
        draft = self._next_revision(page)
        wiki = self.env["document.page"].create({"name": "Trang", "content": "<p>x</p>"})
        hidden = self._new_document()
        self.env.flush_all()
        for user, url in (
            (self.user_specialist, f"/qms/documents/{page.id}/{draft.id}"),
            (self.user_specialist, f"/qms/documents/{hidden.id}"),
            (self.user_specialist, f"/qms/documents/{hidden.id}/{page.qms_effective_id.id}"),
            (self.user_specialist, f"/qms/documents/{wiki.id}"),
            (self.user_specialist, "/qms/documents/999999999"),
            (self.user_officer_b, f"/qms/documents/{page.id}"),
            (self.user_outsider, f"/qms/documents/{page.id}"),
        ):
            with self.subTest(user=user.login, url=url):
                self.assertEqual(self._open(user, url).status_code, 404)
        self.authenticate(None, None)
        response = self.url_open(f"/qms/documents/{page.id}", allow_redirects=False)
        self.assertEqual(response.status_code, 303)

    def test_an_obsolete_text_says_so(self):
        page = self._effective_document()
        first = page.qms_effective_id
        self._effective(self._next_revision(page))
        self.env.flush_all()
        response = self._open(self.user_specialist, f"/qms/documents/{page.id}/{first.id}")
        self.assertEqual(response.status_code, 200)
        self.assertIn("no longer applies", response.text)

    def test_files_are_sent_to_who_reads_the_revision(self):
        page = self._effective_document()
        file = page.qms_effective_id.sudo().file_ids
        hidden = self._draft(self._new_document())
        secret = self._add_file(hidden)
        self.env.flush_all()
        response = self._open(self.user_specialist, f"/qms/documents/file/{file.id}")
        self.assertEqual(response.content, PDF)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertNotIn("attachment", response.headers.get("Content-Disposition", ""))
        for user, number in (
            (self.user_specialist, secret.id),
            (self.user_officer_b, file.id),
            (self.user_outsider, file.id),
        ):
            for part in ("file", "preview"):
                response = self._open(user, f"/qms/documents/{part}/{number}")
                self.assertEqual(response.status_code, 404)
