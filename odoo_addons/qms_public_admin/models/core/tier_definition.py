from odoo import api, fields, models
from odoo.fields import Domain


class TierDefinition(models.Model):
    """A step of an approval: who may decide on which records, in which order.

    What it says is copied to the reviews when a request is made. An edit touches
    later requests only.
    """

    _name = "tier.definition"
    _inherit = ["tier.definition", "qms.placement.mixin"]

    _placing_fields = ("company_id", "model_id")

    review_type = fields.Selection(
        selection_add=[
            ("position", "Holders of a position"),
            ("unit_head", "Head of the author's unit"),
        ],
        ondelete={"position": "cascade", "unit_head": "cascade"},
    )
    qms_position_id = fields.Many2one(
        "qms.position", string="Position", index="btree_not_null", ondelete="restrict"
    )
    qms_reauthenticate = fields.Boolean(
        string="Ask for the password",
        help="The decision counts only when the person enters their password again.",
    )
    qms_is_ours = fields.Boolean(compute="_compute_qms_is_ours", search="_search_qms_is_ours")

    # === COMPUTE METHODS === #

    @api.depends("model")
    def _compute_qms_is_ours(self):
        ours = self.env["qms.decision"]._subject_models()
        for definition in self:
            definition.qms_is_ours = definition.model in ours

    def _search_qms_is_ours(self, operator, value):
        if operator != "in":
            return NotImplemented
        ours = Domain("model", "in", self.env["qms.decision"]._subject_models())
        return ours if True in value else ~ours

    @api.onchange("review_type")
    def onchange_review_type(self):
        self.qms_position_id = None
        return super().onchange_review_type()

    # === BUSINESS METHODS === #

    @api.model
    def _get_tier_validation_model_names(self):
        return [
            *super()._get_tier_validation_model_names(),
            *self.env["qms.decision"]._subject_models(),
        ]

    def _qms_reviewers(self, subject, authors):
        """Return the users of the agency who may decide at this step, at this moment."""
        self.ensure_one()
        company = subject._approval_company()
        found = getattr(self.sudo(), f"_qms_reviewers_by_{self.review_type}")(subject, authors)
        return found.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )

    def _qms_reviewers_by_individual(self, subject, authors):
        return self.reviewer_id

    def _qms_reviewers_by_group(self, subject, authors):
        return self.reviewer_group_id.all_user_ids

    def _qms_reviewers_by_field(self, subject, authors):
        named = subject.sudo()[self.reviewer_field_id.name] if self.reviewer_field_id else None
        if named is None:
            return self.env["res.users"].sudo()
        return named.all_user_ids if named._name == "res.groups" else named

    def _qms_reviewers_by_position(self, subject, authors):
        return self.qms_position_id._active_holders(subject._approval_company())

    def _qms_reviewers_by_unit_head(self, subject, authors):
        return authors._qms_unit_heads(subject._approval_company()).sudo()
