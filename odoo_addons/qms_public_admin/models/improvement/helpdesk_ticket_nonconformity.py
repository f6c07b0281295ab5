from odoo import models


class HelpdeskTicket(models.Model):
    """Nonconformities that a complaint or a request brought to light."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "qms.nonconformity.subject.mixin"]

    # === BUSINESS METHODS === #

    def _nonconformity_defaults(self):
        procedures = self.qms_procedure_id or self.qms_dossier_id.procedure_id
        units = self.qms_department_id or procedures.department_id
        concerned = self.sudo().qms_officer_id
        handlers = self[:1].company_id._qms_officers() - concerned
        return {
            **super()._nonconformity_defaults(),
            "qms_source": "complaint",
            "company_id": self[:1].company_id.id,
            "qms_procedure_id": procedures.id if len(procedures) == 1 else False,
            "qms_department_id": units.id if len(units) == 1 else False,
            # Who a complaint is about must neither read nor handle what follows from it.
            "qms_is_confidential": bool(concerned),
            "responsible_user_id": concerned and handlers[:1].id,
        }
