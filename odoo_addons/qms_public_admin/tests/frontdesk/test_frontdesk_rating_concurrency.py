import threading

from odoo import api, fields
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ...models.frontdesk.qms_dossier_rating import RatingError


@tagged("post_install", "-at_install")
class TestFrontdeskRatingConcurrency(BaseCase):
    """Two posts at once, each with a cursor of its own, as two workers take them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, api.SUPERUSER_ID, {})
            now = fields.Datetime.now()
            dossier = env["qms.dossier"]._lifecycle_create(
                [
                    {
                        "company_id": env.company.id,
                        "holder_name": "Rated twice",
                        "code": "RATED-TWICE",
                        "state": "returned",
                        "accepted_at": now,
                        "done_at": now,
                        "returned_at": now,
                        "is_imported": True,
                    }
                ]
            )
            self.dossier_id = dossier.id
            question = env.ref("qms_public_admin.survey_three_levels").question_ids
            self.answers = {question.id: question.suggested_answer_ids[0].ids}
        self.addCleanup(self._drop)

    def _drop(self):
        with self.registry.cursor() as cursor:
            for table, column in (
                ("survey_user_input", "qms_dossier_id"),
                ("qms_rating_invitation", "dossier_id"),
                ("qms_dossier_event", "dossier_id"),
                ("qms_dossier_component", "dossier_id"),
                ("qms_dossier", "id"),
            ):
                cursor.execute(
                    f"DELETE FROM {table} WHERE {column} = %s",  # pylint: disable=sql-injection
                    [self.dossier_id],
                )

    def _post(self, results, barrier):
        barrier.wait()
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, api.SUPERUSER_ID, {})
            dossier = env["qms.dossier"].browse(self.dossier_id)
            try:
                retrying(lambda: dossier._rate(self.answers, "link", seconds=20), env)
                results.append("stored")
            except RatingError as error:
                results.append(error.key)

    @mute_logger("odoo.sql_db", "odoo.service.model")  # collisions are the purpose; repeated
    def test_of_two_posts_at_once_one_is_stored(self):
        results, barrier = [], threading.Barrier(4)
        threads = [
            threading.Thread(target=self._post, args=(results, barrier)) for _number in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        self.assertEqual(sorted(results), ["stored", "used", "used", "used"])
        with self.registry.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM survey_user_input WHERE qms_dossier_id = %s",
                [self.dossier_id],
            )
            self.assertEqual(cursor.fetchone(), (1,))
