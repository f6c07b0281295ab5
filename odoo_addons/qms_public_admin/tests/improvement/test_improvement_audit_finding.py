from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..audit.common_check import CheckCommon


@tagged("post_install", "-at_install")
class TestImprovementAuditFinding(CheckCommon):
    """Findings that are nonconformities are followed as such."""

    def test_minor_and_major_findings_raise_nonconformities_with_their_evidence(self):
        audit = self._audit()
        dossier = self._accepted_dossier()
        lines = self._answered(audit, major="All late", observation="A risk")
        lines[0].qms_add_evidence("qms.dossier", dossier.id)
        audit.action_end()
        audit.qms_conclusion = "It works."
        audit.action_request_approval()
        self._as(audit, self.user_leader).action_approve()
        major, observation = audit.qms_finding_ids.sorted("number")
        row = major.nonconformity_id
        self.assertFalse(observation.nonconformity_id)
        self.assertEqual((row.qms_source, row.qms_grade), ("audit", "major"))
        self.assertEqual(row.responsible_user_id, self.user_head)
        self.assertEqual(row.qms_department_id, self.department)
        self.assertEqual(row.qms_due_date, major.due_date)
        self.assertEqual(row.qms_clause_ids, major.clause_ids)
        self.assertEqual(row.audit_ids, audit)
        evidence = {(one.res_model, one.res_id) for one in row.qms_evidence_ids}
        self.assertEqual(evidence, {(major._name, major.id), ("qms.dossier", dossier.id)})

    def test_a_finding_speaks_once_for_the_next_audit(self):
        """Those that became nonconformities are counted there; drafts not at all."""
        priorities = self.env["qms.audit.priority"]
        since = fields.Date.to_date("2026-01-01")
        audit = self._reported(major="All late", observation="A risk", opportunity="A form")
        self.assertFalse(
            priorities._finding_counts(self.company, since)["unit", self.department.id]
        )
        audit.qms_conclusion = "It works."
        audit.action_request_approval()
        self._as(audit, self.user_leader).action_approve()
        counts = priorities._finding_counts(self.company, since)
        self.assertEqual(counts["unit", self.department.id], 2)
        later = fields.Date.to_date("2027-01-01")
        self.assertFalse(priorities._finding_counts(self.company, later))

    def test_a_draft_of_a_report_raises_nothing(self):
        finding = self._reported(major="All late").qms_finding_ids
        self.assertFalse(finding.nonconformity_id)

    def test_a_confidential_finding_raises_a_confidential_nonconformity(self):
        audit = self._audit()
        lines = self._answered(audit, minor="Gifts")
        lines[0].write({"qms_is_confidential": True})
        audit.action_end()
        audit.qms_conclusion = "It works."
        audit.action_request_approval()
        self._as(audit, self.user_leader).action_approve()
        row = audit.qms_finding_ids.nonconformity_id
        self.assertTrue(row.qms_is_confidential)
        with self.assertRaises(AccessError):
            self._as(row, self.user_specialist).read(["name"])

    def test_the_answer_begins_the_analysis(self):
        finding = self._approved(minor="Two of five").qms_finding_ids
        self._as(finding, self.user_head).action_answer(
            "No form", "A form is printed", "2026-11-30"
        )
        row = finding.nonconformity_id
        self.assertEqual((row.analysis, row.qms_correction), ("No form", "A form is printed"))

    def test_a_finding_is_verified_after_its_nonconformity(self):
        finding = self._approved(minor="Two of five").qms_finding_ids
        self._as(finding, self.user_head).action_answer(
            "No form", "A form is printed", "2026-11-30"
        )
        finding.action_accept()
        with self.assertRaisesRegex(UserError, finding.nonconformity_id.ref):
            finding.action_verify("Ten dossiers were looked at")
        finding.nonconformity_id._lifecycle_write({"state": "verified"})
        finding.action_verify("Ten dossiers were looked at")
        self.assertEqual(finding.state, "verified")
