from odoo import api, fields, models
from odoo.fields import Domain


class DocumentPage(models.Model):
    """What a controlled document stands for and rests on: clauses and legal documents."""

    _name = "document.page"
    _inherit = ["document.page", "qms.evidence.mixin"]

    _evidence_sequence = 10

    qms_legal_ids = fields.Many2many(
        "qms.legal.document",
        "qms_document_legal_rel",
        "page_id",
        "document_id",
        string="Legal basis",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        help="Legal documents on which this document rests: when one of them changes, it is "
        "among what has to follow.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _qms_agency_fields(self):
        return [*super()._qms_agency_fields(), "qms_legal_ids"]

    # === EVIDENCE === #

    @api.model
    def _evidence_label(self):
        return self.env._("Documents")

    def _evidence_domain(self, company):
        """A document in force stands for a clause; a draft does not."""
        in_force = Domain("qms_status", "=", "effective")
        return super()._evidence_domain(company) & in_force

    def _evidence_dates(self):
        """A document is as new as its revision in force."""
        revisions = self.sudo().qms_effective_id
        days = {row.id: row.effective_from for row in revisions}
        return {page.id: days.get(page.qms_effective_id.id) for page in self.sudo()}
