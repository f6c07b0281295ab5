from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, warmup
from odoo.tools import mute_logger

from ...models.document.document_page_history import TAKING_OVER
from .. import common
from .common_document import DocumentCommon


@tagged("post_install", "-at_install")
class TestDocumentApproval(DocumentCommon):
    """Revisions are approved by the steps of the agency; wiki pages know nothing of it."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)
        self.revision = self._draft(self._new_document())

    def _signed(self, revision=None):
        rows = (revision or self.revision).sudo().sign_off_ids
        return [(row.role, row.user_id) for row in rows]

    # === WAY === #

    def test_three_persons_and_one_table(self):
        self._approved(self.revision)
        self.assertEqual(
            self._signed(),
            [
                ("drafted", self.user_officer),
                ("reviewed", self.user_head),
                ("approved", self.user_leader),
            ],
        )
        decisions = self.revision.decision_ids.sorted("sequence")
        self.assertEqual(decisions.mapped("verb"), ["request", "approve"])
        rows = self.revision.sudo().sign_off_ids
        self.assertFalse(rows[0].decision_id)
        self.assertEqual(rows[1:].decision_id, decisions)
        self.assertEqual(rows[1:].mapped("decision_hash"), decisions.mapped("hash"))
        self.assertEqual(set(rows.mapped("content_sha256")), {decisions[0].content_sha256})
        self.assertEqual(rows[1].words, "Đã soát")
        self.assertEqual(self.revision.approval_decision_id, decisions[1])
        self.assertIsNone(self.env["qms.decision"]._verify_chains(self.revision)[self.revision.id])

    def test_a_substitute_reads_and_approves_while_the_leader_is_away(self):
        """INV-07: plain staff, within a delegation that includes approvals, and no longer."""
        self._reviewed(self.revision)
        substitute = self.user_colleague
        revision = self._as(self.revision, substitute)
        self.assertFalse(revision.has_access("read"))
        delegation = self._as(self.env["qms.delegation"], self.user_leader).create(
            {
                "user_id": self.user_leader.id,
                "substitute_id": substitute.id,
                "company_id": self.company.id,
                "date_from": "2026-01-01",
                "date_to": "2027-12-31",
                "with_approval": True,
                "reason": "Công tác",
            }
        )
        delegation.action_activate()
        self.env.invalidate_all()
        self.assertTrue(revision.page_id.has_access("read"))
        revision.action_approve("Đồng ý")
        self.assertEqual(self.revision.qms_state, "approved")
        decision = self.revision.sudo().approval_decision_id
        self.assertEqual(
            (decision.user_id, decision.on_behalf_of_id), (substitute, self.user_leader)
        )

    def test_own_steps_of_an_agency_take_the_place_of_the_shared_one(self):
        self._as(self.env["tier.definition"], self.user_officer).create(
            {
                "name": "Trưởng phòng phê duyệt",
                "model_id": self.env["ir.model"]._get_id("document.page.history"),
                "review_type": "individual",
                "reviewer_id": self.user_colleague.id,
                "company_id": self.company.id,
            }
        )
        self._reviewed(self.revision)
        self.assertEqual(self.revision.sudo().review_ids.qms_reviewer_ids, self.user_colleague)

    def test_the_reviewer_does_not_approve(self):
        """A leader who reviewed: another leader approves; without one nobody is asked."""
        self._submitted(self.revision)
        leader = self._as(self.revision, self.user_leader)
        told = "ISO officer or a head of unit"
        with self.assertRaisesRegex(UserError, told), self.cr.savepoint():
            leader.action_confirm_review()
        self.env.invalidate_all()
        self.assertEqual(self.revision.qms_state, "review")
        other = self._second_leader()
        leader.action_confirm_review()
        self.assertEqual(self.revision.review_ids.qms_reviewer_ids, other)
        self.assertFalse(leader.can_approve)
        self._as(self.revision, other).action_approve()
        self.assertEqual(self.revision.qms_state, "approved")

    def test_the_officer_reviews_what_staff_wrote(self):
        """A small agency: a specialist writes, the ISO officer reviews, the leader approves."""
        self.revision.author_id = self.user_specialist
        mine = self._as(self.revision, self.user_specialist)
        mine.content = "<p>Chuyên viên viết</p>"
        self.revision._lifecycle_write({"contributor_ids": [(6, 0, self.user_specialist.ids)]})
        mine.action_submit()
        self._as(self.revision, self.user_officer).action_confirm_review()
        self._as(self.revision, self.user_leader).action_approve()
        self.assertEqual(self.revision.qms_state, "approved")

    def test_a_second_account_of_the_author_does_not_review(self):
        self.user_head.partner_id = self.user_officer.partner_id
        self._submitted(self.revision)
        with self.assertRaisesRegex(UserError, "You wrote"):
            self._as(self.revision, self.user_head).action_confirm_review()

    def test_a_rejection_ends_in_the_draft(self):
        self._reviewed(self.revision)
        leader = self._as(self.revision, self.user_leader)
        with self.assertRaises(UserError):
            leader.action_reject(" ")
        leader.action_reject("Thiếu mục 6")
        self.assertEqual(self.revision.qms_state, "draft")
        self.assertEqual(self._signed()[-1], ("rejected", self.user_leader))
        self.revision.content = "<p>Thêm mục 6</p>"
        self._approved(self.revision)
        self.assertEqual(
            self.revision.decision_ids.sorted("sequence").mapped("verb"),
            ["request", "reject", "request", "approve"],
        )

    def test_the_review_is_sent_back_apart_from_the_approval(self):
        self._submitted(self.revision)
        self._as(self.revision, self.user_head).action_send_back("Chưa rõ mục 5")
        self.assertEqual(self.revision.qms_state, "draft")
        self.assertFalse(self.revision.decision_ids)
        self._reviewed(self.revision)
        for user in (self.user_officer, self.user_head, self.user_leader):
            with self.assertRaisesRegex(UserError, "waits for approval|role"):
                self._as(self.revision, user).action_send_back("Không")
        self.assertEqual(self.revision.qms_state, "approval")

    def test_who_asked_wrote_or_keeps_takes_the_request_back(self):
        self._reviewed(self.revision)
        for user, may in (
            (self.user_officer, True),
            (self.user_head, True),
            (self.user_leader, False),
            (self.user_auditor, False),
        ):
            self.assertEqual(self._as(self.revision, user).can_withdraw_request, may, user.login)
        self._as(self.revision, self.user_head).action_withdraw_request("Sửa lại")
        self.assertEqual(self.revision.qms_state, "draft")
        self.assertEqual(self._signed()[-1], ("recalled", self.user_head))
        self.assertFalse(self.revision.review_ids)

    def test_steps_come_one_after_the_other(self):
        step = self.env.ref("qms_public_admin.tier_definition_document_approval")
        step.copy(
            {
                "name": "Chief of office",
                "sequence": 10,
                "review_type": "individual",
                "reviewer_id": self.user_auditor.id,
            }
        )
        self._reviewed(self.revision)
        with self.assertRaises(UserError):
            self._as(self.revision, self.user_leader).action_approve()
        self._as(self.revision, self.user_auditor).action_approve()
        self.assertEqual(self.revision.qms_state, "approval")
        self._as(self.revision, self.user_leader).action_approve()
        self.assertEqual(self.revision.qms_state, "approved")
        rows = self.revision.sudo().sign_off_ids
        self.assertEqual(rows.mapped("role"), ["drafted", "reviewed", "approved", "approved"])
        self.assertEqual(rows.mapped("step")[2:], ["Chief of office", "Approval"])

    def test_a_named_approver_reads_what_is_put_before_them(self):
        step = self.env.ref("qms_public_admin.tier_definition_document_approval")
        step.write({"review_type": "individual", "reviewer_id": self.user_specialist.id})
        self.revision.page_id.qms_confidentiality = "restricted"
        mine = self._as(self.revision, self.user_specialist)
        self._submitted(self.revision)
        with self.assertRaises(AccessError):
            mine.read(["content"])
        self._as(self.revision, self.user_leader).action_confirm_review()
        self.env.invalidate_all()
        self.assertTrue(mine.read(["content"]))
        self.assertTrue(self._as(self.revision.page_id, self.user_specialist).read(["name"]))
        self.assertIn("Quy định", str(mine.review_ids.qms_preview))
        with self.assertRaises(AccessError):
            self._as(self.revision, self.user_colleague).read(["content"])
        mine.action_approve()
        self.assertEqual(self.revision.qms_state, "approved")

    def test_what_an_approver_reads(self):
        page = self._effective_document()
        second = self._next_revision(page, content="<h2>1. Mục đích</h2><p>Làm khác đi.</p>")
        self._reviewed(second)
        review = self._as(second, self.user_leader).review_ids
        preview = str(review.qms_preview)
        for words in (page.qms_code, "1/1", "Nghị định mới", "Làm khác đi", "<del", "<ins"):
            self.assertIn(words, preview)
        form = self.env.ref("qms_public_admin.document_page_history_view_form_revision")
        self.assertEqual(review.action_open_subject()["views"], [(form.id, "form")])
        decision = second.decision_ids
        self.assertEqual(decision.action_open_subject()["views"], [(form.id, "form")])

    # === PAPER === #

    def test_only_taking_over_does_without_an_approval(self):
        vals = {"issued_on": "2020-01-01", "effective_from": "2020-01-01"}
        done = {**vals, "qms_state": "approved", "content_sha256": "0" * 64}
        with (
            self.assertRaisesRegex(IntegrityError, "approved_is_decided"),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.revision._lifecycle_write(done)
            self.env.flush_all()
        self.env.invalidate_all()
        for forged in (True, "object", object()):
            with self.assertRaisesRegex(ValidationError, "on paper"):
                self.revision.with_context(_qms_take_over=forged)._lifecycle_write(
                    {**done, "is_imported": True}
                )
        with self.assertRaises(ValidationError):
            self.revision.with_context(_qms_take_over=TAKING_OVER).write({"is_imported": True})
        revisions = self.env["document.page.history"]
        with self.assertRaises(ValidationError):
            page_id = self.revision.page_id.id
            revisions._lifecycle_create([{"page_id": page_id, "is_imported": True}])
        self.revision._take_over({**vals, "issue_no": 3, "revision_no": 2}, "QĐ 537")
        self.assertEqual(self.revision.qms_state, "effective")
        self.assertFalse(self.revision.decision_ids)
        with self.assertRaises(UserError):
            self.revision.action_request_approval()

    def test_the_content_stays_the_same_to_the_end(self):
        """What the approval itself changes is no part of what is approved."""
        self.revision.effective_from = "2026-12-01"
        self._approved(self.revision)
        digest = self.revision.approval_decision_id.content_sha256
        self.assertEqual(self.revision._approval_digest(), digest)
        self._as(self.revision, self.user_leader).action_make_effective()
        self.assertEqual(self.revision._approval_digest(), digest)
        self.assertEqual(self.revision.content_sha256, digest)
        self.assertFalse(self.revision._touched_error())

    # === WIKI === #

    def test_texts_of_wiki_pages_need_no_approval(self):
        self.user_colleague.group_ids |= self.env.ref("document_page.group_document_editor")
        pages = self._as(self.env["document.page"], self.user_colleague)
        page = pages.create({"name": "Trang", "content": "<p>một</p>"})
        text = page.history_ids
        text.content = "<p>hai</p>"
        self.assertFalse(text.sudo().approval_editors)
        self.assertFalse(text.can_request_approval or text.can_approve or text.can_confirm_review)
        for verb in ("action_request_approval", "action_confirm_review", "action_approve"):
            with self.assertRaises(UserError):
                getattr(text, verb)()
        form = self.env.ref("document_page.wiki_history_form")
        arch = text.get_view(form.id, "form")["arch"]
        for name in ("approval", "review_ids", "validation_status"):
            self.assertNotIn(name, str(arch))

    def test_the_form_of_revisions_shows_the_buttons_once(self):
        form = self.env.ref("qms_public_admin.document_page_history_view_form_revision")
        arch = str(self._as(self.revision, self.user_leader).get_view(form.id, "form")["arch"])
        for button in (
            "action_open_approve",
            "action_open_reject",
            "action_withdraw_request",
            "action_request_approval",
            "action_submit",
        ):
            self.assertEqual(arch.count(f'name="{button}"'), 1, button)
        self.assertEqual(arch.count('widget="statusbar"'), 1)

    # === LISTS AND COST === #

    def test_what_waits_is_found(self):
        self._reviewed(self.revision)
        leader = self._as(self.revision, self.user_leader)
        revisions = self._as(self.env["document.page.history"], self.user_leader)
        self.assertIn(self.revision, revisions.search([("can_review", "=", True)]))
        self.env.flush_all()
        waiting = self._as(self.env["res.users"], self.user_leader).review_user_count()
        counted = [row for row in waiting if row["model"] == "document.page.history"]
        self.assertEqual(counted[0]["pending_count"], 1)
        leader.action_approve()
        self.assertNotIn(self.revision, revisions.search([("can_review", "=", True)]))

    def _waiting(self, count):
        revisions = self.env["document.page.history"]
        for _number in range(count):
            draft = self._draft(self._new_document())
            self._add_file(draft)
            draft.effective_from = "2026-11-01"
            revisions |= draft
        self._submitted(revisions)
        return revisions

    def _counted(self, call):
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        call()
        self.env.flush_all()
        return self.env.cr.sql_log_count - start

    @warmup
    def test_many_are_reviewed_and_approved_at_the_cost_of_a_few(self):
        few, many = self._waiting(2), self._waiting(20)
        for verb, user in (
            ("action_confirm_review", self.user_head),
            ("action_approve", self.user_leader),
        ):
            counts = [
                self._counted(getattr(self._as(revisions, user), verb)) for revisions in (few, many)
            ]
            with self.subTest(verb=verb, counts=counts):
                self.assertLessEqual(counts[1] - counts[0], 5)
        self.assertEqual(set((few | many).mapped("qms_state")), {"effective"})
        notices = self.env["mail.message"].search([("subject", "like", "To approve: 20")])
        self.assertEqual(len(notices), 1)
        self.assertIn(f"res_id={many[0].id}", notices.body)

    @warmup
    def test_wiki_pages_cost_no_more_with_the_number(self):
        """Twenty pages: each writes its own text, as the wiki does; approvals add nothing."""
        pages = self.env["document.page"]

        def make(count):
            pages.create([{"name": f"T{row}", "content": "<p>x</p>"} for row in range(count)])

        make(1)
        reviews = []
        execute = type(self.env.cr).execute

        def watched(cursor, query, *args, **kwargs):
            text = getattr(query, "code", query)
            if "tier_" in str(text) or "qms_decision" in str(text):
                reviews.append(text)
            return execute(cursor, query, *args, **kwargs)

        self.patch(type(self.env.cr), "execute", watched)
        self._counted(lambda: make(20))
        self.assertFalse(reviews)
