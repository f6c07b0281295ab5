from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Edition of the standard, age of evidence, time to follow the law."""

    _inherit = "res.config.settings"

    qms_standard_id = fields.Many2one(related="company_id.qms_standard_id", readonly=False)
    qms_evidence_months = fields.Integer(related="company_id.qms_evidence_months", readonly=False)
    qms_legal_update_months = fields.Integer(
        related="company_id.qms_legal_update_months", readonly=False
    )
