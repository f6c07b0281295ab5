"""The kernel of legal time: rules and vectors of the one-stop mechanism (§1.9)."""

import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, TransactionCase, tagged

from ...tools.outcome import outcome, timeliness
from ...tools.working_time import WorkingTime, WorkingTimeError

VIETNAM = "Asia/Ho_Chi_Minh"
AMSTERDAM = "Europe/Amsterdam"
OFFICE = [(7 * 60, 11 * 60 + 30), (13 * 60 + 30, 17 * 60)]
WEEK = {day: OFFICE for day in range(5)}
CULTURE_DAY = date(2026, 11, 24)
NAMES = {
    CULTURE_DAY: "Ngày Văn hóa Việt Nam",
    date(2026, 8, 22): "Làm bù",
    date(2026, 8, 31): "Nghỉ hoán đổi",
}
HOLIDAYS = {
    CULTURE_DAY,
    date(2026, 1, 1),
    date(2026, 8, 31),
    date(2026, 9, 1),
    date(2026, 9, 2),
    *(date(2026, 2, day) for day in range(16, 21)),
}


def utc(text, tz=VIETNAM):
    """Naive UTC of a local ``yyyy-mm-dd HH:MM[:SS]``."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz))
    return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


def vietnam(**options):
    options.setdefault("holidays", HOLIDAYS)
    options.setdefault("working_days", {date(2026, 8, 22): []})
    return WorkingTime(options.pop("slots", WEEK), VIETNAM, names=NAMES, **options)


class TestCoreWorkingTimeVectors(BaseCase):
    """Every vector of regulation §1.9 by its text, and the edges around it."""

    def assertDue(self, received, hours, due, kind="working", clock=None):
        found = (clock or vietnam()).due(utc(received), hours, kind)
        self.assertEqual(found, utc(due), f"{received} + {hours} h ({kind})")

    def test_six_vectors_os_01(self):
        """OS-01: handling time counted from acceptance (24/11/2026 off)."""
        for received, hours, due in (
            ("2026-11-20 16:00", 8, "2026-11-23 16:00"),
            ("2026-11-20 17:30", 8, "2026-11-23 17:00"),
            ("2026-11-21 09:00", 24, "2026-11-26 17:00"),
            ("2026-11-23 10:00", 16, "2026-11-26 10:00"),
            ("2026-11-23 12:00", 4, "2026-11-25 07:30"),
            ("2026-11-23 16:30", 8, "2026-11-25 16:30"),
        ):
            self.assertDue(received, hours, due)

    def test_extra_vectors(self):
        """§1.9 extra: end of a slot, never the start of the next; Saturday in lieu."""
        for received, hours, due in (
            ("2026-11-23 07:00", 4.5, "2026-11-23 11:30"),
            ("2026-11-23 11:30", 1, "2026-11-23 14:30"),
            ("2026-08-21 16:00", 8, "2026-08-22 16:00"),
            ("2026-08-28 16:00", 8, "2026-09-03 16:00"),
        ):
            self.assertDue(received, hours, due)

    def test_zero_hours_give_the_normalised_start(self):
        self.assertDue("2026-11-23 05:00", 0, "2026-11-23 07:00")
        self.assertDue("2026-11-23 11:30", 0, "2026-11-23 13:30")
        self.assertDue("2026-11-23 17:00", 0, "2026-11-25 07:00")
        self.assertDue("2026-11-23 09:15", 0, "2026-11-23 09:15")

    def test_half_and_quarter_days(self):
        self.assertDue("2026-11-23 07:00", 4, "2026-11-23 11:00")
        self.assertDue("2026-11-23 09:30", 2, "2026-11-23 11:30")
        self.assertDue("2026-11-23 09:45", 2, "2026-11-23 13:45")
        self.assertDue("2026-11-20 16:00", 10, "2026-11-25 08:00")

    def test_minutes_and_thirds_of_an_hour_are_exact(self):
        self.assertDue("2026-11-23 09:10", 1 / 3, "2026-11-23 09:30")
        self.assertDue("2026-11-23 09:10:20", 1 / 60, "2026-11-23 09:11:20")
        self.assertDue("2026-11-23 07:00", 2.6666666, "2026-11-23 09:40")

    def test_microseconds_of_the_log_are_cut_off(self):
        clock, start = vietnam(), utc("2026-11-23 09:00")
        noisy = start + timedelta(microseconds=999_999)
        self.assertEqual(clock.due(noisy, 1), clock.due(start, 1))
        self.assertEqual(clock.elapsed(noisy, start), 0)

    def test_tet_and_year_end(self):
        """Labour Code art. 112: Tết 16–20/02/2026 off; 1 January off."""
        self.assertDue("2026-02-13 16:00", 8, "2026-02-23 16:00")
        self.assertDue("2025-12-31 16:00", 8, "2026-01-02 16:00")
        self.assertDue("2026-01-05 16:00", 4000 * 8, self._naive_due("2026-01-05 16:00", 4000))

    def _naive_due(self, received, days):
        """The same hour after ``days`` open days, walking day by day."""
        start = datetime.fromisoformat(received)
        day = start.date()
        while days:
            day += timedelta(days=1)
            in_lieu = day == date(2026, 8, 22)
            days -= in_lieu or (day.weekday() < 5 and day not in HOLIDAYS)
        return f"{day} {start:%H:%M}"

    def test_elapsed_counts_open_time_only(self):
        clock = vietnam()
        for start, end, hours in (
            ("2026-11-23 10:00", "2026-11-26 10:00", 16),
            ("2026-11-20 17:00", "2026-11-23 07:00", 0),
            ("2026-11-23 11:00", "2026-11-23 14:00", 1),
            ("2026-11-26 10:00", "2026-11-23 10:00", -16),
            ("2026-11-23 10:00", "2026-11-23 10:45", 0.75),
        ):
            self.assertEqual(clock.elapsed(utc(start), utc(end)), hours)

    def test_batch_forms_answer_as_the_single_ones(self):
        clock, start = vietnam(), utc("2026-11-20 16:00")
        self.assertEqual(
            clock.due_many([(start, 8, "working"), (start, 16, "calendar")]),
            [clock.due(start, 8), clock.due(start, 16, "calendar")],
        )
        end = utc("2026-11-23 16:00")
        self.assertEqual(clock.elapsed_many([(start, end), (end, start)]), [8, -8])

    def test_is_open_is_half_open(self):
        clock = vietnam()
        for moment, is_open in (
            ("2026-11-23 07:00", True),
            ("2026-11-23 11:29:59", True),
            ("2026-11-23 11:30", False),
            ("2026-11-23 13:30", True),
            ("2026-11-23 17:00", False),
            ("2026-11-24 09:00", False),
            ("2026-08-22 09:00", True),
        ):
            self.assertEqual(clock.is_open(utc(moment)), is_open, moment)

    def test_partial_closure_is_taken_out(self):
        outage = (utc("2026-11-23 14:00"), utc("2026-11-23 15:00"))
        clock = vietnam(closures=[outage])
        self.assertDue("2026-11-23 13:30", 1, "2026-11-23 15:30", clock=clock)
        self.assertDue("2026-11-23 14:15", 0, "2026-11-23 15:00", clock=clock)
        self.assertFalse(clock.is_open(utc("2026-11-23 14:30")))

    def test_closure_over_several_days_and_overlaps(self):
        closures = [
            (utc("2026-11-25 10:00"), utc("2026-11-27 09:00")),
            (utc("2026-11-26 00:00"), utc("2026-11-27 08:00")),
        ]
        clock = vietnam(closures=closures)
        self.assertDue("2026-11-25 09:00", 2, "2026-11-27 10:00", clock=clock)
        self.assertFalse(clock.is_open_day(date(2026, 11, 26)))

    def test_two_alternating_weeks(self):
        """Odoo's parity: Monday 23/11/2026 is in the first week, 30/11 in the second."""
        first = {day: OFFICE for day in range(5)}
        second = {day + 7: [(420, 660)] for day in range(5)}
        clock = vietnam(slots={**first, **second}, holidays=())
        self.assertDue("2026-11-23 07:00", 8, "2026-11-23 17:00", clock=clock)
        self.assertDue("2026-11-30 07:00", 5, "2026-12-01 08:00", clock=clock)

    def test_day_of_other_length_scales_stored_hours(self):
        """§1.9 inputs: slots of 7 h, setting on: 8 stored hours are one such day."""
        short = {day: [(420, 660), (810, 990)] for day in range(5)}
        clock = WorkingTime(short, VIETNAM, hours_per_day=7)
        self.assertDue("2026-11-23 07:00", 8, "2026-11-23 16:30", clock=clock)
        self.assertDue("2026-11-23 08:00", 16, "2026-11-25 08:00", clock=clock)
        self.assertEqual(clock.elapsed(utc("2026-11-23 07:00"), utc("2026-11-24 00:00")), 8)


