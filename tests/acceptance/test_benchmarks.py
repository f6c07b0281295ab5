"""The benchmarks run, at a tiny size: what they measure is not a test's to judge."""

from odoo.tests import TransactionCase, tagged

from benchmarks import clock, dossiers, lists, load, province, reports, signals
from benchmarks.__main__ import GOALS, table

from ..scenarios import world

COUNT = 500
# Measured against other programs: the peer, a process of its own, a server.
ELSEWHERE = {"create_ratio", "import_ratio", "xlsx_peak_mib"}


@tagged("post_install", "-at_install")
class TestBenchmarks(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office = world.enter(cls.env)
        cls.agencies = province.build(cls.env, cls.office, COUNT)

    def test_the_province_is_what_the_product_would_have_written(self):
        own = [("company_id", "in", [agency.company_id for agency in self.agencies])]
        made = self.env["qms.dossier"].search(own)
        self.assertEqual(len(made), COUNT)
        self.assertEqual(set(made._verify_chain().values()), {None})
        accepted = made.filtered("accepted_at")
        self.assertEqual({len(dossier.step_ids) for dossier in accepted}, {6})
        for dossier in made.filtered("current_step_id"):
            self.assertEqual(dossier.current_step_id.state, "current")
            self.assertEqual(dossier.current_step_id.dossier_id, dossier)
        self.assertEqual(province.find(self.env)[0].user_ids, self.agencies[0].user_ids)

    def test_dossiers_of_the_province_go_on_by_the_verbs(self):
        agencies = [agency.company_id for agency in self.agencies]
        running = self.env["qms.dossier"].search(
            [("state", "=", "processing"), ("company_id", "in", agencies)], limit=3
        )
        self.assertTrue(running)
        for dossier in running:
            holder = dossier.current_step_id.position_id.holder_ids[:1]
            own = lists.as_user(self.env, holder.id)
            dossier.with_env(own).action_complete_step()
            self.assertEqual(dossier._verify_chain(), {dossier.id: None})

    def test_every_figure_is_measured(self):
        figures = {
            **clock.measure(self.env),
            **dossiers.measure(self.env, batch=3, rounds=1),
            **lists.measure(self.env, self.agencies, rounds=1),
            **reports.measure(self.env, self.agencies, rounds=1),
            **load.figures("load", [0.1, 0.2]),
            **signals.measure(self.env, self.agencies),
        }
        self.assertGreaterEqual(figures.keys() | ELSEWHERE, GOALS.keys())
        # So few dossiers take no memory of their own and are too few for a signal.
        for name in ("signals_peak_mib", "signals_found"):
            self.assertGreaterEqual(figures.pop(name), 0)
        self.assertTrue(all(value > 0 for value in figures.values()))
        self.assertTrue(table(figures)[0].startswith(next(key for key in GOALS if key in figures)))
