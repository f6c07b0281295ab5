from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The certificate of the agency."""

    _inherit = "res.config.settings"

    qms_signing_file = fields.Binary(related="company_id.qms_signing_file", readonly=False)
    qms_signing_password = fields.Char(related="company_id.qms_signing_password", readonly=False)
