from odoo.exceptions import UserError
from odoo.tests import tagged

from ..document.common_document import DocumentCommon


@tagged("post_install", "-at_install")
class TestProcedureDocument(DocumentCommon):
    """The section on steps comes from the procedure and stays in step with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.page = cls._new_document(content=False)
        cls.procedure.iso_document_id = cls.page.id

    def test_the_steps_are_written_into_their_section(self):
        draft = self._draft(self.page)
        draft.action_refresh_steps()
        for text in ("Examine", "20 giờ (2,5 ngày làm việc)", self.position_head.name, "24 giờ"):
            self.assertIn(text, draft.content)
        self.assertEqual(draft.content.count("<h2>"), 7)
        before = draft.content
        draft.action_refresh_steps()
        self.assertEqual(draft.content, before)

    def test_a_draft_is_brought_up_to_date_when_it_is_submitted(self):
        draft = self._draft(self.page)
        self._submitted(draft)
        self.assertIn("Examine", draft.content)
        self.assertFalse(draft._touched_error())

    def test_a_text_without_the_section_is_left_as_it_is(self):
        draft = self._draft(self.page)
        draft.content = "<p>Không có bảng</p>"
        self._submitted(draft)
        self.assertEqual(draft.content, "<p>Không có bảng</p>")

    def test_a_document_of_no_procedure_has_no_steps(self):
        with self.assertRaises(UserError):
            self._draft(self._new_document()).action_refresh_steps()

    def test_a_new_version_puts_the_text_out_of_step(self):
        self._effective(self._draft(self.page))
        pages = self.env["document.page"]
        self.assertEqual(self.page.qms_steps_state, "in_step")
        version = self.version.copy()
        version.step_ids[1].name = "Examine anew"
        version.action_publish()
        self.page.invalidate_recordset()
        self.assertEqual(self.page.qms_steps_state, "out_of_step")
        found = pages.search([("qms_steps_state", "=", "out_of_step")])
        self.assertIn(self.page, found)
        second = self._next_revision(self.page)
        self._effective(second)
        self.assertIn("Examine anew", second.content)
        self.assertEqual(self.page.qms_steps_state, "in_step")

    def test_documents_of_my_steps_are_mine(self):
        self._effective(self._draft(self.page))
        self.page.qms_owner_id = False
        pages = self.env["document.page"]
        mine = [("qms_is_mine", "=", True), ("id", "=", self.page.id)]
        self.assertTrue(self._as(pages, self.user_specialist).search(mine))
        self.assertFalse(self._as(pages, self.user_colleague).search(mine))

    def test_publication_waits_for_the_document(self):
        """A linked document that is not in force stops the publication."""
        other, version = self._create_procedure("9.000777", self.company, publish=False)
        other.iso_document_id = self._new_document().id
        self.assertEqual(other._iso_document_state(), other.iso_document_id.display_name)
        with self.assertRaises(UserError):
            version.action_publish()
        self._effective(self._draft(other.iso_document_id))
        self.assertEqual(other._iso_document_state(), "effective")
        version.action_publish()
