import base64

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_nonconformity import NonconformityCommon


@tagged("post_install", "-at_install")
class TestImprovementAction(NonconformityCommon):
    """An action from its plan to its verification, and what its owner is told."""

    def setUp(self):
        super().setUp()
        self.row, self.action = self._open_row()

    # === THE WAY === #

    def test_done_says_what_and_is_verified_by_another(self):
        as_owner = self._as(self.action, self.user_colleague)
        self.assertTrue(as_owner.qms_can_done)
        self.assertEqual(as_owner.action_qms_done()["res_model"], "qms.improvement.dialog")
        as_owner.action_qms_done("Step shortened to 12 hours")
        self.assertEqual(self.action.qms_state, "done")
        self.assertFalse(self.action.date_closed)
        self.assertFalse(as_owner.qms_can_verify)
        with self.assertRaises(UserError):
            as_owner.action_qms_verify("Good")
        self._as(self.action, self.user_auditor).action_qms_verify("Seen")
        self.assertEqual(self.action.qms_state, "verified")
        self.assertTrue(self.action.stage_id.is_ending)
        self.assertTrue(self.action.date_closed)

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_owner_and_verifier_apart(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.action._lifecycle_write({"qms_verified_by_id": self.action.user_id.id})
            self.env.flush_all()

    def test_an_owner_who_is_an_officer_does_not_verify(self):
        self.action.user_id = self.user_officer
        self._as(self.action, self.user_officer).action_qms_done("x")
        with self.assertRaisesRegex(UserError, "does not verify"):
            self._as(self.action, self.user_officer).action_qms_verify("x")

    def test_the_named_verifier_verifies(self):
        self.action.qms_verifier_id = self.user_clerk
        self._as(self.action, self.user_colleague).action_qms_done("x")
        self.assertEqual(self.action.activity_ids.user_id, self.user_clerk)
        self._as(self.action, self.user_clerk).action_qms_verify("x")
        self.assertEqual(self.action.qms_verified_by_id, self.user_clerk)

    def test_sent_back_the_owner_goes_on(self):
        self._as(self.action, self.user_colleague).action_qms_done("x")
        self._as(self.action, self.user_auditor).action_qms_send_back("Half of it")
        self.assertEqual(self.action.qms_state, "open")
        self.assertFalse(self.action.qms_done_at)
        self.assertEqual(self.action.activity_ids.user_id, self.user_colleague)
        event = self.action.qms_event_ids.sorted("id")[-1]
        self.assertEqual((event.kind, event.words), ("sent_back", "Half of it"))

    def test_the_end_does_not_survive_reopening(self):
        self._finish(self.action)
        ended = self.action.date_closed
        self.assertTrue(ended)
        self._as(self.action, self.user_auditor).action_qms_reopen("It came back")
        self.assertEqual(self.action.qms_state, "open")
        self.assertFalse(self.action.date_closed)
        self.assertFalse(self.action.qms_verified_by_id)
        self.assertEqual(self.action.qms_reopen_count, 1)
        events = self.action.qms_event_ids.sorted("id")
        self.assertEqual(events.mapped("kind")[-2:], ["verified", "reopened"])

    def test_an_action_of_a_closed_nonconformity_is_not_reopened_alone(self):
        self._finish(self.action)
        self._as(self.row, self.user_auditor).action_qms_verify("x")
        self._as(self.row, self.user_leader).action_qms_close("x")
        with self.assertRaisesRegex(UserError, "has ended"):
            self._as(self.action, self.user_officer).action_qms_reopen("x")
        with self.assertRaises(ValidationError):
            self._plan_action(self.row)

    def test_cancelling_has_a_reason(self):
        as_officer = self._as(self.action, self.user_officer)
        self.assertEqual(as_officer.action_qms_cancel("")["res_model"], "qms.improvement.dialog")
        as_officer.action_qms_cancel("Not needed any more")
        self.assertEqual(self.action.qms_state, "cancelled")
        self.assertEqual(self.action.stage_id, self.env.ref("mgmtsystem_action.stage_cancel"))
        with self.assertRaises(UserError):
            self._as(self.action, self.user_colleague).action_qms_done("x")

    def test_files_are_evidence_of_what_was_done(self):
        files = self.env["ir.attachment"].with_user(self.user_colleague)
        mine = files.create(
            {
                "name": "proof.txt",
                "datas": base64.b64encode(b"x"),
                "res_model": "qms.improvement.dialog",
                "res_id": 0,
            }
        )
        of_another = files.with_user(self.user_clerk).create(
            {
                "name": "other.txt",
                "datas": base64.b64encode(b"z"),
                "res_model": "qms.improvement.dialog",
                "res_id": 0,
            }
        )
        dossier = self._new_dossier()
        foreign = self.env["ir.attachment"].create(
            {"name": "paper.txt", "datas": base64.b64encode(b"y"), "res_model": "qms.dossier",
             "res_id": dossier.id}
        )  # fmt: skip
        as_owner = self._as(self.action, self.user_colleague)
        as_owner.action_qms_done("x", [mine.id, of_another.id, foreign.id])
        self.assertEqual((mine.res_model, mine.res_id), ("mgmtsystem.action", self.action.id))
        self.assertEqual(foreign.res_model, "qms.dossier")
        self.assertEqual(of_another.res_model, "qms.improvement.dialog")
        with self.assertRaisesRegex(UserError, "kept as evidence"):
            mine.sudo().unlink()

    # === WHAT THE BASE LEAVES OPEN === #

    def test_days_are_counted_forward(self):
        """The base counts from the later to the earlier moment: -1 for a day gone by."""
        draft = self._plan_action(
            self._raise(), qms_planned_on=fields.Date.add(self.today, days=-3)
        )
        self.assertEqual(draft.number_of_days_to_open, 0, "not started yet")
        draft.action_qms_start()
        self.assertEqual(draft.number_of_days_to_open, 3)
        self._finish(draft)
        self.assertEqual(draft.number_of_days_to_close, 3)

    def test_the_day_of_planning_is_kept_once_started(self):
        draft = self._plan_action(self._raise())
        self.assertEqual(draft.qms_planned_on, self.today)
        draft.qms_planned_on = fields.Date.add(self.today, days=-1)
        with self.assertRaisesRegex(ValidationError, "planned before"):
            draft.qms_planned_on = fields.Date.add(self.today, days=1)
        draft.action_qms_start()
        with self.assertRaises(ValidationError):
            draft.qms_planned_on = self.today

    def test_a_reference_is_given_and_never_taken(self):
        year = self.today.year
        self.assertRegex(self.action.reference, rf"^HDKP-{year}-\d{{4}}$")
        for given in ("HDKP-2020-0001", "x"):
            with self.assertRaisesRegex(ValidationError, "given by the system"):
                self._plan_action(self.row, reference=given)
        with self.assertRaisesRegex(ValidationError, "given by the system"):
            self.action.write({"reference": "x"})

    def test_the_vals_of_the_caller_stay_as_they_are(self):
        vals = {"name": "x", "type_action": "correction", "date_deadline": self.today}
        copy = dict(vals)
        self.env["mgmtsystem.action"].create(vals)
        self.assertEqual(vals, copy)

    def test_the_address_is_one_of_today(self):
        self.assertNotIn("/web#", self.action.get_action_url())
        self.assertTrue(
            self.action.get_action_url().endswith(f"/odoo/improvement-actions/{self.action.id}")
        )
        window = self.env.ref("qms_public_admin.mgmtsystem_action_action")
        self.assertEqual(window.path, "improvement-actions")

    def test_the_old_report_and_the_old_job_are_out_of_reach(self):
        row = self.env.ref("mgmtsystem_action.access_mgmtsystem_action_report")
        self.assertFalse(row.perm_read or row.perm_write or row.perm_create or row.perm_unlink)
        for user in self.users_by_role.values():
            with self.assertRaises(AccessError):
                self.env["mgmtsystem.action.report"].with_user(user).search([])
        self.assertFalse(
            self.env.ref("mgmtsystem_action.ir_cron_mgmtsystem_action_reminder").active
        )
        with self.assertRaises(AccessError):
            self.env["mgmtsystem.action"].with_user(self.user_officer).process_reminder_queue()

    # === LATE === #

    def test_late_is_counted_today(self):
        deadline = self.action.date_deadline
        day_after = fields.Datetime.to_datetime(fields.Date.add(deadline, days=3))
        model = self.env["mgmtsystem.action"]
        self.assertFalse(self.action.qms_is_late)
        with freeze_time(day_after):
            self.env.invalidate_all()
            self.assertTrue(self.action.qms_is_late)
            self.assertEqual(self.action.qms_days_late, 3)
            self.assertIn(self.action, model.search([("qms_is_late", "=", True)]))
            self.assertNotIn(self.action, model.search([("qms_is_late", "=", False)]))
            self._finish(self.action)
            self.assertFalse(self.action.qms_is_late)
            self.assertEqual(self.action.qms_days_late, 3)
        self.assertFalse(model._fields["qms_is_late"].store)

    # === WHO === #

    def test_the_owner_carries_out_and_does_not_change_what_was_agreed(self):
        as_owner = self._as(self.action, self.user_colleague)
        as_owner.description = "<p>How</p>"
        for vals in (
            {"date_deadline": "2030-01-01"},
            {"user_id": self.user_specialist.id},
            {"name": "x"},
            {"nonconformity_ids": [fields.Command.clear()]},
            {"active": False},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                as_owner.write(vals)
        self._as(self.action, self.user_specialist).date_deadline = self.today
        self.assertEqual(self.action.date_deadline, self.today)

    def test_the_responsible_plans_the_actions_of_the_nonconformity(self):
        as_responsible = self._as(self.row, self.user_specialist)
        opened = as_responsible.action_qms_add_action()
        model = self.env["mgmtsystem.action"].with_user(self.user_specialist)
        with Form(model.with_context(**opened["context"])) as form:
            form.name = "Tell everybody"
            form.user_id = self.user_colleague
            form.date_deadline = self.today
        self.assertIn(form.record, self.row.action_ids)
        with self.assertRaises(AccessError):
            self._plan_action(self.row, user=self.user_clerk)
        with self.assertRaises(AccessError):
            self._as(self.env["mgmtsystem.action"], self.user_specialist).create(
                {"name": "x", "type_action": "correction", "user_id": self.user_colleague.id}
            )

    # === MAIL === #

    def _mails(self):
        return self.env["mail.mail"].sudo().search([("id", "not in", self.mail_ids)])

    def _forget_mails(self):
        self.mail_ids = self.env["mail.mail"].sudo().search([]).ids

    def test_many_new_actions_are_one_mail_a_person_and_none_is_forced(self):
        self.user_colleague.email = "colleague@example.com"
        self.user_clerk.email = "clerk@example.com"
        self._forget_mails()
        actions = self.env["mgmtsystem.action"]
        for number in range(5):
            owner = self.user_clerk if number == 4 else self.user_colleague
            actions |= self._plan_action(self.row, name=f"a{number}", user_id=owner.id)
        self.assertFalse(self._mails())
        actions.action_qms_start()
        mails = self._mails()
        self.assertEqual(len(mails), 2)
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        self.assertEqual(mails.recipient_ids, (self.user_colleague | self.user_clerk).partner_id)
        text = str(mails.filtered(lambda m: self.user_colleague.partner_id in m.recipient_ids)
                   .body_html)  # fmt: skip
        self.assertEqual(text.count("/odoo/improvement-actions/"), 4)

    def test_a_missed_night_is_caught_up_and_nothing_is_told_twice(self):
        self.user_colleague.email = "colleague@example.com"
        deadline = self.action.date_deadline
        days = self.company.qms_action_reminder_days
        model = self.env["mgmtsystem.action"]
        self._forget_mails()

        def remind(day):
            with freeze_time(fields.Datetime.to_datetime(day).replace(hour=3)):
                return model._remind(self.company)

        self.assertFalse(remind(fields.Date.add(deadline, days=-days - 1)))
        # The night of exactly so many days before is missed.
        self.assertEqual(remind(fields.Date.add(deadline, days=-days + 2)).kind, "soon")
        self.assertFalse(remind(fields.Date.add(deadline, days=-days + 3)))
        self.assertEqual(remind(fields.Date.add(deadline, days=4)).kind, "late")
        self.assertFalse(remind(fields.Date.add(deadline, days=5)))
        self.assertEqual(len(self._mails()), 2)
        self.assertEqual(set(self._mails().mapped("state")), {"outgoing"})
        self.action.date_deadline = fields.Date.add(deadline, days=30)
        self.assertEqual(remind(fields.Date.add(deadline, days=31)).kind, "late")

    def test_owners_of_cancelled_and_done_actions_are_not_reminded(self):
        other = self._plan_action(self.row)
        other.action_qms_start()
        self._as(other, self.user_officer).action_qms_cancel("x")
        self._as(self.action, self.user_colleague).action_qms_done("x")
        planned = self._plan_action(self.row)
        late = fields.Date.add(self.action.date_deadline, days=3)
        with freeze_time(fields.Datetime.to_datetime(late)):
            told = self.env["mgmtsystem.action"]._remind(self.company).action_id
        self.assertFalse(told & (other | planned | self.action))

    def test_many_late_actions_are_one_mail(self):
        self.user_colleague.email = "colleague@example.com"
        for _number in range(3):
            self._plan_action(self.row).action_qms_start()
        self._forget_mails()
        late = fields.Date.add(self.action.date_deadline, days=3)
        with freeze_time(fields.Datetime.to_datetime(late)):
            reminders = self.env["mgmtsystem.action"]._remind(self.company)
        self.assertEqual(len(reminders), 4)
        self.assertEqual(len(self._mails()), 1)

    def test_the_nightly_job_reminds_every_agency(self):
        late = fields.Date.add(self.action.date_deadline, days=3)
        with freeze_time(fields.Datetime.to_datetime(late)), self.enter_registry_test_mode():
            self.env.ref("qms_public_admin.ir_cron_qms_action_remind").method_direct_trigger()
        self.env.invalidate_all()
        told = self.env["qms.action.reminder"].search([("action_id", "=", self.action.id)])
        self.assertEqual(told.kind, "late")
        self.assertEqual(told.user_id, self.user_colleague)
