from odoo import fields, models


class ResCompany(models.Model):
    """The matrix by which an agency assesses risks, and how often it reviews its context."""

    _inherit = "res.company"

    qms_risk_matrix_id = fields.Many2one(
        "qms.risk.matrix",
        string="Risk matrix",
        ondelete="restrict",
        check_company=True,
        help="Used for new risks and opportunities. Empty: the first matrix of the list.",
    )
    qms_context_months = fields.Integer(
        string="Months between reviews of the context",
        default=12,
        required=True,
        help="Interested parties and issues are reviewed this often (ISO 9001, 4.1 and 4.2).",
    )

    _qms_context_months = models.Constraint(
        "CHECK(qms_context_months BETWEEN 1 AND 60)",
        "The context is reviewed every 1 to 60 months.",
    )

    # === BUSINESS METHODS === #

    def _qms_risk_matrix(self):
        """Return the matrix for new risks of this agency."""
        matrices = self.env["qms.risk.matrix"]
        chosen = self.sudo().qms_risk_matrix_id.with_env(self.env)
        return chosen or matrices.search([("company_id", "in", [False, *self.ids])], limit=1)
