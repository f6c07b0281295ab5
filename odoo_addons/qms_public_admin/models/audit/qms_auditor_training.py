from odoo import fields, models


class QmsAuditorTraining(models.Model):
    """A class or examination an auditor passed, with its certificate."""

    _name = "qms.auditor.training"
    _description = "Training of an auditor"
    _inherit = ["qms.placement.mixin"]
    _order = "date desc, id desc"

    _placing_fields = ("auditor_id", "company_id")
    _derived_fields = ("company_id",)

    auditor_id = fields.Many2one("qms.auditor", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="auditor_id.company_id", store=True, index=True)
    name = fields.Char(string="Class attended", required=True)
    provider = fields.Char(string="Training provider")
    date = fields.Date(string="Ended on", required=True)
    hours = fields.Float()
    certificate_no = fields.Char(string="Certificate")
    valid_until = fields.Date()
    file_ids = fields.Many2many(
        "ir.attachment", "qms_auditor_training_file_rel", string="Files", bypass_search_access=True
    )
