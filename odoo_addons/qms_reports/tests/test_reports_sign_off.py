from odoo.tests import HttpCase, tagged

from odoo.addons.qms_public_admin.tests.core.approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestReportsSignOff(ApprovalCommon, HttpCase):
    """A print says who decided, and anybody can have that checked."""

    def setUp(self):
        super().setUp()
        self._request()
        self._as(self.draft, self.user_head).action_approve("SECRET WORDS")
        self._as(self.draft, self.user_leader).action_approve()
        self.decision = self.draft.approval_decision_id
        self.env.flush_all()

    def _sheet(self):
        prints = self._as(self.env["ir.actions.report"], self.user_officer)
        html, _kind = prints._render_qweb_html("qms_reports.approval_sheet", self.draft.ids)
        return html.decode()

    def _page(self, digest):
        self.authenticate(None, None)
        response = self.url_open(f"/qms/decision/{digest}")
        return response.status_code, response.text

    def test_the_sheet_carries_role_name_title_date_hash_and_code(self):
        text = self._sheet()
        for expected in (
            "Reviewed",
            self.user_head.name,
            self.position_head.name,
            self.user_leader.name,
            "09/11/2026",
            self.decision.hash[:16],
            "<svg",
        ):
            self.assertIn(expected, text)
        self.assertNotIn("SECRET WORDS", text)

    def test_what_was_withdrawn_is_not_signed_off(self):
        self._as(self.draft, self.user_officer).action_withdraw_request()
        self.assertNotIn(self.user_leader.name, self._sheet())

    def test_the_page_says_what_the_paper_says_and_no_more(self):
        status, text = self._page(self.decision.hash)
        self.assertEqual(status, 200)
        for expected in ("Valid.", "9.000101", "09/11/2026", self.user_leader.name):
            self.assertIn(expected, text)
        for hidden in (
            "SECRET WORDS",
            self.user_head.name,
            self.user_leader.login + "@",
            "Examine",
        ):
            self.assertNotIn(hidden, text)
        response = self.url_open(f"/qms/decision/{self.decision.hash}")
        self.assertIn("no-store", response.headers["Cache-Control"])

    def test_a_decision_taken_back_is_told_as_such(self):
        self._as(self.draft, self.user_officer).action_withdraw_request()
        self.env.flush_all()
        self.assertIn("No longer in effect.", self._page(self.decision.hash)[1])

    def test_a_forged_log_is_not_proven(self):
        self.cr.execute(
            "UPDATE qms_decision SET user_name = 'Forged' WHERE subject = %s AND verb = 'request'",
            [self.decision.subject],
        )
        self.env.invalidate_all()
        self.assertIn("Not proven.", self._page(self.decision.hash)[1])

    def test_whatever_is_no_decision_is_unknown(self):
        for digest in ("0" * 64, "x", self.decision.hash[:16], self.decision.hash.upper(), "%25"):
            with self.subTest(digest=digest):
                status, text = self._page(digest)
                self.assertEqual(status, 404)
                self.assertNotIn(self.user_leader.name, text)
