from odoo import api, fields, models


class QmsAuditCounter(models.Model):
    """The last ordinal given to audits of an agency within a year."""

    _name = "qms.audit.counter"
    _description = "Counter of audits"
    _inherit = "qms.counter.mixin"

    _company_scope_unique = models.Constraint(
        "UNIQUE(company_id, scope)", "One counter for each agency and year."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _next_reference(self, company, day=None):
        """Return the next reference of the agency, e.g. ĐGNB-2026-01 (đánh giá nội bộ)."""
        local = self.with_context(tz=company.sudo()._qms_timezone())
        year = str((day or fields.Date.context_today(local)).year)
        return f"ĐGNB-{year}-{self._advance(company, year, 1):02d}"