class TestCoreWorkingTimeCalendarDays(BaseCase):
    """Calendar-day terms (§1.9 'Calendar kind')."""

    def assertDue(self, received, days, due, clock=None):
        found = (clock or vietnam()).due(utc(received), days * 8, "calendar")
        self.assertEqual(found, utc(due), f"{received} + {days} calendar days")

    def test_keeps_the_hour(self):
        self.assertDue("2026-11-23 10:00", 3, "2026-11-26 10:00")

    def test_received_outside_hours(self):
        self.assertDue("2026-11-25 17:00", 1, "2026-11-27 07:00")
        self.assertDue("2026-11-25 05:00", 1, "2026-11-26 07:00")
        self.assertDue("2026-11-25 12:00", 1, "2026-11-26 13:30")
        # after closing on Friday: Saturday at opening is day 0
        self.assertDue("2026-11-20 17:30", 2, "2026-11-23 07:00")

    def test_received_on_a_day_off(self):
        self.assertDue("2026-11-21 09:00", 4, "2026-11-25 09:00")
        self.assertDue("2026-11-21 12:00", 4, "2026-11-25 13:30")

    def test_last_day_off_moves_to_the_next_open_day_same_hour(self):
        self.assertDue("2026-11-20 10:00", 1, "2026-11-23 10:00")
        self.assertDue("2026-11-20 10:00", 4, "2026-11-25 10:00")
        self.assertDue("2026-02-10 10:00", 5, "2026-02-23 10:00")
        # a Saturday worked in lieu is an open day
        self.assertDue("2026-08-20 10:00", 2, "2026-08-22 10:00")

    def test_zero_days(self):
        self.assertDue("2026-11-20 17:30", 0, "2026-11-23 07:00")

    def test_short_day_ends_at_closing(self):
        clock = vietnam(slots={**WEEK, 4: [(420, 690)]})
        self.assertDue("2026-11-25 16:00", 2, "2026-11-27 11:30", clock)

    def test_last_day_closed_by_the_agency(self):
        closed = (utc("2026-11-26 00:00"), utc("2026-11-27 00:00"))
        self.assertDue("2026-11-25 16:00", 1, "2026-11-27 16:00", vietnam(closures=[closed]))

    def test_not_whole_days_is_refused(self):
        with self.assertRaises(WorkingTimeError) as refused:
            vietnam().due(utc("2026-11-25 16:00"), 4, "calendar")
        self.assertEqual(refused.exception.code, "calendar_not_whole_days")


