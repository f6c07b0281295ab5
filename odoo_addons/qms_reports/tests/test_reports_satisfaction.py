import io

import openpyxl
from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.qms_public_admin.tests.frontdesk import rating_common
from odoo.addons.qms_public_admin.tools.statistics import wilson

READERS = ("head", "leader", "officer", "auditor", "provincial")
OFFICER_READERS = ("head", "leader", "officer")


@tagged("post_install", "-at_install")
class TestReportsSatisfaction(rating_common.RatingCommon):
    """Response rate, share with interval, mean without what is not applicable."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other, _version = cls._create_procedure("9.000002", cls.company)
        cls.dossiers = cls._returned("2026-10-12 02:00", 4)
        cls.dossiers |= cls._returned("2026-11-09 02:00", 3, procedure_id=cls.other.id)
        cls.open = cls._accepted_dossier()
        for dossier, position in zip(cls.dossiers, (1, 2, 3, None, 1, None, None), strict=True):
            if position:
                with freeze_time(dossier.returned_at):
                    dossier._rate(
                        cls._chosen(cls.three_levels, position),
                        "link",
                        reason="Waited",
                        seconds=1 if position == 3 else 60,
                    )

    @classmethod
    def _returned(cls, when, count, **vals):
        with freeze_time(when):
            dossiers = [cls._returned_dossier(**vals) for _number in range(count)]
        return cls.env["qms.dossier"].union(*dossiers)

    def _report(self, user=None, **options):
        reports = self._as(self.env["qms.satisfaction.report"], user or self.user_officer)
        report = reports.with_context(lang="en_US").create(
            {"date_from": "2026-10-01", "date_to": "2026-11-30", **options}
        )
        report.action_compute()
        return report

    def _opened(self, line, figure):
        action = line.action_open_figure(figure)
        return line.env[action["res_model"]].search(action["domain"])

    def test_figures_of_the_total(self):
        total = self._report().total_line_id
        figures = {name: total[name] for name in total.report_id._figures()}
        self.assertEqual(
            figures,
            {
                "dossiers": 7,
                "answers": 4,
                "valid": 4,
                "satisfied": 3,
                "very_satisfied": 2,
                "satisfied_level": 1,
                "neutral": 0,
                "not_satisfied": 1,
                "flagged": 1,
            },
        )
        self.assertEqual(total.response_text, "57.1% (4/7)")
        self.assertEqual(total.satisfied_text, "75.0% (3/4)")
        self.assertEqual(total.score_text, "62.5")

    def test_flagged_ratings_can_be_left_out_and_the_print_says_how_many(self):
        report = self._report(flagged="without")
        total = report.total_line_id
        self.assertEqual((total.dossiers, total.answers, total.not_satisfied), (7, 3, 0))
        self.assertEqual(total.satisfied_text, "100.0% (3/3)")
        self.assertIn("1 flagged ratings are left out.", report._notes())
        self.assertIn("1 flagged ratings are counted.", self._report()._notes())

    def test_groups_add_up_and_every_figure_opens(self):
        for grouping in (
            *("procedure", "field", "department", "company", "intake_channel", "channel"),
            *("month", "quarter", "officer", "returner"),
        ):
            for flagged in ("with", "without"):
                report = self._report(grouping=grouping, flagged=flagged)
                total = report.total_line_id
                groups = report.line_ids - total
                for figure in report._figures():
                    with self.subTest(grouping=grouping, flagged=flagged, figure=figure):
                        self.assertEqual(sum(groups.mapped(figure)), total[figure])
                        for line in report.line_ids:
                            opened = self._opened(line, figure)
                            self.assertEqual(len(opened), line[figure], line.name)

    def test_the_trend_by_month(self):
        report = self._report(grouping="month")
        lines = {line.name: (line.dossiers, line.answers) for line in report.line_ids}
        self.assertEqual(lines, {"10/2026": (4, 3), "11/2026": (3, 1), "Total": (7, 4)})

    def test_by_officer_both_roles(self):
        names = {}
        for grouping in ("officer", "returner"):
            report = self._report(grouping=grouping)
            names[grouping] = (report.line_ids - report.total_line_id).mapped("name")
        self.assertEqual(names["officer"], [self.user_specialist.display_name])
        self.assertEqual(names["returner"], [self.user_clerk.display_name])

    def test_shares_of_groups_are_those_of_the_kernel(self):
        rows = self._as(self.env["qms.satisfaction.analysis"], self.user_officer)
        aggregates = [
            "answers:sum",
            "dossiers:sum",
            "satisfied:sum",
            "valid:sum",
            "response_rate:response_rate",
            "satisfied_share:satisfied_share",
            "satisfied_low:satisfied_low",
            "satisfied_high:satisfied_high",
        ]
        found = rows._read_group([], ["procedure_id"], aggregates)
        self.assertEqual(len(found), 2)
        for _procedure, answers, dossiers, satisfied, valid, rate, share, low, high in found:
            self.assertAlmostEqual(rate, 100 * answers / dossiers)
            self.assertAlmostEqual(share, 100 * satisfied / valid)
            for bound, expected in zip((low, high), wilson(satisfied, valid), strict=True):
                self.assertAlmostEqual(bound, 100 * expected)
        with_none = rows._read_group([("answers", "=", 0)], [], aggregates[4:])
        self.assertEqual(with_none, [(0.0, False, False, False)])

    # === RIGHTS === #

    def test_who_reads_satisfaction(self):
        for role, user in self.users_by_role.items():
            with self.subTest(role=role):
                rows = self._as(self.env["qms.satisfaction.analysis"], user)
                if role in READERS:
                    self.assertEqual(len(rows.search([])), 7)
                    self._report(user=user)
                else:
                    with self.assertRaises(AccessError):
                        rows.search([])
                    with self.assertRaises(AccessError):
                        self._report(user=user)

    def test_os_11_who_reads_it_by_officer(self):
        for role, user in self.users_by_role.items():
            with self.subTest(role=role):
                rows = self._as(self.env["qms.satisfaction.officer"], user)
                if role in OFFICER_READERS:
                    self.assertEqual(rows.search([]).officer_id, self.user_specialist)
                    self._report(user=user, grouping="officer")
                    continue
                with self.assertRaises(AccessError):
                    rows.search([])
                with self.assertRaises(AccessError):
                    rows._read_group([], ["officer_id"], ["answers:sum"])
                with self.assertRaises(AccessError):
                    self._report(user=user, grouping="officer")
                with self.assertRaises(AccessError):
                    self._report(user=user, grouping="returner")

    def test_another_agency_reads_nothing(self):
        for name in ("qms.satisfaction.analysis", "qms.satisfaction.officer"):
            rows = self._as(self.env[name], self.user_officer_b)
            self.assertFalse(rows.search([]))
            self.assertFalse(rows._read_group([("answers", "=", 1)], ["procedure_id"]))
        with self.assertRaises(AccessError):
            self._report(user=self.user_officer_b, company_ids=self.company.ids)
        self.assertEqual(self._report(user=self.user_officer_b).total_line_id.dossiers, 0)

    def test_a_report_is_seen_by_its_maker_alone(self):
        report = self._report()
        for record in (report, report.line_ids):
            with self.assertRaises(AccessError):
                self._as(record, self.user_head).read(["display_name"])
        with self.assertRaises(AccessError):
            self._as(report.line_ids[0], self.user_officer).write({"answers": 999})

    # === PRINTS === #

    def test_print_and_workbook_say_the_same(self):
        report = self._report()
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.user_officer)
            ._render_qweb_html("qms_reports.satisfaction_report_pdf", report.ids)
        )
        for text in ("57.1% (4/7)", "75.0% (3/4)"):
            self.assertIn(text, html.decode())
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.user_officer)
            .with_context(lang="en_US", allowed_company_ids=self.company.ids)
            ._render_xlsx("qms_reports.satisfaction_report_xlsx", report.ids, {})
        )
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        rows = {row[1]: row for row in sheet.iter_rows(values_only=True)}
        total = rows["Total"]
        self.assertEqual(total[2:6], (7, 4, 4, 3))
        self.assertAlmostEqual(total[11], 4 / 7)
        self.assertAlmostEqual(total[12], 3 / 4)

    def test_a_name_in_the_workbook_is_no_formula(self):
        self.procedure.name = "=1+1"
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.user_officer)
            .with_context(lang="en_US", allowed_company_ids=self.company.ids)
            ._render_xlsx("qms_reports.satisfaction_report_xlsx", self._report().ids, {})
        )
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        [cell] = [c for row in sheet.iter_rows() for c in row if "=1+1" in str(c.value)]
        self.assertEqual(cell.data_type, "s")

    # === COST === #

    def test_the_report_costs_a_handful_of_queries(self):
        self._report()
        self.env.invalidate_all()
        with self.assertQueryCount(40):
            self._report(grouping="procedure")
