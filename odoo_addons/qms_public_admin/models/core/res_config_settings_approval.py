from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of approvals."""

    _inherit = "res.config.settings"

    qms_reauthenticate = fields.Boolean(related="company_id.qms_reauthenticate", readonly=False)
    qms_self_approval = fields.Boolean(related="company_id.qms_self_approval", readonly=False)
