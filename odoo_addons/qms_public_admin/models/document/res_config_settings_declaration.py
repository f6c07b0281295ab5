from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Time to declare anew."""

    _inherit = "res.config.settings"

    qms_redeclare_warning_days = fields.Integer(
        related="company_id.qms_redeclare_warning_days", readonly=False
    )
