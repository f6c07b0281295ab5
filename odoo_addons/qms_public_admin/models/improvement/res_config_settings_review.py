from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Whether the agency leads and inspects others."""

    _inherit = "res.config.settings"

    qms_is_lead_unit = fields.Boolean(related="company_id.qms_is_lead_unit", readonly=False)
