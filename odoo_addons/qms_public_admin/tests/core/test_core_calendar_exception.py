import datetime

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .. import common

FRIDAY_16 = datetime.datetime(2026, 8, 28, 9, 0)  # 16:00 in Hanoi
THURSDAY_16 = datetime.datetime(2026, 9, 3, 9, 0)
MONDAY_16 = datetime.datetime(2026, 8, 31, 9, 0)


class CalendarCommon(common.QmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_province = new_test_user(
            cls.env,
            login="qms_province_officer",
            groups="qms_public_admin.group_qms_officer",
            company_id=cls.company.id,
            company_ids=[fields.Command.set(cls.env["res.company"].search([]).ids)],
        )
        cls.exceptions = cls.env["qms.calendar.exception"]
        cls.exceptions.with_context(active_test=False).search([]).unlink()

    @classmethod
    def _day(cls, date, company=None, **vals):
        """Return an official row of the province, or of ``company``."""
        return cls.exceptions.create(
            {
                "name": f"Day {date}",
                "date": date,
                "company_id": company.id if company else False,
                "status": "official",
                **vals,
            }
        )

    @property
    def clock(self):
        return self.company._qms_working_time()


@tagged("post_install", "-at_install")
class TestCoreCalendarException(CalendarCommon):
    # === THE ROW === #

    def test_kind_and_category_agree(self):
        day_off = self._day("2026-09-02")
        worked = self._day("2026-08-22", kind="working_day")
        self.assertEqual(day_off.category, "holiday")
        self.assertEqual(worked.category, "swap_work")
        worked.kind = "holiday"
        self.assertEqual(worked.category, "holiday")
        self.assertEqual(day_off.weekday, "Wednesday")

    def test_form_keeps_kind_and_category_together(self):
        form = Form(self.exceptions.with_user(self.user_officer))
        self.assertEqual(form.status, "official")
        form.name, form.date, form.category = "Worked", "2026-08-22", "swap_work"
        self.assertEqual(form.kind, "working_day")
        form.kind = "holiday"
        self.assertEqual(form.save().category, "holiday")

    @mute_logger("odoo.sql_db")
    def test_database_refuses_what_cannot_be(self):
        self._day("2026-09-02")
        for vals in (
            {"date": "2026-09-02"},
            {"date": "1899-12-30"},
            {"date": "2026-09-04", "pair_date": "2026-09-04"},
            {"date": "2026-09-04", "kind": "holiday", "category": "swap_work"},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaises(psycopg2.IntegrityError),
                self.cr.savepoint(),
            ):
                self._day(**vals)

    def test_one_row_a_date_in_each_scope(self):
        shared = self._day("2026-09-02")
        self._day("2026-09-02", self.company)
        self._day("2026-09-02", self.company_b)
        shared.action_archive()
        self.env.flush_all()
        self.assertTrue(self._day("2026-09-02"))

    def test_proposals_are_made_official_together(self):
        rows = self._day("2027-02-05", status="proposed") | self._day("2027-02-08")
        rows.action_make_official()
        self.assertEqual(set(rows.mapped("status")), {"official"})

    # === ACCESS === #

    def test_roles_and_operations(self):
        """Officers write the rows of their agency; everybody else of it reads them."""
        own = self._day("2026-09-02", self.company)
        for role, user in self.users_by_role.items():
            row = self._as(own, user)
            may_write = role == "officer"
            with self.subTest(role=role):
                self.assertEqual(row.name, own.name)
                for operation in ("write", "create", "unlink"):
                    self.assertEqual(row.has_access(operation), may_write, operation)
        with self.assertRaises(AccessError):
            self._as(own, self.user_outsider).read(["name"])

    def test_another_agency_sees_only_the_province(self):
        own = self._day("2026-09-02", self.company)
        shared = self._day("2026-09-03")
        seen = self._as(self.exceptions, self.user_officer_b).search([])
        self.assertIn(shared, seen)
        self.assertNotIn(own, seen)
        with self.assertRaises(AccessError):
            self._as(own, self.user_officer_b).write({"name": "x"})

    def test_days_of_the_province_blocked_for_the_officer_of_one_agency(self):
        shared = self._as(self._day("2026-09-02"), self.user_officer)
        for attack in (
            lambda: shared.write({"status": "proposed"}),
            lambda: shared.unlink(),
            lambda: shared.action_archive(),
            lambda: shared.create({"name": "x", "date": "2026-09-09", "company_id": False}),
        ):
            with self.assertRaises(AccessError):
                attack()

    def test_own_day_cannot_be_moved_to_the_province(self):
        own = self._as(self._day("2026-09-02", self.company), self.user_officer)
        with self.assertRaises(AccessError):
            own.write({"company_id": False})

    def test_own_day_cannot_be_given_to_another_agency(self):
        own = self._as(self._day("2026-09-02", self.company), self.user_officer)
        with self.assertRaises(AccessError):
            own.write({"company_id": self.company_b.id})

    def test_days_of_the_province_allowed_for_an_officer_of_all_agencies(self):
        row = self.exceptions.with_user(self.user_province).create(
            {"name": "National Day", "date": "2026-09-02"}
        )
        self.assertFalse(row.company_id)
        row.write({"name": "Quốc khánh"})
        row.unlink()

    def test_officer_of_one_agency_records_for_that_agency(self):
        row = self.exceptions.with_user(self.user_officer).create(
            {"name": "Flood", "date": "2026-09-04"}
        )
        self.assertEqual(row.company_id, self.company)


@tagged("post_install", "-at_install")
class TestCoreCalendarClock(CalendarCommon):
    """The kernel as the ORM feeds it."""

    def test_vectors_through_the_orm(self):
        """§1.9 extra: 31/8, 1/9, 2/9 off; Saturday 22/8 worked with Monday's hours."""
        for date in ("2026-08-31", "2026-09-01", "2026-09-02"):
            self._day(date)
        self._day("2026-08-22", kind="working_day", pair_date="2026-08-31")
        self.assertEqual(self.clock.due(FRIDAY_16, 8), THURSDAY_16)
        friday = datetime.datetime(2026, 8, 21, 9, 0)
        self.assertEqual(self.clock.due(friday, 8), datetime.datetime(2026, 8, 22, 9, 0))
        self.assertEqual(self.clock.day_name(datetime.date(2026, 9, 1)), "Day 2026-09-01")

    def test_proposed_rows_do_not_count(self):
        row = self._day("2026-08-31", status="proposed")
        self.assertEqual(self.clock.due(FRIDAY_16, 8), MONDAY_16)
        row.action_make_official()
        self.assertNotEqual(self.clock.due(FRIDAY_16, 8), MONDAY_16)

    def test_own_row_wins_over_the_province(self):
        self._day("2026-08-31")
        self._day("2026-08-31", self.company, kind="working_day")
        self._day("2026-08-31", self.company_b)
        self.assertEqual(self.clock.due(FRIDAY_16, 8), MONDAY_16)
        other = self.company_b._qms_working_time()
        self.assertNotEqual(other.due(FRIDAY_16, 8), MONDAY_16)

    def test_day_in_lieu_has_the_hours_of_its_pair(self):
        calendar = self.company.qms_calendar_id
        wednesday = calendar.attendance_ids.filtered(lambda line: line.dayofweek == "2")
        wednesday.filtered(lambda line: line.hour_from > 12).unlink()
        self._day("2026-08-22", kind="working_day", pair_date="2026-08-26")
        start = datetime.datetime(2026, 8, 22)
        end = datetime.datetime(2026, 8, 23)
        self.assertEqual(self.clock.elapsed(start, end), 4.5)

    def test_general_closures_count_and_personal_leave_does_not(self):
        calendar = self.company.qms_calendar_id
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Power cut",
                "calendar_id": calendar.id,
                "company_id": self.company.id,
                "date_from": "2026-08-30 17:00:00",
                "date_to": "2026-08-31 16:59:59",
            }
        )
        self.assertEqual(self.clock.due(FRIDAY_16, 8), datetime.datetime(2026, 9, 1, 9, 0))
        self.assertEqual(self.clock.day_name(datetime.date(2026, 8, 31)), "Power cut")
        resource = self.env["resource.resource"].create(
            {"name": "Somebody", "calendar_id": calendar.id, "company_id": self.company.id}
        )
        leave.resource_id = resource
        self.assertEqual(self.clock.due(FRIDAY_16, 8), MONDAY_16)

    def test_two_weeks_calendar(self):
        calendar = self.company.qms_calendar_id
        calendar.switch_calendar_type()
        second = calendar.attendance_ids.filtered(
            lambda line: line.week_type == "1" and not line.display_type
        )
        second.filtered(lambda line: line.hour_from > 12).unlink()
        monday = datetime.datetime(2026, 8, 30, 17)
        odd = self.env["resource.calendar.attendance"].get_week_type(datetime.date(2026, 8, 31))
        hours = [
            self.clock.elapsed(
                monday + datetime.timedelta(weeks=n), monday + datetime.timedelta(weeks=n, days=1)
            )
            for n in range(2)
        ]
        self.assertEqual(hours, [4.5, 8] if odd else [8, 4.5])

    def test_flexible_hours_are_refused_in_words(self):
        self.company.qms_calendar_id.schedule_type = "flexible"
        with self.assertRaisesRegex(UserError, "flexible hours"):
            self.company._qms_working_time()

    def test_length_of_the_day_is_a_setting(self):
        """§1.9 inputs: one day is what the agency says it is."""
        self.company.qms_hours_per_day = 4
        self.assertEqual(self.clock.due(FRIDAY_16, 8), datetime.datetime(2026, 8, 31, 3, 0))

    def test_calendar_of_the_company_when_none_is_set(self):
        self.company.qms_calendar_id = False
        self.assertEqual(
            self.clock.fingerprint,
            self.company.resource_calendar_id._qms_working_time(self.company).fingerprint,
        )

    def test_no_query_once_cached(self):
        self.company._qms_working_time()
        self.env.flush_all()
        with self.assertQueryCount(0):
            clock = self.company._qms_working_time()
            clock.due_many([(FRIDAY_16, hours, "working") for hours in range(100)])

    def test_cache_is_dropped_by_whatever_moves_a_date(self):
        """INV-19: the fingerprint changes exactly when a date could."""
        calendar = self.company.qms_calendar_id
        leave_model = self.env["resource.calendar.leaves"]
        row = self._day("2026-09-02")
        line = calendar.attendance_ids[0]
        closure = {
            "calendar_id": calendar.id,
            "company_id": self.company.id,
            "date_from": "2026-08-31 01:00:00",
            "date_to": "2026-08-31 02:00:00",
        }
        leave = leave_model.create(closure)
        changes = [
            lambda: self._day("2026-09-01"),
            lambda: row.write({"kind": "working_day"}),
            lambda: row.write({"status": "proposed"}),
            lambda: leave.write({"date_to": "2026-08-31 03:00:00"}),
            lambda: leave.unlink(),
            lambda: line.write({"hour_from": 7.5}),
            lambda: line.unlink(),
            lambda: self.company.write({"qms_timezone": "Europe/Amsterdam"}),
            lambda: self.company.write({"qms_hours_per_day": 7}),
            lambda: self.company.write({"qms_calendar_id": False}),
        ]
        seen = [self.clock.fingerprint]
        for number, change in enumerate(changes):
            change()
            self.assertNotIn(self.clock.fingerprint, seen, f"change {number}")
            seen.append(self.clock.fingerprint)

    def test_the_first_login_of_the_administrator_moves_no_date(self):
        """Odoo writes the zone of the browser on the standard calendar; ours stays."""
        admin = self.env.ref("base.user_admin")
        standard = admin.resource_calendar_id or self.env.ref("resource.resource_calendar_std")
        standard.company_id = False
        self.company.write({"qms_calendar_id": False, "resource_calendar_id": standard.id})
        self.env["res.users.log"].search([("create_uid", "=", admin.id)]).unlink()
        admin.invalidate_recordset()
        due, fingerprint = self.clock.due(FRIDAY_16, 8), self.clock.fingerprint
        self._as(admin, admin).write({"tz": "America/New_York"})
        self.assertEqual(standard.tz, "America/New_York", "what Odoo does")
        self.env.registry.clear_cache()
        self.assertEqual(self.company._qms_timezone(), "Asia/Ho_Chi_Minh")
        self.assertEqual((self.clock.due(FRIDAY_16, 8), self.clock.fingerprint), (due, fingerprint))

    def test_year_is_covered_by_official_rows_without_open_proposals(self):
        """§1.10: a computation reaching a year without (complete) rows must warn."""
        moment = datetime.datetime(2026, 12, 31)
        self._day("2026-01-01")
        self._day("2027-01-01")
        tet = self._day("2027-02-05", status="proposed")
        end = datetime.datetime(2028, 1, 1)
        self.assertEqual(self.clock.warnings(moment, end), [2027, 2028])
        tet.action_make_official()
        self.assertEqual(self.clock.warnings(moment, end), [2028])
