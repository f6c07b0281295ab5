"""The real list of days off, taken over by the wizard, drives the legal clock."""

import base64
import csv
import datetime
from pathlib import Path

from odoo.tests import TransactionCase, tagged

ROOT = Path(__file__).resolve().parents[2]
FULL = ROOT.parent / "shared" / "data" / "calendar" / "holidays.csv"
EXCERPT = ROOT / "tests" / "data" / "holidays_excerpt.csv"
SOURCE = FULL if FULL.is_file() else EXCERPT
# rows in the file, rows recorded with option 1 of Tết 2027
COUNTS = (154, 146) if FULL.is_file() else (33, 25)
SLOTS = [(7.0, 11.5, "morning"), (13.5, 17.0, "afternoon")]
HANOI = datetime.timedelta(hours=7)


def utc(text):
    """Naive UTC of ``dd/mm/yyyy HH:MM`` in Hanoi (no daylight saving)."""
    return datetime.datetime.strptime(text, "%d/%m/%Y %H:%M") - HANOI


@tagged("post_install", "-at_install")
class TestCalendarData(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Calendar acceptance"})
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.company.qms_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": "Office hours",
                "company_id": cls.company.id,
                "tz": "Asia/Ho_Chi_Minh",
                "attendance_ids": [
                    (
                        0,
                        0,
                        {
                            "name": period,
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                            "day_period": period,
                        },
                    )
                    for day in range(5)
                    for start, end, period in SLOTS
                ],
            }
        )
        cls.env["qms.calendar.exception"].search([]).unlink()
        with SOURCE.open(encoding="utf-8", newline="") as source:
            cls.rows = list(csv.DictReader(source))

    def _preview(self):
        wizard = self.env["qms.holiday.wizard"].create(
            {
                "origin": "file",
                "company_id": self.company.id,
                "file": base64.b64encode(SOURCE.read_bytes()),
                "filename": SOURCE.name,
            }
        )
        wizard.action_preview()
        return wizard

    def _take_over(self, option="1"):
        wizard = self._preview()
        wizard.option_ids.filtered(lambda choice: choice.name == option).action_choose()
        wizard.action_apply()
        return wizard

    def _recorded(self):
        return self.env["qms.calendar.exception"].search([("company_id", "=", self.company.id)])

    def test_all_of_it_loads_with_one_option_of_2027(self):
        wizard = self._preview()
        self.assertEqual((len(self.rows), len(wizard.line_ids)), (COUNTS[0], COUNTS[0]))
        self.assertEqual(wizard.error_count, 0)
        self.assertEqual(wizard.option_ids.mapped("name"), ["1", "2"])
        self._take_over()
        rows = self._recorded()
        self.assertEqual(len(rows), COUNTS[1])
        expected = {
            (row["date"], row["name"], row["kind"], row["status"], row["pair_date"])
            for row in self.rows
            if row["option"] in ("", "1")
        }
        found = {
            (str(row.date), row.name, row.category, row.status, str(row.pair_date or ""))
            for row in rows
        }
        self.assertEqual(found, expected)

    def test_second_time_changes_nothing_and_the_other_option_replaces_the_first(self):
        self._take_over()
        again = self._take_over()
        self.assertEqual(again.summary, "Nothing changed.")
        self._take_over(option="2")
        proposed = {
            str(row.date)
            for row in self._recorded()
            if row.date.year == 2027 and row.date.month == 2
        }
        self.assertEqual(proposed, {row["date"] for row in self.rows if row["option"] == "2"})

    def test_every_official_day_is_off_and_every_day_in_lieu_is_worked(self):
        self._take_over()
        clock = self.company._qms_working_time()
        for row in self.rows:
            if row["status"] == "official":
                day = datetime.date.fromisoformat(row["date"])
                is_worked = row["kind"] == "swap_work"
                self.assertEqual(clock.is_open_day(day), is_worked, row["date"])
                self.assertEqual(clock.day_name(day), row["name"])

    def test_vectors_of_the_regulation_on_the_real_calendar(self):
        """OS-01, §1.9: the six vectors and those around 22/8 and 2/9/2026."""
        self._take_over()
        clock = self.company._qms_working_time()
        for received, hours, due in (
            ("20/11/2026 16:00", 8, "23/11/2026 16:00"),
            ("20/11/2026 17:30", 8, "23/11/2026 17:00"),
            ("21/11/2026 09:00", 24, "26/11/2026 17:00"),
            ("23/11/2026 10:00", 16, "26/11/2026 10:00"),
            ("23/11/2026 12:00", 4, "25/11/2026 07:30"),
            ("23/11/2026 16:30", 8, "25/11/2026 16:30"),
            ("23/11/2026 07:00", 4.5, "23/11/2026 11:30"),
            ("23/11/2026 11:30", 1, "23/11/2026 14:30"),
            ("21/08/2026 16:00", 8, "22/08/2026 16:00"),
            ("28/08/2026 16:00", 8, "03/09/2026 16:00"),
            # Tết 2026: off from Saturday 14/2 to Sunday 22/2
            ("13/02/2026 16:00", 8, "23/02/2026 16:00"),
            # 1–4/1/2026 off, Saturday 10/1 worked
            ("31/12/2025 16:00", 8, "05/01/2026 16:00"),
            ("09/01/2026 16:00", 8, "10/01/2026 16:00"),
        ):
            self.assertEqual(clock.due(utc(received), hours), utc(due), f"{received} + {hours} h")

    def test_proposed_days_do_not_count_and_their_year_is_warned_of(self):
        """§1.10: 2027 is not final, 2028 has no row."""
        self._take_over()
        clock = self.company._qms_working_time()
        start = utc("30/12/2026 08:00")
        due = clock.due(start, 8 * 30)
        self.assertTrue(clock.is_open_day(datetime.date(2027, 2, 5)))
        self.assertEqual(clock.warnings(start, due), [2027])
        self.assertEqual(clock.warnings(start, utc("03/01/2028 08:00")), [2027, 2028])
        self.assertIn("2027", clock.explain(start, 8 * 30)[-1])
