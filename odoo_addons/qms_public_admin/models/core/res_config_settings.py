from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    qms_agency_id = fields.Many2one(related="company_id.qms_agency_id")
    qms_calendar_id = fields.Many2one(related="company_id.qms_calendar_id", readonly=False)
    qms_timezone = fields.Selection(related="company_id.qms_timezone", readonly=False)
    qms_hours_per_day = fields.Float(related="company_id.qms_hours_per_day", readonly=False)
    qms_on_time_by = fields.Selection(related="company_id.qms_on_time_by", readonly=False)
    qms_code_pattern = fields.Char(related="company_id.qms_code_pattern", readonly=False)
    qms_code_width = fields.Integer(related="company_id.qms_code_width", readonly=False)
    qms_supplement_clock_mode = fields.Selection(
        related="company_id.qms_supplement_clock_mode", readonly=False
    )
    qms_supplement_notice_days = fields.Integer(
        related="company_id.qms_supplement_notice_days", readonly=False
    )
    qms_apology_notice_days = fields.Integer(
        related="company_id.qms_apology_notice_days", readonly=False
    )
    qms_extension_max = fields.Integer(related="company_id.qms_extension_max", readonly=False)
    qms_extension_on_time_basis = fields.Selection(
        related="company_id.qms_extension_on_time_basis", readonly=False
    )
    qms_due_soon_hours = fields.Float(related="company_id.qms_due_soon_hours", readonly=False)
    qms_transfer_cutoff = fields.Float(related="company_id.qms_transfer_cutoff", readonly=False)
