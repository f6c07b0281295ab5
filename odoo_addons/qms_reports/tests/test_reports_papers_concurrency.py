import threading

from odoo import api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

THREADS = 4
EACH = 4


@tagged("post_install", "-at_install")
class TestReportsPapersConcurrency(BaseCase):
    """Several clerks at once, committed for real and cleaned up afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())

    def _company(self):
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, api.SUPERUSER_ID, {})
            return env["res.company"].search([], limit=1).id

    def _paper(self, env, company):
        values = {"issued_at": "2099-03-01 01:00:00", "dossier_id": None, "event_id": None}
        values["issued_at"] = (
            env["qms.dossier.paper"]._fields["issued_at"].to_datetime(values["issued_at"])
        )
        return env["qms.dossier.paper"]._record_papers(
            "register", company, [{**values, "values": {"register": []}}]
        )

    def _issue(self, company_id, barrier):
        barrier.wait()
        for _turn in range(EACH):
            with self.registry.cursor() as cursor:
                env = api.Environment(cursor, api.SUPERUSER_ID, {})
                retrying(
                    lambda env=env: self._paper(env, env["res.company"].browse(company_id)), env
                )

    @mute_logger("odoo.sql_db", "odoo.service.model")  # the collisions are the purpose
    def test_numbers_neither_collide_nor_leave_a_gap(self):
        company_id = self._company()
        self.addCleanup(self._drop)
        barrier = threading.Barrier(THREADS)
        threads = [
            threading.Thread(target=self._issue, args=(company_id, barrier))
            for _number in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        with self.registry.cursor() as cursor:
            cursor.execute(
                "SELECT number FROM qms_dossier_paper"
                " WHERE company_id = %s AND year = 2099 ORDER BY number",
                [company_id],
            )
            numbers = [number for (number,) in cursor.fetchall()]
        self.assertEqual(numbers, list(range(1, THREADS * EACH + 1)))

    def test_a_number_rolled_back_is_given_again(self):
        company_id = self._company()
        self.addCleanup(self._drop)
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, api.SUPERUSER_ID, {})
            company = env["res.company"].browse(company_id)
            with cursor.savepoint() as savepoint:
                self.assertEqual(self._paper(env, company).number, 1)
                savepoint.rollback()
            env.invalidate_all()
            self.assertEqual(self._paper(env, company).number, 1)
            cursor.rollback()

    def _drop(self):
        with self.registry.cursor() as cursor:
            cursor.execute("DELETE FROM qms_dossier_paper WHERE year = 2099")
            cursor.execute("DELETE FROM qms_dossier_counter WHERE scope = 'paper-register-2099'")
