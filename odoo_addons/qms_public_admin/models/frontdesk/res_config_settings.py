from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    qms_lookup = fields.Selection(related="company_id.qms_lookup", readonly=False)
    qms_usual_min = fields.Integer(related="company_id.qms_usual_min", readonly=False)
    qms_public_form = fields.Boolean(related="company_id.qms_public_form", readonly=False)
    qms_notify_applicant = fields.Boolean(related="company_id.qms_notify_applicant", readonly=False)
    qms_transfer_days = fields.Integer(related="company_id.qms_transfer_days", readonly=False)
    qms_answer_days = fields.Integer(related="company_id.qms_answer_days", readonly=False)
