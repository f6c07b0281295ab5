from odoo import fields, models


class MgmtsystemAction(models.Model):
    """An action may be taken against a risk, or for an opportunity."""

    _inherit = "mgmtsystem.action"

    qms_risk_id = fields.Many2one(
        "qms.risk",
        string="Risk or opportunity",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
