import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common_measure import MeasureCommon

#: Questions left in the audit: one that does not conform, two that do.
QUESTIONS = 3


class LoopCase(MeasureCommon, HttpCase):
    """Roles of an agency before a tablet, with dossiers of the last months."""

    browser_size = "768x1024"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # An audit planned for today: on a Sunday, too.
        cls.today = fields.Date.today()
        cls.procedure.write({"department_id": cls.department.id, "qms_from": "2018-01-01"})
        employee = {"name": "Head", "user_id": cls.user_head.id, "company_id": cls.company.id}
        cls.department.manager_id = cls.env["hr.employee"].create(
            {**employee, "department_id": cls.department.id}
        )
        register = cls._as(cls.env["qms.auditor"], cls.user_officer)
        cls.auditor = register.create({"user_id": cls.user_auditor.id, "is_lead": True})
        for days, outcome, count in ((80, "on_time", 10), (70, "late", 10), (20, "on_time", 20)):
            cls._completed(cls.today - datetime.timedelta(days=days), outcome, count)

    def _run(self, tour, user, record=None, path="qms-to-approve"):
        url = f"/odoo/{path}/{record.id}" if record else f"/odoo/{path}"
        self.start_tour(url, tour, login=user.login)
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestImprovementTours(LoopCase):
    """Programme → plan → audit on a tablet → finding → action → effectiveness."""

    def test_the_loop_closes_on_a_tablet(self):
        programme = self._planned()
        audit = self._audited(programme)
        row = self._acted(audit)
        self._judged(row)
        self._run(
            "qms_loop_auditor_verifies_nonconformity", self.user_auditor, row, "nonconformities"
        )
        self._run("qms_loop_leader_closes", self.user_leader, row, "nonconformities")
        self.assertEqual(row.state, "done")
        self.assertEqual(row.qms_closed_by_id, self.user_leader)
        self.assertNotEqual(row.qms_closed_by_id, row.responsible_user_id)

    def _planned(self):
        """The officer lets the system propose the year; the leader approves it."""
        self.start_tour(
            "/odoo/qms-audit-programmes/new",
            "qms_loop_officer_proposes_programme",
            login=self.user_officer.login,
        )
        programme = self.env["qms.audit.programme"].search([("company_id", "=", self.company.id)])
        self.assertIn(self.procedure, programme.line_ids.procedure_ids)
        self._run("qms_loop_leader_approves", self.user_leader)
        self.assertEqual(programme.state, "approved")
        return programme

    def _audited(self, programme):
        """Plan, announcement, visit on the tablet, report."""
        self._run(
            "qms_loop_officer_makes_plan", self.user_officer, programme, "qms-audit-programmes"
        )
        audit = programme.line_ids.audit_id
        lines = self._as(audit, self.user_officer).line_ids
        lines[QUESTIONS:].unlink()
        self._run("qms_loop_auditor_holds_audit", self.user_auditor, audit, "qms-audits")
        self.assertEqual(audit.qms_sample_ids.seed, "2026")
        self.assertEqual(audit.qms_finding_ids.mapped("grade"), ["minor"])
        self._run("qms_loop_auditor_reports", self.user_auditor, audit, "qms-audits")
        self._run("qms_loop_leader_approves", self.user_leader)
        self.assertEqual((audit.state, audit.qms_finding_ids.state), ("done", "open"))
        return audit

    def _acted(self, audit):
        """Cause, action and check by the head; the auditor looks whether it was done."""
        finding = audit.qms_finding_ids
        self._run("qms_loop_head_answers_finding", self.user_head, finding, "qms-findings")
        row = finding.nonconformity_id
        action = row.action_ids
        self.assertEqual((row.state, action.user_id), ("pending", self.user_head))
        self._run("qms_loop_head_plans_check", self.user_head, action, "improvement-actions")
        self._run("qms_loop_head_starts_actions", self.user_head, row, "nonconformities")
        self._run(
            "qms_loop_head_reports_action_done", self.user_head, action, "improvement-actions"
        )
        self._run(
            "qms_loop_auditor_verifies_action", self.user_auditor, action, "improvement-actions"
        )
        self.assertEqual(action.qms_verified_by_id, self.user_auditor)
        return row

    def _judged(self, row):
        """Three months later the figures are there; the auditor says what they mean."""
        check = row.action_ids.qms_check_ids
        self.assertEqual((check.before_part, check.before_whole), (30, 40))
        self._completed(self.today + datetime.timedelta(days=30), count=39)
        self._completed(self.today + datetime.timedelta(days=31), "late")
        with freeze_time(datetime.datetime.now() + datetime.timedelta(days=100)):
            check._compute_company(self.company)
        self.assertEqual((check.after_part, check.after_whole, check.state), (39, 40, "due"))
        self._run("qms_loop_auditor_judges_effect", self.user_auditor, check, "qms-effectiveness")
        self.assertEqual(check.judged_by_id, self.user_auditor)


@tagged("post_install", "-at_install")
class TestReviewTours(LoopCase):
    """The management review from its preparation to the actions that follow."""

    def test_a_review_is_prepared_held_and_carried_out(self):
        self.start_tour(
            "/odoo/management-reviews/new",
            "qms_review_officer_prepares",
            login=self.user_officer.login,
        )
        review = self.env["mgmtsystem.review"].search([("company_id", "=", self.company.id)])
        self.assertEqual(review.qms_chair_id, self.user_leader)
        self._run("qms_review_leader_reads", self.user_leader, review, "management-reviews")
        self._minuted(review)
        self._run("qms_loop_leader_approves", self.user_leader)
        self.assertEqual(review.state, "done")
        self._run(
            "qms_review_officer_makes_actions", self.user_officer, review, "management-reviews"
        )
        self.assertEqual(review.qms_output_ids.action_id.user_id, self.user_head)

    def _minuted(self, review):
        """The day has come: each topic has a conclusion, something was decided."""
        own = self._as(review, self.user_officer)
        own.date = fields.Datetime.now() - datetime.timedelta(hours=3)
        own.qms_input_ids.write({"verdict": "good"})
        own.env["qms.review.decision"].create(
            {
                "review_id": review.id,
                "name": "Rút ngắn bước thẩm định",
                "owner_id": self.user_head.id,
                "due_date": self.today + datetime.timedelta(days=60),
            }
        )
        self._run(
            "qms_review_officer_takes_minutes", self.user_officer, review, "management-reviews"
        )
        self.assertEqual(review.state, "approval")
        self.assertTrue(review.qms_content_sha256)
