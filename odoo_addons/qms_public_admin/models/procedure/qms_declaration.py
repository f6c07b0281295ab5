from odoo import api, fields, models
from odoo.fields import Domain

from ..document.qms_declaration_scope import PLACES


class QmsDeclaration(models.Model):
    """The scope takes in the procedures under the QMS with a version in force."""

    _inherit = "qms.declaration"

    # === BUSINESS METHODS === #

    @api.model
    def _scope_rows(self, companies, day):
        return [*super()._scope_rows(companies, day), *self._scope_procedures(companies, day)]

    @api.model
    def _scope_procedures(self, companies, day):
        procedures = self.env["qms.procedure"]
        covered = (
            procedures._qms_domain(day)
            & Domain("company_id", "in", companies.ids)
            & Domain("active", "=", True)
        )
        versions_sudo = (
            self.env["qms.procedure.version"]
            .sudo()
            .search(procedures._effective_domain(day) & Domain("procedure_id", "any", covered))
        )
        return [self._procedure_row(version) for version in versions_sudo]

    @api.model
    def _procedure_row(self, version):
        procedure = version.procedure_id
        return {
            "company": procedure.company_id.with_env(self.env),
            "unit": procedure.department_id.with_env(self.env),
            "since": max(procedure.qms_from, version.effective_from),
            "sequence": PLACES["procedure"],
            "vals": {
                "kind": "procedure",
                "procedure_id": procedure.id,
                "version_id": version.id,
                "code": procedure.code,
                "name": procedure.name,
                "version_no": version.number,
                "effective_from": version.effective_from,
            },
        }

    @api.model
    def _ends_of(self, lines):
        ends = super()._ends_of(lines)
        procedures = lines.procedure_id
        for procedure in procedures:
            last = [day for day in procedure.version_ids.mapped("effective_to") if day]
            days = [day for day in (procedure.qms_to, max(last, default=None)) if day]
            if days:
                ends["procedure", procedure.id] = fields.Date.add(min(days), days=1)
        return ends
