from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...tools.words import stripped

KINDS = [
    ("improvement", "Improvement"),
    ("change", "Change of the system"),
    ("resource", "Resources"),
]
STATUSES = [
    ("planned", "Not yet approved"),
    ("open", "To be done"),
    ("late", "Late"),
    ("done", "Was carried out"),
    ("dropped", "Not carried out"),
]
# How the records that carry a decision out say that they have come to an end.
ENDED = {
    "done": (
        ("action_id", "qms_state", ("done", "verified")),
        ("change_request_id", "state", ("closed",)),
        ("nonconformity_id", "state", ("done",)),
    ),
    "dropped": (
        ("action_id", "qms_state", ("cancelled",)),
        ("change_request_id", "state", ("cancelled",)),
        ("nonconformity_id", "state", ("cancel",)),
    ),
}
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
        {
            "action_id",
            "change_request_id",
            "nonconformity_id",
            "done_on",
            "done_words",
            "done_by_name",
        }
    )

    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, default="improvement", required=True)
    name = fields.Text(string="Decision", required=True)
    input_id = fields.Many2one(
        "qms.review.input",
        string="On topic",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('review_id', '=', review_id)]",
    )
    owner_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    owner_name = fields.Char(
        string="Owner's name", compute="_compute_owner_name", store=True, precompute=True
    )
    due_date = fields.Date(string="Due on")
    action_id = fields.Many2one(
        "mgmtsystem.action", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict",
    )  # fmt: skip
    change_request_id = fields.Many2one(
        "qms.change.request", string="Change request", readonly=True, copy=False,
        index="btree_not_null", ondelete="restrict",
    )  # fmt: skip
    nonconformity_id = fields.Many2one(
        "mgmtsystem.nonconformity", readonly=True, copy=False,
        index="btree_not_null", ondelete="restrict",
    )  # fmt: skip
    done_on = fields.Date(string="Reported done on", readonly=True, copy=False)
    done_words = fields.Text(string="What was done", readonly=True, copy=False)
    done_by_name = fields.Char(string="Reported by", readonly=True, copy=False)
    status = fields.Selection(STATUSES, compute="_compute_status", search="_search_status")
    followed_name = fields.Char(string="Followed in", compute="_compute_followed_name")
    can_follow = fields.Boolean(compute="_compute_can")
    can_report = fields.Boolean(compute="_compute_can")

    _one_action = models.UniqueIndex(
        "(action_id) WHERE action_id IS NOT NULL", "An action comes from one decision."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("input_id", "review_id")
    def _check_input_id(self):
        for row in self:
            if row.input_id and row.input_id.review_id != row.review_id:
                raise ValidationError(self.env._("Choose a topic of this review."))

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

    @api.depends(
        "review_id.state",
        "due_date",
        "done_on",
        "action_id.qms_state",
        "change_request_id.state",
        "nonconformity_id.state",
    )
    def _compute_status(self):
        for row in self:
            row.status = row._status_today()

    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._status_domain(status) for status in value if status)

    @api.depends("action_id", "change_request_id", "nonconformity_id", "done_on")
    def _compute_followed_name(self):
        for row in self:
            followed = row._followed().with_env(self.env)._filtered_access("read")
            row.followed_name = followed.display_name or row.done_words

    @api.depends("review_id.state", "action_id", "change_request_id", "nonconformity_id", "done_on")
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
        for row in self:
            actions = self.env["mgmtsystem.action"].with_company(row.company_id)
            row._as_server().write({"action_id": actions.create(row._action_vals()).id})
        return self._open_followed() if len(self) == 1 else True

    def action_raise_nonconformity(self):
        """Raise a nonconformity of what the review found."""
        self._check_follow()
        found = self.env["mgmtsystem.nonconformity"]._qms_raise(
            [row._nonconformity_vals() for row in self]
        )
        for row, nonconformity in zip(self, found, strict=True):
            row._as_server().write({"nonconformity_id": nonconformity.id})
        return self._open_followed() if len(self) == 1 else True

    def action_make_change(self):
        """Open a change request that carries this decision out."""
        self._check_follow()
        for row in self:
            change = self.env["qms.change.request"].create(row._change_vals())
            row._as_server().write({"change_request_id": change.id})
        return self._open_followed() if len(self) == 1 else True

    def action_open_report(self):
        """Ask what was done."""
        self.ensure_one()
        self._raise_error(self._report_error())
        return self.env["qms.words.dialog"]._ask(
            "action_report_done",
            self.env._("Report the decision as done"),
            self,
            about=self.name,
            question=self.env._("What was done, when, and where it can be seen."),
        )

    def action_report_done(self, words=None):
        """Say that and how the decision was carried out."""
        self.check_access("read")
        words = stripped(words)
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
        return row.action_id or row.change_request_id or row.nonconformity_id

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

    def _nonconformity_vals(self):
        self.ensure_one()
        return {
            "name": self.display_name,
            "description": self.name,
            "qms_source": "review",
            "company_id": self.company_id.id,
            "responsible_user_id": self.owner_id.id,
            "qms_due_date": self.due_date,
            "evidence": [self],
        }

    def _status_today(self):
        """Return the status: that of the record that carries the decision out."""
        self.ensure_one()
        row = self.sudo()
        if row.review_id.state != "done":
            return "planned"
        for status in ("dropped", "done"):
            if row.filtered_domain(self._ended_domain(status)):
                return status
        is_late = row.due_date and row.due_date < fields.Date.context_today(self)
        return "late" if is_late else "open"

    @api.model
    def _status_domain(self, status):
        """Return the domain of the decisions with a status today."""
        approved = Domain("review_id.state", "=", "done")
        done, dropped = self._ended_domain("done"), self._ended_domain("dropped")
        running = approved & ~done & ~dropped
        late = Domain("due_date", "<", fields.Date.context_today(self))
        return {
            "planned": ~approved,
            "done": approved & done,
            "dropped": approved & dropped,
            "late": running & late,
            "open": running & ~late,
        }.get(status, Domain.FALSE)

    @api.model
    def _ended_domain(self, status):
        """Return the domain by what carries a decision out, whoever may read that."""
        states = ENDED[status]
        domain = Domain.OR(
            Domain(link, "any!", [(name, "in", values)]) for link, name, values in states
        )
        return domain | Domain("done_on", "!=", False) if status == "done" else domain

    def _content(self):
        """Return what is hashed of a decision: what was decided, not what became of it."""
        self.ensure_one()
        topic = self.input_id.display_name or ""
        due = str(self.due_date or "")
        return [self.kind, self.name or "", self.owner_name or "", due, topic]
