from odoo import fields, models


class QmsStandardExclusion(models.Model):
    """A clause that does not apply to an agency, with the reason.

    The scope of a system has to say which requirements do not apply and why (clause 4.3
    since 2015). The clauses below it are left out with it. ISO officers keep those of
    their agencies.
    """

    _name = "qms.standard.exclusion"
    _description = "Clause that does not apply"
    _inherit = ["qms.placement.mixin"]
    _order = "company_id, clause_id, id"
    _rec_name = "clause_id"

    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    clause_id = fields.Many2one(
        "qms.standard.clause", required=True, index=True, ondelete="cascade"
    )
    standard_id = fields.Many2one(related="clause_id.standard_id", store=True, string="Edition")
    reason = fields.Text(required=True, help="Why the agency does nothing the clause is about.")

    _clause_once = models.UniqueIndex("(company_id, clause_id)", "This clause is left out already.")
    _reason_given = models.Constraint(
        "CHECK(length(trim(reason)) > 0)", "Say why the clause does not apply."
    )

    # === BUSINESS METHODS === #

    def _excluded_clauses(self, company, standard):
        """Return the clauses of an edition that do not apply to an agency."""
        rows = self.search([("company_id", "=", company.id), ("standard_id", "=", standard.id)])
        return self.env["qms.standard.clause"].search([("id", "child_of", rows.clause_id.ids)])
