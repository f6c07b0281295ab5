import threading

from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

THREADS = 4
EACH = 5


@tagged("post_install", "-at_install")
class TestDossierConcurrency(BaseCase):
    """Several cursors at once, committed for real and cleaned up afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())

    def _number(self, company_id, scope, results, barrier):
        barrier.wait()
        for _turn in range(EACH):
            with self.registry.cursor() as cursor:
                env = api.Environment(cursor, api.SUPERUSER_ID, {})
                results.append(
                    retrying(
                        lambda env=env: env["qms.dossier.counter"]._advance(
                            env["res.company"].browse(company_id), scope, 1
                        ),
                        env,
                    )
                )

    @mute_logger("odoo.sql_db")  # the collisions are the purpose; Odoo logs and repeats them
    def test_ordinals_neither_collide_nor_leave_a_gap(self):
        """INV-03: unique and without a gap under concurrent acceptance."""
        scope = "concurrency-test"
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, api.SUPERUSER_ID, {})
            company_id = env["res.company"].search([], limit=1).id
        results, barrier = [], threading.Barrier(THREADS)
        threads = [
            threading.Thread(target=self._number, args=(company_id, scope, results, barrier))
            for _number in range(THREADS)
        ]
        self.addCleanup(self._drop_counter, scope)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        self.assertEqual(sorted(results), list(range(1, THREADS * EACH + 1)))

    def _drop_counter(self, scope):
        with self.registry.cursor() as cursor:
            cursor.execute("DELETE FROM qms_dossier_counter WHERE scope = %s", [scope])

    def test_an_ordinal_rolled_back_is_given_again(self):
        scope = "rollback-test"
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, api.SUPERUSER_ID, {})
            company = env["res.company"].search([], limit=1)
            with cursor.savepoint() as savepoint:
                self.assertEqual(env["qms.dossier.counter"]._advance(company, scope, 1), 1)
                savepoint.rollback()
            self.assertEqual(env["qms.dossier.counter"]._advance(company, scope, 1), 1)
            cursor.rollback()

    def test_a_locked_row_gives_a_clear_message(self):
        """The second clerk is told that somebody else works on it; nothing happens."""
        with self.registry.cursor() as first, self.registry.cursor() as second:
            envs = [api.Environment(cr, api.SUPERUSER_ID, {}) for cr in (first, second)]
            record = self._committed_delegation()
            envs[0]["qms.delegation"].browse(record)._lock_lifecycle()
            with self.assertRaisesRegex(UserError, "Somebody else"):
                envs[1]["qms.delegation"].browse(record)._lock_lifecycle()
            first.rollback()
            second.rollback()

    def _committed_delegation(self):
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, api.SUPERUSER_ID, {})
            users = env["res.users"].search([("share", "=", False)], limit=2)
            while len(users) < 2:
                users |= env["res.users"].create({"name": "Substitute", "login": "qms_lock_test"})
            delegation = env["qms.delegation"].create(
                {
                    "company_id": users[0].company_id.id,
                    "user_id": users[0].id,
                    "substitute_id": users[1].id,
                    "date_to": "2099-01-01",
                    "reason": "lock",
                }
            )
            record = delegation.id
        self.addCleanup(self._drop_delegation, record)
        return record

    def _drop_delegation(self, record):
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, api.SUPERUSER_ID, {})
            env["qms.delegation"].browse(record).unlink()
            env["res.users"].search([("login", "=", "qms_lock_test")]).unlink()
