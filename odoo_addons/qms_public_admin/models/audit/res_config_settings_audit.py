from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Cycle of the audits, days of notice."""

    _inherit = "res.config.settings"

    qms_audit_cycle_years = fields.Integer(
        related="company_id.qms_audit_cycle_years", readonly=False
    )
    qms_audit_procedure_years = fields.Integer(
        related="company_id.qms_audit_procedure_years", readonly=False
    )
    qms_audit_notice_days = fields.Integer(
        related="company_id.qms_audit_notice_days", readonly=False
    )
