from datetime import date, datetime

from odoo.tests import BaseCase, tagged

from ...tools import audit_priority
from ...tools.working_time import WorkingTime


@tagged("post_install", "-at_install")
class TestAuditPlanKernel(BaseCase):
    """Points for what to audit first, clashes of bookings, working slots of a day."""

    def test_points_add_up_to_a_hundred(self):
        self.assertEqual(sum(audit_priority.MAXIMA.values()), 100)

    def test_few_late_dossiers_weigh_less_than_many_at_the_same_rate(self):
        scores = [
            audit_priority.priority(
                audit_priority.Signals(days_since_audit=0, late=late, judged=judged)
            ).score
            for late, judged in ((1, 5), (20, 100), (200, 1000))
        ]
        self.assertEqual(scores, sorted(scores))
        self.assertLess(scores[0], scores[2] / 2)

    def test_slots_of_a_day_leave_out_the_noon_and_days_off(self):
        clock = WorkingTime(
            {0: [(420, 690), (810, 1020)]}, "Asia/Ho_Chi_Minh", holidays=[date(2026, 11, 16)]
        )
        self.assertEqual(
            clock.openings(date(2026, 11, 9)),
            [
                (datetime(2026, 11, 9, 0), datetime(2026, 11, 9, 4, 30)),
                (datetime(2026, 11, 9, 6, 30), datetime(2026, 11, 9, 10)),
            ],
        )
        self.assertEqual(clock.openings(date(2026, 11, 16)), [])
