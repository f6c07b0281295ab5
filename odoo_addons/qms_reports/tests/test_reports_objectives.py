from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.qms_public_admin.tests.improvement.common_objective import ObjectiveCommon


@tagged("post_install", "-at_install")
class TestReportsObjectives(ObjectiveCommon):
    """The paper of the objectives of a year, with its sign-off."""

    def _paper(self, user):
        prints = self._as(self.env["ir.actions.report"], user)
        content, _kind = prints._render_qweb_html("qms_reports.objectives", self.year.ids)
        return content.decode()

    def test_a_draft_says_so(self):
        text = self._paper(self.user_specialist)
        self.assertIn("MỤC TIÊU CHẤT LƯỢNG NĂM 2026", text)
        self.assertIn("chưa được phê duyệt", text)

    def test_the_approved_paper_has_targets_plan_and_sign_off(self):
        with freeze_time("2026-02-01"):
            self._approve()
        text = self._paper(self.user_specialist)
        self.assertNotIn("chưa được phê duyệt", text)
        for words in ("On time for all", "≥ 90%", "31/12/2026", "Shorten the step",
                      self.user_leader.name, "Nguồn lực:"):  # fmt: skip
            self.assertIn(words, text)

    def test_results_stand_beside_the_targets(self):
        self._completed("2026-02-02", count=30)
        with freeze_time("2026-02-01"):
            self._approve()
        self._night("2027-01-20")
        text = self._paper(self.user_leader)
        self.assertRegex(text, r"100[.,]0%")  # as the language of papers writes it
        self.assertIn("Đạt", text)
