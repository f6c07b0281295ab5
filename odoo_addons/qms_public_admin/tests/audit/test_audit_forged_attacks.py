from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..rpc_case import RpcCase
from .common_check import CheckCommon

AUDIT = "mgmtsystem.audit"
LINE = "mgmtsystem.verification.line"
MEMBER = "qms.audit.member"
SLOT = "qms.audit.slot"


@tagged("post_install", "-at_install")
class TestAuditForgedAttacks(CheckCommon, RpcCase):
    """Ways around the team: contexts that pretend, rows that move, people who leave."""

    def test_an_answer_is_not_moved_into_another_audit(self):
        closed, running = self._approved(), self._audit()
        self.env.flush_all()
        before = closed.line_ids.ids, closed._approval_digest()
        vals = {"qms_answer": "conforming", "comments": "All is well"}
        line = running.line_ids.create({"audit_id": running.id, "name": "By hand"})
        self.env.flush_all()
        for target in (closed.id, False):
            self._refused(self.user_auditor, LINE, "write", line.ids, {"audit_id": target, **vals})
            self._refused(self.user_auditor, LINE, "write", line.ids, {"audit_id": target})
            command = [[1, line.id, {"audit_id": target, **vals}]]
            self._refused(self.user_auditor, AUDIT, "write", running.ids, {"line_ids": command})
        self.env.invalidate_all()
        self.assertEqual((closed.line_ids.ids, closed._approval_digest()), before)
        with self.assertRaises(ValidationError):
            line.sudo().audit_id = False

    def test_an_answer_is_not_moved_where_one_does_not_answer(self):
        """Who prepares two audits answers those of the own team alone."""
        mine = self._audit()
        other = self._audit(
            user_id=self.user_auditor.id,
            qms_team_ids=[
                fields.Command.create({"user_id": self.user_auditor_2.id, "role": "leader"})
            ],
        )
        line = mine.line_ids.create({"audit_id": mine.id, "name": "By hand"})
        self.env.flush_all()
        self._refused(
            self.user_auditor, LINE, "write", line.ids,
            {"audit_id": other.id, "qms_answer": "conforming"},
        )  # fmt: skip
        self._call(self.user_auditor, LINE, "write", line.ids, {"audit_id": other.id})
        self.env.invalidate_all()
        self.assertEqual((line.audit_id, line.qms_answer), (other, False))

    def test_nobody_joins_a_team_by_a_context(self):
        audit = self._audit()
        self.env.flush_all()
        joins = {"user_id": self.user_auditor_2.id, "role": "auditor"}
        slot = {"name": "x", "start": "2026-11-09 01:00:00", "stop": "2026-11-09 02:00:00"}
        for model, vals in ((MEMBER, joins), (SLOT, slot)):
            self._refused(
                self.user_auditor_2, model, "create", [vals],
                contexts=[{"default_audit_id": audit.id}],
            )  # fmt: skip
        for vals in (joins, {**joins, "audit_id": False}):
            self._refused(self.user_auditor_2, MEMBER, "create", [vals])
        self.assertEqual(audit.qms_team_ids.user_id, self.user_auditor)
        self._refused(self.user_auditor_2, AUDIT, "write", audit.ids, {"name": "Mine"})

    def test_questions_are_not_generated_with_answers(self):
        audit = self._audit("draft").sudo()
        audit.line_ids.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(audit.line_ids)
        forged = {
            "default_qms_answer": "conforming",
            "default_comments": "All is well",
            "default_qms_answered_by_id": self.user_auditor.id,
            "default_qms_answered_at": "2026-11-09 01:00:00",
            "default_qms_is_confidential": True,
        }
        self._call(self.user_officer, AUDIT, "action_generate_questions", audit.ids, context=forged)
        self.env.invalidate_all()
        self.assertTrue(audit.line_ids)
        for name in ("qms_answer", "comments", "qms_answered_by_id", "qms_is_confidential"):
            self.assertFalse(any(audit.line_ids.mapped(name)), name)

    def test_findings_are_not_made_verified_by_a_context(self):
        audit = self._audit()
        self._answered(audit, major="All late")
        self.env.flush_all()
        forged = {
            "default_state": "verified",
            "default_verified_by_id": self.user_auditor.id,
            "default_verified_at": "2026-11-09 01:00:00",
        }
        self._call(self.user_auditor, AUDIT, "action_end", audit.ids, context=forged)
        self.env.invalidate_all()
        self.assertEqual(audit.qms_finding_ids.state, "draft")
        self.assertFalse(audit.qms_finding_ids.verified_by_id)

    def test_a_question_names_no_unit_of_another_agency(self):
        """The screen of the auditor shows the name of the unit with lifted rights."""
        audit = self._audit()
        unit = self.env["hr.department"].create({"name": "Of B", "company_id": self.company_b.id})
        procedure = self.env["qms.procedure"].create(
            {"code": "9.000099", "name": "Of B", "company_id": self.company_b.id}
        )
        vals = {"audit_id": audit.id, "name": "New"}
        self.env.flush_all()
        for name, record in (("qms_department_id", unit), ("qms_procedure_id", procedure)):
            self._refused(self.user_auditor, LINE, "create", [{**vals, name: record.id}])
            line = audit.line_ids[:1]
            self._refused(self.user_auditor, LINE, "write", line.ids, {name: record.id})

    def test_who_answered_stays_in_the_team(self):
        """Who leaves it would be neither asked for independence nor kept from approving."""
        audit = self._audit(
            qms_team_ids=[
                fields.Command.create({"user_id": self.user_auditor.id, "role": "leader"}),
                fields.Command.create({"user_id": self.user_auditor_2.id, "role": "trainee"}),
            ]
        )
        self._as(audit.line_ids[:1], self.user_auditor_2).qms_answer = "conforming"
        member = audit.qms_team_ids.filtered(lambda one: one.user_id == self.user_auditor_2)
        self.env.flush_all()
        for vals in (
            {"role": "observer"},
            {"role": "expert"},
            {"user_id": self.user_head.id},
        ):
            self._refused(self.user_officer, MEMBER, "write", member.ids, vals)
            command = [[1, member.id, vals]]
            self._refused(self.user_officer, AUDIT, "write", audit.ids, {"qms_team_ids": command})
        self._refused(self.user_officer, MEMBER, "unlink", member.ids)
        for command in ([2, member.id, 0], [5, 0, 0], [6, 0, []]):
            self._refused(self.user_officer, AUDIT, "write", audit.ids, {"qms_team_ids": [command]})
        self._call(self.user_officer, MEMBER, "write", member.ids, {"role": "auditor"})
        self.env.invalidate_all()
        self.assertEqual(member.role, "auditor")

    def test_who_learns_to_audit_does_not_approve(self):
        self.user_leader.group_ids += self.env.ref("qms_public_admin.group_qms_auditor")
        audit = self._audit(
            qms_team_ids=[
                fields.Command.create({"user_id": self.user_auditor.id, "role": "leader"}),
                fields.Command.create({"user_id": self.user_leader.id, "role": "trainee"}),
            ]
        )
        self.assertIn(self.user_leader, audit._approval_author())

    def test_an_audit_of_ages_costs_no_ages(self):
        """The days of an audit are listed, and its hours looked up, when it is shown."""
        audit = self._audit("draft")
        days = {"qms_date_from": "1900-01-01", "qms_date_to": "2199-12-31"}
        for vals in (
            days,
            {"qms_date_from": "0001-01-01"},
            {"qms_date_to": "9999-12-31"},
            {"qms_period_to": "9999-12-31"},
            {"qms_period_from": "0001-01-01"},
        ):
            self._refused(self.user_officer, AUDIT, "write", audit.ids, vals)
        self.assertLessEqual(len(self.env[AUDIT].new(days)._qms_days()), 366)

    def test_evidence_does_not_tell_what_is_confidential(self):
        secret = self._approved(observation="Secret matter").qms_finding_ids
        secret.sudo().is_confidential = True
        line = self._audit().line_ids[:1]
        self.env.flush_all()
        self._call(self.user_auditor, LINE, "qms_add_evidence", line.ids, secret._name, secret.id)
        [row] = self._call(
            self.user_specialist, "qms.audit.evidence", "search_read",
            [["line_id", "=", line.id]], ["label"],
        )  # fmt: skip
        self.assertEqual(row["label"], secret.code)

    def test_a_link_does_not_tell_a_confidential_finding(self):
        finding = self._approved(minor="Secret matter").qms_finding_ids
        finding.message_subscribe(self.user_specialist.partner_id.ids)
        self._as(finding, self.user_officer).is_confidential = True
        self.env.flush_all()
        shown = finding.with_user(self.user_specialist)
        with self.assertRaises(AccessError):
            shown.check_access("read")
        self.assertEqual(shown.sudo().display_name, finding.code)
        self.assertIn("Secret", finding.with_user(self.user_head).display_name)
        self.assertNotIn(self.user_specialist.partner_id, finding.message_partner_ids)
