import threading

from psycopg2.errors import UniqueViolation

from odoo import api
from odoo.exceptions import ValidationError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from .common_document import DocumentCommon

THREADS, EACH = 4, 5


@tagged("post_install", "-at_install")
class TestDocumentNumbering(DocumentCommon):
    """Codes by pattern of kind, agency and unit."""

    def _codes(self, count=1, **vals):
        return [self._new_document(**vals).qms_code for _number in range(count)]

    def test_documents_of_a_unit_are_numbered_one_after_the_other(self):
        self.assertEqual(self._codes(3), ["QTTN-TC-001", "QTTN-TC-002", "QTTN-TC-003"])

    def test_units_and_kinds_count_by_themselves(self):
        other = self.env["hr.department"].create(
            {"name": "Office", "company_id": self.company.id, "qms_code": "VP"}
        )
        self._codes(2)
        self.assertEqual(self._codes(qms_owner_id=other.id), ["QTTN-VP-001"])
        self.assertEqual(self._codes(qms_kind_id=self.kind_system.id), ["QTHT-01"])

    def test_a_unit_without_a_code_leaves_no_double_separator(self):
        self.department.qms_code = False
        self.assertEqual(self._codes(), ["QTTN-001"])

    def test_the_pattern_of_the_unit_comes_before_that_of_the_agency(self):
        patterns = self.env["qms.document.pattern"]
        base = {"kind_id": self.kind.id, "company_id": self.company.id, "width": 2}
        patterns.create({**base, "pattern": "{agency}/QT/{ordinal}"})
        self.assertEqual(self._codes(), ["H99.01/QT/01"])
        patterns.create(
            {**base, "pattern": "QT.{unit}.{ordinal}", "department_id": self.department.id}
        )
        self.assertEqual(self._codes(), ["QT.TC.01"])

    def test_codes_given_by_hand_are_passed_over(self):
        self._new_document(qms_code="QTTN-TC-002")
        self.assertEqual(self._codes(2), ["QTTN-TC-001", "QTTN-TC-003"])

    @mute_logger("odoo.sql_db")
    def test_a_code_stands_for_one_document_of_an_agency(self):
        self._new_document(qms_code="X-1")
        with self.assertRaises(UniqueViolation), self.cr.savepoint():
            self._new_document(qms_code="X-1")
        other = self._new_document(self.user_officer_b, qms_code="X-1")
        self.assertEqual(other.company_id, self.company_b)

    def test_a_pattern_that_cannot_number_is_refused(self):
        for pattern in ("QT", "{ordinal}{ordinal}", "{nothing}-{ordinal}"):
            with self.subTest(pattern=pattern), self.assertRaises(ValidationError):
                self.kind.pattern = pattern


@tagged("post_install", "-at_install")
class TestDocumentNumberingAtOnce(BaseCase):
    """Several cursors at once, committed for real and cleaned up afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())

    def _create(self, kind_id, results, barrier):
        barrier.wait()
        for _turn in range(EACH):
            with self.registry.cursor() as cursor:
                env = api.Environment(cursor, api.SUPERUSER_ID, {})
                results.append(retrying(lambda env=env: self._new_page(env, kind_id), env))

    @staticmethod
    def _new_page(env, kind_id):
        company = env["res.company"].search([], order="id", limit=1)
        page = env["document.page"].create(
            {"name": "At once", "qms_kind_id": kind_id, "company_id": company.id}
        )
        env.flush_all()
        return page.qms_code

    @mute_logger("odoo.sql_db", "odoo.service.model")  # the collisions are the purpose
    def test_documents_made_at_once_neither_collide_nor_leave_a_gap(self):
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, api.SUPERUSER_ID, {})
            kind_id = (
                env["qms.document.kind"]
                .create(
                    {
                        "name": "At once",
                        "prefix": "ATONCE",
                        "pattern": "{kind}-{ordinal}",
                        "width": 3,
                    }
                )
                .id
            )
        self.addCleanup(self._drop, kind_id)
        results, barrier = [], threading.Barrier(THREADS)
        threads = [
            threading.Thread(target=self._create, args=(kind_id, results, barrier))
            for _number in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        expected = [f"ATONCE-{number:03d}" for number in range(1, THREADS * EACH + 1)]
        self.assertEqual(sorted(results), expected)

    def _drop(self, kind_id):
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, api.SUPERUSER_ID, {})
            env["document.page"].search([("qms_kind_id", "=", kind_id)]).unlink()
            env["qms.document.kind"].browse(kind_id).unlink()
            cursor.execute("DELETE FROM qms_document_counter WHERE scope LIKE 'ATONCE%'")
