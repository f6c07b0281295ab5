from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import BaseCase, tagged

from ...tools import forecast
from .. import common
from .test_dossier_reminder import commit, moment


@tagged("post_install", "-at_install")
class TestForecastKernel(BaseCase):
    def test_planned_hours_stand_in_for_too_few_samples(self):
        few = forecast.History(forecast.MIN_SAMPLES - 1, 30, 40)
        self.assertEqual(forecast.step_hours(8, few), (8, 8, 0))
        enough = forecast.History(forecast.MIN_SAMPLES, 30, 40)
        self.assertEqual(forecast.step_hours(8, enough), (30, 40, forecast.MIN_SAMPLES))

    def test_the_queue_is_waited_for(self):
        current = forecast.Remaining(4, 6, 10)
        self.assertEqual(forecast.remaining(current, 0, 9, []).expected, 9)
        self.assertEqual(forecast.remaining(current, 3, 0, []).expected, 1)


@tagged("post_install", "-at_install")
class TestDossierForecast(common.QmsCommon):
    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        self.clock = freezer.start()
        self.addCleanup(freezer.stop)

    def _count(self):
        self.env["qms.dossier.forecast"]._forecast(commit)
        self.env.invalidate_all()

    def _handed_over(self):
        dossier = self._accepted_dossier()
        dossier.action_complete_step()
        return dossier

    def _play(self, count, days):
        """``count`` dossiers whose examination took ``days`` working days."""
        done = self.env["qms.dossier"].union(*(self._handed_over() for _turn in range(count)))
        self.clock.move_to(self.company._qms_working_time().due(common.NOW, 8 * days))
        self._as(done, self.user_specialist).action_complete_step()
        self._as(done, self.user_head).action_complete_step()
        return done

    def test_without_history_the_plan_speaks(self):
        dossier = self._handed_over()
        self.assertFalse(dossier.likelihood)
        self._count()
        self.assertEqual(dossier.likelihood, "unlikely")
        self.assertEqual(dossier.expected_at, moment("11 17:00"))
        self.assertIn("planned hours", dossier.forecast_basis)

    def test_history_tells_who_will_be_late(self):
        self._play(6, 5)
        dossier = self._handed_over()
        self._count()
        self.assertEqual(dossier.likelihood, "likely")
        self.assertGreater(dossier.expected_at, dossier.due_at)
        self.assertIn("6 earlier", dossier.forecast_basis)
        found = self.env["qms.dossier"].search(
            [("likelihood", "=", "likely"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(found, dossier)
        none = [("likelihood", "=", False), ("company_id", "=", self.company.id)]
        self.assertNotIn(dossier, self.env["qms.dossier"].search(none))

    def test_the_queue_makes_late(self):
        """At one a day, the tenth in the queue waits for more than its time."""
        self._play(6, 1)
        waiting = [self._handed_over() for _turn in range(12)]
        self._count()
        self.assertEqual(waiting[0].likelihood, "unlikely")
        self.assertEqual(waiting[-1].likelihood, "likely")
        self.assertIn("11 ahead", waiting[-1].forecast_basis)

    def test_it_changes_nothing(self):
        """OS-12: advice is no decision."""
        self._play(6, 5)
        dossier = self._handed_over()
        names = ("state", "due_at", "outcome", "event_count", "event_head", "write_date")
        before = dossier.read(names)
        self._count()
        self.assertEqual(dossier.read(names), before)

    def test_a_dossier_that_rests_or_ended_has_none(self):
        paused, stopped = self._handed_over(), self._handed_over()
        self._count()
        self.assertTrue(paused.likelihood and stopped.likelihood)
        self._as(paused, self.user_specialist).action_request_supplement("Missing")
        self._as(stopped, self.user_head).action_stop("No ground")
        self.assertFalse(paused.likelihood or stopped.likelihood)
        self._count()
        rows = self.env["qms.dossier.forecast"].search(
            [("dossier_id", "in", (paused + stopped).ids)]
        )
        self.assertFalse(rows)

    def test_pauses_are_no_work(self):
        dossier = self._handed_over()
        self._as(dossier, self.user_specialist).action_request_payment("Fee")
        self.clock.move_to(moment("20 08:00"))
        self._as(dossier, self.user_clerk).action_resume()
        self._count()
        self.assertEqual(dossier.likelihood, "unlikely")
        self.assertGreater(dossier.expected_at, moment("24 08:00"))

    def test_cost_does_not_grow_with_the_dossiers(self):
        counts = []
        for number in (3, 9):
            for _turn in range(number):
                self._handed_over()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["qms.dossier.forecast"]._forecast_company(self.company)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        dossiers = self.env["qms.dossier"].search([("company_id", "=", self.company.id)])
        self.env.invalidate_all()
        with self.assertQueryCount(6):
            dossiers.mapped("likelihood")

    def test_nobody_writes_it_and_a_stranger_does_not_read_it(self):
        dossier = self._handed_over()
        self._count()
        for user in self.users_by_role.values():
            own = self._as(dossier.forecast_ids, user)
            own.read(["likelihood"])
            with self.assertRaises(AccessError):
                own.likelihood = "likely"
        with self.assertRaises(AccessError):
            self._as(dossier.forecast_ids, self.user_clerk_b).read(["likelihood"])
