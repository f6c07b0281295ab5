from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    qms_reminders = fields.Boolean(related="company_id.qms_reminders", readonly=False)
    qms_digest = fields.Boolean(related="company_id.qms_digest", readonly=False)
