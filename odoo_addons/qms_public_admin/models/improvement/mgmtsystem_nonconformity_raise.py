from odoo import api, models


class MgmtsystemNonconformity(models.Model):
    """How other parts raise nonconformities."""

    _inherit = "mgmtsystem.nonconformity"

    @api.model
    def _qms_raise(self, vals_list):
        """Create nonconformities; party, responsible, closer, origin, due date are filled in.

        The caller has checked that the current user may do so; who raised them is recorded
        as that user. ``qms_clause_ids`` may be ids or commands. The key ``evidence`` takes a
        list of records (of any models) that the nonconformity stands on.

        :param list vals_list: values of the fields, e.g. ``name``, ``description``,
            ``qms_source``, ``company_id``, ``qms_department_id``, ``qms_grade``
        :return: the nonconformities, in the order of ``vals_list``
        """
        evidence = [vals.get("evidence") or [] for vals in vals_list]
        rows = self._lifecycle_create([self._raise_values(vals) for vals in vals_list])
        for row, groups in zip(rows, evidence, strict=True):
            row._qms_add_evidence(groups)
        return rows

    @api.model
    def _raise_values(self, vals):
        vals = {key: value for key, value in vals.items() if key != "evidence"}
        vals["description"] = vals.get("description") or vals.get("name")
        clauses = vals.get("qms_clause_ids")
        if isinstance(clauses, models.BaseModel):
            clauses = clauses.ids
        if clauses and all(isinstance(clause, int) for clause in clauses):
            clauses = [(6, 0, list(clauses))]
        if clauses:
            vals["qms_clause_ids"] = clauses
        return vals

    def _qms_add_evidence(self, groups, note=""):
        """Record that this nonconformity stands on the records of ``groups``.

        A record that is there already is not added again. The caller has checked that the
        user may read them.

        :param groups: recordsets, or a list of them
        :return: the rows added
        """
        self.ensure_one()
        groups = [groups] if isinstance(groups, models.BaseModel) else groups
        known = {(row.res_model, row.res_id) for row in self.sudo().qms_evidence_ids}
        records = [record for group in groups for record in group]
        fresh = {(record._name, record.id): record for record in records}
        rows = self.env["qms.nonconformity.evidence"]._note(
            self, [record for key, record in fresh.items() if key not in known], note
        )
        first = next(iter(fresh), None)
        if first and not self.sudo().res_model:
            self._lifecycle_write({"res_model": first[0], "res_id": first[1]})
        return rows
