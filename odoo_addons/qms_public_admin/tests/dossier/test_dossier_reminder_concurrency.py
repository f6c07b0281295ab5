import threading

from odoo import api, fields
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

THREADS = 3
DOSSIERS = 4


@tagged("post_install", "-at_install")
class TestReminderConcurrency(BaseCase):
    """Two jobs at the same moment, committed for real and cleaned up afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean)
        with self.registry.cursor() as cursor:
            self._prepare(api.Environment(cursor, api.SUPERUSER_ID, DISABLED_MAIL_CONTEXT))

    def _prepare(self, env):
        """Rows by SQL: running dossiers of one agency whose step is over since an hour."""
        holder = env.ref("base.user_admin")
        self.company_id = holder.company_id.id
        position = env["qms.position"].create(
            {
                "name": "At once",
                "company_id": self.company_id,
                "holder_ids": [fields.Command.set(holder.ids)],
            }
        )
        self.position_id = position.id
        self.rung_id = (
            env["qms.reminder.rung"]
            .create(
                {
                    "name": "Over",
                    "company_id": self.company_id,
                    "basis": "step",
                    "moment": "after",
                    "hours": 0,
                }
            )
            .id
        )
        env.flush_all()
        env.cr.execute(
            """WITH made AS (
                   INSERT INTO qms_dossier (company_id, state, intake_channel, submitted_at,
                                            event_count)
                   SELECT %(company)s, 'processing', 'direct', now() at time zone 'utc', 0
                     FROM generate_series(1, %(count)s)
                RETURNING id),
                   steps AS (
                   INSERT INTO qms_dossier_step (dossier_id, company_id, handler_company_id,
                          ordinal, name, kind, state, position_id, due_at)
                   SELECT id, %(company)s, %(company)s, 1, 'Work', 'process', 'current',
                          %(position)s, now() at time zone 'utc' - interval '1 hour'
                     FROM made
                RETURNING id, dossier_id)
               SELECT id, dossier_id FROM steps""",
            {"company": self.company_id, "count": DOSSIERS, "position": position.id},
        )
        self.steps = dict(env.cr.fetchall())
        for step_id, dossier_id in self.steps.items():
            env.cr.execute(
                "UPDATE qms_dossier SET current_step_id = %s WHERE id = %s", [step_id, dossier_id]
            )

    def _clean(self):
        with self.registry.cursor() as cursor:
            dossiers = tuple(self.steps.values())
            for statement, values in (
                ("DELETE FROM mail_activity WHERE res_model = 'qms.dossier' AND res_id IN %s",
                 dossiers),
                ("DELETE FROM qms_reminder_fact WHERE dossier_id IN %s", dossiers),
                ("UPDATE qms_dossier SET current_step_id = NULL WHERE id IN %s", dossiers),
                ("DELETE FROM qms_dossier_step WHERE dossier_id IN %s", dossiers),
                ("DELETE FROM qms_dossier WHERE id IN %s", dossiers),
                ("DELETE FROM qms_reminder_rung WHERE id IN %s", (self.rung_id,)),
                ("DELETE FROM qms_position WHERE id IN %s", (self.position_id,)),
            ):  # fmt: skip
                cursor.execute(statement, [values])

    def _remind(self, barrier):
        barrier.wait()
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, api.SUPERUSER_ID, {})
            company = env["res.company"].browse(self.company_id)
            retrying(lambda: env["qms.reminder.rung"]._remind_company(company), env)

    @mute_logger("odoo.sql_db")  # the collisions are the purpose; Odoo logs and repeats them
    def test_two_jobs_at_once_remind_once(self):
        barrier = threading.Barrier(THREADS)
        threads = [
            threading.Thread(target=self._remind, args=(barrier,)) for _number in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, api.SUPERUSER_ID, {})
            facts = env["qms.reminder.fact"].search([("rung_id", "=", self.rung_id)])
            self.assertEqual(len(facts), DOSSIERS)
            activities = env["mail.activity"].search_count(
                [("res_model", "=", "qms.dossier"), ("res_id", "in", list(self.steps.values()))]
            )
            self.assertEqual(activities, DOSSIERS)