class TestCoreWorkingTimePauses(BaseCase):
    """Pauses: restart from zero or shift (§1.4), INV-01."""

    def setUp(self):
        super().setUp()
        self.clock = vietnam()
        self.start = utc("2026-11-20 16:00")
        self.due = self.clock.due(self.start, 24)  # 26/11 16:00

    def resume(self, paused, resumed, mode, kind="working", due=None, hours=24):
        return self.clock.resume(due or self.due, utc(paused), utc(resumed), hours, mode, kind)

    def test_restart_counts_the_whole_duration_again(self):
        found = self.resume("2026-11-23 16:00", "2026-12-01 18:00", "restart")
        self.assertEqual(found, utc("2026-12-04 17:00"))

    def test_shift_leaves_what_remained(self):
        found = self.resume("2026-11-25 16:00", "2026-12-01 10:00", "shift")
        self.assertEqual(found, utc("2026-12-02 10:00"))
        self.assertEqual(
            self.clock.elapsed(utc("2026-12-01 10:00"), found),
            self.clock.elapsed(utc("2026-11-25 16:00"), self.due),
        )

    def test_shift_of_a_late_dossier_keeps_its_lateness(self):
        found = self.resume("2026-11-27 08:00", "2026-12-01 10:00", "shift")
        self.assertEqual(self.clock.elapsed(found, utc("2026-12-01 10:00")), 2)

    def test_pause_and_resumption_outside_hours(self):
        found = self.resume("2026-11-25 22:00", "2026-12-01 12:00", "shift")
        self.assertEqual(found, utc("2026-12-02 10:30"))

    def test_calendar_term_restart_and_shift(self):
        due = self.clock.due(self.start, 40, "calendar")  # Wed 25/11 16:00
        self.assertEqual(due, utc("2026-11-25 16:00"))
        restarted = self.resume(
            "2026-11-23 10:00", "2026-12-01 10:00", "restart", "calendar", due, 40
        )
        self.assertEqual(restarted, utc("2026-12-07 10:00"))
        shifted = self.resume("2026-11-23 16:00", "2026-12-01 10:00", "shift", "calendar", due, 40)
        self.assertEqual(shifted, utc("2026-12-03 10:00"))

    def test_unknown_mode_is_refused(self):
        with self.assertRaises(WorkingTimeError) as refused:
            self.resume("2026-11-25 16:00", "2026-12-01 10:00", "reset")
        self.assertEqual(refused.exception.code, "unknown_mode")


