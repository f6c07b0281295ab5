import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.words import stripped


class QmsYearPlanMixin(models.AbstractModel):
    """What an agency sets out to do in a year, approved as one paper.

    Everyone of the agency reads it. ISO officers draw it up and request its approval,
    leaders approve. From the request on its content is closed. A plan that has to change
    during the year is opened again with the reason and approved anew; both decisions stay.
    After the year it is closed. A model declares its ``state`` (draft, approval, approved,
    closed) and says what a plan lacks before it is approved or closed.
    """

    _name = "qms.year.plan.mixin"
    _description = "Plan of a year"
    _inherit = ["qms.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _rec_names_search = ["name"]
    _check_company_auto = True
    _mail_post_access = "read"

    _transitions = {
        "draft": ("approval",),
        "approval": ("approved", "draft"),
        "approved": ("draft", "closed"),
    }
    _approval_from, _approval_to, _approval_back = "approval", "approved", "draft"
    _protected_fields = ("change_reason",)
    _frozen_fields = dict.fromkeys(("approval", "approved", "closed"), "*")

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    year = fields.Integer(
        required=True,
        default=lambda self: fields.Date.context_today(self).year,
        aggregator=None,
        tracking=True,
    )
    owner_id = fields.Many2one(
        "res.users",
        string="In charge",
        default=lambda self: self.env.user,
        check_company=True,
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
    )
    change_reason = fields.Text(string="Why it was opened again", readonly=True, copy=False)
    can_submit = fields.Boolean(compute="_compute_can")
    can_change = fields.Boolean(compute="_compute_can")
    can_close = fields.Boolean(compute="_compute_can")

    _year_in_range = models.Constraint("CHECK(year BETWEEN 2000 AND 2199)", "Check the year.")

    # === COMPUTE METHODS === #

    @api.depends("year", "company_id.name")
    def _compute_name(self):
        for plan in self:
            plan.name = f"{plan.year} – {plan.company_id.name or ''}"

    @api.depends("state", "approval_state", "year")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can(self):
        for plan in self:
            keeps = plan._is_kept()
            plan.can_submit = keeps and plan.state == "draft"
            plan.can_change = keeps and plan.state == "approved"
            plan.can_close = plan.can_change

    # === ACTIONS === #

    def action_submit(self):
        """Close the content and put it before those who approve."""
        self.check_access("write")
        self._transition("approval")
        return self.action_request_approval()

    def action_change(self, words=None):
        """Open an approved plan again, with the reason; it is approved anew."""
        self.check_access("write")
        words = stripped(words)
        if not words:
            raise UserError(self.env._("Say why it has to change."))
        self._transition(
            "draft",
            {"approval_state": False, "approval_decision_id": False, "change_reason": words},
        )
        for plan in self:
            plan.message_post(body=self.env._("Opened again: %(reason)s", reason=words))
        return True

    # === PREDICATES === #

    def _transition_error(self, target):
        error = super()._transition_error(target)
        if error or (self.state == "approval" and target in ("approved", "draft")):
            return error
        error = self._keeper_error()
        if not error and target == "approval":
            error = self._submit_error()
        if not error and target == "closed":
            error = self._close_error()
        return error

    def _is_kept(self):
        """Tell whether the current user keeps this plan."""
        return bool(self.id) and not self._keeper_error()

    def _keeper_error(self):
        """Return why the current user does not keep this plan, '' when they do."""
        raise NotImplementedError

    def _submit_error(self):
        """Return what is missing before it can be approved, '' when nothing is."""
        raise NotImplementedError

    def _close_error(self):
        """Return why it cannot be closed yet, '' when it can."""
        raise NotImplementedError

    # === BUSINESS METHODS === #

    def _approval_content(self):
        """What is decided on, as text that is always written the same way."""
        self.ensure_one()
        return json.dumps(
            self.sudo()._plan_content(), sort_keys=True, ensure_ascii=False, default=str
        )

    def _plan_content(self):
        """Return what is decided on, as plain values."""
        return {"year": self.year, "company": self.company_id.id}

    def _check_open(self):
        """Refuse changes of the parts of what is no draft any more; lock the draft.

        Who changes a part has written the plan: it is not theirs to approve.
        """
        self._lock_lifecycle()
        for plan in self.sudo():
            if plan.state != "draft":
                raise UserError(
                    self.env._(
                        "“%(name)s” is no draft: what was approved stays as it is. Open it "
                        "again, with the reason, to change it.",
                        name=plan.display_name,
                    )
                )
        self._note_editor()
