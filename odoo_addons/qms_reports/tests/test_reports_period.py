import datetime

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.qms_public_admin.tools.outcome import outcome

from ..const import FIGURES, FOLDED_FIGURES, GROUPINGS, PARTS
from .common import ReportsCommon

JANUARY = ("2026-01-01", "2026-01-31")
FEBRUARY = ("2026-02-01", "2026-02-28")


@tagged("post_install", "-at_install")
class TestReportsPeriod(ReportsCommon):
    """A period report counts from the log and opens what it counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Three working days are promised: accepted Monday 5 January, due Thursday 8.
        cls.early = cls._accept("2026-01-05 08:00", intake_channel="online")
        cls._finish(cls.early, "2026-01-07 16:00")
        cls.on_time = cls._accept("2026-01-05 08:00")
        cls._finish(cls.on_time, "2026-01-08 17:30")
        cls.late = cls._accept("2026-01-05 08:00", intake_channel="post")
        cls.withdrawn = cls._accept("2026-01-06 08:00")
        cls.stopped = cls._accept("2026-01-06 08:00")
        cls.paused = cls._accept("2026-01-06 08:00")
        cls.paying = cls._accept("2026-01-06 08:00")
        cls.resting = cls._accept("2026-01-06 08:00")
        cls.over = cls._accept("2026-01-12 08:00")
        cls.within = cls._accept("2026-01-30 08:00")
        cls._end_january()

    @classmethod
    def _end_january(cls):
        with cls._at("2026-01-08 09:00"):
            head = [cls._as(dossier, cls.user_head) for dossier in (cls.paying, cls.resting)]
            head[0].action_request_payment("Fee of the land registry")
            head[1].action_stop("Waiting for the court", terminal=False)
            cls._as(cls.withdrawn, cls.user_clerk).action_withdraw("Not wanted any more")
            cls._as(cls.stopped, cls.user_head).action_stop("No result is possible")
            cls._as(cls.paused, cls.user_head).action_request_supplement("Map missing")
        cls._finish(cls.late, "2026-01-16 10:00")
        with cls._at("2026-01-20 09:00"):
            cls.submitted = cls._new_dossier()
            cls.refused = cls._new_dossier()
            cls.refused.action_refuse("Not for this agency")

    # === KERNEL === #

    def test_outcome_in_sql_equals_the_kernel(self):
        """The one definition of early, on time, late, in both languages."""
        due = datetime.datetime(2026, 3, 29, 16, 30)
        moments = [due + datetime.timedelta(minutes=step) for step in range(-1600, 1600, 17)]
        moments += [due, due + datetime.timedelta(seconds=59)]
        figures = self.env["qms.period.figures"]
        for zone in ("Asia/Ho_Chi_Minh", "Europe/Paris"):
            for by in ("date", "minute"):
                for given in (due, None):
                    query = SQL(
                        """SELECT moment, %s FROM unnest(%s::timestamp[]) moment,
                           (SELECT %s::timestamp AS due, %s AS zone, %s AS by_minute) agency""",
                        figures._outcome_sql(SQL("moment"), SQL("due")),
                        moments,
                        given,
                        zone,
                        by == "minute",
                    )
                    for moment, found in self.env.execute_query(query):
                        self.assertEqual(
                            found, outcome(moment, given, zone, by), (moment, zone, by)
                        )

    # === FIGURES === #

    def test_parts_sum_to_the_whole(self):
        """INV-09: each dossier is in one part, statuses 1 and 3 are outside."""
        report = self._report(*JANUARY)
        self.assertEqual(
            self._figures(report),
            {
                "received_online": 1,
                "received_direct": 9,
                "early": 1,
                "on_time": 1,
                "late": 1,
                "withdrawn": 1,
                "stopped": 1,
                "within": 1,
                "over": 1,
                "paused": 3,
            },
        )
        total = report.total_line_id
        self.assertEqual(total.total, sum(total[part] for part in PARTS))
        self.assertEqual(total.total, total.carried + total.received)

    def test_every_figure_opens_its_dossiers_and_groups_add_up(self):
        for grouping, _label in GROUPINGS:
            report = self._report(*JANUARY, grouping=grouping)
            groups = report.line_ids - report.total_line_id
            for figure in (*FIGURES, *FOLDED_FIGURES):
                for line in report.line_ids:
                    self.assertEqual(len(self._opened(line, figure)), line[figure], figure)
                self.assertEqual(sum(groups.mapped(figure)), report.total_line_id[figure], figure)
        by_channel = {line.group_key: line.received for line in groups}
        self.assertEqual(by_channel, {"direct": 8, "online": 1, "post": 1})

    def test_figures_open_the_very_dossiers(self):
        total = self._report(*JANUARY).total_line_id
        for figure, expected in {
            "early": self.early,
            "on_time": self.on_time,
            "late": self.late,
            "withdrawn": self.withdrawn,
            "stopped": self.stopped,
            "within": self.within,
            "over": self.over,
            "paused": self.paused | self.paying | self.resting,
        }.items():
            self.assertEqual(self._opened(total, figure).ids, expected.ids[::-1], figure)

    def test_past_period_gives_the_same_figures_later(self):
        """INV-10: what dossiers do afterwards does not move a past period."""
        before = self._report(*JANUARY, when="2026-02-01 09:00").total_line_id
        opened = {figure: self._opened(before, figure).ids for figure in FIGURES}
        self._move_on()
        after = self._report(*JANUARY).total_line_id
        for figure in (*FIGURES, *FOLDED_FIGURES):
            self.assertEqual(after[figure], before[figure], figure)
        for figure, ids in opened.items():
            self.assertEqual(self._opened(after, figure).ids, ids, figure)
        self.assertEqual(after.hours_median, before.hours_median)

    def _move_on(self):
        """Everything still open at the end of January goes on in February."""
        self._finish(self.over, "2026-02-03 09:00")
        self._finish(self.within, "2026-02-03 09:00")
        with self._at("2026-02-04 09:00"):
            self._as(self.paused, self.user_clerk).action_resume()
            self._as(self.paying, self.user_head).action_resume()
            self._as(self.resting, self.user_clerk).action_withdraw("Not wanted any more")
        self._finish(self.paying, "2026-02-05 09:00")
        for dossier in (self.early, self.on_time, self.late):
            self._return(dossier, "2026-02-06 09:00")
        with self._at("2026-02-06 10:00"):
            self.submitted.action_accept()

    def test_next_period_carries_over_what_was_open(self):
        self._move_on()
        report = self._report(*FEBRUARY)
        done = self.over | self.within | self.paying
        self.assertEqual(done.mapped("outcome"), ["late", "early", "on_time"])
        self.assertEqual(
            self._figures(report),
            {
                "carried": 5,
                "received_direct": 1,
                "early": 1,
                "on_time": 1,
                "late": 1,
                "withdrawn": 1,
                "over": 2,
            },
        )
        self.assertEqual(
            self._opened(report.total_line_id, "carried"),
            (self.paused | self.paying | self.resting | self.over | self.within).sorted(
                "id", reverse=True
            ),
        )

    def test_running_period_ends_now(self):
        """A report of a running period opens the same dossiers an hour later."""
        report = self._report(*JANUARY, when="2026-01-07 17:00")
        self.assertEqual(
            self._figures(report),
            {
                "received_online": 1,
                "received_direct": 7,
                "early": 1,
                "within": 7,
            },
        )
        total = report.total_line_id
        self.assertEqual(self._opened(total, "early"), self.early)
        self.assertNotIn(self.on_time, self._opened(total, "completed"))

    def test_judged_by_minute_where_the_agency_says_so(self):
        self.company.qms_on_time_by = "minute"
        dossier = self._accept("2025-03-03 08:00")
        self._finish(dossier, "2025-03-06 08:01")
        self.assertEqual(dossier.outcome, "late")
        open_dossier = self._accept("2025-03-03 08:00")
        report = self._report("2025-03-01", "2025-03-31", when="2025-03-06 08:02")
        self.assertEqual(self._figures(report), {"received_direct": 2, "late": 1, "over": 1})
        self.assertEqual(self._opened(report.total_line_id, "over"), open_dossier)
        report = self._report("2025-03-01", "2025-03-31", when="2025-03-06 08:00")
        self.assertEqual(self._figures(report), {"received_direct": 2, "within": 2})

    def test_changed_setting_leaves_past_outcomes(self):
        """An outcome is fixed at completion; a new setting judges what comes."""
        before = self._figures(self._report(*JANUARY), "early", "on_time", "late")
        self.company.qms_on_time_by = "minute"
        self.assertEqual(self._figures(self._report(*JANUARY), "early", "on_time", "late"), before)

    def test_days_are_those_of_the_agency(self):
        """Accepted on 1 April 00:30 in Hanoi is March in UTC, but not in the report."""
        dossier = self._accept("2026-04-01 00:30")
        report = self._report("2026-04-01", "2026-04-30")
        self.assertEqual(self._opened(report.total_line_id, "received"), dossier)
        report = self._report("2026-03-01", "2026-03-31")
        self.assertFalse(self._opened(report.total_line_id, "received"))

    def test_dossier_without_time_limit_is_on_time(self):
        procedure, _version = self._create_procedure("9.000077", self.company, has_due=False)
        dossier = self._accept("2025-05-05 08:00", procedure_id=procedure.id)
        report = self._report("2025-05-01", "2025-05-31")
        self.assertEqual(self._figures(report), {"received_direct": 1, "within": 1})
        self._finish(dossier, "2025-05-29 08:00")
        report = self._report("2025-05-01", "2025-05-31")
        self.assertEqual(self._figures(report), {"received_direct": 1, "on_time": 1})

    # === RATES === #

    def test_two_named_rates_and_their_denominators(self):
        total = self._report(*JANUARY).total_line_id
        self.assertAlmostEqual(total.on_time_over_completed, 2 / 3)
        self.assertAlmostEqual(total.on_time_over_received, 2 / 10)
        self.assertEqual(total.rate_completed, "66.7% (2/3)")
        self.assertEqual(total.rate_received, "20.0% (2/10)")
        self.assertEqual(total.interval_completed, "20.77 – 93.85%")

    def test_change_is_in_percentage_points(self):
        self._move_on()
        total = self._report(*FEBRUARY).total_line_id
        self.assertEqual(total.previous_completed, 3)
        self.assertEqual(total.previous_completed_good, 2)
        change = 100 * (total.on_time_over_completed - 2 / 3)
        self.assertAlmostEqual(float(total.points_completed), change, 2)

    def test_no_rate_without_denominator(self):
        total = self._report("2030-01-01", "2030-01-31", when="2030-02-01 09:00").total_line_id
        self.assertEqual(total.received, 0)
        self.assertEqual(
            (total.rate_completed, total.rate_received, total.points_completed), ("–", "–", "–")
        )

    def test_median_hours_equal_the_kernel(self):
        total = self._report(*JANUARY).total_line_id
        hours = [
            (dossier.done_at - dossier.accepted_at).total_seconds() / 3600
            for dossier in (self.early, self.on_time, self.late)
        ]
        self.assertAlmostEqual(total.hours_median, sorted(hours)[1])

    # === TABLE 06A === #

    def test_table_06a_folds_its_buckets(self):
        """§1.14: withdrawn is done on time, paused is open within the limit."""
        total = self._report(*JANUARY, variant="table_06a").total_line_id
        self.assertEqual(
            [total[name] for name in (*FOLDED_FIGURES, "early", "late", "over")],
            [4, 2, 6, 5, 1, 1, 1],
        )
        self.assertEqual(total.total, total.folded_done + total.folded_open)

    def test_table_06a_counts_stopped_as_the_agency_says(self):
        self.company.qms_table_06a_stopped = "done"
        total = self._report(*JANUARY, variant="table_06a").total_line_id
        self.assertEqual([total[name] for name in FOLDED_FIGURES], [5, 3, 5, 4])
        self.assertEqual(total.total, total.folded_done + total.folded_open)

    # === REMAINDER === #

    def _import(self, **item):
        at = fields.Datetime.to_datetime
        events = [
            {"event_type": kind, "at": at(moment), "state": state, "activity": False}
            for kind, moment, state in item.pop("events")
        ]
        return self.env["qms.dossier"]._import_batch(
            [
                {
                    "company_id": self.company.id,
                    "procedure_id": self.procedure.id,
                    "holder_name": "Trần Văn Mẫu",
                    "events": events,
                    **item,
                }
            ]
        )

    def test_remainder_is_printed_with_its_dossiers(self):
        """INV-09: accepted, yet nothing in the log says where it stands."""
        at = fields.Datetime.to_datetime
        dossier = self._import(
            external_code="ODD-1",
            state="submitted",
            accepted_at=at("2025-06-02 02:00:00"),
            events=[
                ("accepted", "2025-06-02 02:00:00", "accepted"),
                ("activity", "2025-06-03 02:00:00", "submitted"),
            ],
        )
        total = self._report("2025-06-01", "2025-06-30").total_line_id
        self.assertEqual((total.total, total.unclassified), (1, 1))
        self.assertEqual(self._opened(total, "unclassified"), dossier)
        self.assertTrue(any("unclassified" in note for note in total.report_id._notes()))

    def test_handled_without_acceptance_is_outside_the_total(self):
        at = fields.Datetime.to_datetime
        dossier = self._import(
            external_code="ODD-2",
            state="done",
            done_at=at("2025-06-10 02:00:00"),
            due_at=at("2025-06-11 02:00:00"),
            events=[("done", "2025-06-10 02:00:00", "done")],
        )
        total = self._report("2025-06-01", "2025-06-30").total_line_id
        self.assertEqual((total.total, total.completed, total.unaccepted), (0, 0, 1))
        self.assertEqual(self._opened(total, "unaccepted"), dossier)

    def test_imported_dossiers_count_by_their_own_stamps(self):
        at = fields.Datetime.to_datetime
        self._import(
            external_code="OLD-1",
            state="returned",
            accepted_at=at("2018-03-05 02:00:00"),
            due_at=at("2018-03-08 16:59:59"),
            done_at=at("2018-03-09 02:00:00"),
            returned_at=at("2018-03-12 02:00:00"),
            closed_at=at("2018-03-12 02:00:00"),
            events=[
                ("accepted", "2018-03-05 02:00:00", "accepted"),
                ("done", "2018-03-09 02:00:00", "done"),
                ("returned", "2018-03-12 02:00:00", "returned"),
            ],
        )
        self.assertEqual(
            self._figures(self._report("2018-03-01", "2018-03-31")),
            {"received_direct": 1, "late": 1},
        )
        self.assertEqual(
            self._figures(self._report("2018-03-05", "2018-03-08")),
            {"received_direct": 1, "within": 1},
        )
        self.assertEqual(
            self._figures(self._report("2018-03-09", "2018-03-11")), {"carried": 1, "late": 1}
        )
        self.assertEqual(self._figures(self._report("2018-03-10", "2018-03-31")), {})

    # === OPTIONS === #

    def test_changed_options_drop_the_figures(self):
        report = self._report(*JANUARY)
        report.date_to = "2026-01-30"
        self.assertFalse(report.line_ids)

    def test_period_that_ends_before_it_starts_is_refused(self):
        with self.assertRaises(ValidationError):
            self._report("2026-02-01", "2026-01-01")

    def test_unknown_figure_is_refused(self):
        report = self._report(*JANUARY)
        dossiers = report.env["qms.dossier"]
        key = report._period().key(None, "1=1) OR (1=1")
        for value in (key, "nonsense", "[]", "[1, 2, 3, 4, 5, 6, 7]"):
            with self.assertRaises(ValidationError):
                dossiers.search([("report_figure", "=", value)])
