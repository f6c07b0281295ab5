from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...models.mixins.qms_lifecycle_mixin import _WRITER
from .common_nonconformity import NonconformityCommon


@tagged("post_install", "-at_install")
class TestImprovementNonconformity(NonconformityCommon):
    """From the finding to the closing, and what stands in the way of it."""

    # === THE WAY === #

    def test_the_whole_way(self):
        row, action = self._open_row()
        self.assertEqual((row.state, row.stage_id.state), ("open", "open"))
        self.assertEqual(action.qms_state, "open")
        self._finish(action)
        self._as(row, self.user_auditor).action_qms_verify("Seen")
        self.assertEqual((row.state, row.stage_id.state), ("verified", "verified"))
        self._as(row, self.user_leader).action_qms_close("On time since")
        self.assertEqual((row.state, row.stage_id.state), ("done", "done"))
        self.assertEqual(row.qms_closed_by_id, self.user_leader)
        self.assertTrue(row.closing_date)
        self.assertEqual(
            row.qms_event_ids.sorted("id").mapped("kind"),
            ["raised", "analysed", "planned", "started", "verified", "closed"],
        )

    def test_a_plan_needs_a_cause(self):
        row = self._as(self._raise(), self.user_officer)
        row.action_qms_analyse()
        self.assertFalse(row.qms_can_plan)
        with self.assertRaisesRegex(UserError, "why it happened"):
            row.action_qms_plan()
        row.qms_why_ids = [fields.Command.create({"answer": "Nobody stood in"})]
        self.assertTrue(row.qms_can_plan)
        row.action_qms_plan()
        self.assertEqual(row.state, "pending")

    def test_a_start_needs_dated_actions_or_a_reason(self):
        row = self._as(self._raise(), self.user_officer)
        row.analysis = "x"
        row.action_qms_analyse()
        row.action_qms_plan()
        with self.assertRaisesRegex(UserError, "no action"):
            row.action_qms_start()
        action = self._plan_action(row, date_deadline=False)
        with self.assertRaisesRegex(UserError, "deadline"):
            row.action_qms_start()
        action.date_deadline = self.today
        row.action_qms_start()
        self.assertEqual(action.qms_state, "open")
        other = self._as(self._raise(), self.user_officer)
        other.write({"analysis": "x", "action_comments": "One slip, corrected"})
        other.action_qms_analyse()
        other.action_qms_plan()
        other.action_qms_start()
        self.assertEqual(other.state, "open")

    def test_who_hands_it_over_judges_it_no_more(self):
        """A name in the draft is no work yet; from the analysis on it is remembered."""
        row = self._as(self._raise(), self.user_officer)
        row.responsible_user_id = self.user_officer
        row.responsible_user_id = self.user_specialist
        self.assertFalse(row.qms_past_responsible_ids)
        row, action = self._open_row(responsible_user_id=self.user_officer.id)
        self._as(row, self.user_officer).responsible_user_id = self.user_specialist
        self.assertEqual(row.qms_past_responsible_ids, self.user_officer)
        self._finish(action)
        with self.assertRaisesRegex(UserError, "was responsible does not verify"):
            self._as(row, self.user_officer).action_qms_verify("Seen")
        self._as(row, self.user_auditor).action_qms_verify("Seen")
        with self.assertRaisesRegex(UserError, "was responsible does not close"):
            self._as(row, self.user_officer).action_qms_close("x")
        with self.assertRaises(ValidationError):
            self._as(row, self.user_leader).write({"qms_past_responsible_ids": [(5,)]})
        self._as(row, self.user_leader).action_qms_close("On time since")

    def test_it_is_verified_when_all_actions_are(self):
        row, action = self._open_row()
        as_auditor = self._as(row, self.user_auditor)
        with self.assertRaisesRegex(UserError, "not verified yet"):
            as_auditor.action_qms_verify("Seen")
        self._finish(action)
        self.assertTrue(as_auditor.qms_can_verify)
        as_auditor.action_qms_verify("Seen")
        self.assertEqual(row.qms_verification, "Seen")

    def test_words_are_asked_for(self):
        row, action = self._open_row()
        self._finish(action)
        as_auditor = self._as(row, self.user_auditor)
        for words in (None, "", "  ", ["x"]):
            asked = as_auditor.action_qms_verify(words)
            self.assertEqual(asked["res_model"], "qms.improvement.dialog")
        self.assertEqual(row.state, "open")
        dialog = as_auditor.env["qms.improvement.dialog"].with_context(asked["context"])
        dialog.create({"words": "Seen"}).action_confirm()
        self.assertEqual(row.state, "verified")

    # === OTHER PERSONS === #

    def test_neither_responsible_nor_owner_verifies(self):
        for who in ("responsible_user_id", "owner"):
            row, action = self._open_row()
            if who == "owner":
                action.user_id = self.user_auditor
                self._as(action, self.user_auditor).action_qms_done("x")
                self._as(action, self.user_officer).action_qms_verify("x")
            else:
                row[who] = self.user_auditor
                self._finish_by_officer(action)
            self.assertFalse(self._as(row, self.user_auditor).qms_can_verify)
            with self.assertRaisesRegex(UserError, "does not verify"):
                self._as(row, self.user_auditor).action_qms_verify("Seen")

    def _finish_by_officer(self, action):
        self._as(action, action.user_id).action_qms_done("x")
        self._as(action, self.user_officer).action_qms_verify("x")

    def test_the_responsible_does_not_close(self):
        row, action = self._open_row(responsible_user_id=self.user_leader.id)
        self._finish(action)
        self._as(row, self.user_auditor).action_qms_verify("Seen")
        with self.assertRaisesRegex(UserError, "was responsible does not close"):
            self._as(row, self.user_leader).action_qms_close("Good")
        self._as(row, self.user_officer).action_qms_close("Good")
        self.assertEqual(row.state, "done")

    def test_a_second_account_of_the_responsible_does_not_close(self):
        row, action = self._open_row()
        self._finish(action)
        self._as(row, self.user_auditor).action_qms_verify("Seen")
        for user in (self.user_specialist, self.user_leader):
            self.env["hr.employee"].create(
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": self.company.id,
                    "identification_id": "001099000001",
                }
            )
        with self.assertRaisesRegex(UserError, "was responsible does not close"):
            self._as(row, self.user_leader).action_qms_close("Good")

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_both_persons_apart(self):
        row, _action = self._open_row()
        for field in ("qms_closed_by_id", "qms_verified_by_id"):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                row._lifecycle_write({field: row.responsible_user_id.id})
                self.env.flush_all()
            self.env.invalidate_all()

    # === REOPENING === #

    def test_reopening_clears_the_end_and_keeps_the_history(self):
        row, _action = self._closed_row()
        with self.assertRaisesRegex(UserError, "taken up again by"):
            self._as(row, self.user_specialist).action_qms_reopen("It came back")
        self._as(row, self.user_auditor).action_qms_reopen("It came back")
        self.assertEqual((row.state, row.stage_id.state), ("analysis", "analysis"))
        self.assertFalse(row.closing_date)
        self.assertFalse(row.qms_closed_by_id)
        self.assertFalse(row.qms_verified_by_id)
        self.assertEqual(row.qms_reopen_count, 1)
        kinds = row.qms_event_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds[-2:], ["closed", "reopened"])
        self.assertEqual(row.qms_event_ids.sorted("id")[-1].words, "It came back")

    def test_a_closed_one_stays_as_it_is(self):
        row, _action = self._closed_row()
        as_officer = self._as(row, self.user_officer)
        for vals in ({"description": "x"}, {"qms_grade": "major"}, {"action_ids": [(5,)]},
                     {"evaluation_comments": "x"}, {"qms_cost": 1}):  # fmt: skip
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                as_officer.write(vals)
        with self.assertRaises(ValidationError):
            self.env["qms.nonconformity.why"].create(
                {"nonconformity_id": row.id, "answer": "late thought"}
            )
        clause = self.env["qms.standard.clause"].search([], limit=1)
        as_officer.qms_clause_ids = clause
        self.assertEqual(row.qms_clause_ids, clause)

    def test_cancelling_takes_planned_actions_along(self):
        row = self._as(self._raise(), self.user_officer)
        row.analysis = "x"
        row.action_qms_analyse()
        row.action_qms_plan()
        action = self._plan_action(row)
        row.action_qms_cancel("Raised twice")
        self.assertEqual((row.state, action.qms_state), ("cancel", "cancelled"))
        self.assertEqual(action.qms_cancel_reason, "Raised twice")
        row.action_qms_reopen("It was not")
        self.assertEqual(row.state, "analysis")
        self.assertFalse(row.qms_cancel_reason)

    # === WHAT THE BASE LEAVES OPEN === #

    def test_the_vals_of_the_caller_stay_as_they_are(self):
        vals = {"name": "x", "description": "y"}
        copy = dict(vals)
        row = self._as(self.nc_model, self.user_officer).create(vals)
        self.assertEqual(vals, copy)
        row._lifecycle_write({"kanban_state": "done"})
        vals = {"name": "z"}
        row.write(vals)
        self.assertEqual(vals, {"name": "z"})
        stage = row._stage_of("analysis")
        moving = {"stage_id": stage.id, "state": "analysis"}
        row.with_context(_qms_lifecycle=_WRITER).write(moving)
        self.assertEqual(moving, {"stage_id": stage.id, "state": "analysis"})

    def test_a_reference_is_given_by_agency_and_year_and_never_taken(self):
        with freeze_time("2026-03-02 03:00"):
            first, second = self._as(self.nc_model, self.user_officer).create(
                [{"name": "a", "description": "a"}, {"name": "b", "description": "b"}]
            )
            other = self._raise(
                user=self.user_officer_b,
                company_id=self.company_b.id,
                qms_department_id=False,
                responsible_user_id=self.user_clerk_b.id,
            )
        with freeze_time("2027-01-04 03:00"):
            later = self._raise()
        references = (first | second | later).mapped("ref") + other.sudo().mapped("ref")
        self.assertEqual(
            references, ["KPH-2026-0001", "KPH-2026-0002", "KPH-2027-0001", "KPH-2026-0001"]
        )
        with self.assertRaisesRegex(ValidationError, "given by the system"):
            self.nc_model.create({"name": "a", "description": "a", "ref": "KPH-2026-0099"})
        with self.assertRaisesRegex(ValidationError, "given by the system"):
            first.write({"ref": "KPH-2026-0099"})

    def test_an_origin_is_there_and_stays(self):
        row = self._raise(qms_source="rating")
        self.assertEqual(row.origin_ids, self.env.ref("qms_public_admin.origin_rating"))
        with self.assertRaisesRegex(ValidationError, "origin"):
            self._as(row, self.user_officer).origin_ids = [fields.Command.clear()]

    def test_a_company_is_there_and_stays(self):
        row = self.nc_model.with_user(self.user_officer).create(
            {"name": "a", "description": "a", "company_id": False}
        )
        self.assertEqual(row.company_id, self.company)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            row.sudo().company_id = False
            self.env.flush_all()

    def test_party_responsible_and_closer_are_filled_in(self):
        head = self.env["hr.employee"].create(
            {"name": "Head", "user_id": self.user_head.id, "company_id": self.company.id}
        )
        self.department.manager_id = head
        row = self._raise(responsible_user_id=False)
        self.assertEqual(row.partner_id, self.company.partner_id)
        self.assertEqual(row.responsible_user_id, self.user_head)
        self.assertEqual(row.manager_user_id, self.user_leader)
        self.assertEqual(row.user_id, self.user_officer)
        self.assertTrue(row.qms_due_date)

    def test_the_form_of_the_officer_saves(self):
        with Form(self._as(self.nc_model, self.user_officer)) as form:
            form.name = "Late"
            form.description = "Late results"
        self.assertEqual(form.record.state, "draft")
        self.assertTrue(form.record.origin_ids)

    def test_days_to_close_are_positive(self):
        with freeze_time("2026-03-02 03:00"):
            row, action = self._open_row()
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE mgmtsystem_nonconformity SET create_date = %s WHERE id = %s",
                ["2026-03-02 03:00:00", row.id],
            )
            self.env.invalidate_all()
        with freeze_time("2026-03-12 03:00"):
            self._finish(action)
            self._as(row, self.user_auditor).action_qms_verify("Seen")
            self._as(row, self.user_leader).action_qms_close("Good")
        self.assertEqual(row.number_of_days_to_close, 10)

    # === KEEPING === #

    def test_nothing_is_deleted_before_its_retention_has_ended(self):
        draft = self._raise()
        closed, _action = self._closed_row()
        for row in (draft, closed):
            with self.assertRaisesRegex(UserError, "kept as evidence"):
                row.sudo().unlink()
        self.assertEqual(
            closed.qms_keep_until,
            fields.Date.add(closed.closing_date.date(), years=self.company.qms_nonconformity_years),
        )
        with self.assertRaises(AccessError):
            self._as(draft, self.user_officer).unlink()

    # === EVIDENCE, RECURRENCE, COST === #

    def test_evidence_keeps_the_label_it_had(self):
        with freeze_time("2026-11-09 01:00"):
            dossier = self._accepted_dossier()
        label = dossier.display_name
        row = self._raise(evidence=[dossier])
        self.assertEqual(row.qms_evidence_ids.mapped("name"), [label])
        self.assertEqual((row.res_model, row.res_id), ("qms.dossier", dossier.id))
        row._qms_add_evidence(dossier)
        self.assertEqual(len(row.qms_evidence_ids), 1)
        opened = self._as(row.qms_evidence_ids, self.user_officer).action_open()
        self.assertEqual((opened["res_model"], opened["res_id"]), ("qms.dossier", dossier.id))
        with self.assertRaises(AccessError):
            row.qms_evidence_ids.sudo().write({"name": "x"})

    def test_days_late_of_the_dossiers_concerned_are_counted(self):
        with freeze_time("2026-11-09 01:00"):
            dossier = self._accepted_dossier()
        due = dossier.judged_due_at or dossier.due_at
        row = self._raise(evidence=[dossier])
        with freeze_time(fields.Datetime.add(due, days=5)):
            self.env.invalidate_all()
            self.assertEqual(row.qms_dossier_days_late, 5)
        with freeze_time(due):
            self.env.invalidate_all()
            self.assertEqual(row.qms_dossier_days_late, 0)

    def test_a_recurrence_names_the_earlier_one(self):
        closed, _action = self._closed_row()
        row = self._as(self._raise(), self.user_officer)
        row.qms_recurrence_of_id = closed
        self.assertEqual(closed.qms_recurrence_ids, row)
        with self.assertRaisesRegex(ValidationError, "itself"):
            row.qms_recurrence_of_id = row

    def test_causes_of_the_fishbone_are_causes_of_the_base(self):
        row = self._as(self._raise(), self.user_officer)
        cause = self.env.ref("qms_public_admin.cause_no_stand_in")
        row.qms_branch_ids = [
            fields.Command.create({"category_id": self.cause.id, "cause_id": cause.id}),
            fields.Command.create({"category_id": self.env.ref("qms_public_admin.cause_it").id}),
        ]
        self.assertEqual(row.cause_ids, cause | self.env.ref("qms_public_admin.cause_it"))
        with self.assertRaisesRegex(ValidationError, "does not belong"):
            row.qms_branch_ids[1].cause_id = cause

    def test_causes_of_the_base_have_their_bone(self):
        causes = self.env["mgmtsystem.nonconformity.cause"].search([])
        without = causes.filtered(lambda row: not row.parent_id and not row.child_ids)
        shipped = without.filtered(lambda row: row.get_external_id()[row.id])
        self.assertFalse(shipped)

    # === ACTIVITIES === #

    def test_whose_turn_it_is_has_the_activity(self):
        row = self._as(self._raise(), self.user_officer)
        self.assertEqual(row.activity_ids.user_id, self.user_specialist)
        row.responsible_user_id = self.user_colleague
        self.assertEqual(row.activity_ids.user_id, self.user_colleague)
        row.write({"analysis": "x", "qms_verifier_id": self.user_auditor.id})
        row.action_qms_analyse()
        row.action_qms_plan()
        action = self._plan_action(row, user_id=self.user_specialist.id)
        row.action_qms_start()
        self.assertFalse(row.activity_ids)
        self.assertEqual(action.activity_ids.user_id, self.user_specialist)
        self._finish(action)
        self.assertFalse(action.activity_ids)
        self.assertEqual(row.activity_ids.user_id, self.user_auditor)
        self._as(row, self.user_auditor).action_qms_verify("x")
        self.assertEqual(row.activity_ids.user_id, row.manager_user_id)
        self._as(row, self.user_leader).action_qms_close("x")
        self.assertFalse(row.activity_ids)
