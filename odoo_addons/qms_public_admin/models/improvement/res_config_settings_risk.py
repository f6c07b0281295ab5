from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    qms_risk_matrix_id = fields.Many2one(related="company_id.qms_risk_matrix_id", readonly=False)
    qms_context_months = fields.Integer(related="company_id.qms_context_months", readonly=False)
