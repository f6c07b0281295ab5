from odoo import fields, models


class DocumentPage(models.Model):
    """Nonconformities against a controlled document."""

    _name = "document.page"
    _inherit = ["document.page", "qms.nonconformity.subject.mixin"]

    # === BUSINESS METHODS === #

    def _nonconformity_defaults(self):
        return {
            **super()._nonconformity_defaults(),
            "company_id": self[:1].company_id.id,
            "procedure_ids": [fields.Command.set(self.ids)],
            "qms_clause_ids": [fields.Command.set(self.qms_clause_ids.ids)],
        }