class TestCoreWorkingTimeZones(BaseCase):
    """A zone with daylight saving: changes on 29/03/2026 and 25/10/2026."""

    def test_office_hours_follow_the_local_clock(self):
        clock = WorkingTime({day: [(540, 1020)] for day in range(5)}, AMSTERDAM)
        due = clock.due(utc("2026-03-27 15:00", AMSTERDAM), 8)
        self.assertEqual(due, utc("2026-03-30 15:00", AMSTERDAM))
        self.assertEqual(due, datetime(2026, 3, 30, 13, 0))
        due = clock.due(utc("2026-10-23 15:00", AMSTERDAM), 8)
        self.assertEqual(due, datetime(2026, 10, 26, 14, 0))

    def test_skipped_hour_is_no_working_time(self):
        clock = WorkingTime({6: [(60, 240)]}, AMSTERDAM)  # Sunday 01:00–04:00
        day = datetime(2026, 3, 28, 12)
        self.assertEqual(clock.elapsed(day, day + timedelta(days=1)), 2)
        self.assertEqual(clock.due(day, 1), datetime(2026, 3, 29, 1, 0))

    def test_repeated_hour_is_worked_twice(self):
        clock = WorkingTime({6: [(60, 240)]}, AMSTERDAM)
        day = datetime(2026, 10, 24, 12)
        self.assertEqual(clock.elapsed(day, day + timedelta(days=1)), 4)

    def test_slots_inside_the_changes_never_overlap(self):
        slots = {6: [(60, 130), (140, 150), (150, 200)]}
        clock = WorkingTime(slots, AMSTERDAM)
        for start in (datetime(2026, 3, 28, 12), datetime(2026, 10, 24, 12)):
            spent = clock.elapsed(start, start + timedelta(days=1))
            self.assertGreater(spent, 0)
            self.assertEqual(clock.elapsed(start, clock.due(start, spent)), spent)

    def test_slot_wholly_in_the_skipped_hour_is_empty(self):
        clock = WorkingTime({6: [(125, 175)]}, AMSTERDAM)
        start = datetime(2026, 3, 28, 12)
        self.assertEqual(clock.elapsed(start, start + timedelta(days=1)), 0)
        self.assertFalse(clock.is_open_day(date(2026, 3, 29)))

    def test_day_around_the_clock(self):
        clock = WorkingTime({day: [(0, 1440)] for day in range(7)}, AMSTERDAM)
        start = datetime(2026, 3, 1)
        self.assertEqual(clock.due(start, 24 * 365), start + timedelta(days=365))


class TestCoreWorkingTimeErrors(BaseCase):
    """Impossible input is refused with a code, never answered with a wrong date."""

    def assertRefused(self, code, call, *args, **kwargs):
        with self.assertRaises(WorkingTimeError) as refused:
            call(*args, **kwargs)
        self.assertEqual(refused.exception.code, code)
        self.assertTrue(str(refused.exception))

    def test_durations(self):
        clock, start = vietnam(), utc("2026-11-20 16:00")
        self.assertRefused("negative_hours", clock.due, start, -1)
        self.assertRefused("bad_hours", clock.due, start, float("nan"))
        self.assertRefused("bad_hours", clock.due, start, float("inf"))
        self.assertRefused("out_of_range", clock.due, start, 1e7)
        self.assertRefused("out_of_range", clock.due, start, 8e5)
        self.assertRefused("out_of_range", clock.due, start, 8e5, "calendar")
        self.assertRefused("unknown_kind", clock.due, start, 8, "lunar")

    def test_moments(self):
        clock = vietnam()
        aware = datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))
        self.assertRefused("not_naive", clock.due, aware, 1)
        self.assertRefused("out_of_range", clock.due, datetime(1899, 12, 30), 1)

    def test_calendars(self):
        start = utc("2026-11-20 16:00")
        self.assertRefused("no_open_slot", WorkingTime({}, VIETNAM).due, start, 1)
        self.assertRefused("no_open_slot", WorkingTime({}, VIETNAM).due, start, 8, "calendar")
        once = WorkingTime({}, VIETNAM, working_days={date(2026, 11, 21): OFFICE})
        self.assertEqual(once.due(start, 8), utc("2026-11-21 17:00"))
        self.assertRefused("no_open_slot", once.due, start, 9)
        self.assertRefused("unknown_timezone", WorkingTime, WEEK, "Asia/Nowhere")
        self.assertRefused("bad_slot", WorkingTime, {0: [(700, 600)]}, VIETNAM)
        self.assertRefused("bad_slot", WorkingTime, {15: OFFICE}, VIETNAM)
        self.assertRefused(
            "bad_closure", WorkingTime, WEEK, VIETNAM, closures=[(start, start - timedelta(1))]
        )
        self.assertRefused("bad_hours_per_day", WorkingTime, WEEK, VIETNAM, hours_per_day=0)


