from odoo.tests import HttpCase, tagged

from .common import ReportsCommon


@tagged("post_install", "-at_install")
class TestReportsTours(ReportsCommon, HttpCase):
    """The period report in a browser: choose, compute, open a figure."""

    def test_period_report_opens_a_figure(self):
        self._accept("2026-11-05 08:00", intake_channel="online")
        self._accept("2026-11-05 08:00")
        with self._at("2026-11-09 09:00"):
            self.start_tour(
                "/odoo/action-qms_public_admin.qms_dossier_action",
                "qms_reports_period",
                login=self.user_auditor.login,
            )
