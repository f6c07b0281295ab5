from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Nonconformities and actions of the agency."""

    _inherit = "res.config.settings"

    qms_nonconformity_years = fields.Integer(
        related="company_id.qms_nonconformity_years", readonly=False, required=True
    )
    qms_nonconformity_days = fields.Integer(
        related="company_id.qms_nonconformity_days", readonly=False, required=True
    )
    qms_action_reminder_days = fields.Integer(
        related="company_id.qms_action_reminder_days", readonly=False, required=True
    )