class TestCoreWorkingTimeVersion(BaseCase):
    """INV-19: the fingerprint names the calendar a date was counted with."""

    def test_same_calendar_same_fingerprint(self):
        self.assertEqual(vietnam().fingerprint, vietnam(holidays=sorted(HOLIDAYS)).fingerprint)
        self.assertRegex(vietnam().fingerprint, r"^[0-9a-f]{64}$")

    def test_what_moves_a_date_moves_the_fingerprint(self):
        closure = (utc("2026-11-25 10:00"), utc("2026-11-25 11:00"))
        variants = [
            vietnam(),
            vietnam(holidays=()),
            vietnam(working_days={}),
            vietnam(closures=[closure]),
            vietnam(hours_per_day=7.5),
            vietnam(slots={**WEEK, 5: [(420, 690)]}),
            WorkingTime(WEEK, AMSTERDAM),
        ]
        self.assertEqual(len({clock.fingerprint for clock in variants}), len(variants))

    def test_asking_does_not_move_the_fingerprint(self):
        clock = vietnam()
        before = clock.fingerprint
        clock.due(utc("2026-11-20 16:00"), 4000)
        self.assertEqual(clock._fingerprint(), before)

    def test_warnings_name_the_years_without_rows(self):
        clock = vietnam(covered_years={2026})
        start = utc("2026-12-30 08:00")
        self.assertEqual(clock.warnings(start, clock.due(start, 8)), [])
        self.assertEqual(clock.warnings(start, utc("2028-01-01 00:30")), [2027, 2028])
        self.assertEqual(vietnam().warnings(start, utc("2030-01-01 00:00")), [])


