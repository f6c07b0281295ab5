import base64

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .test_core_calendar_exception import CalendarCommon

HEADER = "date,weekday,name,kind,status,pair_date,option,source,note"
OFFICIAL = """
2027-01-01,Fri,Tết Dương lịch,holiday,official,,,Notice 1,
2027-02-05,Fri,Tết Nguyên đán,holiday,official,,,Notice 1,
2027-02-13,Sat,Làm bù,swap_work,official,2027-02-11,,Notice 1,
2027-02-11,Thu,Nghỉ hoán đổi,swap_off,official,2027-02-13,,Notice 1,
"""
TWO_OPTIONS = """
2027-01-01,Fri,Tết Dương lịch,holiday,official,,,,
2027-02-04,Thu,Tết (phương án 1),holiday,proposed,,1,,
2027-02-05,Fri,Tết (phương án 1),holiday,proposed,,1,,
2027-02-05,Fri,Tết (phương án 2),holiday,proposed,,2,,
2027-02-12,Fri,Tết (phương án 2),holiday,proposed,,2,,
"""


@tagged("post_install", "-at_install")
class TestCoreCalendarWizard(CalendarCommon):
    """Taking over a year: proposal, official list, preview, and the same list twice."""

    def _wizard(self, user=None, **vals):
        model = self.env["qms.holiday.wizard"].with_user(user or self.user_officer)
        return model.with_context(allowed_company_ids=self.company.ids).create(vals)

    def _from_file(self, rows, filename="list.csv", user=None, **vals):
        content = rows if isinstance(rows, bytes) else f"{HEADER}\n{rows.strip()}\n".encode()
        return self._wizard(
            user, origin="file", file=base64.b64encode(content), filename=filename, **vals
        )

    def _changes(self, wizard):
        return {
            (str(line.date), line.change, line.is_applied)
            for line in wizard.line_ids
            if line.change != "error"
        }

    def _recorded(self, company=None):
        rows = self.exceptions.search([("company_id", "=", (company or self.company).id)])
        return {(str(row.date), row.kind, row.status) for row in rows}

    # === PROPOSAL === #

    def test_library_proposes_a_year(self):
        wizard = self._wizard(origin="library", year_from=2026, year_to=2026)
        wizard.action_preview()
        self.assertEqual(wizard.state, "preview")
        self.assertEqual(set(wizard.line_ids.mapped("change")), {"new"})
        wizard.action_apply()
        rows = self.exceptions.search([])
        self.assertEqual(set(rows.mapped("status")), {"proposed"})
        self.assertEqual(rows.company_id, self.company)
        self.assertIn(fields.Date.to_date("2026-09-02"), rows.mapped("date"))
        self.assertIn("New", wizard.summary)

    def test_library_twice_changes_nothing(self):
        for expected in ("new", "kept"):
            wizard = self._wizard(origin="library", year_from=2026, year_to=2027)
            wizard.action_preview()
            self.assertEqual(set(wizard.line_ids.mapped("change")), {expected})
            wizard.action_apply()
        self.assertEqual(wizard.summary, "Nothing changed.")

    def test_proposal_never_overwrites_an_official_row(self):
        official = self._day("2027-02-05", self.company, name="Official")
        wizard = self._wizard(origin="library", year_from=2027, year_to=2027)
        wizard.action_preview()
        self.assertIn(("2027-02-05", "kept", False), self._changes(wizard))
        # ticking by a forged call does not help either
        wizard.line_ids.is_applied = True
        wizard.action_apply()
        self.assertEqual((official.name, official.status), ("Official", "official"))

    def test_years_are_checked(self):
        for first, last in ((2027, 2026), (1900, 1901), (2026, 9999)):
            with self.assertRaises(UserError):
                self._wizard(year_from=first, year_to=last).action_preview()

    # === OFFICIAL LIST === #

    def test_official_list_confirms_changes_and_drops_the_proposals(self):
        self._day("2027-02-05", self.company, status="proposed")
        self._day("2027-02-09", self.company, status="proposed")
        self._day("2027-01-01", self.company, name="Old name")
        self._day("2027-05-01", self.company)
        wizard = self._from_file(OFFICIAL)
        wizard.action_preview()
        self.assertEqual(
            self._changes(wizard),
            {
                ("2027-01-01", "changed", True),
                ("2027-02-05", "confirmed", True),
                ("2027-02-09", "dropped", True),
                ("2027-02-11", "new", True),
                ("2027-02-13", "new", True),
                ("2027-05-01", "dropped", False),
            },
        )
        wizard.action_apply()
        self.assertEqual(
            self._recorded(),
            {
                ("2027-01-01", "holiday", "official"),
                ("2027-02-05", "holiday", "official"),
                ("2027-02-11", "holiday", "official"),
                ("2027-02-13", "working_day", "official"),
                ("2027-05-01", "holiday", "official"),
            },
        )

    def test_same_file_twice_changes_nothing(self):
        self._apply(self._from_file(OFFICIAL))
        before = self._recorded()
        rows = self.exceptions.search([])
        stamps = rows.mapped("write_date")
        wizard = self._from_file(OFFICIAL)
        wizard.action_preview()
        self.assertEqual(set(wizard.line_ids.mapped("change")), {"unchanged"})
        wizard.action_apply()
        self.assertEqual(self._recorded(), before)
        self.assertEqual(rows.mapped("write_date"), stamps)

    def _apply(self, wizard):
        wizard.action_preview()
        wizard.action_apply()
        return wizard

    def test_unticked_lines_are_left_alone(self):
        wizard = self._from_file(OFFICIAL)
        wizard.action_preview()
        wizard.line_ids.filtered(lambda line: line.date.month == 2).is_applied = False
        wizard.action_apply()
        self.assertEqual(self._recorded(), {("2027-01-01", "holiday", "official")})

    def test_bad_rows_are_named_and_the_others_applied(self):
        wizard = self._from_file(OFFICIAL + "2027-02-30,,Tết,holiday,official,,,,\n")
        wizard.action_preview()
        self.assertEqual(wizard.error_count, 1)
        line = wizard.line_ids.sorted()[0]
        self.assertEqual((line.change, line.row), ("error", 6))
        self.assertIn("2027-02-30", line.message)
        wizard.line_ids.is_applied = True
        wizard.action_apply()
        self.assertEqual(len(self._recorded()), 4)

    def test_useless_files_are_refused_in_words(self):
        for content, filename, words in (
            (b"", "list.csv", "Choose the file"),
            (b"date,name\n2027-01-01,x\n", "list.csv", "kind"),
            (HEADER.encode(), "list.csv", "no row"),
            (b"PK\x03\x04 broken", "list.xlsx", ""),
            (b"not a workbook", "list.exe", "XLSX or CSV"),
        ):
            with self.subTest(filename=filename), self.assertRaisesRegex(UserError, words):
                self._from_file(content, filename).action_preview()
        self.assertFalse(self.exceptions.search([]))

    # === OVERLAPPING PROPOSALS === #

    def test_option_must_be_chosen(self):
        wizard = self._from_file(TWO_OPTIONS)
        wizard.action_preview()
        self.assertTrue(wizard.is_choice_open)
        self.assertEqual(wizard.option_ids.mapped("day_count"), [2, 2])
        with self.assertRaisesRegex(UserError, "overlapping"):
            wizard.action_apply()

    def test_one_option_of_a_year_is_taken_and_may_be_changed(self):
        wizard = self._from_file(TWO_OPTIONS)
        wizard.action_preview()
        wizard.option_ids[0].action_choose()
        self.assertEqual(wizard.option_ids.mapped("is_chosen"), [True, False])
        wizard.option_ids[1].action_choose()
        self.assertEqual(wizard.option_ids.mapped("is_chosen"), [False, True])
        self.assertFalse(wizard.is_choice_open)
        wizard.action_apply()
        proposed = {date for date, _kind, status in self._recorded() if status == "proposed"}
        self.assertEqual(proposed, {"2027-02-05", "2027-02-12"})

    def test_other_option_later_drops_the_first(self):
        for number in (0, 1):
            wizard = self._from_file(TWO_OPTIONS)
            wizard.action_preview()
            wizard.option_ids[number].action_choose()
            wizard.action_apply()
        proposed = {date for date, _kind, status in self._recorded() if status == "proposed"}
        self.assertEqual(proposed, {"2027-02-05", "2027-02-12"})

    # === SCOPE AND RIGHTS === #

    def test_province_allowed_for_an_officer_of_all_agencies_only(self):
        self._apply(self._from_file(OFFICIAL, user=self.user_province, company_id=False))
        self.assertEqual(len(self.exceptions.search([("company_id", "=", False)])), 4)
        self.exceptions.search([]).unlink()
        wizard = self._from_file(OFFICIAL, company_id=False)
        wizard.action_preview()
        with self.assertRaises(AccessError):
            wizard.action_apply()
        self.assertFalse(self.exceptions.search([]))

    def test_another_agency_cannot_be_written(self):
        with self.assertRaises(AccessError):
            self._from_file(OFFICIAL, company_id=self.company_b.id)

    def test_agency_keeps_only_what_differs_from_the_province(self):
        self._day("2027-01-01")
        wizard = self._from_file(OFFICIAL)
        wizard.action_preview()
        self.assertIn(("2027-01-01", "unchanged", False), self._changes(wizard))

    def test_blocked_for_every_other_role(self):
        for role, user in self.users_by_role.items():
            if role != "officer":
                with self.subTest(role=role), self.assertRaises(AccessError):
                    self._wizard(user)

    def test_work_of_a_colleague_is_not_readable(self):
        wizard = self._from_file(TWO_OPTIONS)
        wizard.action_preview()
        for records in (wizard, wizard.option_ids, wizard.line_ids):
            self.assertTrue(records)
            for colleague in (self.user_province, self.user_officer_b):
                with self.subTest(model=records._name), self.assertRaises(AccessError):
                    self._as(records, colleague).read(["create_uid"])

    def test_applied_once(self):
        wizard = self._apply(self._from_file(OFFICIAL))
        with self.assertRaises(UserError):
            wizard.action_apply()

    def test_form_and_way_back(self):
        form = Form(self.env["qms.holiday.wizard"].with_user(self.user_officer))
        form.year_from = form.year_to = 2026
        wizard = form.save()
        wizard.action_preview()
        action = wizard.action_back()
        self.assertEqual((wizard.state, len(wizard.line_ids)), ("source", 0))
        self.assertEqual(action["res_id"], wizard.id)
        wizard.action_preview()
        wizard.action_apply()
        action = wizard.action_reproject()
        self.assertEqual(action["res_model"], "qms.calendar.reprojection")
        self.assertEqual(action["context"]["default_company_ids"], self.company.ids)
