from odoo import api, models

from ...tools import numbering


class QmsDocumentCounter(models.Model):
    """The last ordinal given to documents of an agency whose codes begin alike."""

    _name = "qms.document.counter"
    _description = "Counter of document codes"
    _inherit = "qms.counter.mixin"

    _company_scope_unique = models.Constraint(
        "UNIQUE(company_id, scope)", "One counter for each agency and beginning of codes."
    )

    @api.model
    def _next_code(self, company, kind, department, day):
        """Return the next code for a document of ``kind`` in a unit.

        Codes given by hand or by import are passed over.
        """
        pattern, width = kind._numbering(company, department)
        words = {
            "agency": company._qms_agency_code(),
            "kind": kind.prefix or "",
            "unit": department.sudo().qms_code or "",
        }
        scope = numbering.document_scope(pattern, words, day)
        pages = self.env["document.page"].sudo().with_context(active_test=False)
        while True:
            ordinal = self._advance(company, scope, 1)
            code = numbering.document_code(pattern, words, day, ordinal, width)
            if not pages.search_count(
                [("company_id", "=", company.id), ("qms_code", "=", code)], limit=1
            ):
                return code
