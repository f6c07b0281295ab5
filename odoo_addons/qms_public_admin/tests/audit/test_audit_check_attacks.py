from odoo.tests import tagged

from ..rpc_case import RpcCase
from .common_check import CheckCommon

LINE = "mgmtsystem.verification.line"
FINDING = "qms.audit.finding"
ANSWER = ["x", "y", "2026-11-30"]


@tagged("post_install", "-at_install")
class TestAuditCheckAttacks(CheckCommon, RpcCase):
    """What a login alone could try against answers, samples, findings and the report."""

    def test_answers_do_not_change_after_closing(self):
        audit = self._approved()
        line = audit.line_ids[:1]
        for user in (self.user_auditor, self.user_officer, self.user_leader):
            for method, args in (
                ("write", [{"qms_answer": "conforming"}]),
                ("web_save", [{"comments": "Nothing was found"}, {}]),
                ("qms_save_answer", [{"qms_answer": "conforming"}]),
                ("qms_add_evidence", ["res.users", user.id]),
                ("qms_add_file", ["a.png", "AAAA"]),
                ("unlink", []),
            ):
                self._refused(user, LINE, method, line.ids, *args)
        self._refused(
            self.user_auditor, "mgmtsystem.audit", "write", audit.ids,
            {"line_ids": [[1, line.id, {"qms_answer": "conforming"}]]},
        )  # fmt: skip
        self.assertEqual(line.qms_answer, "minor")

    def test_who_is_not_of_the_team_answers_nothing(self):
        line = self._audit().line_ids[:1]
        for user in (self.user_auditor_2, self.user_officer, self.user_head, self.user_auditor_b):
            self._refused(user, LINE, "qms_save_answer", line.ids, {"qms_answer": "conforming"})
            self._refused(user, LINE, "write", line.ids, {"qms_answer": "conforming"})
        self.assertFalse(line.qms_answer)

    def test_answers_are_not_born_with_a_question(self):
        audit = self._audit()
        vals = {"audit_id": audit.id, "name": "New", "qms_answer": "conforming"}
        self._refused(self.user_auditor, LINE, "create", [vals])
        vals.pop("qms_answer")
        for name, value in (("qms_answer", "conforming"), ("qms_key", "forged")):
            default = {f"default_{name}": value}
            contexts = [default, {**default, "_qms_generator": True}]
            self._refused(self.user_auditor, LINE, "create", [vals], contexts=contexts)

    def test_samples_are_not_rewritten_nor_made_up(self):
        audit = self._audit()
        self._dossiers(3)
        sample = (
            self.env["qms.audit.sample"]
            .with_user(self.user_auditor)
            ._draw(audit, self._wish(size=2))
        )
        line = sample.line_ids[:1]
        for user in (self.user_auditor, self.user_officer):
            for model, record in (("qms.audit.sample", sample), ("qms.audit.sample.line", line)):
                self._refused(user, model, "write", record.ids, {"company_id": 1})
                self._refused(user, model, "unlink", record.ids)
                self._refused(user, model, "create", [{"audit_id": audit.id}])
                self._refused(
                    user, model, "write", record.ids, {"company_id": 1},
                    contexts=[{"_qms_fact": True}],
                )  # fmt: skip
        self._refused(
            self.user_auditor, "mgmtsystem.audit", "write", audit.ids,
            {"qms_sample_ids": [[2, sample.id, 0]]},
        )  # fmt: skip
        self.assertTrue(sample.exists())

    def test_the_draw_of_another_agency_counts_nothing(self):
        audit = self._audit()
        vals = {"audit_id": audit.id, "date_from": "2026-01-01", "date_to": "2026-12-31"}
        self._refused(self.user_auditor_b, "qms.audit.draw", "create", [vals])

    def test_a_grade_is_not_lowered_after_the_report(self):
        finding = self._approved(major="All late").qms_finding_ids
        for user in (self.user_auditor, self.user_officer, self.user_head, self.user_leader):
            for vals in ({"grade": "observation"}, {"name": "x"}, {"state": "verified"}):
                self._refused(user, FINDING, "write", finding.ids, vals)
                self._refused(user, FINDING, "web_save", finding.ids, vals, {})
            self._refused(user, FINDING, "unlink", finding.ids)
        self.assertEqual(finding.grade, "major")

    def test_a_finding_is_not_verified_by_who_answers_for_it(self):
        self.user_head.group_ids += self.env.ref("qms_public_admin.group_qms_auditor")
        finding = self._approved(observation="Two").qms_finding_ids
        self._refused(self.user_head, FINDING, "action_verify", finding.ids, "Fine")
        self._call(self.user_head, FINDING, "action_answer", finding.ids, *ANSWER)
        self._refused(self.user_head, FINDING, "action_accept", finding.ids)
        self._call(self.user_auditor, FINDING, "action_accept", finding.ids)
        self._refused(self.user_head, FINDING, "action_verify", finding.ids, "Fine")
        self._call(self.user_auditor, FINDING, "action_verify", finding.ids, "Seen")
        self.assertEqual(finding.state, "verified")

    def test_findings_are_not_born_open_nor_by_others(self):
        audit = self._reported()
        vals = {"audit_id": audit.id, "name": "New", "grade": "minor"}
        for user in (self.user_auditor_2, self.user_officer, self.user_head):
            self._refused(user, FINDING, "create", [vals])
        self._refused(self.user_auditor, FINDING, "create", [{**vals, "state": "verified"}])
        self._refused(
            self.user_auditor, FINDING, "create", [vals], contexts=[{"default_state": "verified"}]
        )

    def test_the_report_is_not_approved_around_its_approver(self):
        audit = self._reported()
        audit.qms_conclusion = "It works."
        for user in (self.user_auditor, self.user_officer):
            for method in ("action_close", "button_close", "action_approve", "validate_tier"):
                self._refused(user, audit._name, method, audit.ids)
            self._refused(user, audit._name, "write", audit.ids, {"state": "done"})
            self._refused(user, audit._name, "write", audit.ids, {"approval_state": "approved"})
        audit.action_request_approval()
        self._refused(self.user_auditor, audit._name, "action_approve", audit.ids)
        self.assertEqual(audit.state, "reporting")

    def test_the_dialog_of_somebody_else_does_nothing(self):
        finding = self._approved(observation="Two").qms_finding_ids
        dialog = self._as(self.env["qms.audit.finding.dialog"], self.user_head).create(
            {"finding_id": finding.id, "verb": "answer", "correction": "x"}
        )
        self._refused(self.user_specialist, dialog._name, "action_confirm", dialog.ids)
        self._refused(self.user_specialist, FINDING, "action_answer", finding.ids, *ANSWER)
        self.assertEqual(finding.state, "open")
