from odoo import fields, models


class ResCompany(models.Model):
    """How long the people audited have to answer."""

    _inherit = "res.company"

    qms_finding_days = fields.Integer(
        string="Days to answer a finding",
        default=30,
        required=True,
        help="Calendar days from the report by which a finding is answered; it can be changed on "
        "each of them.",
    )

    _qms_finding_days = models.Constraint(
        "CHECK(qms_finding_days BETWEEN 1 AND 365)", "A finding is answered within 1 to 365 days."
    )
