from odoo import fields, models


class MgmtsystemNonconformity(models.Model):
    """What an external provider did not deliver as agreed (ISO 9001, 8.4)."""

    _inherit = "mgmtsystem.nonconformity"

    qms_provider_id = fields.Many2one(
        "qms.interested.party",
        string="External provider",
        check_company=True,
        domain="[('kind', '=', 'provider'), ('company_id', '=', company_id)]",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="Post, software house, consultant or the like whose service fell short.",
    )
