from odoo import fields, models


class ResCompany(models.Model):
    """How an agency publishes its procedures."""

    _inherit = "res.company"

    qms_version_approval = fields.Boolean(
        string="Versions of procedures need approval",
        help="A version is published only after its content was approved at the steps defined "
        "under Approval steps.",
    )
