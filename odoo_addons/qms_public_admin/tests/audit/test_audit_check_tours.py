from odoo.tests import HttpCase, tagged

from .common_check import CheckCommon


class TabletCase(CheckCommon, HttpCase):
    touch_enabled = True

    def _answer_on_a_tablet(self):
        audit = self._audit()
        self._dossiers(6)
        self.env["qms.audit.sample"].with_user(self.user_auditor)._draw(audit, self._wish(size=3))
        self.start_tour(
            f"/odoo/qms-audits/{audit.id}/qms-audit-answers",
            "qms_auditor_answers_on_a_tablet",
            login=self.user_auditor.login,
        )
        first, second = audit.line_ids.sorted()[:2]
        self.assertEqual((first.qms_answer, second.qms_answer), ("minor", "conforming"))
        self.assertEqual(first.comments, "Two of five dossiers lack the slip")
        self.assertEqual(first.qms_evidence_ids.res_model, "qms.dossier")
        return audit


@tagged("post_install", "-at_install")
class TestAuditTourOnATablet(TabletCase):
    """Answers with a finger, the tablet held across; the finding goes its way."""

    browser_size = "1024x768"

    def test_from_the_answer_to_the_answered_finding(self):
        audit = self._answer_on_a_tablet()
        for line in audit.line_ids.filtered(lambda row: not row.qms_answer):
            line.write({"qms_answer": "conforming"})
        audit.action_end()
        audit.qms_conclusion = "It works."
        audit.action_request_approval()
        self._as(audit, self.user_leader).action_approve()
        self.start_tour(
            "/odoo/qms-findings-mine", "qms_head_answers_a_finding", login=self.user_head.login
        )
        self.assertEqual(audit.qms_finding_ids.state, "answered")


@tagged("post_install", "-at_install")
class TestAuditTourOnATabletHeldUp(TabletCase):
    """The same, the tablet held up."""

    browser_size = "768x1024"

    def test_answers_with_the_tablet_held_up(self):
        self._answer_on_a_tablet()
