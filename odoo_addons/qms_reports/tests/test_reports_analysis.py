from odoo.tests import tagged

from odoo.addons.qms_public_admin.tools.statistics import median, percentile

from .common import ReportsCommon


@tagged("post_install", "-at_install")
class TestReportsAnalysis(ReportsCommon):
    """Handling times, their middle values included, come out of the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dossiers = cls.env["qms.dossier"]
        for day, channel in [(6, "online"), (7, "direct"), (8, "direct"), (20, "online")]:
            dossier = cls._accept("2026-01-05 08:00", intake_channel=channel)
            cls._finish(dossier, f"2026-01-{day:02d} 10:00")
            cls.dossiers |= dossier
        cls.open_dossier = cls._accept("2026-01-05 08:00")
        cls.hours = [
            (dossier.done_at - dossier.accepted_at).total_seconds() / 3600
            for dossier in cls.dossiers
        ]

    def test_middle_values_equal_the_kernel(self):
        analysis = self._as(self.env["qms.dossier.analysis"], self.user_auditor)
        [(count, mean, middle, p95, late)] = analysis._read_group(
            [],
            [],
            ["__count", "hours:avg", "hours_median:median", "hours_p95:p95", "late_count:sum"],
        )
        self.assertEqual((count, late), (5, 1))
        self.assertAlmostEqual(mean, sum(self.hours) / 4)
        self.assertAlmostEqual(middle, median(self.hours))
        self.assertAlmostEqual(p95, percentile(self.hours, 0.95))

    def test_middle_values_are_grouped_for_the_client(self):
        analysis = self._as(self.env["qms.dossier.analysis"], self.user_auditor)
        groups = analysis.formatted_read_group(
            [("done_at", "!=", False)], ["intake_channel"], ["hours_median:median", "__count"]
        )
        found = {group["intake_channel"]: group["hours_median:median"] for group in groups}
        for channel, value in found.items():
            hours = [
                hours
                for dossier, hours in zip(self.dossiers, self.hours, strict=True)
                if dossier.intake_channel == channel
            ]
            self.assertAlmostEqual(value, median(hours))
        self.assertEqual(analysis.fields_get(["hours_p95"])["hours_p95"]["aggregator"], "p95")

    def test_throughput_is_from_first_to_last_event(self):
        row = self.env["qms.dossier.analysis"].browse(self.dossiers[0].id)
        span = row.last_event_at - row.first_event_at
        self.assertAlmostEqual(row.throughput_median, span.total_seconds() / 3600)

    def test_steps_show_planned_and_used_hours(self):
        rows = self.env["qms.dossier.step.analysis"]._read_group(
            [("dossier_id", "=", self.dossiers[0].id), ("done_at", "!=", False)],
            ["position_id"],
            ["hours:sum", "hours_used:sum", "hours_used_median:median"],
        )
        self.assertEqual([row[0] for row in rows][0], self.position_clerk)
        used = sum(self.dossiers[0].step_ids.mapped("hours_used"))
        self.assertAlmostEqual(sum(row[2] for row in rows), used)

    def test_rows_open_their_dossiers(self):
        row = self.env["qms.dossier.analysis"].browse(self.dossiers[0].id)
        self.assertEqual(row.action_open_dossier()["res_id"], self.dossiers[0].id)
        step = self.env["qms.dossier.step.analysis"].browse(self.dossiers[0].step_ids[0].id)
        self.assertEqual(step.action_open_dossier()["res_id"], self.dossiers[0].id)
