import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.mixins.bulk_rows import insert_rows
from .common_plan import PlanCommon


@tagged("post_install", "-at_install")
class TestAuditProgramme(PlanCommon):
    """A programme a year: proposed by the system, approved by a leader, covering the cycle."""

    def _proposal(self, programme, record):
        name = "procedure_id" if record._name == "qms.procedure" else "department_id"
        return programme.proposal_ids.filtered(lambda row: row[name] == record)[:1]

    # === PROPOSALS === #

    def test_what_was_never_audited_is_proposed_with_the_reason(self):
        programme = self._programme()
        programme.action_rank()
        proposal = self._proposal(programme, self.procedure)
        self.assertEqual(proposal.score, 25.0)
        self.assertIn("Never audited.", proposal.reason)
        self.assertTrue(programme.ranked_at)

    def test_late_dossiers_complaints_and_changes_move_a_procedure_up(self):
        calm, _version = self._create_procedure("9.000002", self.company)
        calm.write({"department_id": self.office.id, "qms_from": "2020-01-01"})
        insert_rows(
            self.env["qms.dossier"].sudo(),
            [
                {
                    "company_id": self.company.id,
                    "procedure_id": self.procedure.id,
                    "version_id": self.version.id,
                    "state": "done",
                    "intake_channel": "direct",
                    "outcome": "late" if number < 8 else "on_time",
                    "code": f"L-{number}",
                    "accepted_at": fields.Datetime.to_datetime("2026-09-01"),
                    "done_at": fields.Datetime.to_datetime("2026-10-01"),
                }
                for number in range(20)
            ],
        )
        self.env["helpdesk.ticket"].create(
            {
                "name": "Slow",
                "description": "<p>Slow</p>",
                "qms_kind": "complaint",
                "company_id": self.company.id,
                "qms_is_anonymous": True,
                "qms_procedure_id": self.procedure.id,
            }
        )
        programme = self._programme()
        programme.action_rank()
        first = programme.proposal_ids[0]
        self.assertEqual(first.procedure_id, self.procedure)
        self.assertGreater(first.score, self._proposal(programme, calm).score)
        self.assertIn("40.0% of the dossiers late (8 of n = 20 in the last year).", first.reason)
        self.assertIn("1 complaints in the last year.", first.reason)
        self.assertEqual((first.late_count, first.judged_count, first.complaints_count), (8, 20, 1))

    def test_changes_of_law_and_new_versions_count(self):
        self.env["qms.procedure.version"].create(
            {
                "procedure_id": self.procedure.id,
                "decision_no": "2/QĐ-UBND",
                "effective_from": "2026-10-01",
                "legal_hours": 40,
                "committed_hours": 24,
                "duration_kind": "working",
                "has_due": True,
                "step_ids": self._step_commands(),
            }
        ).action_publish()
        law = self.env["qms.legal.document"].create(
            {"number": "118/2025/NĐ-CP", "name": "Decree", "effective_date": "2026-07-01"}
        )
        change = self.env["qms.change.request"].create(
            {
                "name": "Decree",
                "cause": "law",
                "legal_document_id": law.id,
                "effective_date": "2026-07-01",
                "company_id": self.company.id,
            }
        )
        self.env["qms.change.request.line"].create(
            {"request_id": change.id, "procedure_id": self.procedure.id}
        )
        programme = self._programme()
        programme.action_rank()
        proposal = self._proposal(programme, self.procedure)
        self.assertEqual((proposal.changes_count, proposal.law_count), (1, 1))
        self.assertIn("1 changes of law in the last year.", proposal.reason)

    def test_an_audit_held_lowers_the_rank(self):
        self._held(self._audit())
        programme = self._programme()
        programme.action_rank()
        proposal = self._proposal(programme, self.procedure)
        self.assertEqual(proposal.last_audit_on, fields.Date.to_date("2026-11-17"))
        self.assertEqual(proposal.score, 0.0)

    def test_the_cost_of_ranking_does_not_grow_with_the_procedures(self):
        priorities = self.env["qms.audit.priority"]
        day = fields.Date.to_date("2026-11-09")

        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            priorities._ranked(self.company, day)
            return self.env.cr.sql_log_count - before

        few = queries()
        self.env["qms.procedure"].create(
            [
                {
                    "code": f"8.{n:06}",
                    "name": f"P {n}",
                    "company_id": self.company.id,
                    "department_id": self.office.id,
                    "qms_from": "2020-01-01",
                }
                for n in range(50)
            ]
        )
        self.env.flush_all()
        self.assertLessEqual(queries(), few + 2)

    def test_one_click_takes_a_proposal_into_the_programme_once(self):
        programme = self._programme()
        programme.action_rank()
        proposal = self._proposal(programme, self.procedure)
        proposal.action_take()
        self.assertEqual(programme.line_ids.department_id, self.department)
        self.assertEqual(programme.line_ids.procedure_ids, self.procedure)
        self.assertIn("Never audited.", programme.line_ids.reason)
        self.assertTrue(proposal.is_planned)
        proposal.action_take()
        self.assertEqual(len(programme.line_ids), 1)

    def test_a_second_procedure_of_a_unit_completes_its_line(self):
        second, _version = self._create_procedure("9.000002", self.company)
        second.write({"department_id": self.department.id, "qms_from": "2020-01-01"})
        programme = self._programme()
        programme.action_rank()
        self._proposal(programme, self.procedure).action_take()
        self._proposal(programme, second).action_take()
        self.assertEqual(len(programme.line_ids), 1)
        self.assertEqual(programme.line_ids.procedure_ids, self.procedure | second)

    def test_the_year_is_proposed_whole(self):
        programme = self._programme()
        programme.action_propose_year()
        self.assertEqual(programme.gap_count, 0)
        self.assertEqual((programme.unit_covered, programme.clause_covered), (100.0, 100.0))
        self.assertEqual(programme.warning_count, 0)
        for line in programme.line_ids:
            self.assertTrue(line.date_from, line.display_name)
            self.assertLess(line.date_from.weekday(), 5)
            self.assertNotIn(line.department_id, line.auditor_ids.department_id)
        budget = programme.line_ids.filtered(lambda row: row.department_id == self.department)
        self.assertEqual(budget.auditor_ids, self.auditor | self.auditor_2)

    def test_proposing_twice_adds_nothing(self):
        programme = self._programme()
        programme.action_propose_year()
        lines = programme.line_ids
        before = [line._content() for line in lines]
        programme.action_propose_year()
        self.assertEqual(programme.line_ids, lines)
        self.assertEqual([line._content() for line in lines], before)

    # === COVERAGE === #

    def test_gaps_are_named(self):
        programme = self._programme()
        self._line(programme)
        self.assertEqual(programme.gap_department_ids, self.office)
        self.assertEqual(programme.gap_procedure_ids, self.procedure)
        self.assertEqual(programme.unit_covered, 50.0)
        action = programme.with_context(gap="unit").action_view_gap()
        self.assertEqual(action["res_model"], "hr.department")
        self.assertEqual(action["domain"], [("id", "in", self.office.ids)])

    def test_a_section_covers_its_parts(self):
        programme = self._programme()
        clause = self.env.ref("qms_public_admin.qms_clause_2015_8_5")
        parts = clause.child_ids
        self.assertTrue(parts <= programme.gap_clause_ids)
        self._line(programme, clause_ids=[fields.Command.set(clause.ids)])
        self.assertFalse(parts & programme.gap_clause_ids)

    def test_a_clause_that_does_not_apply_is_no_gap(self):
        programme = self._programme()
        clause = self.env.ref("qms_public_admin.qms_clause_2015_8_3")
        self.assertTrue(clause.child_ids & programme.gap_clause_ids)
        self.env["qms.standard.exclusion"].create(
            {"company_id": self.company.id, "clause_id": clause.id, "reason": "No development."}
        )
        programme.invalidate_recordset()
        self.assertFalse(clause._with_parts() & programme.gap_clause_ids)

    def test_earlier_years_count_as_far_as_the_cycle_reaches(self):
        old = self._programme(year=2025)
        self._line(
            old,
            department_id=self.office.id,
            date_from="2025-11-17",
            procedure_ids=[fields.Command.set(self.procedure.ids)],
        )
        programme = self._programme()
        self.assertIn(self.procedure, programme.gap_procedure_ids, "a draft covers nothing")
        old.action_submit()
        self._as(old, self.user_leader).action_approve()
        programme.invalidate_recordset()
        self.assertFalse(programme.gap_procedure_ids, "procedures: three years")
        self.assertIn(self.office, programme.gap_department_ids, "units: every year")
        self.company.qms_audit_cycle_years = 2
        programme.invalidate_recordset()
        self.assertNotIn(self.office, programme.gap_department_ids)

    # === SCHEDULE === #

    def test_the_same_auditor_at_the_same_time_is_a_clash(self):
        programme = self._programme()
        team = [fields.Command.set(self.auditor_2.ids)]
        one = self._line(programme, auditor_ids=team)
        other = self._line(programme, department_id=self.office.id, auditor_ids=team)
        self.assertIn(self.user_colleague.name, one.warning_text)
        self.assertEqual(programme.warning_count, 2)
        other.date_from = "2026-11-18"
        other.date_to = "2026-11-18"
        self.assertFalse(one.warning_text)

    def test_the_same_unit_at_the_same_time_is_a_clash(self):
        programme = self._programme()
        one = self._line(programme)
        self._line(programme)
        self.assertIn(self.department.name, one.warning_text)

    def test_days_off_are_told(self):
        programme = self._programme()
        line = self._line(programme, date_from="2026-11-20", date_to="2026-11-21")
        self.assertEqual(line.warning_text, "Day off: 21/11/2026.")
        self.env["qms.calendar.exception"].create(
            {"name": "Day off", "date": "2026-11-20", "company_id": self.company.id}
        )
        line.invalidate_recordset()
        self.assertEqual(line.warning_text, "Day off: 20/11/2026, 21/11/2026.")

    def test_an_auditor_of_the_unit_or_past_the_last_day_is_told(self):
        programme = self._programme()
        self.auditor.valid_until = "2026-11-10"
        line = self._line(
            programme,
            department_id=self.office.id,
            auditor_ids=[fields.Command.set(self.auditor.ids)],
        )
        self.assertIn("belongs to the unit audited", line.warning_text)
        self.assertIn("is not valid as an auditor then", line.warning_text)

    def test_the_load_of_each_auditor_is_shown(self):
        programme = self._programme()
        self._line(
            programme,
            date_from="2026-11-20",
            date_to="2026-11-23",
            auditor_ids=[fields.Command.set(self.auditor.ids)],
        )
        rows = {row["auditor"]: row for row in programme._workload()}
        self.assertEqual(rows[self.auditor]["days"], 2, "a week-end is no load")
        self.assertEqual(rows[self.auditor_2]["days"], 0)
        self.assertIn(self.user_auditor.name, programme.workload_html)

    # === LIFECYCLE === #

    @mute_logger("odoo.sql_db")
    def test_an_agency_has_one_programme_a_year(self):
        programme = self._programme()
        with self.assertRaises(psycopg2.errors.UniqueViolation), self.cr.savepoint():
            self._programme()
        programme.action_cancel("Made twice")
        self.assertTrue(self._programme())

    def test_a_leader_approves_and_the_author_does_not(self):
        programme = self._programme()
        with self.assertRaisesRegex(UserError, "no audits yet"):
            programme.action_submit()
        line = self._line(programme)
        programme.action_submit()
        self.assertEqual((programme.state, programme.approval_state), ("approval", "running"))
        with self.assertRaises(UserError):
            programme.action_approve()
        self._as(programme, self.user_leader).action_approve()
        self.assertEqual(programme.state, "approved")
        with self.assertRaisesRegex(UserError, "is no draft"):
            line.reason = "Another"
        with self.assertRaises(ValidationError):
            programme.objective = "Another"

    def test_a_rejected_programme_is_a_draft_again(self):
        programme = self._programme()
        self._line(programme)
        programme.action_submit()
        self._as(programme, self.user_leader).action_reject("More of the counter")
        self.assertEqual(programme.state, "draft")

    def test_an_approved_programme_is_opened_with_a_reason_and_approved_anew(self):
        programme = self._approved()
        with self.assertRaises(UserError):
            programme.action_change("  ")
        programme.action_change("The counter moves")
        self.assertEqual((programme.state, programme.change_reason), ("draft", "The counter moves"))
        self.assertFalse(programme.approval_state)
        programme.line_ids.date_from = "2026-12-01"
        programme.action_submit()
        self._as(programme, self.user_leader).action_approve()
        self.assertEqual(programme.decision_ids.mapped("verb").count("approve"), 2)

    def test_it_is_closed_when_its_audits_are(self):
        programme = self._approved()
        with self.assertRaisesRegex(UserError, "year is not over"):
            programme.action_close()
        programme.line_ids.action_make_audit()
        with self.assertRaisesRegex(UserError, "is not closed yet"):
            programme.action_close()
        programme.line_ids.audit_id.action_cancel("Given up")
        programme.action_close()
        self.assertEqual(programme.state, "closed")

    def test_a_line_lies_in_the_year_of_its_programme(self):
        with self.assertRaises(ValidationError):
            self._line(self._programme(), date_from="2027-01-04")

    # === PLANS === #

    def test_one_click_makes_the_plan_of_the_audit(self):
        programme = self._approved(
            procedure_ids=[fields.Command.set(self.procedure.ids)],
            auditor_ids=[fields.Command.set((self.auditor | self.auditor_2).ids)],
        )
        line = programme.line_ids
        line.action_make_audit()
        audit = line.audit_id
        self.assertEqual(audit.qms_department_ids, self.department)
        self.assertEqual(audit.qms_procedure_ids, self.procedure)
        self.assertEqual(audit.qms_programme_id, programme)
        roles = {row.auditor_id: row.role for row in audit.qms_team_ids}
        self.assertEqual(roles, {self.auditor: "leader", self.auditor_2: "auditor"})
        with self.assertRaisesRegex(UserError, "has its audit already"):
            line.action_make_audit()
        audit.action_cancel("Given up")
        line.action_make_audit()
        self.assertNotEqual(line.audit_id, audit)

    def test_no_plan_before_the_approval(self):
        programme = self._programme()
        line = self._line(programme)
        with self.assertRaisesRegex(UserError, "once the programme is approved"):
            line.action_make_audit()
        with self.assertRaisesRegex(ValidationError, "not approved"):
            self._audit(qms_programme_line_id=line.id)

    # === YEAR === #

    def test_the_year_shows_plans_and_audits_by_unit(self):
        programme = self._approved()
        self._audit(qms_department_ids=[fields.Command.set((self.department | self.office).ids)])
        boards = self._as(self.env["qms.year.board"], self.user_specialist)
        board = boards.get_board("mgmtsystem.audit", 2026)
        bars = {row["label"]: sorted(bar["model"] for bar in row["bars"]) for row in board["rows"]}
        self.assertEqual(
            bars,
            {
                "Budget division": ["mgmtsystem.audit", "qms.audit.programme.line"],
                "Office": ["mgmtsystem.audit"],
            },
        )
        self.assertEqual(board["legend"], [{"state": "due", "label": "Due soon"}])
        programme.line_ids.action_make_audit()
        board = boards.get_board("mgmtsystem.audit", 2026)
        models = {bar["model"] for row in board["rows"] for bar in row["bars"]}
        self.assertEqual(models, {"mgmtsystem.audit"}, "an audit stands for its line")
        self.assertFalse(boards.get_board("mgmtsystem.audit", 2025)["rows"])

    def test_the_year_of_another_agency_is_not_shown(self):
        self._approved()
        boards = self._as(self.env["qms.year.board"], self.user_clerk_b)
        self.assertFalse(boards.get_board("mgmtsystem.audit", 2026)["rows"])

    def test_a_board_is_made_of_models_that_offer_one_alone(self):
        boards = self._as(self.env["qms.year.board"], self.user_specialist)
        for source in ("res.users", "no.model", None, ["mgmtsystem.audit"]):
            with self.assertRaises(UserError):
                boards.get_board(source, 2026)
        with self.assertRaises(UserError):
            boards.get_board("mgmtsystem.audit", "2026")
        with self.assertRaises(AccessError):
            self._as(self.env["qms.year.board"], self.user_outsider).get_board(
                "mgmtsystem.audit", 2026
            )