class TestCoreWorkingTimeExplanation(BaseCase):
    """explain(): the lines an applicant can follow, in both languages."""

    def test_vietnamese_lines(self):
        lines = vietnam(covered_years={2026}).explain(utc("2026-11-20 17:30"), 12)
        self.assertEqual(
            lines,
            [
                "Nhận lúc 20/11/2026 17:30 (thứ Sáu).",
                "Tính từ 23/11/2026 07:00 (thứ Hai), vì nhận sau giờ làm việc.",
                "Thời hạn: 12 giờ làm việc (1,5 ngày làm việc).",
                "Không tính ngày nghỉ lễ: thứ Ba 24/11/2026 – Ngày Văn hóa Việt Nam.",
                "Hạn trả kết quả: 25/11/2026 11:00 (thứ Tư).",
            ],
        )

    def test_english_lines_with_pause_and_extension(self):
        clock = vietnam(covered_years={2026})
        lines = clock.explain(
            utc("2026-11-20 16:00"),
            24,
            pauses=[(utc("2026-11-25 16:00"), utc("2026-12-01 10:00"), "shift", "map")],
            extensions=[(utc("2027-01-04 17:00"), "flood", utc("2026-12-02 08:00"))],
            lang="en_US",
        )
        shifted, extended = "02/12/2026 10:00 (Wednesday)", "04/01/2027 17:00 (Monday)"
        pause = "Paused from 25/11/2026 16:00 (Wednesday) to 01/12/2026 10:00 (Tuesday)"
        left = f"the remaining time goes on, new due date {shifted}."
        uncovered = "the due date may have to be projected again."
        self.assertEqual(
            lines,
            [
                "Received at 20/11/2026 16:00 (Friday).",
                "Counted from 20/11/2026 16:00 (Friday).",
                "Time limit: 24 working hours (3 working days).",
                "Weekly days of rest not counted: 21/11/2026, 22/11/2026.",
                "Public holidays not counted: Tuesday 24/11/2026 – Ngày Văn hóa Việt Nam.",
                f"{pause} (reason: map); {left}",
                f"Extended from {shifted} to {extended} (reason: flood).",
                "10 weekly days of rest not counted.",
                f"Due: {extended}.",
                f"No complete official calendar yet for 2027: {uncovered}",
            ],
        )

    def test_reasons_of_the_start(self):
        for received, words in (
            ("2026-11-23 05:00", "trước giờ làm việc"),
            ("2026-11-23 12:00", "giờ nghỉ trưa"),
            ("2026-11-21 09:00", "ngày nghỉ hằng tuần"),
            ("2026-11-24 09:00", "ngày nghỉ: Ngày Văn hóa Việt Nam"),
        ):
            self.assertIn(words, vietnam().explain(utc(received), 8)[1])

    def test_saturday_in_lieu_is_named(self):
        lines = vietnam().explain(utc("2026-08-21 16:00"), 8)
        self.assertIn("Có tính ngày làm bù: thứ Bảy 22/08/2026 – Làm bù.", lines)

    def test_calendar_term_says_where_it_landed(self):
        lines = vietnam().explain(utc("2026-11-20 10:00"), 32, "calendar")
        self.assertIn("Thời hạn: 4 ngày theo lịch.", lines)
        self.assertIn(
            "Ngày cuối thứ Ba 24/11/2026 – Ngày Văn hóa Việt Nam là ngày nghỉ, hạn chuyển "
            "sang ngày làm việc kế tiếp.",
            lines,
        )
        self.assertEqual(lines[-1], "Hạn trả kết quả: 25/11/2026 10:00 (thứ Tư).")

    def test_open_pause_has_no_due_date(self):
        lines = vietnam().explain(
            utc("2026-11-20 16:00"), 24, pauses=[(utc("2026-11-23 09:00"), None)]
        )
        self.assertIn("Đang tạm dừng từ 23/11/2026 09:00", lines[-1])
        self.assertNotIn("Hạn trả kết quả", "".join(lines))

    def test_recorded_due_date_stands(self):
        """INV-01: a calendar edit changes nothing; the explanation says so."""
        recorded = utc("2026-11-25 16:00")
        lines = vietnam().explain(utc("2026-11-20 16:00"), 8, due_at=recorded)
        self.assertIn("Hạn trả kết quả: 25/11/2026 16:00 (thứ Tư).", lines)
        self.assertIn("theo lịch làm việc hiện nay sẽ là 23/11/2026 16:00", lines[-1])


class TestCoreOutcome(BaseCase):
    """The on-time test (§1.9): one definition."""

    def test_by_date(self):
        due = utc("2026-11-26 10:00")
        for done, expected in (
            ("2026-11-25 23:59", "early"),
            ("2026-11-26 00:00", "on_time"),
            ("2026-11-26 17:05", "on_time"),
            ("2026-11-27 00:00", "late"),
        ):
            self.assertEqual(outcome(utc(done), due, VIETNAM), expected)

    def test_by_minute(self):
        due = utc("2026-11-26 10:00")
        for done, expected in (
            ("2026-11-26 09:59:59", "early"),
            ("2026-11-26 10:00:59", "on_time"),
            ("2026-11-26 10:01", "late"),
        ):
            self.assertEqual(outcome(utc(done), due, VIETNAM, by="minute"), expected)

    def test_no_due_date_is_on_time(self):
        self.assertEqual(outcome(utc("2026-11-26 10:00"), None, VIETNAM), "on_time")
        self.assertEqual(outcome(utc("2026-11-26 10:00"), False, VIETNAM), "on_time")

    def test_timeliness_of_each_state(self):
        due = utc("2026-11-26 10:00")
        early, late = utc("2026-11-20 10:00"), utc("2026-11-27 00:00")
        for state, expected_early, expected_late in (
            ("submitted", "not_started", "not_started"),
            ("accepted", "within", "overdue"),
            ("refused", "closed", "closed"),
            ("processing", "within", "overdue"),
            ("supplement", "paused", "paused"),
            ("payment", "paused", "paused"),
            ("withdrawn", "closed", "closed"),
            ("stopped", "paused", "paused"),
            ("done", "closed", "closed"),
            ("returned", "closed", "closed"),
        ):
            self.assertEqual(timeliness(early, due, state, VIETNAM), expected_early)
            self.assertEqual(timeliness(late, due, state, VIETNAM), expected_late)

    def test_timeliness_windows(self):
        due = utc("2026-11-26 10:00")
        for now, expected in (
            ("2026-11-25 09:59", "within"),
            ("2026-11-25 10:00", "due_soon"),
            ("2026-11-26 23:59", "due_soon"),
            ("2026-11-27 00:00", "overdue"),
        ):
            self.assertEqual(timeliness(utc(now), due, "processing", VIETNAM), expected)
        after = utc("2026-11-26 10:01")
        self.assertEqual(timeliness(after, due, "accepted", VIETNAM, "minute"), "overdue")
        self.assertEqual(timeliness(after, None, "accepted", VIETNAM), "within")

    def test_stopped_for_good_is_closed(self):
        now = utc("2026-11-26 10:01")
        self.assertEqual(timeliness(now, now, "stopped", VIETNAM, is_terminal=True), "closed")

    def test_unknown_words_are_refused(self):
        now = utc("2026-11-26 10:01")
        with self.assertRaises(ValueError):
            timeliness(now, now, "lost", VIETNAM)
        with self.assertRaises(ValueError):
            outcome(now, now, VIETNAM, by="hour")


