"""Lists of days off: reading, proposing, comparing, without the ORM."""

import datetime
import io

import xlsxwriter

from odoo.tests import BaseCase

from ...tools import holiday_list, tabular
from ...tools.holiday_list import Day

HEADER = "date,weekday,name,kind,status,pair_date,option,source,note"
D = datetime.date


def read(*rows, header=HEADER):
    content = "\n".join([header, *rows]).encode()
    return holiday_list.read_days(tabular.read_table(content, "list.csv", formulas="mark"))


def day(date, status="official", **vals):
    return Day(row=2, date=date, name=vals.pop("name", "Tết"), status=status, **vals)


def codes(days):
    return [day.error.code if day.error else "" for day in days]


class TestCoreCalendarListReading(BaseCase):
    def test_row(self):
        found = read(
            "2026-08-22,Sat,Làm bù,swap_work,official,2026-08-31,,Notice 1,n",
            "31/08/2026,,Nghỉ hoán đổi,SWAP_OFF,,22/08/2026,,,",
        )
        self.assertEqual(codes(found), ["", ""])
        self.assertEqual([row.date for row in found], [D(2026, 8, 22), D(2026, 8, 31)])
        self.assertEqual([row.kind for row in found], ["working_day", "holiday"])
        self.assertEqual(found[1].pair_date, D(2026, 8, 22))
        self.assertEqual(found[1].status, "official")
        self.assertEqual([row.row for row in found], [2, 3])

    def test_each_error_is_named(self):
        good = "2026-09-02,Wed,Quốc khánh,holiday,official,,,,"
        for row, code in (
            ("2026-02-30,,Tết,holiday,official,,,,", "bad_date"),
            (",,Tết,holiday,official,,,,", "bad_date"),
            ("1899-12-30,,Tết,holiday,official,,,,", "date_out_of_range"),
            ("2026-09-01,,,holiday,official,,,,", "no_name"),
            ("2026-09-01,,Tết,feast,official,,,,", "bad_category"),
            ("2026-09-01,,Tết,holiday,perhaps,,,,", "bad_status"),
            ("2026-09-01,,Tết,swap_off,official,soon,,,", "bad_date"),
            ("2026-09-01,,Tết,swap_off,official,2026-09-01,,,", "pair_is_itself"),
            ("2026-09-01,Mon,Tết,holiday,official,,,,", "bad_weekday"),
            (good, "duplicate_date"),
        ):
            found = read(good, row)
            self.assertEqual(codes(found), ["", code], row)
            self.assertNotIn("%(", str(found[1].error))

    def test_formula_in_a_workbook_is_an_error_of_its_row(self):
        content = io.BytesIO()

        with xlsxwriter.Workbook(content) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["date", "name", "kind"])
            sheet.write_row(1, 0, ["2026-09-02", "Quốc khánh", "holiday"])
            sheet.write_row(2, 0, ["2026-09-01", None, "holiday"])
            sheet.write_formula(2, 1, "=HYPERLINK(1)")
            sheet.write_datetime(
                3, 0, datetime.datetime(2026, 5, 1), book.add_format({"num_format": "dd/mm/yy"})
            )
            sheet.write_row(3, 1, ["Lao động", "holiday"])
        table = tabular.read_table(content.getvalue(), "list.xlsx", formulas="mark")
        found = holiday_list.read_days(table)
        self.assertEqual(codes(found), ["", "formula_cell", ""])
        self.assertEqual(found[2].date, D(2026, 5, 1))

    def test_same_date_in_two_options_is_no_error(self):
        found = read("2027-02-05,,A,holiday,proposed,,1,,", "2027-02-05,,B,holiday,proposed,,2,,")
        self.assertEqual(codes(found), ["", ""])
        self.assertEqual(list(holiday_list.options(found)), [(2027, "1"), (2027, "2")])

    def test_columns_in_vietnamese(self):
        found = read("02/09/2026,Quốc khánh,holiday", header="Ngày,Tên ngày nghỉ,Loại")
        self.assertEqual(codes(found), [""])

    def test_useless_lists(self):
        for rows, header, code in (
            (["2026-09-02,Quốc khánh"], "date,name", "missing_columns"),
            ([], HEADER, "no_rows"),
        ):
            with self.assertRaises(holiday_list.HolidayListError) as refused:
                read(*rows, header=header)
            self.assertEqual(refused.exception.code, code)


