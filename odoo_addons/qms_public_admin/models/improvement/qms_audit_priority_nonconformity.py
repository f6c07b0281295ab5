from odoo import api, models

from ..audit.qms_audit_priority import by_place


class QmsAuditPriority(models.AbstractModel):
    """Nonconformities of the last year speak for an audit of their procedure and unit."""

    _inherit = "qms.audit.priority"

    @api.model
    def _finding_counts(self, company, since):
        groups = (
            self.env["mgmtsystem.nonconformity"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", company.id),
                    ("qms_found_on", ">=", since),
                    ("state", "!=", "cancel"),
                ],
                ["qms_procedure_id", "qms_department_id"],
                ["__count"],
            )
        )
        return super()._finding_counts(company, since) + by_place(groups)
