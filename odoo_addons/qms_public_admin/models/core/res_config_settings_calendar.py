from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The calendar warning beside the settings of the clock."""

    _inherit = "res.config.settings"

    qms_calendar_warning = fields.Char(related="company_id.qms_calendar_warning")
