from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of procedures."""

    _inherit = "res.config.settings"

    qms_version_approval = fields.Boolean(related="company_id.qms_version_approval", readonly=False)
