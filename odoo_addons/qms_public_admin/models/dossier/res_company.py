from odoo import fields, models


class ResCompany(models.Model):
    """What the agency wants to be told of: reminders, the digest, its first steps."""

    _inherit = "res.company"

    qms_reminders = fields.Boolean(
        string="Reminders",
        default=True,
        help="Give the people of a step an activity before and after it is due, as the rungs "
        "of the reminders say.",
    )
    qms_digest = fields.Boolean(
        string="Daily digest",
        default=True,
        help="Send each head of unit one mail in the morning with what is late, due today and "
        "due soon. Nothing is sent when there is nothing to tell.",
    )
    qms_onboarding_closed = fields.Boolean(
        string="First steps closed", help="The first steps are no longer shown to ISO officers."
    )
