from odoo import models


class QmsDossier(models.Model):
    """Nonconformities in the handling of a dossier."""

    _name = "qms.dossier"
    _inherit = ["qms.dossier", "qms.nonconformity.subject.mixin"]

    # === BUSINESS METHODS === #

    def _nonconformity_defaults(self):
        procedures = self.procedure_id
        units = self.current_department_id or procedures.department_id
        return {
            **super()._nonconformity_defaults(),
            "qms_source": "dossier",
            "company_id": self[:1].company_id.id,
            "qms_procedure_id": procedures.id if len(procedures) == 1 else False,
            "qms_department_id": units.id if len(units) == 1 else False,
        }
