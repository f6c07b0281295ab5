import base64
import datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import common
from .test_dossier_import_flow import row, table

# Accepted on Monday 9 November at 08:00 in Hanoi; 24 working hours: due on Thursday 12 at 08:00.
STEP = "qms_public_admin.mail_activity_type_step_reminder"
DOSSIER = "qms_public_admin.mail_activity_type_dossier_reminder"


def commit(done=0, *, remaining=0):
    """Stand in for the commit of a job: the test rolls everything back."""
    return float("inf")


def moment(text):
    """Naive UTC of ``DD HH:MM`` in November 2026 in Hanoi."""
    local = datetime.datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M")
    return local - datetime.timedelta(hours=7)


class ReminderCase(common.QmsCommon):
    """A dossier with the specialist: 20 hours, from 9 November 08:30."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rungs = cls.env["qms.reminder.rung"]
        cls.rungs.search([]).active = False
        cls.facts = cls.env["qms.reminder.fact"]
        cls.activities = cls.env["mail.activity"]
        (cls.env["res.company"].search([]) - cls.company - cls.company_b).write(
            {"qms_reminders": False, "qms_digest": False}
        )

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        self.clock = freezer.start()
        self.addCleanup(freezer.stop)

    def _rung(self, hours, when="before", basis="step", audience="holder", **vals):
        return self.rungs.create(
            {
                "name": f"{hours} {when} {basis}",
                "hours": hours,
                "moment": when,
                "basis": basis,
                "audience": audience,
                "company_id": self.company.id,
                **vals,
            }
        )

    def _handed_over(self, **vals):
        dossier = self._accepted_dossier(**vals)
        dossier.action_complete_step()
        return dossier

    def _remind(self, text=None):
        if text:
            self.clock.move_to(moment(text))
        self.rungs._remind(commit)
        self.env.invalidate_all()

    def _open(self, dossier, kind=STEP):
        return dossier.sudo().activity_search([kind])


@tagged("post_install", "-at_install")
class TestDossierReminder(ReminderCase):
    def test_a_rung_fires_when_its_moment_has_come_and_once(self):
        self._rung(4)
        dossier = self._handed_over()
        step = dossier.current_step_id
        self.assertEqual(step.due_at, moment("11 14:00"))
        self._remind("11 07:59")
        self.assertFalse(self._open(dossier))
        self._remind("11 08:01")
        activity = self._open(dossier)
        self.assertEqual(activity.user_id, self.user_specialist)
        self.assertEqual(activity.date_deadline, datetime.date(2026, 11, 11))
        self.assertIn("Examine", activity.note)
        self.assertIn("11/11/2026 14:00", activity.note)
        self._remind("11 09:00")
        self.assertEqual(self._open(dossier), activity)
        fact = self.facts.search([("dossier_id", "=", dossier.id)])
        self.assertEqual((fact.user_name, fact.due_at), (self.user_specialist.name, step.due_at))

    def test_hours_are_working_hours(self):
        """Friday's 16 hours before Monday's due date lie on Thursday."""
        self._rung(8, when="after", basis="dossier", audience="head")
        dossier = self._handed_over()
        self.assertEqual(dossier.due_at, moment("12 08:00"))
        self._remind("12 16:59")
        self.assertFalse(self._open(dossier, DOSSIER))
        self._remind("13 08:01")
        self.assertEqual(self._open(dossier, DOSSIER).user_id, self.user_head)

    def test_of_several_rungs_passed_the_last_one_tells(self):
        self._rung(8)
        self._rung(4)
        late = self._rung(0, when="after")
        dossier = self._handed_over()
        self._remind("11 14:01")
        facts = self.facts.search([("dossier_id", "=", dossier.id)])
        self.assertEqual(facts.rung_id, late)
        self._remind("11 15:00")
        self.assertEqual(len(self._open(dossier)), 1)

    def test_a_later_rung_takes_the_place_of_the_one_before(self):
        self._rung(4)
        self._rung(0, when="after")
        dossier = self._handed_over()
        self._remind("11 09:00")
        first = self._open(dossier)
        self._remind("11 14:30")
        self.assertFalse(first.exists())
        self.assertEqual(self._open(dossier).summary, "0 after step")

    def test_work_is_spread_over_the_holders(self):
        self._rung(4)
        self.position_specialist.holder_ids |= self.user_colleague
        dossiers = self.env["qms.dossier"].union(*(self._handed_over() for _turn in range(4)))
        self._remind("11 09:00")
        users = [self._open(dossier).user_id for dossier in dossiers]
        self.assertEqual(users.count(self.user_specialist), 2)
        self.assertEqual(users.count(self.user_colleague), 2)

    def test_the_assignee_is_told(self):
        self._rung(4)
        self.position_specialist.holder_ids |= self.user_colleague
        dossiers = self.env["qms.dossier"].union(*(self._handed_over() for _turn in range(2)))
        self._as(dossiers, self.user_head).action_assign(self.user_colleague.id)
        self._remind("11 09:00")
        self.assertEqual(self._open(dossiers).user_id, self.user_colleague)

    def test_the_substitute_is_told_for_an_absent_holder(self):
        self._rung(4)
        self.env["qms.delegation"].create(
            {
                "user_id": self.user_specialist.id,
                "substitute_id": self.user_colleague.id,
                "company_id": self.company.id,
                "date_from": "2026-11-09",
                "date_to": "2026-11-30",
                "reason": "Leave",
            }
        ).action_activate()
        dossier = self._handed_over()
        self._remind("11 09:00")
        self.assertEqual(self._open(dossier).user_id, self.user_colleague)

    def test_the_manager_of_the_unit_is_its_head(self):
        self._rung(0, when="after", audience="head")
        employee = self.env["hr.employee"].create(
            {"name": "Manager", "user_id": self.user_leader.id, "company_id": self.company.id}
        )
        self.department.manager_id = employee
        dossier = self._handed_over()
        self._remind("11 14:30")
        self.assertEqual(self._open(dossier).user_id, self.user_leader)

    def test_a_leader_is_told(self):
        self._rung(0, when="after", basis="dossier", audience="leader")
        dossier = self._handed_over()
        self._remind("12 09:00")
        self.assertEqual(self._open(dossier, DOSSIER).user_id, self.user_leader)

    def test_completing_the_step_closes_its_reminder(self):
        self._rung(4)
        self._rung(8, basis="dossier", audience="head")
        dossier = self._handed_over()
        self._remind("11 09:30")
        self.assertTrue(self._open(dossier) and self._open(dossier, DOSSIER))
        self._as(dossier, self.user_specialist).action_complete_step()
        self.assertFalse(self._open(dossier))
        self.assertTrue(self._open(dossier, DOSSIER))
        self._as(dossier, self.user_head).action_complete_step()
        self.assertFalse(self._open(dossier, DOSSIER))

    def test_a_pause_closes_and_the_new_due_date_is_told_again(self):
        self._rung(4)
        dossier = self._handed_over()
        self._remind("11 09:00")
        self._as(dossier, self.user_specialist).action_request_supplement("Missing")
        self.assertFalse(self._open(dossier))
        self._remind("11 14:30")
        self.assertFalse(self._open(dossier))
        self.clock.move_to(moment("16 08:00"))
        self._as(dossier, self.user_clerk).action_resume()
        self._remind()
        self.assertTrue(self._open(dossier))
        self.assertEqual(self.facts.search_count([("dossier_id", "=", dossier.id)]), 2)

    def test_a_night_missed_is_caught_up_and_a_month_is_not(self):
        self._rung(4)
        dossier, other = self._handed_over(), self._handed_over()
        self._as(other, self.user_specialist).action_request_payment("Fee")
        self._remind("13 08:00")
        self.assertTrue(self._open(dossier))
        self.clock.move_to(moment("13 09:00"))
        self._as(other, self.user_clerk).action_resume()
        self.clock.move_to(datetime.datetime(2026, 12, 15, 3))
        self._remind()
        self.assertFalse(self._open(other))

    def test_nothing_fires_for_imported_or_closed_dossiers(self):
        self._rung(0, when="after", basis="dossier", audience="head")
        self._rung(4)
        stopped = self._handed_over()
        self._as(stopped, self.user_head).action_stop("No ground")
        content = table(
            [
                row("A-1", **{"Ngày hoàn thành": "", "Trạng thái": "Đang xử lý",
                              "Ngày hẹn trả": "11/11/2026 09:00"}),
                row("A-2"),
            ]
        )  # fmt: skip
        record = self._as(self.env["qms.dossier.import"], self.user_officer).create(
            {
                "file": base64.b64encode(content),
                "file_name": "export.csv",
                "company_id": self.company.id,
            }
        )
        mails = self.env["mail.mail"].search_count([])
        record.action_check()
        record.action_run()
        record._work(commit)
        self.assertEqual(record.new_count, 2)
        self._remind("12 10:00")
        self.env["qms.digest"]._send(commit)
        self.assertFalse(self.facts.search([("company_id", "=", self.company.id)]))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        imported = self.env["qms.dossier"].search([("is_imported", "=", True)])
        self.assertFalse(imported.activity_ids)

    def test_no_mail_and_no_follower_comes_of_a_reminder(self):
        self._rung(4)
        dossier = self._handed_over()
        mails = self.env["mail.mail"].search_count([])
        followers = dossier.message_partner_ids
        self._remind("11 09:00")
        self.assertTrue(self._open(dossier))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(dossier.message_partner_ids, followers)

    def test_an_agency_uses_its_own_ladder_or_the_shared_one(self):
        shared = self._rung(4, company_id=False)
        self.assertEqual(self.rungs._ladder(self.company), shared)
        own = self._rung(2)
        self.assertEqual(self.rungs._ladder(self.company), own)
        self.assertEqual(self.rungs._ladder(self.company_b), shared)

    def test_the_setting_switches_them_off(self):
        self._rung(4)
        self.company.qms_reminders = False
        dossier = self._handed_over()
        self._remind("11 09:00")
        self.assertFalse(self._open(dossier))

    def test_an_agency_that_fails_does_not_hold_up_the_others(self):
        self._rung(4, company_id=False)
        dossier = self._handed_over()
        self.company_b.qms_calendar_id.attendance_ids.unlink()
        self.env.registry.clear_cache()
        self.clock.move_to(moment("11 09:00"))
        failure = None
        try:
            self.rungs._remind(commit)
        except ValueError as error:
            failure = error
        self.assertTrue(failure)
        self.assertTrue(self._open(dossier))

    def test_cost_does_not_grow_with_the_dossiers(self):
        self._rung(4)
        self._handed_over()
        self._remind("11 09:00")
        counts = []
        for number in (2, 8):
            self.clock.move_to(common.NOW)
            for _turn in range(number):
                self._handed_over()
            self.clock.move_to(moment("11 09:00"))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.rungs._remind(commit)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 0, counts)


@tagged("post_install", "-at_install")
class TestDossierReminderSecurity(ReminderCase):
    def test_the_database_keeps_a_rung_from_firing_twice(self):
        rung = self._rung(4)
        dossier = self._handed_over()
        vals = {
            "rung_id": rung.id,
            "dossier_id": dossier.id,
            "step_id": dossier.current_step_id.id,
            "company_id": self.company.id,
            "due_at": dossier.due_at,
            "fired_at": common.NOW,
        }
        self.facts._record([vals])
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.facts._record([vals])

    def test_nobody_writes_what_was_told(self):
        self._rung(4)
        dossier = self._handed_over()
        self._remind("11 09:00")
        fact = self.facts.search([("dossier_id", "=", dossier.id)])
        for user in (*self.users_by_role.values(), self.env.ref("base.user_root")):
            own = self._as(fact, user) if user.id != 1 else fact.sudo()
            for attack in (
                lambda own=own: own.write({"user_name": "X"}),
                lambda own=own: own.unlink(),
                lambda own=own: own.create({"rung_id": own.rung_id.id}),
            ):
                with self.assertRaises(AccessError):
                    attack()

    def test_rungs_are_kept_by_the_officer_of_the_agency(self):
        own = self._rung(4)
        shared = self._rung(8, company_id=False)
        self._as(own, self.user_officer).hours = 5
        for role, user in self.users_by_role.items():
            if role != "officer":
                with self.subTest(role=role), self.assertRaises(AccessError):
                    self._as(own, user).hours = 6
        with self.assertRaises(AccessError):
            self._as(shared, self.user_officer).hours = 6
        with self.assertRaises(AccessError):
            self._as(own, self.user_officer_b).read(["name"])
        with self.assertRaises(AccessError):
            self._as(own, self.user_officer).company_id = self.company_b

    def test_digests_are_read_by_the_officer_of_the_agency(self):
        row = self.env["qms.digest"]._record(
            [{"user_id": self.user_head.id, "company_id": self.company.id, "date": "2026-11-09"}]
        )
        self._as(row, self.user_officer).read(["date"])
        for user in (self.user_officer_b, self.user_head, self.user_specialist):
            with self.assertRaises(AccessError):
                self._as(row, user).read(["date"])
        with self.assertRaises(AccessError):
            self._as(row, self.user_officer).late_count = 5


@tagged("post_install", "-at_install")
class TestDossierDigest(ReminderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.user_head, cls.user_leader):
            user.email = f"{user.login}@example.com"
        cls.position_head.holder_ids |= cls.user_leader
        cls.user_leader.group_ids -= cls.env.ref("qms_public_admin.group_qms_leader")
        cls.user_leader.group_ids |= cls.env.ref("qms_public_admin.group_qms_head")

    def _send(self, text):
        self.clock.move_to(moment(text))
        before = self.env["mail.mail"].search([])
        self.env["qms.digest"]._send(commit)
        return self.env["mail.mail"].search([]) - before

    def test_one_mail_a_head_with_what_is_late_today_and_soon(self):
        late = self._handed_over(holder_name="Bí Mật")
        self.clock.move_to(moment("10 08:00"))
        today = self._handed_over()
        self.clock.move_to(moment("10 15:00"))
        soon = self._handed_over()
        mails = self._send("12 09:00")
        self.assertEqual(
            sorted(mails.recipient_ids.mapped("email")),
            ["qms_head@example.com", "qms_leader@example.com"],
        )
        body = mails[0].body_html
        for dossier in late | today | soon:
            self.assertIn(f"/odoo/dossiers/{dossier.id}", body)
        self.assertNotIn("Bí Mật", body)
        self.assertIn("1 late, 1 due today, 1 due soon", mails[0].subject)

    def test_it_is_sent_once_a_day(self):
        self._handed_over()
        self.assertEqual(len(self._send("12 06:30")), 2)
        self.assertFalse(self._send("12 09:00"))
        self.assertEqual(len(self._send("13 06:30")), 2)

    def test_nothing_to_tell_no_mail(self):
        self.assertFalse(self._send("10 06:30"))

    def test_leaders_are_told_of_late_changes_of_the_law(self):
        """INV-12: not applied in time is red for the leader, also on a day without steps."""
        self.user_leader.group_ids |= self.env.ref("qms_public_admin.group_qms_leader")
        changes = self.env["qms.change.request"].create(
            [
                {"name": name, "cause": "other", "target_date": day, "company_id": company.id}
                for name, day, company in (
                    ("Late change", "2026-11-09", self.company),
                    ("In time", "2026-11-10", self.company),
                    ("Of others", "2026-11-01", self.company_b),
                )
            ]
        )
        mails = self._send("10 06:30")
        self.assertEqual(mails.recipient_ids, self.user_leader.partner_id)
        self.assertIn("1 changes of the law are late", mails.subject)
        self.assertIn(f"/odoo/qms-changes/{changes[0].id}", mails.body_html)
        for other in changes[1:]:
            self.assertNotIn(other.name, mails.body_html)

    def test_the_setting_switches_it_off(self):
        self._handed_over()
        self.company.qms_digest = False
        self.assertFalse(self._send("12 06:30"))

    def test_a_head_is_told_of_the_own_unit(self):
        other = self.env["hr.department"].create({"name": "Archive", "company_id": self.company.id})
        self.position_head.holder_ids -= self.user_leader
        self.env["qms.position"].create(
            {
                "name": "Archivist",
                "company_id": self.company.id,
                "department_id": other.id,
                "holder_ids": [fields.Command.set(self.user_leader.ids)],
            }
        )
        self._handed_over()
        mails = self._send("12 06:30")
        self.assertEqual(mails.recipient_ids.mapped("email"), ["qms_head@example.com"])

    def test_it_speaks_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        self.user_head.lang = "vi_VN"
        self.env.ref("qms_public_admin.qms_digest_mail").update_field_translations(
            "arch_db", {"vi_VN": {"Due soon": "Sắp tới hạn rồi"}}
        )
        self._handed_over()
        mails = self._send("12 06:30")
        bodies = {mail.recipient_ids.email: mail.body_html for mail in mails}
        self.assertIn("Due soon", bodies["qms_leader@example.com"])
        self.assertIn("Sắp tới hạn rồi", bodies["qms_head@example.com"])
