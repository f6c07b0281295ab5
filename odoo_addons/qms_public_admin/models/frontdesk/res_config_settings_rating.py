from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    qms_rating_opens = fields.Selection(related="company_id.qms_rating_opens", readonly=False)
    qms_rating_days = fields.Integer(related="company_id.qms_rating_days", readonly=False)
    qms_rating_reason_required = fields.Boolean(
        related="company_id.qms_rating_reason_required", readonly=False
    )
    qms_rating_min_seconds = fields.Float(
        related="company_id.qms_rating_min_seconds", readonly=False
    )
    qms_rating_cooldown_hours = fields.Float(
        related="company_id.qms_rating_cooldown_hours", readonly=False
    )
    qms_rating_repeats = fields.Integer(related="company_id.qms_rating_repeats", readonly=False)
