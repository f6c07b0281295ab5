from odoo import api, models

from ...tools import numbering


class QmsDossierCounter(models.Model):
    """The last ordinal given by an agency within a day (or month, or year).

    The row is locked by the transaction that numbers, so that two clerks at
    once get neither the same code nor a gap: who is second waits, and whoever
    rolls back gives the ordinal back.
    """

    _name = "qms.dossier.counter"
    _description = "Counter of dossier codes"
    _inherit = "qms.counter.mixin"

    _company_scope_unique = models.Constraint(
        "UNIQUE(company_id, scope)", "One counter for each agency and day."
    )

    @api.model
    def _next_codes(self, company, day, count):
        """Return ``count`` new codes of ``company`` for the local ``day``."""
        pattern = company.qms_code_pattern
        agency = company._qms_agency_code()
        codes = []
        while len(codes) < count:
            wanted = count - len(codes)
            last = self._advance(company, numbering.counter_scope(pattern, day), wanted)
            fresh = [
                numbering.format_code(pattern, agency, day, ordinal, company.qms_code_width)
                for ordinal in range(last - wanted + 1, last + 1)
            ]
            # A code may have come in by import from the system of the province.
            taken = set(
                self.env["qms.dossier"]
                .sudo()
                .search([("company_id", "=", company.id), ("code", "in", fresh)])
                .mapped("code")
            )
            codes += [code for code in fresh if code not in taken]
        return codes
