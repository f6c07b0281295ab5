from odoo.tests import tagged

from .common import ReportsCommon


@tagged("post_install", "-at_install")
class TestReportsWhatIf(ReportsCommon):
    """The answer of the what-if page as a print."""

    def test_the_print_has_the_dates_and_their_reasons(self):
        question = self._as(self.env["qms.clock.what.if"], self.user_specialist).create(
            {"procedure_id": self.procedure.id, "received_at": "2026-01-05 11:00:00"}
        )
        prints = self._as(self.env["ir.actions.report"], self.user_specialist)
        html, _kind = prints._render_qweb_html(
            self.env.ref("qms_reports.clock_what_if_action"), question.ids
        )
        html = html.decode()
        self.assertIn(self.procedure.name, html)
        for line in question._plan()["why"]:
            self.assertIn(line, html)
        for step in self.version.step_ids:
            self.assertIn(step.name, html)
