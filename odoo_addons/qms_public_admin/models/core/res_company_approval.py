from odoo import fields, models


class ResCompany(models.Model):
    """How an agency approves."""

    _inherit = "res.company"

    qms_reauthenticate = fields.Boolean(
        string="Password for each decision",
        help="Whoever approves or rejects enters their password again. Without it, the steps of "
        "an approval say for themselves whether they ask for it.",
    )
    qms_self_approval = fields.Boolean(
        string="Head alone in the unit may approve own work",
        help="Only where no other person belongs to the unit; a written justification is "
        "required and the decision is marked.",
    )