# === PROPERTIES === #

# Both changes of the clock, Tết and a year's end lie in this span.
DAYS = st.dates(date(2026, 1, 1), date(2027, 4, 30))


@st.composite
def clocks(draw):
    """Calendars of every shape: zones, weeks, days off, days in lieu, closures."""
    week = draw(st.dictionaries(st.integers(0, 6), slot_lists(), min_size=1, max_size=7))
    closures = draw(st.lists(st.tuples(MINUTES, st.integers(1, 5000)), max_size=3))
    return WorkingTime(
        week,
        draw(st.sampled_from([VIETNAM, AMSTERDAM, "America/New_York", "UTC"])),
        holidays=draw(st.sets(DAYS, max_size=20)),
        working_days=draw(st.dictionaries(DAYS, slot_lists(), max_size=5)),
        closures=[(start, start + timedelta(minutes=size)) for start, size in closures],
        hours_per_day=draw(st.sampled_from([8, 8, 7.5])),
    )


@st.composite
def slot_lists(draw):
    edges = sorted(draw(st.sets(st.integers(0, 288), min_size=2, max_size=6)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return [(start * 5, end * 5) for start, end in pairs]


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 4, 30)).map(
    lambda moment: moment.replace(microsecond=0)
)
MINUTES = MOMENTS.map(lambda moment: moment.replace(second=0))
HOURS = st.integers(0, 400 * 60).map(lambda minutes: minutes / 60)


