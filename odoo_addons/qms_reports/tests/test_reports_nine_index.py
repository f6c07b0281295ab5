import io

import openpyxl
from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.qms_public_admin.tests.frontdesk import rating_common


@tagged("post_install", "-at_install")
class TestReportsNineIndex(rating_common.RatingCommon):
    """Nine indices, total and grade; what is not known is said, not guessed (§1.11)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._use(cls.nine_indices)
        with freeze_time("2026-11-09 02:00"):
            cls.dossiers = cls._returned_dossier() | cls._returned_dossier()
            for dossier, positions in zip(
                cls.dossiers, ((1, 1, 1, 1, 1, 1), (2, 3, 1, 2, 2, 2)), strict=True
            ):
                dossier._rate(
                    cls._chosen(cls.nine_indices, *positions), "link", reason="x", seconds=60
                )

    def _report(self, user=None, **options):
        reports = self._as(self.env["qms.nine.index.report"], user or self.user_officer)
        report = reports.with_context(lang="en_US").create(
            {"date_from": "2026-10-01", "date_to": "2026-12-31", **options}
        )
        report.action_compute()
        return report

    def _score(self, index, points, **vals):
        return self._as(self.env["qms.index.score"], self.user_officer).create(
            {
                "index": index,
                "self_score": points,
                "date_from": "2026-10-01",
                "date_to": "2026-12-31",
                **vals,
            }
        )

    def test_computed_and_answered_indices(self):
        line = self._report().line_ids
        self.assertEqual(line.forms, 2)
        self.assertEqual((line.index_1, line.index_2), (2.0, 2.0), "shorter than the law allows")
        self.assertEqual((line.index_3, line.index_4), (1.5, 1.0))
        self.assertEqual((line.index_6, line.index_7), (2.0, 1.5))
        self.assertEqual((line.very_satisfied, line.satisfied), (1, 1))

    def test_without_all_nine_there_is_no_grade(self):
        line = self._report().line_ids
        self.assertFalse(line.grade or line.rank)
        self.assertEqual(line.grade_text, "Without index 5")

    def test_a_total_on_the_limit_has_the_higher_grade(self):
        """INV-17: 2 + 2 + 1.5 + 1 + 2 + 1.5 = 10 of the dossiers, the rest of the unit."""
        self._score("5", 2)
        self._score("8", 1.5)
        self._score("9", 1.5)
        line = self._report().line_ids
        self.assertEqual((line.total, line.grade, line.rank), (15.0, "excellent", 1))

    def test_the_appraised_score_counts(self):
        self._score("5", 2, is_appraised=True, appraised_score=0.5)
        self.assertEqual(self._report().line_ids.index_5, 0.5)

    def test_a_period_is_scored_once_and_within_its_points(self):
        self._score("5", 2)
        with self.assertRaises(ValidationError):
            self._score("5", 1, date_from="2026-12-01")

    def test_flagged_forms_can_be_left_out(self):
        with freeze_time("2026-11-09 02:00"):
            fast = self._returned_dossier()
            fast._rate(
                self._chosen(self.nine_indices, 3, 3, 3, 3, 3, 3), "link", reason="x", seconds=1
            )
        self.assertEqual(self._report().line_ids.forms, 3)
        self.assertEqual(self._report(flagged="without").line_ids.forms, 2)

    def test_every_figure_opens_what_it_rests_on(self):
        self._score("5", 2)
        line = self._report(grouping="department").line_ids
        self.assertEqual(line.department_id, self.department)
        for figure in ("forms", *(f"index_{number}" for number in range(1, 10))):
            action = line.action_open_figure(figure)
            found = line.env[action["res_model"]].search(action["domain"])
            with self.subTest(figure=figure):
                if figure == "index_9":
                    self.assertFalse(found, "no dossier online")
                elif figure == "index_8":
                    self.assertFalse(found, "no complaint")
                elif figure == "index_5":
                    self.assertEqual(found.mapped("index"), ["5"])
                else:
                    self.assertEqual(found.qms_dossier_id, self.dossiers)

    # === INDEX 8: COMPLAINTS === #

    def _complaint(self, received="2026-10-05 02:00", company=None, **vals):
        user = self.user_clerk_b if company == self.company_b else self.user_clerk
        with freeze_time(received):
            return self._as(self.env["helpdesk.ticket"], user).create(
                {
                    "name": "Phản ánh",
                    "description": "<p>Nội dung</p>",
                    "qms_kind": "complaint",
                    "company_id": (company or self.company).id,
                    "qms_is_anonymous": True,
                    "user_id": False,
                    **vals,
                }
            )

    def _answered(self, moment="2026-10-12 02:00", received="2026-10-05 02:00", **vals):
        ticket = self._complaint(received, **vals)
        with freeze_time(moment):
            ticket.action_qms_classify("conduct")
            ticket.action_qms_answer("Trả lời", "founded")
        return ticket

    def _index_8(self, now="2026-12-20 02:00", **options):
        with freeze_time(now):
            return self._report(**options).line_ids

    def test_index_8_is_computed_from_the_complaints(self):
        self.assertEqual(self._index_8().index_8, 2, "none")
        for _number in range(9):
            self._answered()
        self.assertEqual(self._index_8().index_8, 2, "all in time")
        self._answered("2026-12-01 02:00")
        self.assertEqual(self._index_8().index_8, 1, "nine of ten")
        self._answered("2026-12-01 02:00")
        self.assertEqual(self._index_8().index_8, 0, "nine of eleven")

    def test_a_complaint_long_pending_costs_both_points(self):
        self._answered()
        pending = self._complaint()
        self.assertEqual(self._index_8("2026-10-08 02:00").index_8, 2, "within its limit")
        self.assertEqual(self._index_8().index_8, 0)
        with freeze_time("2026-12-21 02:00"):
            pending.action_qms_cancel("Người gửi rút lại")
        self.assertEqual(self._index_8("2026-12-22 02:00").index_8, 2)

    def test_what_was_not_accepted_is_no_complaint_handled(self):
        for _number in range(9):
            self._answered()
        self._answered("2026-12-01 02:00")
        refused = self._complaint()
        with freeze_time("2026-10-06 02:00"):
            refused.action_qms_classify("incomplete", "Không rõ nội dung")
        self.assertEqual(self._index_8().index_8, 1)
        action = self._index_8().action_open_figure("index_8")
        self.assertEqual(
            self._as(self.env[action["res_model"]], self.user_officer).search_count(
                action["domain"]
            ),
            10,
        )

    def test_a_past_quarter_counted_later_has_the_same_points(self):
        """INV-10: an answer of January changes nothing of what December was."""
        ticket = self._complaint("2026-12-01 02:00")
        before = self._index_8("2027-01-02 02:00").index_8
        with freeze_time("2027-01-05 02:00"):
            ticket.action_qms_classify("conduct")
            ticket.action_qms_answer("Trả lời", "founded")
        later = self._index_8("2027-02-01 02:00")
        self.assertEqual((before, later.index_8), (0, 0))
        following = self._index_8("2027-02-01 02:00", date_from="2027-01-01", date_to="2027-03-31")
        self.assertEqual(following.index_8, 0, "answered late, in January")

    def test_index_8_by_unit_and_by_procedure(self):
        other = self.env["hr.department"].create(
            {"name": "Price division", "company_id": self.company.id}
        )
        self._complaint(qms_department_id=other.id)
        self._answered(qms_procedure_id=self.procedure.id)
        self._answered(qms_dossier_id=self.dossiers[0].id)
        lines = self._index_8(grouping="department")
        points = {line.department_id: line.index_8 for line in lines}
        self.assertEqual(points[other], 0, "a unit without forms but with a late complaint")
        self.assertEqual(points[self.department], 2)
        lines = self._index_8(grouping="procedure")
        points = {line.procedure_id: (line.forms, line.index_8) for line in lines}
        self.assertEqual(points[self.procedure], (2, 2))
        self.assertEqual(points[self.env["qms.procedure"]], (0, 0), "about no procedure")
        line = lines.filtered("procedure_id")
        found = line.env["qms.complaint.analysis"].search(
            line.action_open_figure("index_8")["domain"]
        )
        self.assertEqual(len(found), 2)

    def test_the_score_of_the_appraisal_goes_before_the_computed_one(self):
        self._complaint()
        self._score("8", 1, is_appraised=True, appraised_score=1.5)
        line = self._index_8()
        self.assertEqual(line.index_8, 1.5)
        self.assertEqual(line.action_open_figure("index_8")["res_model"], "qms.index.score")

    def test_complaints_of_another_agency_do_not_count(self):
        self._complaint(company=self.company_b)
        self.assertEqual(self._index_8().index_8, 2)
        with self.assertRaises(AccessError):
            self._report(company_ids=[(6, 0, self.company_b.ids)])

    def test_an_agency_that_is_switched_off_is_not_counted(self):
        self._complaint(company=self.company_b)
        both = self.company | self.company_b
        self.user_officer.company_ids = both
        reports = self.env["qms.nine.index.report"].with_user(self.user_officer)
        report = reports.with_context(allowed_company_ids=both.ids).create(
            {"date_from": "2026-10-01", "date_to": "2026-12-31", "company_ids": both.ids}
        )
        with freeze_time("2026-12-20 02:00"):
            self.assertIn((self.company_b.id, None), report._complaint_counts(None))
            report = report.with_context(allowed_company_ids=self.company.ids)
            self.assertFalse(report._complaint_counts(None))

    def test_the_figure_is_the_same_for_whom_a_complaint_is_about(self):
        self._complaint(qms_officer_id=self.user_head.id)
        self.assertEqual(self._index_8(user=self.user_head).index_8, 0)
        action = self._index_8(user=self.user_head).action_open_figure("index_8")
        rows = self._as(self.env["qms.complaint.analysis"], self.user_head)
        self.assertFalse(rows.search(action["domain"]), "the complaint itself stays hidden")

    # === OFFICER TOTAL === #

    def test_the_officer_total(self):
        line = self._report(grouping="officer").line_ids
        self.assertEqual(line.officer_id, self.user_specialist)
        self.assertEqual((line.forms, line.total), (2, 2 + 2 + 1.5 + 1 + 1.5))
        self.assertEqual((line.task_level, line.grade), ("full", False))
        self.assertEqual(line.grade_text, "100 % of the task")
        names = [figure["name"] for figure in line.report_id.table["rows"][0]["figures"]]
        self.assertEqual(names, ["forms", *(f"index_{number}" for number in (1, 2, 3, 4, 7))])
        found = line.env["survey.user_input"].search(line.action_open_figure("index_7")["domain"])
        self.assertEqual(found.qms_dossier_id, self.dossiers)

    def test_the_limits_of_the_officer_total_are_settings(self):
        self.company.write({"qms_officer_full": 9, "qms_officer_part": 8})
        self.assertEqual(self._report(grouping="officer").line_ids.task_level, "part")
        self.company.write({"qms_officer_part": 8.5})
        report = self._report(grouping="officer")
        self.assertEqual(report.line_ids.task_level, "below")
        self.assertIn("From 9.00 points 100 % of the task", report.notes)

    def test_the_officer_total_is_for_those_alone_who_have_the_right(self):
        allowed = ("head", "leader", "officer")
        for role in ("head", "leader", "officer", "auditor", "provincial"):
            user = self.users_by_role[role]
            with self.subTest(role=role):
                if role in allowed:
                    self.assertTrue(self._report(user=user, grouping="officer").line_ids)
                    continue
                with self.assertRaises(AccessError):
                    self._report(user=user, grouping="officer")
        report = self._report(user=self.user_auditor)
        report.write({"grouping": "officer"})
        self.assertFalse(report.line_ids)
        with self.assertRaises(AccessError):
            report.action_export()

    def test_rights(self):
        readers = ("head", "leader", "officer", "auditor", "provincial")
        score = self._score("5", 2)
        for role, user in self.users_by_role.items():
            with self.subTest(role=role):
                if role in readers:
                    self.assertEqual(self._report(user=user).line_ids.forms, 2)
                else:
                    with self.assertRaises(AccessError):
                        self._report(user=user)
                if role != "officer":
                    with self.assertRaises(AccessError):
                        self._as(score, user).write({"self_score": 0})
        self.assertFalse(self._as(self.env["qms.index.score"], self.user_officer_b).search([]))
        with self.assertRaises(AccessError):
            self._as(score, self.user_officer_b).write({"self_score": 0})
        report = self._report()
        with self.assertRaises(AccessError):
            self._as(report.line_ids, self.user_head).read(["total"])

    # === WORKBOOK === #

    def _sheet(self, report):
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.user_officer)
            .with_context(lang="en_US", allowed_company_ids=self.company.ids)
            ._render_xlsx("qms_reports.nine_index_xlsx", report.ids, {})
        )
        return openpyxl.load_workbook(io.BytesIO(content)).active

    def test_the_workbook(self):
        rows = {row[1]: row for row in self._sheet(self._report()).iter_rows(values_only=True)}
        row = rows[self.company.name]
        self.assertEqual(row[2:7], (2, 2, 2, 1.5, 1))
        self.assertEqual(row[7], "–")

    def test_the_workbook_of_officers_has_their_indices(self):
        sheet = self._sheet(self._report(grouping="officer"))
        rows = {row[1]: row for row in sheet.iter_rows(values_only=True)}
        self.assertEqual(rows[self.user_specialist.name][2:9], (2, 2, 2, 1.5, 1, 1.5, 8))

    def test_a_name_in_the_workbook_is_no_formula(self):
        self.department.name = '=HYPERLINK("http://127.0.0.1/","x")'
        sheet = self._sheet(self._report(grouping="department"))
        [cell] = [c for row in sheet.iter_rows() for c in row if c.value == self.department.name]
        self.assertEqual((cell.data_type, cell.quotePrefix), ("s", True))
