from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """What happens when a text changes the law."""

    _inherit = "res.config.settings"

    qms_change_proposal = fields.Selection(
        related="company_id.qms_change_proposal", readonly=False, required=True
    )
