from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common_nonconformity import NonconformityCommon


@tagged("post_install", "-at_install")
class TestImprovementRaise(NonconformityCommon):
    """Raising from other records, and for other parts."""

    def _dialog(self, record, user):
        seen = self._as(record, user)
        opened = seen.action_qms_raise_nonconformity()
        return Form(seen.env[opened["res_model"]].with_context(opened["context"]))

    def test_from_a_dossier_with_what_is_known(self):
        dossier = self._accepted_dossier()
        form = self._dialog(dossier, self.user_specialist)
        self.assertEqual(form.qms_source, "dossier")
        self.assertEqual(form.qms_procedure_id, self.procedure)
        self.assertEqual(form.qms_department_id, self.department)
        self.assertIn(dossier.code, form.record_names)
        form.name, form.description = "Late", "Two days late"
        opened = form.save().action_raise()
        row = self.nc_model.browse(opened["res_id"])
        self.assertEqual(row.qms_evidence_ids.mapped("res_id"), dossier.ids)
        self.assertEqual(row.user_id, self.user_specialist)
        self.assertEqual(dossier.qms_nonconformity_count, 1)
        shown = self._as(dossier, self.user_specialist).action_view_qms_nonconformities()
        self.assertEqual(self.nc_model.search(shown["domain"]), row)

    def test_several_dossiers_are_one_nonconformity(self):
        dossiers = self._accepted_dossier() | self._accepted_dossier()
        form = self._dialog(dossiers, self.user_officer)
        form.name, form.description = "Late", "Both late"
        row = self.nc_model.browse(form.save().action_raise()["res_id"])
        self.assertEqual(set(row.qms_evidence_ids.mapped("res_id")), set(dossiers.ids))

    def test_evidence_is_added_to_an_open_one(self):
        row = self._raise()
        dossier = self._accepted_dossier()
        form = self._dialog(dossier, self.user_officer)
        form.is_new = "add"
        form.nonconformity_id = row
        form.note = "A third one"
        form.save().action_raise()
        self.assertEqual(row.qms_evidence_ids.mapped("note"), ["A third one"])
        closed, _action = self._closed_row()
        form = self._dialog(dossier, self.user_officer)
        form.is_new = "add"
        form.nonconformity_id = closed
        with self.assertRaises(UserError):
            form.save().action_raise()

    def test_from_procedure_and_document(self):
        page = self._as(self.env["document.page"], self.user_officer).create(
            {
                "name": "Work instruction",
                "qms_kind_id": self.env.ref("qms_public_admin.qms_document_kind_operating").id,
                "qms_owner_id": self.department.id,
                "company_id": self.company.id,
            }
        )
        for record, field in ((self.procedure, "qms_procedure_id"), (page, "procedure_ids")):
            form = self._dialog(record, self.user_officer)
            form.name, form.description = "Outdated", "Names an old decree"
            row = self.nc_model.browse(form.save().action_raise()["res_id"])
            self.assertEqual(row[field], record)
            self.assertEqual(self._as(record, self.user_officer).qms_nonconformity_count, 1)

    def test_for_other_parts_in_one_call(self):
        clauses = self.env["qms.standard.clause"].search([], limit=2)
        rows = self._as(self.nc_model, self.user_auditor)._qms_raise(
            [
                {"name": "a", "qms_source": "audit", "qms_clause_ids": clauses.ids},
                {"name": "b", "qms_source": "audit", "evidence": [self.procedure, self.version]},
            ]
        )
        self.assertEqual(rows.mapped("user_id"), self.user_auditor)
        self.assertEqual(rows[0].qms_clause_ids, clauses)
        self.assertEqual(rows[0].description, "a")
        self.assertEqual(
            rows[1].qms_evidence_ids.mapped("res_model"), ["qms.procedure", "qms.procedure.version"]
        )
        self.assertEqual(
            rows.origin_ids, self.env.ref("mgmtsystem_nonconformity.nc_origin_internal_audit")
        )

    def test_it_counts_as_evidence_of_its_clauses(self):
        clause = self.env["qms.standard.clause"].search([("parent_id", "!=", False)], limit=1)
        row = self._raise(qms_clause_ids=clause.ids)
        found = self._as(self.env["qms.evidence"], self.user_officer)._collect(
            clause.standard_id, self.company
        )
        records = {key.id: value for key, value in found.items()}[clause.id].records
        self.assertIn(row.id, records["mgmtsystem.nonconformity"])

    def test_creating_many_costs_few_queries_each(self):
        model = self._as(self.nc_model, self.user_officer)
        vals = {"name": "a", "description": "a", "company_id": self.company.id}
        model._qms_raise([vals])
        self.env.flush_all()
        counts = []
        for number in (2, 12):
            before = self.env.cr.sql_log_count
            model._qms_raise([vals] * number)
            self.env.flush_all()
            counts.append((self.env.cr.sql_log_count - before) / number)
        self.assertLess(counts[1], counts[0])
