from odoo import fields, models


class ResCompany(models.Model):
    """When an agency is reminded to declare anew."""

    _inherit = "res.company"

    qms_redeclare_warning_days = fields.Integer(
        string="Days to declare anew",
        default=15,
        required=True,
        help="Days after a change of the scope from which a declaration that was not renewed "
        "counts as late and is put before the ISO officer. The law gives no number of days "
        "(Decision 19/2014/QĐ-TTg, art. 4.4.c).",
    )

    _qms_redeclare_warning_days = models.Constraint(
        "CHECK(qms_redeclare_warning_days BETWEEN 0 AND 365)",
        "The declaration is renewed within 0 to 365 days.",
    )
