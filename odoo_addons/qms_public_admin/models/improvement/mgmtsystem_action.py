from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from .improvement_texts import (
    ACTION_SETTLED,
    ACTION_STATES,
    ACTION_TO_DO,
    GROUP_HEAD,
    KEEPERS,
)

# What was agreed: the owner carries it out and does not change it.
PLAN_FIELDS = (
    "name",
    "type_action",
    "user_id",
    "date_deadline",
    "company_id",
    "nonconformity_ids",
    "qms_department_id",
    "qms_planned_on",
    "qms_risk_id",
    "qms_verifier_id",
    "active",
)
STAGES = {
    "draft": "mgmtsystem_action.stage_draft",
    "open": "mgmtsystem_action.stage_open",
    "done": "qms_public_admin.action_stage_done",
    "verified": "mgmtsystem_action.stage_close",
    "cancelled": "mgmtsystem_action.stage_cancel",
}


class MgmtsystemAction(models.Model):
    """Something somebody does by a day: corrective, preventive or improving.

    Access:

    * staff read the actions of their agencies, but those of a confidential nonconformity,
      which are read by ISO officers, leaders, auditors, the owner, the verifier and who is
      responsible for the nonconformity;
    * ISO officers and leaders plan actions, heads those of their units, and who is
      responsible for a nonconformity the actions of that one; what was agreed (owner,
      deadline, subject) is changed by them alone;
    * the owner starts an action, describes it and says what was done;
    * auditors, ISO officers, leaders and who is named verify: never the owner;
    * it is cancelled and reopened with a reason; nobody deletes one that was started.

    State, stage, reference and stamps are written by the verbs alone. What is late is
    counted today, never stored.
    """

    _name = "mgmtsystem.action"
    _description = "Corrective action"
    _inherit = ["mgmtsystem.action", "qms.improvement.item.mixin"]
    _rec_names_search = ["reference", "name"]
    _check_company_auto = True

    _lifecycle_field = "qms_state"
    _due_field = "date_deadline"
    _transitions = {
        "draft": ("open", "cancelled"),
        "open": ("done", "cancelled"),
        "done": ("verified", "open", "cancelled"),
        "verified": ("open",),
        "cancelled": ("open",),
    }
    _protected_fields = (
        "stage_id",
        "date_open",
        "date_closed",
        "qms_done_at",
        "qms_done_by_id",
        "qms_done_note",
        "qms_verified_at",
        "qms_verified_by_id",
        "qms_verification",
        "qms_cancel_reason",
        "qms_reopen_count",
    )
    _derived_fields = ("qms_is_confidential",)
    _frozen_fields = {
        "open": ("qms_planned_on",),
        "done": (*PLAN_FIELDS, "description"),
        "verified": "*",
        "cancelled": "*",
    }

    name = fields.Char(tracking=True)
    reference = fields.Char(copy=False, index="trigram")
    company_id = fields.Many2one(string="Agency", required=True, index=True, ondelete="restrict")
    user_id = fields.Many2one(
        string="Owner",
        index=True,
        tracking=True,
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    description = fields.Html(string="What is to be done")
    type_action = fields.Selection(default="correction", tracking=True)
    date_deadline = fields.Date(index="btree_not_null", tracking=True)
    qms_planned_on = fields.Date(
        string="Planned on",
        required=True,
        default=fields.Date.context_today,
        copy=False,
        help="Day on which the action was decided; kept once it is started.",
    )
    date_open = fields.Datetime(string="Started on", copy=False)
    date_closed = fields.Datetime(string="Ended on", copy=False)
    number_of_days_to_open = fields.Integer(
        help="Calendar days from the planning to the start; the base counts them negative."
    )
    number_of_days_to_close = fields.Integer(
        help="Calendar days from the planning to the end; the base counts them negative."
    )
    nonconformity_ids = fields.Many2many(check_company=True)
    qms_state = fields.Selection(
        ACTION_STATES,
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    qms_department_id = fields.Many2one(
        "hr.department",
        string="Unit",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    qms_verifier_id = fields.Many2one(
        "res.users",
        string="Verifier",
        check_company=True,
        ondelete="restrict",
        copy=False,
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who looks whether it was done; never the owner.",
    )
    qms_done_at = fields.Datetime(string="Done on", readonly=True, copy=False)
    qms_done_by_id = fields.Many2one(
        "res.users", string="Done by", readonly=True, copy=False, ondelete="restrict"
    )
    qms_done_note = fields.Text(string="Work done", readonly=True, copy=False)
    qms_is_confidential = fields.Boolean(
        string="Confidential",
        compute="_compute_qms_is_confidential",
        store=True,
        index=True,
        help="An action of a confidential nonconformity.",
    )
    qms_days_late = fields.Integer(
        string="Days late",
        compute="_compute_qms_days_late",
        aggregator=None,
        help="Calendar days past the deadline when it was done, or until today.",
    )
    qms_is_mine = fields.Boolean(
        string="Mine", compute="_compute_qms_is_mine", search="_search_qms_is_mine"
    )
    qms_event_ids = fields.One2many(
        "qms.improvement.event", "action_id", string="History", readonly=True
    )
    qms_may_plan = fields.Boolean(compute="_compute_qms_may_work", search="_search_qms_may_plan")

    _qms_reference_unique = models.UniqueIndex(
        "(company_id, reference) WHERE qms_state != 'draft'", "This reference was given already."
    )
    _qms_verified_by_another = models.Constraint(
        "CHECK(qms_verified_by_id IS NULL OR qms_verified_by_id != user_id)",
        "An action is verified by another person than its owner.",
    )
    _qms_done_is_dated = models.Constraint(
        "CHECK(qms_state NOT IN ('done', 'verified') OR qms_done_at IS NOT NULL)",
        "An action that is done says when.",
    )
    _qms_open_is_not_closed = models.Constraint(
        "CHECK(qms_state IN ('verified', 'cancelled') OR date_closed IS NULL)",
        "Only an action that has ended has an end.",
    )
    _qms_cancelling_is_explained = models.Constraint(
        "CHECK(qms_state != 'cancelled' OR length(trim(COALESCE(qms_cancel_reason, ''))) > 0)",
        "Say why the action is cancelled.",
    )
    _qms_due_idx = models.Index("(company_id, qms_state, date_deadline)")

    # === DEFAULTS === #

    @api.model
    def default_get(self, fields_list):
        """A card made in a column of the board begins at the beginning all the same."""
        values = super().default_get(fields_list)
        if "stage_id" in values:
            values["stage_id"] = self.env.ref(STAGES["draft"]).id
        return values

    # === COMPUTE METHODS === #

    @api.depends("reference", "name", "qms_is_confidential")
    @api.depends_context("uid", "allowed_company_ids", "qms_for_all")
    def _compute_display_name(self):
        hidden = self._hidden_from_reader()
        for action in self:
            name = action.name if action._origin not in hidden else ""
            action.display_name = " – ".join(filter(None, (action.reference, name)))

    @api.depends("date_open", "qms_planned_on")
    def _compute_number_of_days_to_open(self):
        for action in self:
            action.number_of_days_to_open = action._days_until(action.date_open)

    @api.depends("date_closed", "qms_planned_on")
    def _compute_number_of_days_to_close(self):
        for action in self:
            action.number_of_days_to_close = action._days_until(action.date_closed)

    @api.depends("nonconformity_ids.qms_is_confidential")
    def _compute_qms_is_confidential(self):
        for action in self:
            action.qms_is_confidential = any(action.nonconformity_ids.mapped("qms_is_confidential"))

    @api.depends("date_deadline", "qms_state")
    def _compute_qms_is_late(self):
        return super()._compute_qms_is_late()

    @api.depends("date_deadline", "qms_state", "qms_done_at")
    def _compute_qms_days_late(self):
        today = fields.Date.context_today(self)
        for action in self:
            end = fields.Date.to_date(action.qms_done_at) or today
            is_counted = action.date_deadline and action.qms_state != "cancelled"
            action.qms_days_late = is_counted and max((end - action.date_deadline).days, 0)

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_qms_is_mine(self):
        for action in self:
            action.qms_is_mine = action.user_id.id == self.env.uid

    def _search_qms_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("user_id", "=" if True in value else "!=", self.env.uid)

    @api.depends("user_id", "qms_state", "qms_department_id", "nonconformity_ids")
    def _compute_qms_may_work(self):
        result = super()._compute_qms_may_work()
        planning = set(self.sudo().filtered_domain(self._plan_domain()).ids)
        for action in self:
            action.qms_may_plan = action.id in planning
        return result

    def _search_qms_may_plan(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._plan_domain() if True in value else ~self._plan_domain()

    # === CONSTRAINT METHODS === #

    @api.constrains("qms_planned_on")
    def _check_planned_on(self):
        today = fields.Date.context_today(self)
        if any(action.qms_planned_on > today for action in self):
            raise ValidationError(self.env._("An action is planned today or was planned before."))

    def _check_stage_id(self):
        """Not a constraint here: the base writes dates in it, the verbs do so and log them."""

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_given_reference(vals_list)
        actions = super().create([self._with_company(vals) for vals in vals_list])
        references = self.env["qms.improvement.counter"]._next_references(actions, "HDKP")
        actions._lifecycle_write_each(
            {action_id: {"reference": code} for action_id, code in references.items()}
        )
        actions._check_links()
        return actions

    def write(self, vals):
        if not self._is_lifecycle_writer():
            self._check_given_reference([vals])
            self._check_plan_kept(vals)
        linked = "nonconformity_ids" in vals
        before = {action: action.sudo().nonconformity_ids for action in self if linked}
        result = super().write(vals)
        if linked:
            self._check_links(before)
        if vals.keys() & {"user_id", "date_deadline", "qms_verifier_id"}:
            self._sync_activity()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        """What was planned may be dropped; what was started is kept (ISO 9001, 10.2.2)."""
        for action in self:
            if action.qms_state != "draft" or action.sudo().nonconformity_ids:
                raise UserError(
                    self.env._(
                        "“%(name)s” is kept as evidence: it cannot be deleted. Cancel it with a "
                        "reason.",
                        name=action.display_name,
                    )
                )

    @api.model
    def _with_company(self, vals):
        company = vals.get("company_id") or self.default_get(["company_id"]).get("company_id")
        return {**vals, "company_id": company or self.env.company.id}

    def _message_auto_subscribe_notify(self, partner_ids, template):
        """Owners are told by one mail for all their actions."""

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        result = super()._message_subscribe(partner_ids, subtype_ids, customer_ids)
        self._keep_from_others()
        return result

    # === ROLES === #

    @api.model
    def _plan_domain(self):
        """Return the domain of the actions whose plan the current user may change."""
        user = self.env.user
        if user.has_groups(KEEPERS):
            return Domain.TRUE
        mine = Domain("nonconformity_ids.responsible_user_id", "=", user.id)
        if user.has_group(GROUP_HEAD):
            units = user._qms_units()[user.id].ids
            mine |= Domain("qms_department_id", "in", units)
            mine |= Domain("nonconformity_ids.qms_department_id", "in", units)
        return mine

    @api.model
    def _work_domain(self):
        """Return the domain of the actions the current user may write: own ones, too."""
        own = Domain("user_id", "=", self.env.uid) & Domain("qms_state", "in", ACTION_TO_DO)
        return self._plan_domain() | own

    # === DOMAINS === #

    @api.model
    def _late_domain(self):
        """Return the domain of the actions that are late today."""
        today = fields.Date.context_today(self)
        return Domain("qms_state", "in", ACTION_TO_DO) & Domain("date_deadline", "<", today)

    @api.model
    def _qms_is_nameable(self):
        """Return the domain of the actions whose names everybody of the agency may read."""
        return Domain("qms_is_confidential", "=", False)

    @api.model
    def _qms_is_open(self):
        """Return the domain of the actions that have not ended."""
        return Domain("qms_state", "not in", ACTION_SETTLED)

    # === GUARD === #

    def _check_given_reference(self, vals_list):
        new = self.env._("New")
        if any(vals.get("reference") not in (None, False, "", "New", new) for vals in vals_list):
            raise ValidationError(
                self.env._("The reference is given by the system, by agency and year.")
            )

    def _check_plan_kept(self, vals):
        """Refuse changes of what was agreed by who only carries it out."""
        touched = sorted(vals.keys() & {*PLAN_FIELDS})
        if not touched or self.env.su:
            return
        kept = self.filtered(lambda action: not action.qms_may_plan)
        if kept:
            raise AccessError(
                self.env._(
                    "“%(name)s”: what was agreed is changed by who plans it, not by its owner: "
                    "%(fields)s",
                    name=kept[:1].display_name,
                    fields=", ".join(self._field_labels(touched)),
                )
            )

    def _check_links(self, before=None):
        """An action is linked by who works on the nonconformity, while that is open.

        :param dict before: ``{action: nonconformities}`` it was linked to until now
        """
        nowhere = self.env["mgmtsystem.nonconformity"]
        for action in self:
            old, new = (before or {}).get(action, nowhere), action.sudo().nonconformity_ids
            ((old | new) - (old & new)).with_env(self.env)._check_takes_actions()

    def _is_harmless_at_birth(self, name, value):
        if name == "stage_id":
            stage_id = value.id if isinstance(value, models.BaseModel) else value
            return not stage_id or stage_id == self.env.ref(STAGES["draft"]).id
        return super()._is_harmless_at_birth(name, value)

    def _check_protected_vals(self, vals, creating=False):
        if not creating and "stage_id" in vals:
            raise ValidationError(
                self.env._(
                    "An action moves by the buttons of its form, not by dragging: each step "
                    "asks for what it needs."
                )
            )
        return super()._check_protected_vals(vals, creating=creating)

    def _lifecycle_write(self, vals):
        """Let the stage of the base follow the state."""
        if self._lifecycle_field in vals:
            vals = {**vals, "stage_id": self.env.ref(STAGES[vals[self._lifecycle_field]]).id}
        return super()._lifecycle_write(vals)

    # === HELPERS === #

    def _days_until(self, moment):
        """Return the calendar days from the planning to a moment, 0 without one of them."""
        if not (moment and self.qms_planned_on):
            return 0
        local = self.with_context(tz=self.company_id._qms_timezone())
        day = fields.Datetime.context_timestamp(local, moment).date()
        return max((day - self.qms_planned_on).days, 0)
