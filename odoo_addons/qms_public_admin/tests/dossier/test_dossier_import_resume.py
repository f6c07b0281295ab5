import base64

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from ...models.dossier.qms_dossier_import_run import QmsDossierImport
from .test_dossier_import_flow import row, table

CODES = [f"RESUME-{number}" for number in range(7)]


class Interrupted(Exception):
    """Stands for a server that dies between two statements of a batch."""


@tagged("post_install", "-at_install")
class TestDossierImportResume(BaseCase):
    """Real transactions: what is committed stays, what is not leaves no trace."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._clean_up)
        self.patch(QmsDossierImport, "_batch_size", lambda record: 3)
        self.created = {}
        with self._env() as env:
            company = env.company
            procedure = env["qms.procedure"].create(
                {"code": "9.000001", "name": "Resume test", "company_id": company.id}
            )
            unit = env["hr.department"].create(
                {"name": "Budget division", "company_id": company.id}
            )
            record = env["qms.dossier.import"].create(
                {
                    "file": base64.b64encode(table([row(code) for code in CODES])),
                    "file_name": "resume.csv",
                    "timezone": "Asia/Ho_Chi_Minh",
                }
            )
            record.action_check()
            record.action_run()
            self.assertFalse(record.error_ids, record.error_ids.mapped("message"))
            self.created = {
                "import": record.id,
                "qms.procedure": procedure.id,
                "hr.department": unit.id,
            }

    def _env(self):
        return _Environment(self.registry)

    def _clean_up(self):
        """The log refuses every deletion but one by SQL, as it must."""
        created = dict(self.created)
        record_id = created.pop("import", 0)
        with self._env() as env:
            for statement in (
                "DELETE FROM qms_dossier_event WHERE dossier_id IN"
                " (SELECT id FROM qms_dossier WHERE import_id = %s)",
                "DELETE FROM qms_dossier WHERE import_id = %s",
                "DELETE FROM mail_message WHERE model = 'qms.dossier.import' AND res_id = %s",
                "DELETE FROM ir_attachment WHERE res_model = 'qms.dossier.import' AND res_id = %s",
                "DELETE FROM qms_dossier_import WHERE id = %s",
            ):
                env.cr.execute(statement, [record_id])
            for model, record_id in created.items():
                env[model].browse(record_id).unlink()

    def _state(self):
        """What another session of the database sees."""
        with self._env() as env:
            record = env["qms.dossier.import"].browse(self.created["import"])
            dossiers = env["qms.dossier"].search([("import_id", "=", record.id)], order="id")
            breaks = dossiers._verify_chain()
            return {
                "state": record.state,
                "position": record.position,
                "new": record.new_count,
                "codes": dossiers.mapped("code"),
                "events": len(dossiers.event_ids),
                "broken": [found for found in breaks.values() if found],
            }

    def test_an_interrupted_run_resumes_where_it_stopped(self):
        with self.assertRaises(Interrupted), self._env() as env:
            record = env["qms.dossier.import"].browse(self.created["import"])
            create = type(env["qms.dossier"])._import_batch
            calls = []

            def die_in_the_second_batch(dossiers, items):
                calls.append(len(items))
                result = create(dossiers, items)
                if len(calls) == 2:
                    raise Interrupted
                return result

            self.patch(type(env["qms.dossier"]), "_import_batch", die_in_the_second_batch)
            self.patch(QmsDossierImport, "_fail", lambda record, error: _raise(error))
            record._work(_committing(env))

        state = self._state()
        self.assertEqual((state["state"], state["position"]), ("running", 3))
        self.assertEqual(state["codes"], CODES[:3], "nothing half-written")
        self.assertEqual(state["events"], 6)

        with self._env() as env:
            self.patch(type(env["qms.dossier"]), "_import_batch", create)
            env["qms.dossier.import"].browse(self.created["import"])._work(_committing(env))
        state = self._state()
        self.assertEqual((state["state"], state["position"], state["new"]), ("done", 7, 7))
        self.assertEqual(state["codes"], CODES)
        self.assertEqual((state["events"], state["broken"]), (14, []))

    def test_two_runs_at_once_do_not_write_twice(self):
        with self._env() as first, self._env() as second:
            one = first["qms.dossier.import"].browse(self.created["import"])
            two = second["qms.dossier.import"].browse(self.created["import"])
            seen = []

            def commit_and_let_the_other_run(done, *, remaining=0):
                if done == 3 and not seen:
                    seen.append(done)  # the other starts while the lock is held
                    two._work(_committing(second))
                return _committing(first)(done)

            one._work(commit_and_let_the_other_run)
        state = self._state()
        self.assertEqual((state["state"], state["new"]), ("done", 7))
        self.assertEqual(state["codes"], CODES)

    def test_the_job_finishes_what_was_left_running(self):
        with self._env() as env:
            env["qms.dossier.import"]._cron_import()
        self.assertEqual(self._state()["state"], "done")

    def test_the_job_takes_a_command_over_only_when_it_has_died(self):
        with self._env() as env:
            record = env["qms.dossier.import"].browse(self.created["import"])
            record._lifecycle_write({"origin": "command"})
        with self._env() as env:
            env["qms.dossier.import"]._cron_import()
        self.assertEqual(self._state()["position"], 0)
        with self._env() as env:
            env.cr.execute(
                "UPDATE qms_dossier_import SET write_date = write_date - interval '1 hour'"
                " WHERE id = %s",
                [self.created["import"]],
            )
        with self._env() as env:
            env["qms.dossier.import"]._cron_import()
        self.assertEqual(self._state()["state"], "done")

    def test_a_lost_connection_is_not_taken_for_a_bad_file(self):
        with self.assertRaises(psycopg2.OperationalError), self._env() as env:
            self.patch(
                type(env["qms.dossier"]),
                "_import_batch",
                lambda dossiers, items: _raise(psycopg2.OperationalError("gone")),
            )
            env["qms.dossier.import"].browse(self.created["import"])._work(_committing(env))
        state = self._state()
        self.assertEqual((state["state"], state["position"]), ("running", 0))


class _Environment:
    """An environment on a cursor of its own, committed when left without an error."""

    def __init__(self, registry):
        self.cursor = registry.cursor()

    def __enter__(self):
        return api.Environment(self.cursor, SUPERUSER_ID, {})

    def __exit__(self, kind, error, trace):
        try:
            if kind is None:
                self.cursor.commit()
            else:
                self.cursor.rollback()
        finally:
            self.cursor.close()


def _committing(env):
    def commit(done, *, remaining=0):
        env.cr.commit()
        return float("inf")

    return commit


def _raise(error):
    raise error
