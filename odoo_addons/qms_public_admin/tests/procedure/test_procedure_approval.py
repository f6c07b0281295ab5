from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .. import common
from ..core.approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestProcedureApproval(ApprovalCommon):
    """Where the agency asks for it, a version is approved before it is published."""

    def _approve(self):
        self._request()
        self._as(self.draft, self.user_head).action_approve()
        self._as(self.draft, self.user_leader).action_approve()

    def test_a_version_is_published_after_its_approval(self):
        officer = self._as(self.draft, self.user_officer)
        self.assertFalse(officer.can_publish)
        self.assertTrue(officer.can_request_approval)
        with self.assertRaisesRegex(UserError, "approved first"):
            officer.action_publish()
        self._approve()
        self.assertTrue(officer.can_publish)
        officer.action_publish()
        self.assertEqual(self.draft.state, "published")
        self.assertEqual(self.draft.approval_decision_id.content_sha256, self.draft.content_hash)
        self.assertEqual(self.draft.approval_decision_id.user_id, self.user_leader)

    def test_without_the_setting_nothing_changes(self):
        self.company.qms_version_approval = False
        officer = self._as(self.draft, self.user_officer)
        self.assertTrue(officer.can_publish)
        self.assertFalse(officer.can_request_approval)
        with self.assertRaises(UserError):
            officer.action_request_approval()
        officer.action_publish()
        self.assertFalse(self.draft.decision_count)

    def test_what_is_not_ready_is_not_submitted(self):
        self.draft.step_ids.unlink()
        with self.assertRaisesRegex(UserError, "not ready"):
            self._request()

    def test_a_change_after_the_approval_asks_for_a_new_one(self):
        self._approve()
        self.env.cr.execute(
            "UPDATE qms_procedure_component SET name = 'x' WHERE version_id = %s", [self.draft.id]
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "changed after its approval"):
            self._as(self.draft, self.user_officer).action_publish()

    def test_an_approval_is_opened_again_before_publication_only(self):
        self._approve()
        officer = self._as(self.draft, self.user_officer)
        officer.action_withdraw_request("A step is missing")
        officer.step_ids[0].name = "Receive, check and hand over"
        self._approve()
        officer.action_publish()
        self.assertFalse(officer.can_withdraw_request)
        with self.assertRaises(UserError):
            officer.action_withdraw_request()

    def test_the_next_version_is_approved_anew(self):
        self._approve()
        officer = self._as(self.draft, self.user_officer)
        officer.action_publish()
        copy = officer.copy()
        self.assertFalse(copy.approval_state)
        with freeze_time(common.NOW), self.assertRaises(UserError):
            copy.action_publish()

    def test_the_sign_off_names_those_who_decided(self):
        self._approve()
        rows = self.draft._sign_off_rows()
        self.assertEqual(
            [(row["role"], row["name"]) for row in rows],
            [
                ("Submitted by", self.user_officer.name),
                ("Reviewed", self.user_head.name),
                ("Approved", self.user_leader.name),
            ],
        )
        self.assertEqual(rows[1]["title"], self.position_head.name)
        self.assertEqual(str(rows[2]["date"]), "2026-11-09")
        self.assertTrue(rows[2]["url"].endswith(self.draft.approval_decision_id.hash))
