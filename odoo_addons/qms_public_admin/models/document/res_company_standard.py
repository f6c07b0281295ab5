from odoo import fields, models


class ResCompany(models.Model):
    """The edition an agency works by, and how old evidence and law may get."""

    _inherit = "res.company"

    qms_standard_id = fields.Many2one(
        "qms.standard",
        string="Edition applied",
        ondelete="restrict",
        help="Edition of the standard by which the quality management system is kept. Empty: "
        "ISO 9001:2015. The end of a transition changes it.",
    )
    qms_evidence_months = fields.Integer(
        string="Evidence is fresh for (months)",
        default=12,
        required=True,
        help="Documents and records that stand for a clause are green this long, then amber.",
    )
    qms_legal_update_months = fields.Integer(
        string="Months to apply a legal change",
        default=3,
        required=True,
        help="Calendar months after a text takes effect within which the system has to follow "
        "(Decision 19/2014/QĐ-TTg, art. 4.4.a).",
    )

    _qms_evidence_months = models.Constraint(
        "CHECK(qms_evidence_months BETWEEN 1 AND 120)",
        "Evidence is fresh for 1 to 120 months.",
    )
    _qms_legal_update_months = models.Constraint(
        "CHECK(qms_legal_update_months BETWEEN 0 AND 60)",
        "A legal change is applied within 0 to 60 months.",
    )

    # === BUSINESS METHODS === #

    def _qms_standard(self):
        """Return the edition this agency works by."""
        self.ensure_one()
        # While the addon is being installed there is no edition yet.
        usual = self.env.ref("qms_public_admin.qms_standard_iso9001_2015", False)
        chosen = self.sudo().qms_standard_id.with_env(self.env)
        return chosen or usual or self.env["qms.standard"]
