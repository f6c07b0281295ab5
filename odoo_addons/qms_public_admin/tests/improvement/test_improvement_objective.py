import datetime

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..rpc_case import RpcCase
from .common_objective import ObjectiveCommon


@tagged("post_install", "-at_install")
class TestImprovementObjective(ObjectiveCommon):
    """Objectives of a year: approved, followed from figures, posted, carried over."""

    # === APPROVAL AND PLAN === #

    def test_the_leader_approves_and_the_plan_becomes_actions(self):
        with freeze_time("2026-02-01"):
            self._approve()
        self.assertEqual((self.year.state, self.objective.status), ("approved", "no_data"))
        action = self.objective.task_ids.action_id
        self.assertEqual(action.user_id, self.user_specialist)
        self.assertEqual((action.qms_state, action.type_action), ("open", "improvement"))
        self.assertEqual(action.date_deadline, datetime.date(2026, 6, 30))

    def test_what_lacks_a_measure_or_a_person_is_not_submitted(self):
        submit = self._as(self.year, self.user_officer).action_submit
        for vals in ({"indicator_id": False}, {"owner_id": False}):
            kept = {name: self.objective[name].id for name in vals}
            self.objective.write(vals)
            with self.subTest(vals), self.assertRaises(UserError):
                submit()
            self.objective.write(kept)
        self.objective.unlink()
        with self.assertRaises(UserError):
            submit()

    def test_what_was_approved_stays_until_it_is_opened_again(self):
        with freeze_time("2026-02-01"):
            self._approve()
        officer = self.user_officer
        for record, vals in (
            (self.year, {"introduction": "x"}),
            (self.objective, {"target": 0.5}),
            (self.objective, {"name": "x"}),
            (self.objective.task_ids, {"name": "x"}),
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                self._as(record, officer).write(vals)
        for record in (self.objective, self.objective.task_ids, self.year):
            with self.assertRaises(UserError):
                self._as(record, officer).unlink()
        with self.assertRaises(UserError):
            self._as(self.objective, officer).create({**self._objective_vals(),
                                                      "year_id": self.year.id})  # fmt: skip
        change = self._as(self.year, officer).action_change
        with self.assertRaises(UserError):
            change(" ")
        change("The law has changed")
        self._as(self.objective, officer).target = 0.8
        self.assertFalse(self.year.approval_decision_id)
        with freeze_time("2026-03-01"):
            self._approve()
        self.assertEqual(len(self.objective.task_ids.action_id), 1, "the action goes on")

    def test_a_row_under_way_is_not_dropped_before_its_action(self):
        with freeze_time("2026-02-01"):
            self._approve()
        self._as(self.year, self.user_officer).action_change("x")
        with self.assertRaises(UserError):
            self._as(self.objective.task_ids, self.user_officer).unlink()
        self._as(self.objective.task_ids.action_id, self.user_officer).action_qms_cancel("x")
        self._as(self.objective.task_ids, self.user_officer).unlink()

    @mute_logger("odoo.sql_db")
    def test_one_paper_a_year_and_unit(self):
        years, company = self.env["qms.objective.year"], self.company.id
        years.create({"company_id": company, "year": 2027})
        for unit in (False, self.department.id):
            vals = {"company_id": company, "department_id": unit, "year": 2026}
            if unit:
                years.create(vals)
            with self.assertRaisesRegex(UniqueViolation, "one_a_year"), self.cr.savepoint():
                years.create(vals)

    # === STATUS === #

    def _status_on(self, day):
        self._night(day)
        return self.objective.status

    def test_status_follows_the_figures(self):
        with freeze_time("2026-02-01"):
            self._approve()
        self.assertEqual(self._status_on("2026-02-02"), "no_data")
        self._completed("2026-02-02", count=19)
        self._completed("2026-02-03", "late", count=1)
        self.assertEqual(self._status_on("2026-04-20"), "on_track")
        self._completed("2026-05-03", "late", count=5)
        self.assertEqual(self._status_on("2026-06-20"), "at_risk")
        self.assertEqual((self.objective.part, self.objective.whole), (19, 25))
        self._completed("2026-11-02", count=40)
        self.assertEqual(self._status_on("2027-01-05"), "on_track")
        self.assertEqual(self._status_on("2027-01-12"), "met")

    def test_measuring_is_offered_to_who_may(self):
        self.assertFalse(self.year.can_measure, "not approved yet")
        self._approve()
        self.assertTrue(self._as(self.year, self.user_officer).can_measure)
        self.assertFalse(self._as(self.year, self.user_specialist).can_measure)

    def test_a_missed_objective_keeps_its_day(self):
        self._completed("2026-02-02", count=5)
        self._completed("2026-02-03", "late", count=5)
        with freeze_time("2026-02-01"):
            self._approve()
        self.assertEqual(self._status_on("2027-01-12"), "missed")
        self._night("2027-01-13")
        self.assertEqual(
            self.objective.missed_on, datetime.date(2027, 1, 13) - datetime.timedelta(0)
        )

    def test_a_restatement_turns_the_status(self):
        with freeze_time("2026-02-01"):
            self._approve()
        self._completed("2026-02-02", count=9)
        self._night("2026-04-20")
        self._completed("2026-02-05", "late", count=5)
        self._night("2026-04-21")
        self.assertEqual(self.objective.status, "on_track")
        row = self._figures()["2026-01-01"]
        self._as(row, self.user_officer).action_restate("Paper files")
        self.assertEqual(self.objective.status, "at_risk")

    def test_a_due_day_within_the_year_ends_what_is_counted(self):
        self.objective.due_date = "2026-06-30"
        with freeze_time("2026-02-01"):
            self._approve()
        self._completed("2026-05-04", count=10)
        self._completed("2026-08-04", "late", count=50)
        self.assertEqual(self._status_on("2026-07-20"), "met")
        self.assertEqual(self._status_on("2027-01-20"), "met")

    def test_the_year_is_closed_when_it_is_over(self):
        with freeze_time("2026-02-01"):
            self._approve()
        self._completed("2026-02-02", count=9)
        self._night("2026-04-20")
        officer = self._as(self.year, self.user_officer)
        with freeze_time("2026-05-01"), self.assertRaises(UserError):
            officer.action_close()
        self._night("2027-01-20")
        with freeze_time("2027-01-21"):
            officer.action_close()
        self.assertEqual(self.year.state, "closed")

    def test_what_was_not_reached_is_carried_over(self):
        officer = self._as(self.year, self.user_officer)
        officer.write({"objective_ids": [Command.create(self._objective_vals(
            name="Fewer supplements", target=0.5))]})  # fmt: skip
        with freeze_time("2026-02-01"):
            self._approve()
        self._completed("2026-02-02", "late", count=4)
        self._completed("2026-02-02", count=6)
        self._night("2027-01-20")
        self.assertEqual(self.year.objective_ids.mapped("status"), ["missed", "met"])
        action = officer.action_carry_over()
        following = self.env["qms.objective.year"].browse(action["res_id"])
        self.assertEqual((following.year, following.state, following.previous_id),
                         (2027, "draft", self.year))  # fmt: skip
        self.assertEqual(following.objective_ids.carried_from_id, self.year.objective_ids[0])
        self.assertEqual(following.objective_ids.due_date, datetime.date(2027, 12, 31))
        self.assertEqual(following.objective_ids.status, "no_data")
        with self.assertRaises(UserError):
            officer.action_carry_over()

    # === POSTING === #

    def _gaps(self):
        domain = [("company_id", "=", self.company.id), ("subject_kind", "=", "objectives")]
        return self.env["qms.posting.gap"].search(domain)

    @freeze_time("2026-02-01")
    def test_approved_objectives_are_posted_and_a_change_makes_the_copy_old(self):
        self.assertFalse(self._gaps())
        self._approve()
        self.assertEqual(self._gaps().objective_year_id, self.year)
        action = self._as(self.year, self.user_officer).action_post()
        entry = self._as(self.env["qms.posting.entry"], self.user_officer)
        entry = entry.with_context(**action["context"]).create(
            {"place": "Notice board", "link": "https://h.gov.vn/mtcl"}
        )
        entry.action_post()
        self.assertFalse(self._gaps())
        self.year.invalidate_recordset()
        self.assertEqual(self.year.posting_count, 1)
        posting = self.env["qms.posting"].search([("objective_year_id", "=", self.year.id)])
        self.assertEqual(posting.posting_state, "current")
        self._as(self.year, self.user_officer).action_change("x")
        self._approve()
        posting.invalidate_recordset()
        self.assertEqual(posting.posting_state, "outdated")
        self.assertEqual(self._gaps().gap_state, "outdated")

    # === SCREENS, EVIDENCE === #

    def test_target_and_day_come_from_indicator_and_year(self):
        form = Form(self._as(self.env["qms.objective.year"], self.user_officer))
        form.year = 2030
        with form.objective_ids.new() as line:
            line.name = "On time"
            line.indicator_id = self.indicator
            self.assertEqual(line.target, 0.9)
        row = form.save()
        self.assertEqual(row.objective_ids.due_date, datetime.date(2030, 12, 31))
        self.assertEqual(row.objective_ids.target_text, "≥ 90%")

    def test_approved_objectives_are_evidence(self):
        clause = self.company._qms_standard().clause_ids.filtered(lambda row: row.number == "6.2.1")
        self.objective.qms_clause_ids = clause
        links = self.env["qms.objective"]._evidence_links
        self.assertFalse(links(clause, self.company))
        with freeze_time("2026-02-01"):
            self._approve()
        self.assertEqual(links(clause, self.company)[0][1], self.objective.id)


@tagged("post_install", "-at_install")
class TestImprovementObjectiveSecurity(ObjectiveCommon, RpcCase):
    def test_roles_and_operations(self):
        for role, user in self.users_by_role.items():
            for record in (self.year, self.objective, self.objective.task_ids):
                for operation in ("read", "write", "create", "unlink"):
                    with self.subTest(role=role, model=record._name, operation=operation):
                        expected = operation == "read" or role == "officer"
                        self.assertEqual(self._as(record, user).has_access(operation), expected)
        self.assertFalse(self._as(self.year, self.user_outsider).has_access("read"))

    def test_another_agency_sees_and_takes_nothing(self):
        foreign = self._as(self.env["qms.objective.year"], self.user_officer_b)
        for model in ("qms.objective.year", "qms.objective", "qms.objective.task"):
            self.assertFalse(foreign.env[model].search([("company_id", "=", self.company.id)]))
        own = foreign.create({"company_id": self.company_b.id, "year": 2026})
        with self.assertRaises(UserError):
            foreign.env["qms.objective"].create({"name": "x", "year_id": self.year.id})
        self._as(self.year, self.user_officer)
        with self.assertRaises(UserError):
            self._as(self.objective, self.user_officer).write({"year_id": own.id})

    def test_approved_objectives_are_rewritten_by_nobody(self):
        with freeze_time("2026-02-01"):
            self._approve()
        self.env.flush_all()
        year, row, task = self.year, self.objective, self.objective.task_ids
        assaults = (
            (row._name, "write", row.ids, {"status": "met"}),
            (row._name, "write", row.ids, {"target": 0}),
            (row._name, "web_save", row.ids, {"value": 1, "has_value": True}, {}),
            (row._name, "unlink", row.ids),
            (row._name, "copy", row.ids),
            (row._name, "create", [{"name": "x", "year_id": year.id}]),
            (task._name, "write", task.ids, {"date_deadline": "2030-01-01"}),
            (task._name, "unlink", task.ids),
            (year._name, "write", year.ids, {"state": "closed"}),
            (year._name, "write", year.ids, {"objective_ids": [[1, row.id, {"target": 0}]]}),
            (year._name, "write", year.ids, {"year": 2030}),
            (year._name, "unlink", year.ids),
            (year._name, "action_change", year.ids),
        )
        for user in (self.user_officer, self.user_leader, self.user_head):
            for assault in assaults:
                forged = self.FORGED if user == self.user_officer else ()
                self._refused(user, *assault, contexts=({}, *forged))
        self.env.invalidate_all()
        self.assertEqual((row.status, row.target, year.state), ("no_data", 0.9, "approved"))

    def test_none_is_born_met_or_approved(self):
        officer, model = self.user_officer, "qms.objective.year"
        lines = [[0, 0, {"name": "x", "status": "met"}]]
        for vals in ({"state": "approved"}, {"objective_ids": lines}, {"previous_id": 1}):
            self._refused(officer, model, "create", [{"year": 2031, **vals}], contexts=({},))
        earlier = self._as(self.env[model], officer).create({"year": 2020})
        self.env.flush_all()
        self._refused(officer, model, "create", [{"year": 2031, "previous_id": earlier.id}])
        self._refused(officer, model, "write", self.year.ids, {"previous_id": earlier.id})
        context = {"default_status": "met"}
        self._refused(officer, "qms.objective", "create", [{"name": "x", "year_id": self.year.id}],
                      contexts=(context,))  # fmt: skip
        # The action of a row is made by the approval: what a client names is left out.
        other = self.env["mgmtsystem.action"]._qms_assign(
            [{"name": "x", "user_id": officer.id, "date_deadline": "2026-05-05",
              "company_id": self.company.id}])  # fmt: skip
        self.env.flush_all()
        task = self.objective.task_ids
        self._call(officer, task._name, "write", task.ids, {"action_id": other.id})
        self.env.invalidate_all()
        self.assertFalse(task.action_id)

    def test_the_author_does_not_approve(self):
        self._as(self.year, self.user_officer).action_submit()
        self.env.flush_all()
        for user in (self.user_officer, self.user_head, self.user_specialist):
            self._refused(user, self.year._name, "action_approve", self.year.ids)

    def test_who_writes_a_part_of_it_does_not_approve_it(self):
        """The leader is an ISO officer, too, and sets a target or a task of a colleague's draft."""
        self.user_leader.group_ids |= self.env.ref("qms_public_admin.group_qms_officer")
        for part, vals in (
            (self.objective, {"target": 0.95}),
            (self.objective.task_ids, {"name": "x"}),
        ):
            with self.subTest(part=part._name), self.cr.savepoint() as savepoint:
                self._as(part, self.user_leader).write(vals)
                self.assertEqual(self.year.approval_editors, self.user_leader.ids)
                with self.assertRaisesRegex(UserError, "The author does not count"):
                    self._as(self.year, self.user_officer).action_submit()
                savepoint.rollback()
                self.env.invalidate_all()
