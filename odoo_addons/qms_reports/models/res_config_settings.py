from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    qms_table_06a_stopped = fields.Selection(
        related="company_id.qms_table_06a_stopped", readonly=False
    )
    qms_officer_full = fields.Float(related="company_id.qms_officer_full", readonly=False)
    qms_officer_part = fields.Float(related="company_id.qms_officer_part", readonly=False)