class TestCoreWorkingTimeProperties(BaseCase):
    """Whatever the calendar: order, additivity, round trip, no closed due time."""

    @settings(max_examples=80, deadline=None)
    @given(clocks(), MOMENTS, HOURS)
    def test_elapsed_of_due_is_the_duration(self, clock, start, hours):
        self.assertAlmostEqual(clock.elapsed(start, clock.due(start, hours)), hours, 3)

    @settings(max_examples=80, deadline=None)
    @given(clocks(), MOMENTS, HOURS)
    def test_before_is_due_backwards(self, clock, end, hours):
        start = clock.before(end, hours)
        self.assertLessEqual(start, end)
        self.assertAlmostEqual(clock.elapsed(start, end), hours, 3)

    @settings(max_examples=80, deadline=None)
    @given(clocks(), MOMENTS, HOURS)
    def test_due_is_the_earliest_instant_in_open_time(self, clock, start, hours):
        due = clock.due(start, hours)
        if hours:
            just_before = due - timedelta(seconds=1)
            self.assertTrue(clock.is_open(just_before))
            self.assertLess(clock.elapsed(start, just_before), clock.elapsed(start, due))
        else:
            self.assertEqual(due, clock.normalise(start))
            self.assertTrue(clock.is_open(due))

    @settings(max_examples=80, deadline=None)
    @given(clocks(), MOMENTS, MOMENTS, HOURS, HOURS)
    def test_later_start_or_longer_term_is_never_due_earlier(self, clock, a, b, x, y):
        start, later = sorted((a, b))
        short, long = sorted((x, y))
        self.assertLessEqual(clock.due(start, short), clock.due(later, short))
        self.assertLessEqual(clock.due(start, short), clock.due(start, long))
        self.assertGreaterEqual(clock.due(start, short), start)

    @settings(max_examples=80, deadline=None)
    @given(clocks(), MOMENTS, MOMENTS, MOMENTS)
    def test_elapsed_is_additive_and_antisymmetric(self, clock, a, b, c):
        whole = clock.elapsed(a, c)
        self.assertAlmostEqual(clock.elapsed(a, b) + clock.elapsed(b, c), whole, 6)
        self.assertEqual(clock.elapsed(c, a), -whole)

    @settings(max_examples=80, deadline=None)
    @given(clocks(), MOMENTS, HOURS.filter(bool), HOURS.filter(bool))
    def test_terms_add_up(self, clock, start, first, second):
        chained = clock.due(clock.due(start, first), second)
        at_once = clock.due(start, first + second)
        self.assertLessEqual(abs((chained - at_once).total_seconds()), 2)

    @settings(max_examples=60, deadline=None)
    @given(clocks(), MOMENTS, st.integers(0, 400))
    def test_calendar_term_is_due_on_an_open_day_in_its_slots(self, clock, start, days):
        due = clock.due(start, days * 8, "calendar")
        self.assertGreaterEqual(due, start)
        self.assertTrue(clock.is_open(due) or clock.is_open(due - timedelta(seconds=1)))
        earliest = clock.last_calendar_day(start, days * 8)
        self.assertGreaterEqual(clock.local(due).date(), earliest)

    @settings(max_examples=60, deadline=None)
    @given(clocks(), MOMENTS, HOURS, st.integers(0, 20_000), st.integers(0, 20_000))
    def test_shift_leaves_the_time_that_was_left(self, clock, start, hours, until, length):
        due = clock.due(start, hours)
        paused = start + timedelta(minutes=until)
        resumed = paused + timedelta(minutes=length)
        new_due = clock.resume(due, paused, resumed, hours, "shift")
        self.assertAlmostEqual(clock.elapsed(resumed, new_due), clock.elapsed(paused, due), 3)
        self.assertGreaterEqual(clock.elapsed(due, new_due), -1e-6)

    @settings(max_examples=30, deadline=None)
    @given(clocks(), MINUTES)
    def test_elapsed_agrees_with_a_walk_through_the_minutes(self, clock, start):
        end = start + timedelta(days=3)
        moments = [start + timedelta(minutes=n) for n in range(3 * 1440)]
        open_minutes = sum(map(clock.is_open, moments))
        scale = 8 / clock._hours_per_day
        self.assertAlmostEqual(clock.elapsed(start, end), open_minutes / 60 * scale, 6)


@tagged("post_install", "-at_install")
class TestCoreWorkingTimeOdooOracle(TransactionCase):
    """Equality with ``resource.calendar`` where Odoo can express the case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20261124)

    def _calendar(self, tz):
        lines = [
            {
                "name": f"{day} {start}",
                "dayofweek": str(day),
                "hour_from": start / 60,
                "hour_to": end / 60,
                "day_period": "morning" if start < 720 else "afternoon",
            }
            for day in range(5)
            for start, end in OFFICE
        ]
        calendar = self.env["resource.calendar"].create(
            {"name": "Oracle", "tz": tz, "attendance_ids": [(5, 0, 0)]}
        )
        calendar.attendance_ids = [(0, 0, line) for line in lines]
        return calendar

    def _compare(self, tz, closures=()):
        calendar = self._calendar(tz)
        self.env["resource.calendar.leaves"].create(
            [
                {"name": "x", "calendar_id": calendar.id, "date_from": a, "date_to": b}
                for a, b in closures
            ]
        )
        clock = WorkingTime(WEEK, tz, closures=closures)
        for _index in range(40):
            start = datetime(2026, 1, 1) + timedelta(minutes=self.random.randrange(525_600))
            hours = self.random.randrange(1, 200 * 4) / 4
            planned = calendar.plan_hours(
                hours, start.replace(tzinfo=pytz.utc), compute_leaves=True
            )
            planned = planned.astimezone(pytz.utc).replace(tzinfo=None)
            self.assertEqual(clock.due(start, hours), planned, f"{start} + {hours}")
            worked = calendar.get_work_hours_count(start, planned)
            self.assertAlmostEqual(clock.elapsed(start, planned), worked, 6)

    def test_equal_in_vietnam(self):
        self._compare(VIETNAM)

    def test_equal_in_a_zone_with_daylight_saving(self):
        self._compare(AMSTERDAM)

    def test_equal_with_closures(self):
        closures = [
            (utc("2026-02-14 00:00"), utc("2026-02-23 00:00")),
            (utc("2026-06-02 09:00"), utc("2026-06-02 15:00")),
            (utc("2026-09-01 00:00"), utc("2026-09-03 00:00")),
        ]
        self._compare(VIETNAM, closures)
