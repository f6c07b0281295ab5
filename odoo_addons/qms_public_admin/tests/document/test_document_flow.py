import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .. import common
from .common_document import DocumentCommon


def commit(done=0, *, remaining=0):
    """Stand in for the commit of a job: the test rolls everything back."""
    return 1.0


@tagged("post_install", "-at_install")
class TestDocumentFlow(DocumentCommon):
    """Draft → review → approval → approved → in force → obsolete."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    # === LIFE === #

    def test_a_document_is_born_with_a_code_and_a_first_draft(self):
        page = self._new_document()
        draft = self._draft(page)
        self.assertEqual(page.qms_status, "draft")
        self.assertRegex(page.qms_code, r"^QTTN-TC-\d{3}$")
        self.assertEqual((draft.issue_no, draft.revision_no), (1, 0))
        self.assertEqual(draft.qms_state, "draft")
        self.assertIn("Quy định cách làm", draft.content)
        self.assertEqual(draft.author_id, self.user_officer)
        self.assertFalse(page.qms_effective_id)

    def test_a_document_without_a_text_begins_with_the_template_of_its_kind(self):
        page = self._new_document(content=False)
        self.assertEqual(self._draft(page).content.count("<h2>"), 7)

    def test_the_whole_way(self):
        page = self._new_document()
        revision = self._draft(page)
        self._add_file(revision)
        self._approved(revision)
        self.assertEqual(revision.qms_state, "approved")
        self.assertEqual(revision.issued_on, datetime.date(2026, 11, 9))
        self.assertFalse(page.qms_effective_id)
        self._as(revision, self.user_leader).action_make_effective()
        self.assertEqual(page.qms_effective_id, revision)
        self.assertEqual(page.qms_status, "effective")
        self.assertEqual(revision.effective_from, datetime.date(2026, 11, 9))
        self.assertEqual(page.qms_next_review, datetime.date(2028, 11, 9))
        self.assertIn("Quy định cách làm", page.content)
        self.assertEqual(
            revision.sudo().sign_off_ids.mapped("role"),
            ["drafted", "reviewed", "approved", "effective"],
        )
        self.assertEqual(
            revision.sudo().sign_off_ids.mapped("user_name")[:3],
            [self.user_officer.name, self.user_head.name, self.user_leader.name],
        )
        self.assertEqual(revision.sudo().sign_off_ids[1].title, self.position_head.name)

    def test_the_next_revision_makes_the_one_before_obsolete(self):
        page = self._effective_document()
        first = page.qms_effective_id
        second = self._next_revision(page, title="Tên mới", content="<p>Nội dung mới</p>")
        self.assertEqual((second.issue_no, second.revision_no), (1, 1))
        self.assertEqual(second.sudo().file_ids.name, "quy-trinh.pdf")
        self.assertIn("Quy định cách làm", page.content)
        with freeze_time("2026-12-01 02:00:00"):
            self._effective(second)
        self.assertEqual((first.qms_state, second.qms_state), ("obsolete", "effective"))
        self.assertEqual(first.effective_to, datetime.date(2026, 11, 30))
        self.assertEqual(page.qms_effective_id, second)
        self.assertEqual(page.name, "Tên mới")
        self.assertIn("Nội dung mới", page.content)

    def test_a_new_issue_begins_with_revision_zero(self):
        page = self._effective_document()
        draft = self._next_revision(page)
        draft.change_kind = "issue"
        self.assertEqual((draft.issue_no, draft.revision_no), (2, 0))
        draft.change_kind = "amendment"
        self.assertEqual((draft.issue_no, draft.revision_no), (1, 1))

    def test_a_date_brings_the_next_revision_into_force(self):
        page = self._effective_document()
        second = self._next_revision(page, effective_from="2026-12-01")
        self._approved(second)
        self.assertEqual(second.qms_state, "approved")
        revisions = self.env["document.page.history"]
        with freeze_time("2026-11-30 16:59:00"):  # 23:59 in Hanoi
            revisions._bring_due_into_force(commit)
        self.assertEqual(second.qms_state, "approved")
        with freeze_time("2026-11-30 17:01:00"):  # 00:01 of 1 December in Hanoi
            revisions._bring_due_into_force(commit)
        self.assertEqual(second.qms_state, "effective")
        self.assertEqual(second.effective_from, datetime.date(2026, 12, 1))
        self.assertEqual(page.qms_effective_id, second)

    def test_what_is_due_comes_into_force_with_the_approval(self):
        page = self._new_document()
        revision = self._draft(page)
        revision.effective_from = "2026-11-01"
        self._approved(revision)
        self.assertEqual(revision.qms_state, "effective")
        # Approved later than planned: in force from the approval on.
        self.assertEqual(revision.effective_from, datetime.date(2026, 11, 9))

    def test_sending_back_needs_a_reason_and_loses_nothing(self):
        revision = self._reviewed(self._draft(self._new_document()))
        leader = self._as(revision, self.user_leader)
        with self.assertRaises(UserError):
            leader.action_reject(" ")
        leader.action_reject("Thiếu mục 6")
        self.assertEqual(revision.qms_state, "draft")
        roles = revision.sudo().sign_off_ids.mapped("role")
        self.assertEqual(roles, ["drafted", "reviewed", "rejected"])
        with self.assertRaises(UserError):
            revision.unlink()
        self._approved(revision)
        self.assertEqual(len(revision.sudo().sign_off_ids), 6)

    def test_withdrawing_leaves_the_document_without_a_revision_in_force(self):
        page = self._effective_document()
        revision = page.qms_effective_id
        self._as(revision, self.user_leader).action_withdraw("Bãi bỏ")
        self.assertEqual(page.qms_status, "withdrawn")
        self.assertFalse(page.qms_effective_id)
        self.assertEqual(revision.qms_state, "withdrawn")
        self.assertEqual(revision.effective_to, datetime.date(2026, 11, 9))

    def test_one_revision_at_a_time_is_prepared(self):
        page = self._effective_document()
        self._next_revision(page)
        with self.assertRaises(UserError):
            self._as(page, self.user_head).action_new_revision()

    def test_a_revision_says_why(self):
        draft = self._next_revision(self._effective_document(), reason=False)
        with self.assertRaisesRegex(UserError, "why"):
            draft.action_submit()

    def test_an_empty_document_is_not_submitted(self):
        draft = self._draft(self._new_document())
        draft.content = "<p><br></p>"
        with self.assertRaisesRegex(UserError, "neither"):
            draft.action_submit()

    # === WHO === #

    def test_who_wrote_neither_reviews_nor_approves(self):
        officer_and_leader = self.user_leader
        page = self._new_document()
        draft = self._draft(page)
        draft.author_id = officer_and_leader
        self._as(draft, officer_and_leader).content = "<p>Lãnh đạo viết</p>"
        draft.author_id = self.user_officer
        self.assertIn(officer_and_leader, draft.contributor_ids)
        self._second_leader()
        self._reviewed(draft)
        self.assertFalse(self._as(draft, officer_and_leader).can_approve)
        with self.assertRaisesRegex(UserError, "not for you"):
            self._as(draft, officer_and_leader).action_approve()
        self.assertEqual(draft.qms_state, "approval")

    def test_a_part_counts_as_writing(self):
        draft = self._draft(self._new_document())
        draft.author_id = self.user_head
        self._add_file(self._as(draft, self.user_head))
        draft.author_id = self.user_officer
        self._submitted(draft)
        with self.assertRaises(UserError):
            self._as(draft, self.user_head).action_confirm_review()

    def test_each_role_does_its_verb_and_no_other(self):
        """Role × verb: the button, the verb and the table agree."""
        steps = {
            "review": ("can_confirm_review", "action_confirm_review", {"head", "leader"}),
            "approval": ("can_approve", "action_approve", {"leader"}),
            "approved": ("can_make_effective", "action_make_effective", {"officer", "leader"}),
        }
        makers = {
            "review": self._submitted,
            "approval": self._reviewed,
            "approved": self._approved,
        }
        for state, (button, verb, allowed) in steps.items():
            revision = makers[state](self._draft(self._new_document()))
            for role, user in self.users_by_role.items():
                mine = self._as(revision, user)
                with self.subTest(state=state, role=role):
                    try:
                        can = mine[button]
                    except AccessError:
                        can = False
                    self.assertEqual(can, role in allowed)
                    if role not in allowed:
                        with self.assertRaises(UserError), self.cr.savepoint():
                            getattr(mine, verb)()
                        self.env.invalidate_all()
                        self.assertEqual(revision.qms_state, state)

    def test_staff_read_what_is_in_force_only(self):
        page = self._new_document()
        draft = self._draft(page)
        staff = self.user_colleague
        pages, revisions = self.env["document.page"], self.env["document.page.history"]
        self.assertFalse(self._as(pages, staff).search([("id", "=", page.id)]))
        self.assertFalse(self._as(revisions, staff).search([("id", "=", draft.id)]))
        self._effective(draft)
        self.assertTrue(self._as(pages, staff).search([("id", "=", page.id)]))
        self.assertEqual(self._as(page, staff).qms_effective_id, draft)
        second = self._next_revision(page)
        with self.assertRaises(AccessError):
            self._as(second, staff).read(["content"])
        self.assertNotIn("Nghị định", str(self._as(page, staff).content))

    def test_a_restricted_document_is_read_by_those_it_is_for(self):
        page = self._effective_document()
        page.qms_confidentiality = "restricted"
        pages = self.env["document.page"]
        self.assertFalse(self._as(pages, self.user_specialist).search([("id", "=", page.id)]))
        page.qms_position_ids = self.position_specialist
        self.assertTrue(self._as(pages, self.user_specialist).search([("id", "=", page.id)]))
        self.assertFalse(self._as(pages, self.user_colleague).search([("id", "=", page.id)]))
        self.assertTrue(self._as(pages, self.user_auditor).search([("id", "=", page.id)]))
        files = self.env["qms.document.file"]
        mine = [("revision_id", "=", page.qms_effective_id.id)]
        self.assertTrue(self._as(files, self.user_specialist).search(mine))
        self.assertFalse(self._as(files, self.user_colleague).search(mine))

    def test_another_agency_sees_nothing(self):
        page = self._effective_document(qms_confidentiality="public")
        revision = page.qms_effective_id
        for user in (self.user_officer_b, self.user_leader_b):
            for record in (page, revision, revision.file_ids, revision.sign_off_ids):
                with self.subTest(user=user.login, model=record._name):
                    found = self._as(record.browse(), user).search([("id", "in", record.ids)])
                    self.assertFalse(found)
                    with self.assertRaises(AccessError):
                        self._as(record, user).read(["display_name"])

    def test_an_author_from_the_staff_writes_own_drafts_only(self):
        draft = self._draft(self._new_document())
        draft.author_id = self.user_specialist
        mine = self._as(draft, self.user_specialist)
        mine.content = "<p>Chuyên viên viết</p>"
        self._add_file(mine)
        mine.amendment_ids = [(0, 0, {"description": "Bổ sung mục 5"})]
        mine.action_submit()
        with self.assertRaises(UserError), self.cr.savepoint():
            mine.content = "<p>Sửa sau</p>"
        other = self._draft(self._new_document())
        with self.assertRaises(AccessError):
            self._as(other, self.user_specialist).content = "<p>x</p>"

    # === WIKI === #

    def test_ordinary_pages_go_on_as_before(self):
        editor = self.user_colleague
        editor.group_ids |= self.env.ref("document_page.group_document_editor")
        pages = self._as(self.env["document.page"], editor)
        page = pages.create({"name": "Trang", "content": "<p>một</p>", "draft_name": "1"})
        page.write({"content": "<p>hai</p>", "draft_summary": "sửa"})
        self.assertEqual(len(page.history_ids), 2)
        self.assertIn("hai", page.content)
        self.assertFalse(any(page.history_ids.mapped("qms_state")))
        self.assertFalse(page.qms_code)
        page.history_ids[0].content = "<p>ba</p>"
        self.assertEqual(page.copy().name, "Trang (copy)")
        page.with_user(self.env.ref("base.user_admin")).sudo().unlink()

    def test_a_page_is_taken_under_control_with_its_history(self):
        self.user_officer.group_ids |= self.env.ref("document_page.group_document_editor")
        pages = self._as(self.env["document.page"], self.user_officer)
        page = pages.create({"name": "Trang", "content": "<p>một</p>", "company_id": False})
        page.action_take_under_control(self.kind_system.id)
        self.assertTrue(page.qms_code.startswith("QTHT-"))
        self.assertEqual(page.company_id, self.company)
        self.assertIn("một", self._draft(page).content)
        self.assertEqual(len(page.history_ids), 2)
        self._effective(self._draft(page))
        self.assertIn("một", page.content)

    # === COPIES === #

    def test_registered_copies_are_numbered_and_collected(self):
        page = self._effective_document()
        revision = page.qms_effective_id
        first = revision.action_register_copy("Bộ phận một cửa")
        second = revision.action_register_copy("Lãnh đạo")
        self.assertEqual((first | second).mapped("number"), [1, 2])
        self._effective(self._next_revision(page))
        copies = self._as(self.env["qms.document.copy"], self.user_officer)
        self.assertEqual(copies.search([("to_collect", "=", True)]), first | second)
        first.action_collect()
        self.assertEqual(copies.search([("to_collect", "=", True)]), second)
        with self.assertRaises(UserError):
            first.action_collect()
        with self.assertRaises(AccessError):
            self._as(second, self.user_specialist).action_collect()
