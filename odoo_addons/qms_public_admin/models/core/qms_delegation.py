import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache


class QmsDelegation(models.Model):
    """Who stands in for whom, from when to when and for which positions.

    The person absent or the ISO officer or a leader may create one; nobody
    delegates what was only delegated to them, nor gives approvals to themselves.
    The substitute sees the steps in *My work*; the log names both persons, and the
    person absent is told when somebody else records it. A delegation that has begun
    is ended, never rewritten.
    """

    _name = "qms.delegation"
    _description = "Delegation"
    _inherit = ["qms.lifecycle.mixin", "mail.thread"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    _transitions = {"draft": ("active",), "active": ("ended",), "ended": ()}
    _protected_fields = ("activated_at", "activated_by_id", "ended_at", "ended_by_id")
    _frozen_fields = {"active": "*", "ended": "*"}

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Absent person",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
        tracking=True,
    )
    substitute_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        ondelete="restrict",
        tracking=True,
    )
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_to = fields.Date(string="To", required=True, tracking=True)
    position_ids = fields.Many2many(
        "qms.position",
        string="Only for positions",
        check_company=True,
        domain="[('holder_ids', 'in', user_id)]",
        help="Empty: all positions of the absent person.",
    )
    with_approval = fields.Boolean(
        string="Including approval steps",
        help="Without it the substitute does not handle steps of kind “Approve”.",
    )
    reason = fields.Char(required=True)
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("ended", "Ended")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    is_in_force = fields.Boolean(compute="_compute_is_in_force", search="_search_is_in_force")
    activated_at = fields.Datetime(readonly=True, copy=False)
    activated_by_id = fields.Many2one(
        "res.users", string="Put in force by", readonly=True, copy=False
    )
    ended_at = fields.Datetime(readonly=True, copy=False)
    ended_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    _dates = models.Constraint(
        "CHECK(date_to >= date_from)", "A delegation cannot end before it begins."
    )
    _persons = models.Constraint(
        "CHECK(user_id != substitute_id)", "Nobody stands in for themselves."
    )

    # === COMPUTE METHODS === #

    @api.depends("user_id", "substitute_id")
    def _compute_display_name(self):
        for delegation in self:
            delegation.display_name = self.env._(
                "%(substitute)s for %(user)s",
                substitute=delegation.substitute_id.sudo().name or "",
                user=delegation.user_id.sudo().name or "",
            )

    @api.depends("state", "date_from", "date_to")
    def _compute_is_in_force(self):
        today = self._today()
        for delegation in self:
            delegation.is_in_force = delegation.state == "active" and (
                delegation.date_from <= today <= delegation.date_to
            )

    def _search_is_in_force(self, operator, value):
        if operator != "in":
            return NotImplemented
        in_force = self._domain_in_force()
        return in_force if True in value else ~in_force

    # === CONSTRAINT METHODS === #

    @api.constrains("user_id", "position_ids")
    def _check_positions(self):
        for delegation in self:
            foreign = delegation.position_ids.filtered(
                lambda position, user=delegation.user_id: user not in position.holder_ids
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not hold: %(positions)s",
                        user=delegation.user_id.name,
                        positions=", ".join(foreign.mapped("name")),
                    )
                )

    @api.constrains("user_id", "substitute_id", "company_id")
    def _check_company_members(self):
        for delegation in self:
            people = delegation.user_id | delegation.substitute_id
            strangers = people.sudo().filtered(
                lambda user, company=delegation.company_id: company not in user.company_ids
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "Not a user of this agency: %(names)s",
                        names=", ".join(strangers.mapped("name")),
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        delegations = super().create(vals_list)
        delegations._check_may_delegate()
        delegations._check_not_to_oneself()
        self.env.registry.clear_cache()
        return delegations

    def write(self, vals):
        self._check_may_delegate()
        result = super().write(vals)
        self._check_may_delegate()
        self._check_not_to_oneself()
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_colleagues(self):
        self._check_may_delegate()

    # === ACTIONS === #

    def action_activate(self):
        """Put the delegation in force; the substitute and the person absent are told."""
        self._check_may_delegate()
        self._check_not_to_oneself()
        self._transition(
            "active", {"activated_at": fields.Datetime.now(), "activated_by_id": self.env.uid}
        )
        for delegation in self:
            told = (delegation.substitute_id | delegation.user_id) - self.env.user
            delegation.message_post(
                body=self.env._("The delegation is in force from its first day."),
                partner_ids=told.partner_id.ids,
            )

    def action_end(self):
        """End the delegation now, before its last day."""
        self._check_may_delegate()
        self._transition("ended", {"ended_at": fields.Datetime.now(), "ended_by_id": self.env.uid})

    # === BUSINESS METHODS === #

    def _check_may_delegate(self):
        """Own absence only, unless the user is a leader or the ISO officer."""
        user = self.env.user
        if self.env.su or user.has_groups(
            "qms_public_admin.group_qms_leader,qms_public_admin.group_qms_officer"
        ):
            return
        if any(delegation.user_id != user for delegation in self):
            raise UserError(
                self.env._(
                    "You can delegate your own work only. Ask a leader or the ISO officer to "
                    "record the absence of a colleague."
                )
            )

    def _check_not_to_oneself(self):
        """Not even leaders and ISO officers give themselves the approvals of somebody else."""
        user = self.env.user
        if self.env.su:
            return
        if any(row.with_approval and row.substitute_id == user for row in self):
            raise UserError(
                self.env._(
                    "Nobody takes over the approvals of somebody else by their own act: the "
                    "person absent or another leader or ISO officer records it."
                )
            )

    @api.model
    def _today(self):
        """The day on the clock of the agency: a client's zone would move the dates."""
        zone = pytz.timezone(self.env.company.sudo()._qms_timezone())
        return pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()

    @api.model
    def _domain_in_force(self, today=None):
        today = today or self._today()
        return (
            Domain("state", "=", "active")
            & Domain("date_from", "<=", today)
            & Domain("date_to", ">=", today)
        )

    @api.model
    def _for_substitute(self, user):
        """Return the delegations in force that let ``user`` stand in for others."""
        return self.sudo().browse(self._ids_for_substitute(user.id, self._today()))

    @api.model
    @ormcache("user_id", "today")
    def _ids_for_substitute(self, user_id, today):
        """Asked for every step of every list: kept until a delegation changes."""
        in_force = Domain("substitute_id", "=", user_id) & self._domain_in_force(today)
        return tuple(self.sudo().search(in_force).ids)

    def _since(self):
        """Return the moment from which requests for approval count, None for all of them.

        The persons are fixed when approval is requested: a substitute named later by
        somebody else than the person absent decides on later requests only.
        """
        self.ensure_one()
        is_own = self.activated_by_id == self.user_id
        return None if is_own else self.activated_at or None

    def _covers(self, position, company, step_kind):
        """Tell whether this delegation lets its substitute act for ``position``."""
        self.ensure_one()
        return (
            company == self.company_id
            and (position in self.position_ids or not self.position_ids)
            and self.user_id in position.holder_ids
            and (self.with_approval or step_kind != "approve")
        )
