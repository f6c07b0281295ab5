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
        self.assertIn("5, 8", line.grade_text)

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
                elif figure in ("index_5", "index_8"):
                    self.assertEqual(found.mapped("index"), ["5"])
                else:
                    self.assertEqual(found.qms_dossier_id, self.dossiers)

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

    def test_the_workbook(self):
        report = self._report()
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.user_officer)
            .with_context(lang="en_US", allowed_company_ids=self.company.ids)
            ._render_xlsx("qms_reports.nine_index_xlsx", report.ids, {})
        )
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        rows = {row[1]: row for row in sheet.iter_rows(values_only=True)}
        row = rows[self.company.name]
        self.assertEqual(row[2:7], (2, 2, 2, 1.5, 1))
        self.assertEqual(row[7], "–")
