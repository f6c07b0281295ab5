import datetime

import psycopg2
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_check import CheckCommon

ANSWER = {
    "cause": "The form was missing.",
    "correction": "The form is printed; two people look.",
    "correction_date": datetime.date(2026, 11, 30),
}


@tagged("post_install", "-at_install")
class TestAuditFinding(CheckCommon):
    """From an answer to a verified finding, and the report in between."""

    def _answer(self, finding, user=None):
        return self._as(finding, user or self.user_head).action_answer(**ANSWER)

    # === FROM ANSWERS === #

    def test_each_answer_that_does_not_conform_becomes_a_finding(self):
        audit = self._reported(
            opportunity="A poster", observation="A risk", minor="Two of five", major="All late"
        )
        findings = audit.qms_finding_ids.sorted("number")
        self.assertEqual(findings.mapped("grade"), ["opportunity", "observation", "minor", "major"])
        self.assertEqual(findings.mapped("number"), [1, 2, 3, 4])
        self.assertEqual(findings[0].code, f"{audit.reference}/01")
        self.assertEqual(set(findings.mapped("state")), {"draft"})
        self.assertEqual(findings.owner_id, self.user_head)
        self.assertEqual(set(findings.mapped("due_date")), {datetime.date(2026, 12, 9)})
        audit.action_make_findings()
        self.assertEqual(len(audit.qms_finding_ids), 4)

    def test_a_changed_answer_changes_or_drops_the_draft(self):
        audit = self._reported(minor="Two of five", major="All late")
        first, second = audit.qms_finding_ids.sorted("number")
        first.line_id.write({"qms_answer": "observation", "comments": "One of five"})
        self.assertEqual((first.grade, first.seen), ("observation", "One of five"))
        second.line_id.write({"qms_answer": "conforming"})
        self.assertFalse(second.exists())

    def test_a_grade_changed_on_the_finding_changes_the_answer(self):
        finding = self._reported().qms_finding_ids
        finding.grade = "major"
        self.assertEqual(finding.line_id.qms_answer, "major")

    def test_a_finding_is_added_by_hand_while_the_report_is_open(self):
        audit = self._reported()
        vals = {"audit_id": audit.id, "name": "Also this", "grade": "observation"}
        finding = self._as(self.env["qms.audit.finding"], self.user_auditor).create(vals)
        self.assertEqual(finding.number, 2)
        for user in (self.user_auditor_2, self.user_head, self.user_officer):
            with self.assertRaises(UserError):
                self._as(self.env["qms.audit.finding"], user).create(vals)

    # === THE REPORT === #

    def test_the_audit_closes_by_the_approval_of_its_report_alone(self):
        audit = self._reported()
        with self.assertRaisesRegex(UserError, "needs to be approved"):
            audit.action_close()
        with self.assertRaisesRegex(UserError, "Conclusion"):
            audit.action_request_approval()
        audit.qms_conclusion = "It works."
        audit.action_request_approval()
        self._as(audit, self.user_leader).action_approve()
        self.assertEqual(audit.state, "done")
        self.assertTrue(audit.closing_date)
        self.assertEqual(audit.qms_finding_ids.state, "open")
        self.assertFalse(audit._approval_gap())

    def test_a_combined_visit_needs_two_conclusions(self):
        audit = self._audit(qms_purpose="internal_and_reform")
        self._answered(audit)
        audit.action_end()
        audit.qms_conclusion = "It works."
        with self.assertRaisesRegex(UserError, "administrative reform"):
            audit.action_request_approval()
        audit.qms_reform_conclusion = "It is kept to."
        audit.action_request_approval()

    def test_a_nonconformity_needs_a_person_and_a_date(self):
        audit = self._reported()
        audit.qms_conclusion = "It works."
        audit.qms_finding_ids.owner_id = False
        with self.assertRaisesRegex(UserError, "In charge"):
            audit.action_request_approval()

    def test_who_audited_does_not_approve_the_report(self):
        audit = self._reported()
        audit.qms_conclusion = "It works."
        self.user_auditor.group_ids += self.env.ref("qms_public_admin.group_qms_leader")
        self._as(audit, self.user_officer).action_request_approval()
        with self.assertRaises(UserError):
            audit.action_approve()

    def test_while_the_report_waits_nothing_of_the_audit_changes(self):
        audit = self._reported()
        audit.qms_conclusion = "It works."
        audit.action_request_approval()
        line, finding = audit.line_ids[:1], audit.qms_finding_ids
        for act in (
            lambda: line.write({"comments": "Softer"}),
            lambda: finding.write({"grade": "observation"}),
            lambda: finding.write({"owner_id": self.user_leader.id}),
            lambda: audit.write({"qms_conclusion": "All is well."}),
            lambda: audit.qms_team_ids.write({"role": "auditor"}),
            lambda: audit.action_resume(),
            lambda: finding.unlink(),
        ):
            with self.assertRaises(UserError):
                act()
        audit.action_withdraw_request()
        line.write({"comments": "Three receipts are missing."})

    def test_a_rejected_report_goes_back_to_the_team(self):
        audit = self._reported()
        audit.qms_conclusion = "It works."
        audit.action_request_approval()
        self._as(audit, self.user_leader).action_reject("Say more about the causes.")
        self.assertEqual((audit.state, audit.approval_state), ("reporting", "rejected"))
        audit.qms_conclusion = "It works; the causes lie in the forms."

    @mute_logger("odoo.models.unlink")
    def test_after_the_report_the_audit_stays_as_it_is(self):
        audit = self._approved()
        line, finding = audit.line_ids[:1], audit.qms_finding_ids
        for act in (
            lambda: line.write({"qms_answer": "conforming"}),
            lambda: line.sudo().write({"comments": "x"}),
            lambda: line.sudo().unlink(),
            lambda: finding.write({"grade": "observation"}),
            lambda: finding.sudo().write({"grade": "observation"}),
            lambda: finding.sudo().write({"name": "Nothing"}),
            lambda: finding.sudo().unlink(),
            lambda: audit.sudo().write({"qms_conclusion": "Fine"}),
            lambda: audit.action_generate_questions(),
        ):
            with self.assertRaises(UserError):
                act()

    # === FOLLOW-UP === #

    def test_the_person_in_charge_answers_and_an_auditor_verifies(self):
        finding = self._approved(observation="Two of five").qms_finding_ids
        self._answer(finding)
        self.assertEqual((finding.state, finding.answered_by_id), ("answered", self.user_head))
        finding.action_accept()
        self.assertEqual(finding.next_date, ANSWER["correction_date"])
        finding.action_verify("Ten new dossiers were looked at: all have receipts.")
        self.assertEqual((finding.state, finding.verified_by_id), ("verified", self.user_auditor))
        self.assertFalse(finding.next_date)

    def test_answers_say_why_what_and_until_when(self):
        finding = self._as(self._approved().qms_finding_ids, self.user_head)
        for missing in ANSWER:
            with self.subTest(missing=missing), self.assertRaises(UserError):
                finding.action_answer(**{**ANSWER, missing: False})

    def test_an_answer_is_sent_back_with_the_reason(self):
        finding = self._approved().qms_finding_ids
        self._answer(finding)
        with self.assertRaises(UserError):
            finding.action_send_back("  ")
        finding.action_send_back("This is the effect, not the cause.")
        self.assertEqual(finding.state, "open")
        self._answer(finding)
        finding.action_accept()
        finding.action_send_back("Two dossiers still lack it.")
        self.assertEqual(finding.state, "open")

    def test_roles_and_verbs(self):
        """Literal table: who may answer, judge, verify."""
        expected = {
            "clerk": (False, False, False),
            "staff": (False, False, False),
            "head": (True, False, False),
            "officer": (False, False, False),
            "auditor": (False, True, True),
            "leader": (False, False, False),
            "provincial": (False, False, False),
        }
        finding = self._approved(observation="Two of five").qms_finding_ids
        found = {role: [] for role in expected}
        verbs = (
            ("can_answer", lambda row: row.action_answer(**ANSWER)),
            ("can_judge", lambda row: row.action_accept()),
            ("can_verify", lambda row: row.action_verify("Seen")),
        )
        doer = {"can_answer": self.user_head, "can_judge": self.user_auditor}
        for name, verb in verbs:
            for role, user in self.users_by_role.items():
                row = self._as(finding, user)
                row.invalidate_recordset([name])
                found[role].append(row[name])
                if not row[name]:
                    with self.subTest(role=role, verb=name), self.assertRaises(UserError):
                        verb(row)
            if name in doer:
                verb(self._as(finding, doer[name]))
        self.assertEqual({role: tuple(row) for role, row in found.items()}, expected)

    def test_nobody_verifies_what_they_answered_or_have_in_charge(self):
        self.user_head.group_ids += self.env.ref("qms_public_admin.group_qms_auditor")
        finding = self._approved().qms_finding_ids
        self._answer(finding)
        for verb in ("action_accept", "action_send_back"):
            with self.assertRaisesRegex(UserError, "nobody judges"):
                getattr(self._as(finding, self.user_head), verb)("Fine")
        finding.action_accept()
        with self.assertRaisesRegex(UserError, "nobody judges"):
            self._as(finding, self.user_head).action_verify("Fine")

    def test_the_database_refuses_to_verify_ones_own_answer(self):
        finding = self._approved().qms_finding_ids
        self._answer(finding)
        with self.assertRaises(psycopg2.errors.CheckViolation), mute_logger("odoo.sql_db"):
            finding._lifecycle_write(
                {
                    "state": "verified",
                    "verified_at": fields.Datetime.now(),
                    "verified_by_id": self.user_head.id,
                }
            )
            self.env.flush_all()

    def test_another_auditor_may_verify(self):
        finding = self._approved(observation="Two of five").qms_finding_ids
        self._answer(finding)
        other = self._as(finding, self.user_auditor_2)
        other.action_accept()
        other.action_verify("Seen")
        self.assertEqual((finding.state, finding.verified_by_id), ("verified", self.user_auditor_2))

    def test_person_and_date_are_changed_by_team_or_officer_not_by_who_is_in_charge(self):
        finding = self._approved().qms_finding_ids
        later = {"due_date": "2027-03-01"}
        for user in (self.user_head, self.user_auditor_2, self.user_specialist, self.user_leader):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self._as(finding, user).write(later)
        self._as(finding, self.user_officer).write(later)
        self._as(finding, self.user_auditor).write({"owner_id": self.user_specialist.id})
        self.assertTrue(self._as(finding, self.user_specialist).can_answer)

    def test_facts_of_the_way_are_written_by_the_verbs_alone(self):
        finding = self._approved().qms_finding_ids
        for name, value in (
            ("state", "verified"),
            ("cause", "x"),
            ("verified_by_id", self.user_auditor.id),
            ("nonconformity_id", False),
            ("number", 7),
        ):
            with self.subTest(field=name), self.assertRaises(ValidationError):
                finding.write({name: value})
            with self.subTest(field=name), self.assertRaises(ValidationError):
                finding.sudo().write({name: value})

    # === CONFIDENTIAL, AGENCIES === #

    def test_confidential_findings_are_read_by_those_concerned(self):
        audit = self._audit()
        lines = self._answered(audit, minor="Gifts")
        lines[0].write({"qms_is_confidential": True})
        audit.action_end()
        finding = audit.qms_finding_ids
        self.assertTrue(finding.is_confidential)
        readers = {"head", "officer", "auditor", "leader"}
        for role, user in self.users_by_role.items():
            with self.subTest(role=role):
                row = self._as(finding, user)
                self.assertEqual(bool(row.search([("id", "=", finding.id)])), role in readers)
        finding.owner_id = self.user_specialist
        self.assertTrue(self._as(finding, self.user_specialist).search([("id", "=", finding.id)]))

    def test_findings_of_another_agency_are_out_of_reach(self):
        finding = self._approved().qms_finding_ids
        foreign = self._as(finding, self.user_auditor_b)
        self.assertFalse(foreign.search([("id", "=", finding.id)]))
        with self.assertRaises(AccessError):
            foreign.action_accept()

    def test_verbs_ask_for_the_agency_even_where_rules_do_not(self):
        finding = self._approved().qms_finding_ids
        self._answer(finding)
        with self.assertRaisesRegex(UserError, "another agency"):
            finding.with_user(self.user_auditor_b).sudo().action_accept()

    # === LISTS AND REMINDERS === #

    def test_lateness_is_computed_and_found(self):
        finding = self._approved().qms_finding_ids
        self.assertEqual(finding.timeliness, "in_time")
        for day, expected in (("2026-12-05", "soon"), ("2026-12-10", "late")):
            with freeze_time(f"{day} 03:00:00"):
                finding.invalidate_recordset(["timeliness"])
                self.assertEqual(finding.timeliness, expected)
                found = finding.search([("timeliness", "=", expected)])
                self.assertIn(finding, found)
        self.assertIn(finding, self._as(finding, self.user_head).search([("is_mine", "=", True)]))

    def _activities(self, finding):
        kind = self.env.ref("qms_public_admin.mail_activity_audit_finding")
        found = finding.sudo().activity_ids.filtered(lambda one: one.activity_type_id == kind)
        return {(one.user_id, one.date_deadline) for one in found}

    def test_who_has_to_act_gets_an_activity_of_the_day(self):
        finding = self._approved(observation="Two of five").qms_finding_ids
        self.assertEqual(self._activities(finding), {(self.user_head, finding.due_date)})
        self._answer(finding)
        self.assertEqual(self._activities(finding), {(self.user_auditor, finding.due_date)})
        finding.action_accept()
        planned = ANSWER["correction_date"]
        self.assertEqual(self._activities(finding), {(self.user_head, planned)})
        with freeze_time("2026-11-30 03:00:00"):
            self.env["qms.audit.finding"]._follow_all(lambda *args, **kwargs: 60)
        self.assertEqual(
            self._activities(finding), {(self.user_head, planned), (self.user_auditor, planned)}
        )
        finding.action_verify("Seen")
        self.assertEqual(self._activities(finding), set())

    def test_a_late_finding_is_put_before_the_leader_of_the_team_once(self):
        finding = self._approved().qms_finding_ids
        with freeze_time("2026-12-20 03:00:00"):
            for _night in range(2):
                self.env["qms.audit.finding"]._follow_all(lambda *args, **kwargs: 60)
        people = [user for user, _day in self._activities(finding)]
        self.assertCountEqual(people, [self.user_head, self.user_auditor])

    def test_counters_of_the_audit(self):
        audit = self._approved(minor="One", observation="Two")
        self.assertEqual((audit.qms_finding_count, audit.qms_open_finding_count), (2, 2))
        finding = audit.qms_finding_ids.filtered(lambda one: one.grade == "observation")
        self._answer(finding)
        finding.action_accept()
        finding.action_verify("Seen")
        audit.invalidate_recordset()
        self.assertEqual(audit.qms_open_finding_count, 1)

    # === SCREEN === #

    def test_the_dialog_answers_with_files(self):
        finding = self._as(self._approved().qms_finding_ids, self.user_head)
        action = finding.with_context(qms_verb="answer").action_open_dialog()
        file = (
            self.env["ir.attachment"]
            .with_user(self.user_head)
            .create({"name": "form.txt", "raw": b"x"})
        )
        dialogs = self._as(self.env["qms.audit.finding.dialog"], self.user_head)
        dialogs.with_context(**action["context"]).create(
            {**ANSWER, "attachment_ids": [fields.Command.set(file.ids)]}
        ).action_confirm()
        self.assertEqual(finding.state, "answered")
        self.assertEqual((file.res_model, file.res_id), (finding._name, finding.id))

    def test_the_preview_shows_findings_and_conclusion(self):
        audit = self._reported()
        audit.qms_conclusion = "It works."
        html = audit._approval_preview()
        self.assertIn(audit.qms_finding_ids.code, html)
        self.assertIn("It works.", html)
