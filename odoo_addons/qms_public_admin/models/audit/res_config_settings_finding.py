from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    qms_finding_days = fields.Integer(
        related="company_id.qms_finding_days", readonly=False, string="Days to answer a finding"
    )
