from odoo.tests import tagged

from .common import ReportsCommon


@tagged("post_install", "-at_install")
class TestReportsPerformance(ReportsCommon):
    """The queries of a report do not grow with the dossiers."""

    def _queries(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        function()
        return self.env.cr.sql_log_count - start

    def _compute(self):
        report = self._report("2026-01-01", "2026-12-31")
        return self._queries(report.action_compute), report

    def _fill(self, count):
        with self._at("2026-01-05 08:00"):
            dossiers = self._new_dossier()
            for _number in range(count - 1):
                dossiers |= self._new_dossier()
            dossiers.action_accept()
        return dossiers

    def test_period_report_costs_the_same_for_many_dossiers(self):
        self._fill(2)
        self._compute()
        few, _report = self._compute()
        self._fill(15)
        many, report = self._compute()
        self.assertEqual(report.total_line_id.total, 17)
        self.assertEqual(many, few)

    def test_figures_of_all_groups_take_one_query(self):
        self._fill(3)
        report = self._report("2026-01-01", "2026-12-31")
        figures = report.env["qms.period.figures"]
        period = report._period()
        figures._figures(period)
        self.env.flush_all()
        with self.assertQueryCount(1):
            figures._figures(period)

    def test_a_figure_opens_without_listing_ids(self):
        self._fill(3)
        report = self._report("2026-01-01", "2026-12-31")
        action = report.total_line_id.action_open_figure("total")
        self._fill(20)
        wider = self._report("2026-01-01", "2026-12-31")
        wider_action = wider.total_line_id.action_open_figure("total")
        self.assertAlmostEqual(
            len(str(wider_action["domain"])), len(str(action["domain"])), delta=10
        )

    def test_register_reads_in_batches(self):
        self._fill(3)
        register = (
            self.env["qms.dossier.register"]
            .with_user(self.user_clerk)
            .with_context(allowed_company_ids=self.company.ids)
            .create({"date_from": "2026-01-01", "date_to": "2026-01-31"})
        )
        list(register._rows())
        few = self._queries(lambda: list(register._rows()))
        self._fill(20)
        many = self._queries(lambda: list(register._rows()))
        self.assertEqual(many, few)