class TestCoreCalendarListProposal(BaseCase):
    def test_library_proposes_what_the_notice_of_2026_says(self):
        """§1.10: Tết 16–20/2, 26/4 Sunday → 27/4, 30/4, 1/5, 1–2/9, 24/11."""
        found = {row.date: row for row in holiday_list.propose([2026])}
        off = {date for date, row in found.items() if row.kind == "holiday"}
        self.assertLessEqual({D(2026, 2, n) for n in range(16, 21)}, off)
        self.assertLessEqual(
            {D(2026, 1, 1), D(2026, 4, 27), D(2026, 4, 30), D(2026, 5, 1), D(2026, 9, 2)}, off
        )
        self.assertEqual(found[D(2026, 4, 27)].category, "compensation")
        self.assertEqual({row.status for row in found.values()}, {"proposed"})

    def test_swap_is_proposed_with_its_pair(self):
        found = {row.date: row for row in holiday_list.propose([2019])}
        worked = found[D(2019, 1, 5)]
        self.assertEqual((worked.kind, worked.category), ("working_day", "swap_work"))
        self.assertFalse([row for row in found.values() if row.date.year != 2019])


class TestCoreCalendarListComparison(BaseCase):
    def change(self, new, recorded=None, shared=None, chosen=None):
        existing = {recorded.date: recorded} if recorded else {}
        province = {shared.date: shared} if shared else {}
        return holiday_list.compare([new], chosen or {}, existing, province)[0]

    def test_official_replaces_proposal_and_never_the_reverse(self):
        date = D(2027, 2, 5)
        official, proposed = day(date), day(date, "proposed")
        self.assertEqual(self.change(official), "new")
        self.assertEqual(self.change(official, proposed), "confirmed")
        self.assertEqual(self.change(proposed, official), "kept")
        self.assertEqual(self.change(official, day(date)), "unchanged")
        self.assertEqual(self.change(official, day(date, name="x")), "changed")

    def test_library_does_not_touch_a_proposal_recorded(self):
        proposal = Day(date=D(2027, 2, 5), name="Tết", status="proposed")
        self.assertEqual(self.change(proposal, day(D(2027, 2, 5), "proposed", name="x")), "kept")

    def test_agency_row_beside_the_province(self):
        date = D(2027, 2, 5)
        self.assertEqual(self.change(day(date), shared=day(date)), "unchanged")
        worked = day(date, category="swap_work")
        self.assertEqual(self.change(worked, shared=day(date)), "overrides")
        self.assertEqual(self.change(day(date, "proposed"), shared=day(date)), "kept")

    def test_options(self):
        first = day(D(2027, 2, 4), "proposed", option="1")
        second = day(D(2027, 2, 12), "proposed", option="2")
        for chosen, expected in (
            ({}, ["left_out", "left_out"]),
            ({2027: "1"}, ["new", "left_out"]),
            ({2027: "2"}, ["left_out", "new"]),
        ):
            self.assertEqual(holiday_list.compare([first, second], chosen, {}), expected)
        recorded = {first.date: first}
        self.assertEqual(
            holiday_list.compare([first, second], {2027: "2"}, recorded), ["dropped", "new"]
        )

    def test_rows_the_list_does_not_have(self):
        existing = {
            D(2027, 1, 1): day(D(2027, 1, 1)),
            D(2027, 2, 5): day(D(2027, 2, 5), "proposed"),
            D(2026, 2, 5): day(D(2026, 2, 5), "proposed"),
        }
        official_list = [day(D(2027, 9, 2))]
        self.assertEqual(
            holiday_list.missing(official_list, existing, is_proposal=False),
            [(D(2027, 1, 1), False), (D(2027, 2, 5), True)],
        )
        self.assertEqual(
            holiday_list.missing([Day(date=D(2027, 9, 2))], existing, is_proposal=True),
            [(D(2027, 2, 5), False)],
        )

    def test_library_adds_nothing_unasked_to_a_year_with_official_rows(self):
        guess = Day(date=D(2025, 2, 1), name="Tết", status="proposed")
        self.assertFalse(holiday_list.is_applied("new", guess, {2025}))
        self.assertTrue(holiday_list.is_applied("new", guess, {2026}))
        self.assertTrue(holiday_list.is_applied("new", day(D(2025, 2, 1)), {2025}))
        self.assertFalse(holiday_list.is_applied("kept", day(D(2025, 2, 1)), set()))
