"""Reference case K: the figures of 2018 come out of 1,322 dossiers (INV-16)."""

import datetime
from fractions import Fraction

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.qms_public_admin.tools.outcome import outcome
from odoo.addons.qms_public_admin.tools.statistics import percent_text
from odoo.addons.qms_reports.const import GROUPINGS, PARTS

from ..scenarios import case_k, world

YEAR_START, YEAR_END = "2018-01-01", "2018-12-31"
ZONE = "Asia/Ho_Chi_Minh"


@tagged("post_install", "-at_install")
class TestCaseK(TransactionCase):
    """The year is played once, through the verbs; each test reads it its own way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dossiers = case_k.load(cls.env)
        cls.ratings = case_k.rate(cls.env)
        cls.scene = world.enter(cls.env)
        cls.company = cls.scene.company
        cls.commune = cls.scene.ref("company_commune")

    def _report(self, login="thuky", companies=None, **options):
        companies = companies or self.company
        user = self.scene.ref(f"user_{login}")
        report = (
            self.env["qms.period.report"]
            .with_user(user)
            .with_context(allowed_company_ids=companies.ids)
            .create(
                {
                    "date_from": YEAR_START,
                    "date_to": YEAR_END,
                    "company_ids": [(6, 0, companies.ids)],
                    **options,
                }
            )
        )
        report.action_compute()
        return report

    def test_inv_16_the_period_report_gives_the_published_figures(self):
        total = self._report().total_line_id
        self.assertEqual(total.received, 1322)
        self.assertEqual(total.completed, 1322)
        self.assertEqual(total.early + total.on_time, 1319)
        self.assertEqual(total.completed_good, 1319)
        self.assertEqual(total.late, 3)
        self.assertEqual(Fraction(total.completed_good, total.completed), Fraction(1319, 1322))
        self.assertEqual(percent_text(total.completed_good, total.completed, 2), "99.77%")
        self.assertEqual(percent_text(total.late, total.completed, 2), "0.23%")

    def test_nothing_is_carried_over_or_left_open(self):
        total = self._report().total_line_id
        for figure in ("carried", "within", "over", "paused", "withdrawn", "stopped"):
            self.assertEqual(total[figure], 0, figure)
        self.assertEqual((total.unclassified, total.unaccepted), (0, 0))

    def test_shares_are_printed_with_their_denominator(self):
        report = self._report()
        line = report.total_line_id.with_context(lang="en_US")
        self.assertEqual(line.rate_completed, "99.8% (1,319/1,322)")
        self.assertEqual(line.rate_received, "99.8% (1,319/1,322)")
        self.assertEqual(line.interval_completed, "99.33 – 99.92%")
        summary = report.with_context(lang="en_US").summary
        self.assertIn("1,319 on time or early (99.8%), 3 late (0.2%)", summary)

    def test_what_the_text_leaves_open_is_said(self):
        """Regulation §6.6: the sentence about 2017 has no denominator to check it by."""
        total = self._report().total_line_id
        self.assertGreater(min(total.early, total.on_time), 0)
        late_2017 = Fraction(3, 1322) + Fraction("0.0256")
        self.assertEqual(percent_text(late_2017.numerator, late_2017.denominator, 2), "2.79%")
        self.assertEqual(total.points_completed, "–", "nothing is known of 2017")
        for point in ("on_time", "denominator", "rounding", "points", "forms", "procedures"):
            self.assertTrue(case_k.OPEN_POINTS[point])

    def test_inv_09_parts_add_up_in_every_cut(self):
        for grouping, _label in GROUPINGS:
            report = self._report(grouping=grouping)
            total = report.total_line_id
            groups = report.line_ids - total
            for line in report.line_ids:
                parts = sum(line[part] for part in PARTS)
                self.assertEqual(line.carried + line.received, parts + line.unclassified)
            for figure in ("received", *PARTS):
                self.assertEqual(sum(groups.mapped(figure)), total[figure], (grouping, figure))

    def test_the_cut_by_procedure_names_all_eleven(self):
        report = self._report(grouping="procedure")
        received = {line.name.split(" ")[0]: line.received for line in report.line_ids}
        received.pop(report.total_line_id.name.split(" ")[0])
        self.assertEqual(received, case_k.VOLUME)

    def test_inv_11_joint_dossiers_count_once(self):
        joint = self.dossiers.filtered("is_inter_agency")
        self.assertEqual(len(joint), case_k.VOLUME["3.000257"])
        self.assertIn(self.commune, joint.coordinating_agency_ids.company_id)
        both = self._report("tinh", self.company | self.commune, grouping="company")
        self.assertEqual(both.total_line_id.received, 1322)
        self.assertEqual(both.total_line_id.late, 3)
        alone = self._report("canboxa", self.commune)
        self.assertEqual(alone.total_line_id.received, 0, "read by the commune, not its own")

    def test_every_figure_opens_its_dossiers(self):
        line = self._report().total_line_id
        for figure in ("received", "early", "on_time", "late", "received_online"):
            action = line.action_open_figure(figure)
            found = self.env["qms.dossier"].search(action["domain"])
            self.assertEqual(len(found), line[figure], figure)
            self.assertLessEqual(found, self.dossiers)

    def test_coverage_is_eleven_of_eleven(self):
        screen = (
            self.env["qms.procedure.coverage"]
            .with_user(self.scene.ref("user_thuky"))
            .with_context(allowed_company_ids=self.company.ids)
            .create({"date": YEAR_END})
        )
        self.assertEqual((screen.published_count, screen.covered_count), (11, 11))
        self.assertEqual(screen.coverage, 100.0)

    def test_the_log_alone_gives_the_same_figures(self):
        """INV-16 without the report: first due date and completion as they were logged."""
        counts = dict.fromkeys(("early", "on_time", "late"), 0)
        for events in self.dossiers.event_ids.grouped("dossier_id").values():
            done = events.filtered(lambda event: event.event_type == "done")
            self.assertEqual(len(done), 1)
            extended = events.filtered(lambda event: event.event_type == "extended")[:1]
            rows = events.sorted("sequence")
            # An extension does not move the date by which the dossier is judged.
            judged = rows[rows.ids.index(extended.id) - 1].due_at if extended else done.due_at
            counts[outcome(done.at, judged, ZONE, "date")] += 1
        self.assertEqual(counts["early"] + counts["on_time"], 1319)
        self.assertEqual(counts["late"], 3)

    def _satisfaction(self, login="thuky", **options):
        report = (
            self.env["qms.satisfaction.report"]
            .with_user(self.scene.ref(f"user_{login}"))
            .with_context(allowed_company_ids=self.company.ids, lang="en_US")
            .create({"date_from": YEAR_START, "date_to": YEAR_END, **options})
        )
        report.action_compute()
        return report

    def test_inv_16_satisfaction_gives_the_published_figures(self):
        """140 forms of 1,322 dossiers, all satisfied: 10.6 %, at least 97.3 % (§4, §6.1)."""
        report = self._satisfaction()
        total = report.total_line_id
        self.assertEqual((total.answers, total.dossiers), (140, 1322))
        self.assertEqual((total.satisfied, total.valid), (140, 140))
        self.assertEqual(total.response_text, "10.6% (140/1,322)")
        self.assertEqual(percent_text(total.answers, total.dossiers, 2), "10.59%")
        self.assertEqual(total.satisfied_text, "100.0% (140/140)")
        self.assertEqual(total.interval_text, "97.33 – 100.00%")
        self.assertEqual(total.very_satisfied + total.satisfied_level, 140)
        self.assertEqual(total.flagged, 0)
        opened = total.action_open_figure("satisfied")
        found = report.env[opened["res_model"]].search(opened["domain"])
        self.assertEqual(found.answer_id.sudo(), self.ratings)

    def test_satisfaction_adds_up_in_every_cut(self):
        for grouping in ("procedure", "department", "month", "officer", "channel"):
            report = self._satisfaction(grouping=grouping)
            groups = report.line_ids - report.total_line_id
            for figure in ("dossiers", "answers", "satisfied"):
                self.assertEqual(sum(groups.mapped(figure)), report.total_line_id[figure])

    def test_each_dossier_is_rated_once(self):
        """INV-08: a second rating of the year is refused; the first stays."""
        self.assertEqual(len(self.ratings.qms_dossier_id), case_k.RATED)
        self.assertEqual(self.ratings.qms_dossier_id, self.ratings.qms_dossier_id & self.dossiers)
        self.assertEqual(case_k.rate(self.env), self.ratings, "run again")
        with self.assertRaisesRegex(UserError, "rated already"):
            self.ratings[0].qms_dossier_id._rate({}, "paper")

    def test_every_chain_verifies(self):
        broken = {key: row for key, row in self.dossiers._verify_chain().items() if row}
        self.assertEqual(broken, {})

    def test_two_of_the_late_ones_had_an_apology(self):
        """Extended dossiers are judged on the first due date (regulation §1.4)."""
        late = self.dossiers.filtered(lambda dossier: dossier.outcome == "late")
        extended = late.filtered("extension_ids")
        self.assertEqual((len(late), len(extended)), (3, 2))
        for dossier in extended:
            self.assertLess(dossier.done_at, dossier.due_at, "within the date of the apology")
            self.assertGreater(dossier.done_at, dossier.first_due_at)
        timely = (self.dossiers - late).filtered("extension_ids")
        self.assertEqual(len(timely), 2, "an extension alone makes nobody late")

    def test_the_year_was_lived(self):
        channels = {
            key: len(found) for key, found in self.dossiers.grouped("intake_channel").items()
        }
        self.assertEqual(set(channels), {"direct", "online", "post"})
        self.assertGreater(min(channels.values()), 100)
        types = self.dossiers.event_ids.grouped("event_type")
        expected = {
            "supplement_requested": 54,
            "payment_requested": 14,
            "paused": 6,
            "sent_back": 38,
            "extended": 4,
            "assigned": 60,
        }
        self.assertEqual({key: len(types[key]) for key in expected}, expected)
        self.assertEqual(set(self.dossiers.mapped("state")), {"returned"})
        self.assertFalse(any(self.dossiers.mapped("is_imported")))

    def test_refused_at_the_counter_is_not_received(self):
        refused = self.env["qms.dossier"].search_count(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "refused"),
                ("closed_at", "<", "2019-01-01"),
            ]
        )
        self.assertEqual(refused, case_k.REFUSED)

    def test_days_off_of_2018_were_kept(self):
        off = {
            day.date
            for day in self.env["qms.calendar.exception"].search([("kind", "=", "holiday")])
            if day.date.year == 2018
        }
        self.assertIn(datetime.date(2018, 2, 16), off, "the first day of the lunar year")
        self.assertIn(datetime.date(2018, 12, 31), off, "off by swap, of the list itself")
        moments = [
            *self.dossiers.step_ids.mapped("done_at"),
            *self.dossiers.mapped("due_at"),
            *self.dossiers.mapped("accepted_at"),
        ]
        days = {(moment + world.HANOI).date() for moment in moments}
        self.assertFalse(days & off)
        self.assertFalse({day for day in days if day.weekday() >= 5})
