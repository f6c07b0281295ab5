from odoo import models


class QmsProcedure(models.Model):
    """Nonconformities in an administrative procedure."""

    _name = "qms.procedure"
    _inherit = ["qms.procedure", "qms.nonconformity.subject.mixin"]

    # === BUSINESS METHODS === #

    def _nonconformity_defaults(self):
        units = self.department_id
        return {
            **super()._nonconformity_defaults(),
            "company_id": self[:1].company_id.id,
            "qms_procedure_id": self.id if len(self) == 1 else False,
            "qms_department_id": units.id if len(units) == 1 else False,
        }
