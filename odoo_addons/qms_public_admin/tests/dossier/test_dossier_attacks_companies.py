import psycopg2
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import common


@tagged("post_install", "-at_install")
class TestDossierAttackedAcrossAgencies(common.QmsCommon):
    """Record rules look at a row before it is written: where it goes counts as well."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    def _refused(self, record, vals):
        with self.assertRaises(UserError), self.cr.savepoint():
            record.write(vals)
        self.env.invalidate_all()

    def test_a_dossier_is_not_pushed_into_another_agency(self):
        dossier = self._as(self._new_dossier(procedure_id=False), self.user_clerk)
        self._refused(dossier, {"company_id": self.company_b.id})
        self.assertEqual(dossier.company_id, self.company)

    def test_a_paper_is_not_pushed_into_a_dossier_of_another_agency(self):
        foreign = self._as(self.env["qms.dossier"], self.user_clerk_b).create(
            {"holder_name": "x", "company_id": self.company_b.id}
        )
        paper = self._as(self._new_dossier().component_ids[0], self.user_clerk)
        self._refused(paper, {"dossier_id": foreign.id})

    def test_imports_and_mappings_are_not_pushed_into_another_agency(self):
        imports = self._as(self.env["qms.dossier.import"], self.user_officer)
        vals = {"file": "TcOjLFTDqm4KQS0xLHgK", "file_name": "a.csv"}
        record = imports.create({**vals, "company_id": self.company.id})
        foreign = self._as(imports, self.user_officer_b).create(
            {**vals, "company_id": self.company_b.id}
        )
        self._refused(record, {"company_id": self.company_b.id})
        self._refused(record.column_ids[0], {"import_id": foreign.id})
        record.column_ids[0].company_id = self.company_b
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(record.column_ids.company_id, self.company)
        mapping = self._as(self.env["qms.dossier.import.mapping"], self.user_officer).create(
            {"name": "x", "code": "own", "company_id": self.company.id}
        )
        self._refused(mapping, {"company_id": self.company_b.id})
        self._refused(mapping, {"company_id": False})

    def test_a_column_does_not_move_into_a_checked_import(self):
        imports = self._as(self.env["qms.dossier.import"], self.user_officer)
        vals = {"file": "TcOjLFTDqm4KQS0xLHgK", "file_name": "a.csv"}
        first, checked = imports.create([vals, vals])
        checked._lifecycle_write({"state": "checked"})
        self._refused(first.column_ids[0], {"import_id": checked.id})

    def test_shared_mappings_are_kept_by_who_works_for_all(self):
        shared = self.env["qms.dossier.import.mapping"].create(
            {"name": "x", "code": "shared", "company_id": False}
        )
        officer = self._as(shared, self.user_officer)
        self.assertTrue(officer.has_access("read"))
        for operation in ("write", "unlink"):
            self.assertFalse(officer.has_access(operation), operation)
        with self.assertRaises(AccessError):
            officer.create({"name": "x", "code": "mine", "company_id": False})
        self.user_officer.company_ids = self.env["res.company"].search([])
        self.env.invalidate_all()
        self.assertTrue(officer.has_access("write"))

    def test_a_mapping_takes_no_folder_of_another_agency(self):
        """Its code names the folder whose files it imports."""
        self.env["qms.dossier.import.mapping"].create(
            {"name": "x", "code": "igate", "company_id": self.company_b.id}
        )
        own = self._as(self.env["qms.dossier.import.mapping"], self.user_officer)
        with (
            self.assertRaises(psycopg2.IntegrityError),
            self.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            own.create({"name": "y", "code": "igate", "company_id": self.company.id})

    def test_a_shared_position_does_not_reach_over_to_another_agency(self):
        """A co-ordinating agency reads the dossier; its clerk handles its own only."""
        self.position_clerk.write({"company_id": False, "department_id": False})
        self.position_clerk.holder_ids |= self.user_clerk_b
        dossier = self._new_dossier(
            is_inter_agency=True,
            coordinating_agency_ids=[fields.Command.set(self.company_b.qms_agency_id.ids)],
        )
        dossier.action_accept()
        foreign = self._as(dossier, self.user_clerk_b)
        self.assertTrue(foreign.code)
        self.assertFalse(foreign.can_complete_step)
        self.assertFalse(foreign.can_request_supplement)
        with self.assertRaises(UserError):
            foreign.action_complete_step()
        self._as(dossier, self.user_clerk).action_complete_step()

    def test_a_co_ordinating_agency_changes_neither_dossier_nor_papers(self):
        """Not even before acceptance, when no other guard stands in the way."""
        dossier = self._new_dossier(
            coordinating_agency_ids=[fields.Command.set(self.company_b.qms_agency_id.ids)]
        )
        foreign = self._as(dossier, self.user_clerk_b)
        paper = foreign.component_ids[0]
        self.assertTrue(foreign.has_access("read") and paper.has_access("read"))
        self._refused(foreign, {"note": "x"})
        self._refused(foreign, {"component_ids": [fields.Command.delete(paper.id)]})
        self._refused(paper, {"is_received": True})
        for attack in (
            paper.unlink,
            lambda: paper.create({"dossier_id": dossier.id, "name": "x"}),
            foreign.action_accept,
            lambda: foreign.action_refuse(reason="x"),
        ):
            with self.assertRaises(UserError):
                attack()

    def test_a_handler_of_another_agency_reads_the_step_not_the_dossier(self):
        dossier = self._accepted_dossier()
        step = dossier.sudo().step_ids[0]
        step._complete({"handler_company_id": self.company_b.id})
        self.assertTrue(self._as(step, self.user_clerk_b).has_access("read"))
        self.assertFalse(self._as(dossier, self.user_clerk_b).has_access("read"))

    def test_each_company_rule_of_dossiers_is_needed(self):
        """Take the rules of one model away: the other agency gets in, so they count."""
        dossier = self._accepted_dossier()
        self._as(dossier, self.user_clerk).action_request_supplement(reason="x")
        self._as(dossier, self.user_clerk).action_resume()
        self._as(dossier, self.user_head).action_extend(
            new_due_at="2026-12-20 02:00:00", reason="x"
        )
        for records in (
            dossier,
            dossier.step_ids,
            dossier.event_ids,
            dossier.interruption_ids,
            dossier.extension_ids,
            dossier.component_ids,
        ):
            foreign = self._as(records, self.user_clerk_b)
            with self.subTest(model=records._name):
                self.assertTrue(records)
                self.assertFalse(foreign.has_access("read"))
                self.assertFalse(foreign.search([("id", "in", records.ids)]))
                for operation in ("write", "unlink", "create"):
                    self.assertFalse(foreign.has_access(operation), operation)

    def test_the_counter_row_is_for_administrators_of_the_agency(self):
        self._accepted_dossier()
        counters = (
            self.env["qms.dossier.counter"].sudo().search([("company_id", "=", self.company.id)])
        )
        admin = self.user_auditor
        admin.group_ids |= self.env.ref("base.group_system")
        self.env.invalidate_all()
        self.assertTrue(self._as(counters, admin).has_access("read"))
        self.assertFalse(self._as(counters, admin).has_access("write"))
        admin.write({"company_ids": self.company_b.ids, "company_id": self.company_b.id})
        self.env.invalidate_all()
        self.assertFalse(self._as(counters, admin).has_access("read"))
        for user in (self.user_clerk, self.user_officer):
            self.assertFalse(self._as(counters, user).has_access("read"))
