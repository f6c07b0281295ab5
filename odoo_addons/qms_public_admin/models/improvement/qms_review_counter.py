from odoo import api, models


class QmsReviewCounter(models.Model):
    """The last ordinal given to management reviews of an agency within a year."""

    _name = "qms.review.counter"
    _description = "Counter of management reviews"
    _inherit = "qms.counter.mixin"

    _company_scope_unique = models.Constraint(
        "UNIQUE(company_id, scope)", "One counter for each agency and year."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _next_code(self, company, year):
        """Return the next number of the agency, e.g. XXLĐ-2026-01 (xem xét của lãnh đạo)."""
        return f"XXLĐ-{year}-{self._advance(company, str(year), 1):02d}"
