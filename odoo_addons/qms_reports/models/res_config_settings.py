from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    qms_table_06a_stopped = fields.Selection(
        related="company_id.qms_table_06a_stopped", readonly=False
    )
