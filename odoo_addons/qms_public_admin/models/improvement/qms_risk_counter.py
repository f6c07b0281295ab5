from odoo import api, fields, models

# RR: rủi ro, CH: cơ hội.
PREFIXES = {"risk": "RR", "opportunity": "CH"}


class QmsRiskCounter(models.Model):
    """The last ordinal given to risks, or to opportunities, of an agency within a year."""

    _name = "qms.risk.counter"
    _description = "Counter of risk codes"
    _inherit = "qms.counter.mixin"

    _company_scope_unique = models.Constraint(
        "UNIQUE(company_id, scope)", "One counter for each agency, kind and year."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _next_code(self, company, kind):
        """Return the next code of the agency, e.g. RR-2026-001."""
        local = self.with_context(tz=company.sudo()._qms_timezone())
        scope = f"{PREFIXES[kind]}-{fields.Date.context_today(local).year}"
        return f"{scope}-{self._advance(company, scope, 1):03d}"
