from odoo import api, fields, models


class QmsChangeCounter(models.Model):
    """The last ordinal given to changes of an agency within a year."""

    _name = "qms.change.counter"
    _description = "Counter of change codes"
    _inherit = "qms.counter.mixin"

    _company_scope_unique = models.Constraint(
        "UNIQUE(company_id, scope)", "One counter for each agency and year."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _next_code(self, company):
        """Return the next code of the agency, e.g. TD-2026-001 (TD: thay đổi)."""
        local = self.with_context(tz=company.sudo()._qms_timezone())
        year = str(fields.Date.context_today(local).year)
        return f"TD-{year}-{self._advance(company, year, 1):03d}"
