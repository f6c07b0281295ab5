import datetime

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_plan import PlanCommon


@tagged("post_install", "-at_install")
class TestAuditPlan(PlanCommon):
    """The plan of an audit: announced, held, closed; nobody audits their own work unsaid."""

    def _member(self, audit, user):
        return audit.qms_team_ids.filtered(lambda row: row.user_id == user)

    def _conflict(self, audit):
        """Put a specialist of the unit audited into the team."""
        register = self._register(self.user_head)
        audit.qms_team_ids = [fields.Command.create({"auditor_id": register.id, "role": "auditor"})]
        return self._member(audit, self.user_head)

    # === NUMBER, DATES, PEOPLE === #

    def test_references_run_by_agency_and_year(self):
        audits = self._audit() | self._audit() | self._audit(qms_date_from="2027-01-05")
        self.assertEqual(
            audits.mapped("reference"), ["ĐGNB-2026-01", "ĐGNB-2026-02", "ĐGNB-2027-01"]
        )
        other = self._as(self.env["mgmtsystem.audit"], self.user_officer_b).create({"name": "B"})
        self.assertEqual(other.company_id, self.company_b)
        self.assertEqual(other.reference, "ĐGNB-2026-01")

    def test_a_reference_is_not_chosen(self):
        audit = self._audit(reference="MINE")
        self.assertEqual(audit.reference, "ĐGNB-2026-01")
        audit.reference = "MINE"
        self.assertEqual(audit.reference, "ĐGNB-2026-01")

    def test_values_given_to_create_stay_as_they_are(self):
        vals = {"name": "Audit", "company_id": self.company.id}
        self._as(self.env["mgmtsystem.audit"], self.user_officer).create(vals)
        self.assertEqual(vals, {"name": "Audit", "company_id": self.company.id})

    def test_the_heads_of_the_units_are_the_people_audited(self):
        audit = self._audit()
        self.assertEqual(audit.auditee_user_ids, self.user_head)
        audit.auditee_user_ids |= self.user_specialist
        audit.qms_department_ids |= self.office
        self.assertEqual(audit.auditee_user_ids, self.user_head | self.user_specialist)
        self.assertEqual(audit.auditor_user_ids, self.user_auditor)

    def test_the_form_sets_the_last_day(self):
        form = Form(self._as(self.env["mgmtsystem.audit"], self.user_officer))
        form.name = "Audit"
        form.qms_date_from = fields.Date.to_date("2026-11-17")
        self.assertEqual(form.qms_date_to, fields.Date.to_date("2026-11-17"))
        self.assertEqual(form.save().state, "draft")

    def test_an_audit_does_not_end_before_it_begins(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
            self.cr.savepoint(),
        ):
            self._audit(qms_date_to="2026-11-16")

    # === LIFECYCLE === #

    def test_an_audit_is_announced_held_and_closed(self):
        audit = self._audit()
        auditor = self._as(audit, self.user_auditor)
        audit.action_generate_questions()
        audit.action_notify()
        self.assertEqual((audit.state, audit.qms_notified_by_id), ("notified", self.user_officer))
        auditor.action_start()
        self.assertTrue(audit.qms_started_at)
        auditor.write(
            {
                "qms_opening_at": "2026-11-17 01:00:00",
                "qms_opening_place": "Room 1",
                "qms_opening_user_ids": [fields.Command.set(self.user_head.ids)],
                "qms_opening_notes": "Scope read out",
            }
        )
        auditor.line_ids.write({"qms_answer": "conforming"})
        auditor.action_end()
        auditor.action_resume()
        auditor.action_end()
        with self.assertRaises(UserError):
            auditor.action_close()
        auditor.qms_conclusion = "The system works."
        auditor.action_request_approval()
        self._as(audit, self.user_leader).action_approve()
        self.assertEqual((audit.state, audit.qms_closed_by_id), ("done", self.user_leader))
        self.assertTrue(audit.closing_date)
        self.assertFalse(audit.activity_ids)

    def test_what_is_missing_is_named(self):
        audit = self._audit(qms_scope=False, qms_team_ids=[])
        with self.assertRaisesRegex(UserError, "Scope, a team leader"):
            audit.action_notify()

    def test_a_closed_audit_stays_as_it_is(self):
        audit = self._audit(qms_slot_ids=[self._slot_command(9, 10)])
        self._closed(audit)
        for record, vals in (
            (audit, {"qms_scope": "More"}),
            (audit, {"qms_opening_notes": "More"}),
            (audit.qms_team_ids, {"role": "observer"}),
            (audit.qms_slot_ids, {"name": "Other"}),
        ):
            with self.assertRaises(ValidationError):
                record.write(vals)
        with self.assertRaises(ValidationError):
            audit.qms_slot_ids.unlink()
        with self.assertRaises(ValidationError):
            audit.qms_team_ids.create({"audit_id": audit.id, "auditor_id": self.auditor_2.id})
        with self.assertRaises(UserError):
            audit.unlink()

    def test_the_button_of_the_base_closes_by_the_same_verb(self):
        audit = self._audit()
        with self.assertRaises(UserError):
            audit.button_close()
        self.assertEqual(audit.state, "draft")

    def test_cancelling_needs_a_reason_and_tells_the_units(self):
        audit = self._audit()
        with self.assertRaises(UserError):
            audit.action_cancel("")
        audit.action_notify()
        audit.action_cancel("The unit moves")
        self.assertEqual((audit.state, audit.qms_cancel_reason), ("cancelled", "The unit moves"))
        self.assertFalse(audit.activity_ids)
        last = audit.message_ids.sorted("id")[-1:]
        self.assertIn(self.user_head.partner_id, audit.message_ids.partner_ids)
        self.assertTrue(last)

    def test_a_copy_is_a_draft_with_the_team(self):
        audit = self._audit()
        audit.action_notify()
        copy = audit.copy()
        self.assertEqual((copy.state, copy.qms_notified_at), ("draft", False))
        self.assertEqual(copy.qms_team_ids.user_id, self.user_auditor)
        self.assertNotEqual(copy.reference, audit.reference)

    # === NOTICE === #

    def test_heads_and_team_are_told_in_one_message_from_the_queue(self):
        audit = self._audit(qms_notice="Have the registers at hand.")
        audit._qms_propose_agenda()
        self.env["mail.mail"].sudo().search([]).unlink()
        audit.action_notify()
        message = audit.message_ids.filtered(lambda row: row.subject)
        self.assertEqual(len(message), 1)
        self.assertIn("Have the registers at hand.", message.body)
        self.assertIn("17/11/2026 07:00–07:30", message.body, "hours of the agency")
        told = message.partner_ids
        self.assertEqual(told, (self.user_head | self.user_auditor).partner_id)
        mails = self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
        self.assertEqual(set(mails.mapped("state")), {"outgoing"}, "nothing is sent at once")

    def test_the_head_gets_an_activity_that_ends_with_the_audit(self):
        audit = self._audit()
        audit.action_notify()
        activity = audit.activity_ids
        self.assertEqual(activity.user_id, self.user_head)
        self.assertEqual(activity.date_deadline, fields.Date.to_date("2026-11-17"))
        audit.action_take_back()
        self.assertFalse(audit.activity_ids)
        self.assertFalse(audit.qms_notified_at)

    # === INDEPENDENCE === #

    def test_who_is_of_another_unit_is_independent(self):
        audit = self._audit()
        self.assertFalse(audit.qms_team_ids.conflict_text)
        self.assertFalse(audit.qms_independence_gap)

    def test_the_own_unit_is_a_conflict(self):
        audit = self._audit()
        member = self._conflict(audit)
        self.assertIn("Works in or leads the unit audited, “Budget division”", member.conflict_text)
        with self.assertRaisesRegex(UserError, "INV-14"):
            audit.action_notify()

    def test_a_position_in_the_unit_is_a_conflict(self):
        register = self._register(self.user_specialist)
        audit = self._audit(leader=register)
        self.assertIn(f"unit:{self.department.id}", audit.qms_team_ids.conflict_keys)

    def test_an_observer_needs_no_independence(self):
        audit = self._audit()
        member = self._conflict(audit)
        member.role = "observer"
        self.assertFalse(member.conflict_text)

    def test_own_steps_in_the_period_are_a_conflict(self):
        dossier = self._accepted_dossier()
        step = dossier.current_step_id
        self.assertEqual(step.procedure_id, self.procedure)
        step.sudo()._complete(
            {
                "state": "done",
                "started_at": "2026-11-09 01:00:00",
                "done_at": "2026-11-09 02:00:00",
                "done_by_id": self.user_colleague.id,
                "done_by_name": "Colleague",
            }
        )
        audit = self._audit(leader=self.auditor_2)
        member = audit.qms_team_ids
        self.assertIn(f"steps:{self.procedure.id}", member.conflict_keys)
        self.assertIn("Handled 1 steps of dossiers", member.conflict_text)
        audit.qms_period_to = "2026-10-31"
        self.assertFalse(member.conflict_text, "outside the period looked at")

    def test_the_own_iso_document_is_a_conflict(self):
        kind = self.env["qms.document.kind"].search([], limit=1)
        page = self.env["document.page"].create(
            {
                "name": "Process",
                "qms_kind_id": kind.id,
                "qms_owner_id": self.office.id,
                "company_id": self.company.id,
            }
        )
        self.procedure.iso_document_id = page
        audit = self._audit()
        self.assertFalse(audit.qms_team_ids.conflict_text)
        self.env["qms.position"].create(
            {
                "name": "Secretary",
                "company_id": self.company.id,
                "department_id": self.office.id,
                "holder_ids": [fields.Command.set(self.user_auditor.ids)],
            }
        )
        audit.qms_team_ids.invalidate_recordset()
        self.assertEqual(audit.qms_team_ids.conflict_keys, [f"document:{page.id}"])

    def test_somebody_else_justifies_in_writing(self):
        audit = self._audit()
        member = self._conflict(audit)
        with self.assertRaises(UserError):
            member.action_justify("  ")
        member.action_justify("Nobody else is trained")
        self.assertEqual(member.justification, "Nobody else is trained")
        self.assertEqual(member.justified_by_id, self.user_officer)
        self.assertEqual(member.justified_by_name, self.user_officer.name)
        self.assertIn("Budget division", member.justified_conflicts)
        self.assertTrue(member.justified_at)
        self.assertTrue(member.conflict_text, "the warning stays and is printed")
        audit.action_notify()
        self.assertEqual(audit.state, "notified")

    def test_nobody_justifies_their_own_part(self):
        register = self._register(self.user_officer)
        audit = self._audit(leader=register, user=self.user_officer)
        self.env["qms.position"].create(
            {
                "name": "Second post",
                "company_id": self.company.id,
                "department_id": self.department.id,
                "holder_ids": [fields.Command.set(self.user_officer.ids)],
            }
        )
        member = audit.qms_team_ids
        member.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "their own part"):
            member.action_justify("I am fair")
        self._as(member, self.user_leader).action_justify("Nobody else is trained")
        self.assertEqual(member.justified_by_id, self.user_leader)

    def test_who_may_not_judge_does_not_justify(self):
        member = self._conflict(self._audit())
        for user in (self.user_auditor, self.user_specialist, self.user_provincial):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self._as(member, user).action_justify("Fine")

    def test_a_reason_that_comes_later_asks_again(self):
        audit = self._audit()
        member = self._conflict(audit)
        member.action_justify("Nobody else is trained")
        audit.action_notify()
        second = self.env["hr.department"].create(
            {
                "name": "Second unit",
                "company_id": self.company.id,
                "manager_id": self.head_employee.id,
            }
        )
        audit.qms_department_ids |= second
        self.assertTrue(member.needs_justification)
        with self.assertRaisesRegex(UserError, "Second unit"):
            audit.action_start()
        member.action_justify("Still nobody else")
        audit.action_start()

    def test_the_cost_of_independence_does_not_grow_with_the_team(self):
        def queries(audit):
            self.env.flush_all()
            self.env.invalidate_all()
            audit.qms_team_ids.mapped("role")
            before = self.env.cr.sql_log_count
            audit.qms_team_ids.mapped("conflict_text")
            return self.env.cr.sql_log_count - before

        people = self.user_head | self.user_specialist | self.user_clerk | self.user_leader
        register = [self._register(user).id for user in people]

        def team(count):
            return [
                fields.Command.create({"auditor_id": auditor, "role": "auditor"})
                for auditor in register[:count]
            ]

        self.assertLessEqual(
            queries(self._audit(qms_team_ids=team(4))), queries(self._audit(qms_team_ids=team(2)))
        )

    # === AGENDA === #

    def _slot_command(self, start, stop, **vals):
        """A slot on 17 November from hour to hour, UTC."""
        return fields.Command.create(
            {
                "name": "Work",
                "start": datetime.datetime(2026, 11, 17, start),
                "stop": datetime.datetime(2026, 11, 17, stop),
                "department_id": self.department.id,
                **vals,
            }
        )

    def test_an_agenda_is_laid_over_the_working_hours(self):
        audit = self._audit(
            qms_department_ids=[fields.Command.set((self.department | self.office).ids)]
        )
        audit.action_propose_agenda()
        slots = audit.qms_slot_ids
        self.assertEqual(slots.mapped("kind")[0], "opening")
        self.assertEqual(slots.mapped("kind")[-1], "closing")
        self.assertEqual(slots[0]._time_text(), "17/11/2026 07:00–07:30")
        self.assertEqual(slots[-1]._time_text(), "17/11/2026 16:30–17:00")
        self.assertEqual(slots.department_id, self.department | self.office)
        office = slots.filtered(lambda row: row.department_id == self.office)
        self.assertFalse(office.member_ids.filtered(lambda row: row.user_id != self.user_auditor))
        with self.assertRaisesRegex(UserError, "has an agenda already"):
            audit.action_propose_agenda()

    def test_no_agenda_on_a_day_off(self):
        audit = self._audit(qms_date_from="2026-11-21")
        self.assertIn("Day off: 21/11/2026.", audit.qms_warning_text)
        with self.assertRaisesRegex(UserError, "does not work"):
            audit.action_propose_agenda()

    def test_the_same_person_or_unit_at_the_same_time_is_told(self):
        one = self._audit()
        one.qms_slot_ids = [self._slot_command(1, 3, member_ids=one.qms_team_ids.ids)]
        self.assertNotIn("booked twice", one.qms_warning_text or "")
        other = self._audit(qms_department_ids=[fields.Command.set(self.office.ids)])
        other.qms_slot_ids = [
            self._slot_command(2, 4, member_ids=other.qms_team_ids.ids, department_id=False)
        ]
        one.invalidate_recordset()
        self.assertIn(f"{self.user_auditor.name} is booked twice", one.qms_warning_text)
        self.assertIn(f"{self.user_auditor.name} is booked twice", other.qms_warning_text)
        other.action_cancel("Given up")
        one.invalidate_recordset()
        self.assertNotIn("booked twice", one.qms_warning_text or "")

    def test_short_notice_and_slots_outside_are_told(self):
        audit = self._audit(qms_date_from="2026-11-11")
        self.assertIn("5 days before; 2 are left", audit.qms_warning_text)
        audit.qms_slot_ids = [self._slot_command(1, 3)]
        self.assertIn("Outside the days of the audit: Work.", audit.qms_warning_text)

    def test_auditors_of_a_slot_belong_to_the_team(self):
        other = self._audit()
        with self.assertRaises(ValidationError):
            self._audit(qms_slot_ids=[self._slot_command(1, 3, member_ids=other.qms_team_ids.ids)])

    # === REGISTER === #

    def test_the_register_counts_audits_held(self):
        audit = self._audit()
        self.assertEqual(self.auditor.audit_count, 0)
        self._held(audit)
        self.auditor.invalidate_recordset()
        self.assertEqual(self.auditor.audit_count, 1)
        self.assertEqual(self.auditor.last_audit_on, fields.Date.to_date("2026-11-17"))

    def test_validity_is_searched_as_it_is_shown(self):
        self.auditor.valid_until = "2026-11-08"
        register = self.env["qms.auditor"].with_context(active_test=False)
        self.assertNotIn(self.auditor, register.search([("is_valid", "=", True)]))
        self.assertIn(self.auditor, register.search([("is_valid", "=", False)]))
        self.assertFalse(self.auditor.is_valid)
        audit = self._audit()
        self.assertIn("No longer valid", audit.qms_team_ids.competence_warning)

    def test_who_lacks_the_role_or_the_lead_is_told(self):
        audit = self._audit(leader=self.auditor_2)
        warning = audit.qms_team_ids.competence_warning
        self.assertIn("Is not registered as a team leader.", warning)
        self.assertIn("Lacks the role “Internal auditor”", warning)

    def test_evaluations_are_written_once_by_others(self):
        rows = self._as(self.env["qms.auditor.evaluation"], self.user_leader)
        row = rows.create(
            {
                "auditor_id": self.auditor.id,
                "score": "4",
                "evaluator_id": self.user_clerk.id,
            }
        )
        self.assertEqual(row.evaluator_id, self.user_leader, "whoever logs in")
        with self.assertRaises(AccessError):
            row.score = "1"
        register = self._register(self.user_officer)
        with self.assertRaisesRegex(AccessError, "own work"):
            self._as(rows, self.user_officer).create({"auditor_id": register.id, "score": "5"})
        seen = {
            user: bool(self._as(rows, user).search_count([]))
            for user in (self.user_auditor, self.user_specialist, self.user_officer)
        }
        self.assertEqual(list(seen.values()), [True, False, True])

    # === EVIDENCE === #

    def test_an_audit_held_is_evidence_of_its_clauses(self):
        clause = self.env.ref("qms_public_admin.qms_clause_2015_9_2")
        audit = self._audit(qms_clause_ids=[fields.Command.set(clause.ids)])
        links = self.env["mgmtsystem.audit"]._evidence_links(clause, self.company)
        self.assertFalse(links)
        self._held(audit)
        links = self.env["mgmtsystem.audit"]._evidence_links(clause, self.company)
        self.assertEqual(links, [(clause.id, audit.id, fields.Date.to_date("2026-11-17"))])
