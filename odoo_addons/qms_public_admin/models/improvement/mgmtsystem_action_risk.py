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

    # === COMPUTE METHODS === #

    @api.depends("qms_risk_id.is_restricted")
    def _compute_display_name(self):
        return super()._compute_display_name()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions.qms_risk_id._check_takes_actions()
        actions._keep_from_others()
        return actions

    def write(self, vals):
        if "qms_risk_id" in vals:
            self.qms_risk_id._check_takes_actions()
        result = super().write(vals)
        if "qms_risk_id" in vals:
            self.qms_risk_id._check_takes_actions()
        if vals.keys() & {"qms_risk_id", "nonconformity_ids", "user_id", "qms_verifier_id"}:
            self._keep_from_others()
        return result

    # === DOMAINS === #

    @api.model
    def _qms_is_nameable(self):
        open_risk = Domain("qms_risk_id", "=", False) | Domain(
            "qms_risk_id.is_restricted", "=", False
        )
        return super()._qms_is_nameable() & open_risk

    def _confidential(self):
        return super()._confidential() | self.filtered("qms_risk_id.is_restricted")

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
