from odoo import api, fields, models


class QmsImprovementCounter(models.Model):
    """The last number of a nonconformity or an action, by agency and year.

    Moved on by their creation alone.
    """

    _name = "qms.improvement.counter"
    _description = "Counter of nonconformities and actions"
    _inherit = ["qms.counter.mixin"]

    _company_scope_unique = models.Constraint(
        "UNIQUE(company_id, scope)", "An agency has one counter of each kind and year."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _next_references(self, records, prefix):
        """Return ``{record id: reference}``, e.g. KPH-2026-0007, in the order of the ids."""
        year = fields.Date.context_today(self).year
        references = {}
        for company, group in records.grouped("company_id").items():
            last = self.sudo()._advance(company, f"{prefix}-{year}", len(group))
            for number, record in enumerate(group.sorted("id"), last - len(group) + 1):
                references[record.id] = f"{prefix}-{year}-{number:04d}"
        return references
