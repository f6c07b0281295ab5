from odoo import api, fields, models
from odoo.fields import Domain


class MgmtsystemAction(models.Model):
    """An action may be taken against a risk, or for an opportunity.

    Whoever works on the risk plans its actions; an action against a confidential risk is
    read by who may read the risk, its owner and its verifier.
    """

    _inherit = "mgmtsystem.action"

    qms_risk_id = fields.Many2one(
        "qms.risk",
        string="Risk or opportunity",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions.qms_risk_id._check_takes_actions()
        return actions

    def write(self, vals):
        if "qms_risk_id" in vals:
            self.qms_risk_id._check_takes_actions()
        result = super().write(vals)
        if "qms_risk_id" in vals:
            self.qms_risk_id._check_takes_actions()
        return result

    # === ROLES === #

    @api.model
    def _plan_domain(self):
        domain = super()._plan_domain()
        if domain.is_true():
            return domain
        user = self.env.user
        return (
            domain
            | Domain("qms_risk_id.owner_id", "=", user.id)
            | Domain("qms_risk_id.department_id.manager_id.user_id", "=", user.id)
        )
