from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .. import common
from .test_document_evidence import EvidenceCommon


class TransitionCommon(EvidenceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls.env.ref("qms_public_admin.qms_standard_iso9001_2008")

    def _project(self, start=True, user=None, **vals):
        project = self._as(self.env["qms.standard.transition"], user or self.user_officer).create(
            {
                "name": "To 2015",
                "from_standard_id": self.old.id,
                "to_standard_id": self.standard.id,
                "date_start": "2026-09-01",
                "date_end": "2026-12-10",
                **vals,
            }
        )
        if start:
            project.action_start()
        return project

    def _line(self, project, number):
        return project.line_ids.filtered(lambda line: line.clause_id.number == number)

    def _settle_all(self, project):
        project.line_ids.action_settle()
        project.milestone_ids.action_reached()


@tagged("post_install", "-at_install")
class TestDocumentTransition(TransitionCommon):
    """From one edition to another: gap list from map and evidence, tasks, milestones."""

    # === START === #

    def test_the_gap_list_has_one_line_for_each_clause_without_sub_clauses(self):
        project = self._project()
        leaves = self.standard.clause_ids.filtered(lambda clause: not clause.child_ids)
        self.assertEqual(project.line_ids.clause_id, leaves)
        self.assertEqual(len(project.line_ids), len(leaves))
        self.assertEqual(self._line(project, "7.1.6").kind, "new")
        self.assertEqual(self._line(project, "6.2.1").kind, "same")
        supplier = self._line(project, "8.4.2")
        self.assertEqual(supplier.kind, "changed")
        self.assertEqual(supplier.source_ids, self._clause("7.4.3", 2008))
        self.assertIn("supplier", supplier.difference)

    def test_dropped_clauses_are_shown(self):
        numbers = self._project().dropped_ids.from_clause_id.mapped("number")
        self.assertEqual(numbers, ["5.5.2"])

    def test_a_line_tells_what_there_is(self):
        self._legal("1/2016/QĐ-X", qms_clause_ids=self._clause("7.4.3", 2008).ids)
        self._legal("2/2016/QĐ-X", qms_clause_ids=self._clause("8.4.2").ids)
        line = self._line(self._project(), "8.4.2")
        self.assertEqual((line.before_count, line.after_count), (1, 1))
        self.assertEqual(line.evidence_status, "fresh")
        self.assertIn("Legal document 1", line.existing)

    def test_an_incomplete_map_does_not_start(self):
        project = self._project(start=False)
        self.env.ref("qms_public_admin.qms_map_2008_none_2015_7_1_6").unlink()
        self.assertFalse(project.can_start)
        with self.assertRaisesRegex(UserError, "7.1.6"):
            project.action_start()

    def test_two_editions_of_one_standard(self):
        other = self.env["qms.standard"].create(
            {"name": "X:2020", "family": "X", "year": 2020, "valid_from": "2020-01-01"}
        )
        with self.assertRaises(ValidationError):
            self._project(start=False, to_standard_id=other.id)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self._project(start=False, to_standard_id=self.old.id)

    def test_one_runs_at_a_time(self):
        self._project()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self._project()

    def test_milestones_lead_up_to_the_declaration(self):
        points = self._project().milestone_ids
        self.assertEqual(len(points), 5)
        self.assertEqual(points.mapped("due_date"), sorted(points.mapped("due_date")))
        self.assertEqual(str(points[-1].due_date), "2026-12-10")

    def test_own_milestones_are_kept(self):
        project = self._project(start=False)
        project.milestone_ids = [(0, 0, {"name": "Mine", "due_date": "2026-10-01"})]
        project.action_start()
        self.assertEqual(project.milestone_ids.mapped("name"), ["Mine"])

    # === WORK === #

    def test_tasks_become_activities_and_end_with_the_line(self):
        project = self._project()
        line = self._line(project, "7.1.6")
        line.write({"owner_id": self.user_specialist.id, "need": "Name who knows what"})
        project.action_schedule()
        self.assertEqual(line.activity_ids.user_id, self.user_specialist)
        self.assertEqual(line.activity_ids.date_deadline, line.due_date)
        project.action_schedule()
        self.assertEqual(len(line.activity_ids), 1)
        self._as(line, self.user_specialist).action_settle()
        self.assertFalse(line.activity_ids)
        self.assertEqual((line.state, line.settled_by_id), ("done", self.user_specialist))

    def test_only_owner_and_officer_move_a_line(self):
        line = self._line(self._project(), "7.1.6")
        line.owner_id = self.user_specialist
        for user in (self.user_colleague, self.user_head, self.user_leader, self.user_clerk):
            mine = self._as(line, user)
            with self.subTest(user=user.login):
                self.assertFalse(mine.is_mine)
                for verb in ("action_take_up", "action_settle"):
                    with self.assertRaises(UserError), self.cr.savepoint():
                        getattr(mine, verb)()
                with self.assertRaises(UserError), self.cr.savepoint():
                    mine.action_not_needed("x")
        self.assertTrue(self._as(line, self.user_specialist).is_mine)
        self._as(line, self.user_specialist).action_take_up()
        self.assertEqual(line.state, "doing")

    def test_nothing_to_do_takes_a_reason(self):
        line = self._line(self._project(), "7.1.6")
        action = line.action_not_needed()
        self.assertEqual(action["res_model"], "qms.standard.transition.reason")
        self.assertEqual(line.action_not_needed("  ")["res_model"], action["res_model"])
        self.assertEqual(line.state, "todo")
        wizard = Form(line.env[action["res_model"]].with_context(**action["context"]))
        wizard.justification = "The know-how is kept in the procedures."
        wizard.save().action_confirm()
        self.assertEqual(line.state, "not_needed")
        self.assertEqual(line.justification, "The know-how is kept in the procedures.")

    def test_progress_and_lateness(self):
        project = self._project()
        lines = project.line_ids
        lines.due_date = "2026-12-01"
        lines[0].due_date = "2026-11-08"
        self.assertEqual((project.late_count, project.open_count), (1, len(lines)))
        self.assertEqual(lines.search([("id", "in", lines.ids), ("is_overdue", "=", True)]),
                         lines[0])  # fmt: skip
        lines[0].action_settle()
        self.assertEqual((project.late_count, project.open_count), (0, len(lines) - 1))
        self.assertAlmostEqual(project.progress, 100.0 / len(lines))

    def test_evidence_of_unchanged_clauses_is_carried_over(self):
        document = self._legal("1/2016/QĐ-X", qms_clause_ids=self._clause("5.4.1", 2008).ids)
        changed = self._legal("2/2016/QĐ-X", qms_clause_ids=self._clause("7.4.3", 2008).ids)
        shared = self._legal("3/2016/QĐ-X", company_id=False,
                             qms_clause_ids=self._clause("5.4.1", 2008).ids)  # fmt: skip
        project = self._project()
        project.action_carry_over()
        self.assertIn(self._clause("6.2.1"), document.qms_clause_ids)
        self.assertIn(self._clause("5.4.1", 2008), document.qms_clause_ids)
        self.assertEqual(changed.qms_clause_ids, self._clause("7.4.3", 2008))
        # What the officer may not change stays as it is.
        self.assertEqual(shared.qms_clause_ids, self._clause("5.4.1", 2008))
        self.assertEqual(self._line(project, "6.2.1").after_count, 1)

    # === END === #

    def test_finishing_takes_everything_settled(self):
        project = self._project()
        self.assertFalse(project.can_finish)
        with self.assertRaisesRegex(UserError, "4.1"):
            project.action_finish()
        project.line_ids.action_settle()
        with self.assertRaisesRegex(UserError, "Conformity declared"):
            project.action_finish()
        project.milestone_ids.action_reached()
        project.action_finish()
        self.assertEqual(self.company._qms_standard(), self.standard)
        self.assertEqual(str(project.finished_on), "2026-11-09")

    def test_a_finished_project_stays_as_it_is(self):
        project = self._project()
        self._settle_all(project)
        project.action_finish()
        line, point = project.line_ids[0], project.milestone_ids[0]
        for act in (
            lambda: project.write({"name": "x"}),
            lambda: project.action_cancel(),
            lambda: project.unlink(),
            lambda: line.write({"need": "x"}),
            lambda: line.action_take_up(),
            lambda: line.unlink(),
            lambda: point.write({"name": "x"}),
            lambda: point.action_not_reached(),
            lambda: point.unlink(),
            lambda: point.create(
                {"transition_id": project.id, "name": "x", "due_date": "2026-01-01"}
            ),  # fmt: skip
            lambda: project.sudo().write({"state": "draft"}),
            lambda: line.sudo().write({"state": "todo"}),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                act()
            self.env.invalidate_all()

    def test_a_cancelled_project_closes_its_tasks(self):
        project = self._project()
        line = project.line_ids[0]
        line.owner_id = self.user_specialist
        project.action_schedule()
        project.action_cancel()
        self.assertFalse(line.activity_ids)
        with freeze_time(common.NOW):
            self._project()

    def test_only_the_officer_moves_the_project(self):
        project = self._project()
        for role, user in self.users_by_role.items():
            if role == "officer":
                continue
            mine = self._as(project, user)
            with self.subTest(role=role):
                self.assertFalse(mine.can_finish or mine.can_cancel)
                for verb in ("action_finish", "action_cancel", "action_refresh",
                             "action_schedule", "action_carry_over"):  # fmt: skip
                    with self.assertRaises(UserError), self.cr.savepoint():
                        getattr(mine, verb)()
                with self.assertRaises(UserError), self.cr.savepoint():
                    self._as(project.milestone_ids[0], user).action_reached()
