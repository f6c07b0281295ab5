from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

KINDS = [
    ("improvement", "Improvement"),
    ("change", "Change of the system"),
    ("resource", "Resources"),
]
STATUSES = [
    ("planned", "Not yet approved"),
    ("open", "To be done"),
    ("late", "Late"),
    ("done", "Done"),
]
GROUP_OFFICER = "qms_public_admin.group_qms_officer"


class QmsReviewDecision(models.Model):
    """What a management review decided (clause 9.3.3): kind, words, who, until when.

    Written while the review is open, binding once it is approved. From then on nobody
    changes it; an action, a change request or a nonconformity is made of it by one click,
    and its status is theirs. One that needs no such record is reported as done, with what
    was done, by its owner or an ISO officer.
    """

    _name = "qms.review.decision"
    _description = "Decision of a management review"
    _inherit = ["qms.review.part.mixin"]
    _order = "review_id desc, sequence, id"
    _rec_names_search = ["name", "review_id.reference"]
    _served_fields = frozenset(
        {"action_id", "change_request_id", "done_on", "done_words", "done_by_name"}
    )

    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, default="improvement", required=True)
    name = fields.Text(string="Decision", required=True)
    input_id = fields.Many2one(
        "qms.review.input",
        string="On topic",
        index="btree_not_null",
        ondelete="set null",
        domain="[('review_id', '=', review_id)]",
    )
    owner_id = fields.Many2one(
        "res.users",
        string="Owner",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    owner_name = fields.Char(
        string="Owner's name", compute="_compute_owner_name", store=True, precompute=True
    )
    due_date = fields.Date(string="Due on")
    action_id = fields.Many2one(
        "mgmtsystem.action", string="Action", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict",
    )  # fmt: skip
    change_request_id = fields.Many2one(
        "qms.change.request", string="Change request", readonly=True, copy=False,
        index="btree_not_null", ondelete="restrict",
    )  # fmt: skip
    done_on = fields.Date(string="Reported done on", readonly=True, copy=False)
    done_words = fields.Text(string="What was done", readonly=True, copy=False)
    done_by_name = fields.Char(string="Reported by", readonly=True, copy=False)
    status = fields.Selection(STATUSES, compute="_compute_status", search="_search_status")
    followed_name = fields.Char(string="Followed in", compute="_compute_followed_name")
    review_date = fields.Datetime(related="review_id.date", string="Decided on", store=True)
    can_follow = fields.Boolean(compute="_compute_can")
    can_report = fields.Boolean(compute="_compute_can")

    _one_action = models.UniqueIndex(
        "(action_id) WHERE action_id IS NOT NULL", "An action comes from one decision."
    )

    # === COMPUTE METHODS === #

    @api.depends("name")
    def _compute_display_name(self):
        for row in self:
            name = " ".join((row.name or "").split())
            row.display_name = name if len(name) <= 80 else f"{name[:79]}…"

    @api.depends("owner_id")
    def _compute_owner_name(self):
        """Keep the name as it was then: people are renamed."""
        for row in self:
            row.owner_name = row.owner_id.sudo().name

    @api.depends("review_id.state", "due_date", "done_on", "action_id", "change_request_id")
    def _compute_status(self):
        self.status = "planned"
        for status in ("open", "late", "done"):
            self.filtered_domain(self._status_domain(status)).status = status

    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._status_domain(status) for status in value if status)

    @api.depends("action_id", "change_request_id", "done_on")
    def _compute_followed_name(self):
        for row in self:
            row.followed_name = row._followed().sudo().display_name or row.done_words

    @api.depends("review_id.state", "action_id", "change_request_id", "done_on")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can(self):
        for row in self:
            stored = row._origin
            row.can_follow = bool(stored) and not stored._follow_error()
            row.can_report = bool(stored) and not stored._report_error()

    # === ACTIONS === #

    def action_make_action(self):
        """Make an action of each of these decisions, with owner and date."""
        self._check_follow()
        actions = self.env["mgmtsystem.action"].sudo()
        for row in self:
            action = actions.with_company(row.company_id).create(row._action_vals())
            row._as_server().write({"action_id": action.id})
        return self._open_followed() if len(self) == 1 else True

    def action_make_change(self):
        """Open a change request that carries this decision out."""
        self._check_follow()
        for row in self:
            change = self.env["qms.change.request"].create(row._change_vals())
            row._as_server().write({"change_request_id": change.id})
        return self._open_followed() if len(self) == 1 else True

    def action_open_followed(self):
        """Open what carries this decision out."""
        self.ensure_one()
        return self._open_followed()

    def action_open_report(self):
        """Ask what was done."""
        self.ensure_one()
        self._raise_error(self._report_error())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Report the decision as done"),
            "res_model": "qms.review.report.done",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_decision_id": self.id},
        }

    def action_report_done(self, words=None):
        """Say that and how the decision was carried out."""
        self.check_access("read")
        words = (words or "").strip()
        if not words:
            raise UserError(self.env._("Say what was done."))
        for row in self:
            self._raise_error(row._report_error())
        self._as_server().write(
            {
                "done_on": fields.Date.context_today(self),
                "done_words": words,
                "done_by_name": self.env.user.name,
            }
        )
        return True

    # === PREDICATES === #

    def _follow_error(self):
        """Return why nothing is made of this decision now, '' when it can be."""
        self.ensure_one()
        if self.sudo().review_id.state != "done":
            return self.env._(
                "“%(name)s” is carried out once the review is approved.", name=self.display_name
            )
        if self._followed() or self.done_on:
            return self.env._("“%(name)s” is being carried out already.", name=self.display_name)
        if not self.env.user.has_group(GROUP_OFFICER) or not self.has_access("write"):
            return self.env._("ISO officers of the agency follow the decisions.")
        return ""

    def _report_error(self):
        """Return why the current user does not report this as done, '' when they may."""
        self.ensure_one()
        if self.sudo().review_id.state != "done":
            return self.env._(
                "“%(name)s” is carried out once the review is approved.", name=self.display_name
            )
        if self._followed():
            return self.env._("“%(name)s” has the status of its record.", name=self.display_name)
        if self.done_on:
            return self.env._("“%(name)s” was reported as done.", name=self.display_name)
        if self.owner_id == self.env.user or self.has_access("write"):
            return ""
        return self.env._("Its owner or an ISO officer reports a decision as done.")

    def _check_follow(self):
        self.check_access("read")
        self.sudo().review_id._lock_lifecycle()
        for row in self:
            self._raise_error(row._follow_error())

    def _raise_error(self, error):
        if error:
            raise UserError(error)

    # === BUSINESS METHODS === #

    def _followed(self):
        """Return the record that carries this decision out."""
        self.ensure_one()
        row = self.sudo()
        return row.action_id or row.change_request_id

    def _open_followed(self):
        record = self._followed().with_env(self.env)
        if not record:
            return True
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def _action_vals(self):
        self.ensure_one()
        return {
            "name": self.display_name,
            "description": self.name,
            "type_action": "improvement",
            "user_id": (self.owner_id or self.env.user).id,
            "date_deadline": self.due_date,
            "company_id": self.company_id.id,
        }

    def _change_vals(self):
        self.ensure_one()
        return {
            "name": self.display_name,
            "cause": "improvement",
            "reason": self.env._(
                "Decided by the management review %(reference)s: %(words)s",
                reference=self.sudo().review_id.reference,
                words=self.name,
            ),
            "owner_id": (self.owner_id or self.env.user).id,
            "target_date": self.due_date,
            "company_id": self.company_id.id,
        }

    @api.model
    def _status_domain(self, status):
        """Return the domain of the decisions with a status today."""
        today = fields.Date.context_today(self)
        approved = Domain("review_id.state", "=", "done")
        done = (
            Domain("done_on", "!=", False)
            | Domain("action_id.stage_id.is_ending", "=", True)
            | Domain("change_request_id.state", "in", ("closed", "cancelled"))
        )
        late = Domain("due_date", "<", today)
        return {
            "planned": ~approved,
            "done": approved & done,
            "late": approved & ~done & late,
            "open": approved & ~done & ~late,
        }.get(status, Domain.FALSE)

    def _content(self):
        """Return what is hashed of a decision: what was decided, not what became of it."""
        self.ensure_one()
        topic = self.input_id.display_name or ""
        due = str(self.due_date or "")
        return [self.kind, self.name or "", self.owner_name or "", due, topic]
