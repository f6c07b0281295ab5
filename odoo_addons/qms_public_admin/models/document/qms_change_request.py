from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...tools.words import stripped

GROUP_OFFICER = "qms_public_admin.group_qms_officer"
ACTIVITY_TYPE = "qms_public_admin.mail_activity_change"
CHANGE_STATES = [
    ("draft", "Draft"),
    ("open", "Being applied"),
    ("waiting", "Waiting for a text"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
CAUSES = [
    ("law", "Change of the law"),
    ("publication", "Publication of procedures"),
    ("audit", "Audit finding"),
    ("improvement", "Improvement"),
    ("unit", "Request of a unit"),
    ("other", "Other"),
]
LAW_KINDS = [
    ("new", "New"),
    ("amending", "Amending"),
    ("replacing", "Replacing"),
    ("abolishing", "Abolishing"),
]
# What a text does to an earlier one, and what this makes of it; the strongest first.
KIND_BY_LINK = {
    "replaces": "replacing",
    "repeals": "abolishing",
    "amends": "amending",
    "repeals_part": "amending",
}
RUNNING = ("open", "waiting")
NOT_ENDED = ("draft", *RUNNING)
# Causes whose term is the one of the law; the others have a day of their own.
CAUSES_IN_TERM = ("law", "publication")
SOON_DAYS = 30


class QmsChangeRequest(models.Model):
    """The record of following a change, above all one of the law (ISO-01, INV-12).

    Access:

    * staff, auditors and leaders read the changes of their agencies;
    * ISO officers keep those of their agencies: open, let wait, close, cancel;
    * a change closes only when each item it touches was revised or justified, and is
      cancelled only while nothing was revised; it is kept as evidence then;
    * what is affected and whether it was revised is computed, never typed.

    The term is that of Decision 19/2014/QĐ-TTg, art. 4.4.a: calendar months after the text
    takes effect, by setting. Waiting for another text does not stop it.
    """

    _name = "qms.change.request"
    _description = "Change request"
    _inherit = ["qms.lifecycle.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "due_date, id desc"
    _rec_names_search = ["code", "name"]
    _check_company_auto = True

    _derived_fields = ("due_date",)
    _transitions = {
        "draft": ("open", "cancelled"),
        "open": ("waiting", "closed", "cancelled"),
        "waiting": ("open", "cancelled"),
    }
    _protected_fields = (
        "code",
        "opened_at",
        "closed_at",
        "closed_by_id",
        "awaited",
        "waiting_reason",
        "waiting_since",
        "cancel_reason",
    )
    _frozen_fields = {
        "open": ("company_id", "cause", "legal_document_id"),
        "waiting": ("company_id", "cause", "legal_document_id"),
        "closed": "*",
        "cancelled": "*",
    }

    code = fields.Char(readonly=True, copy=False, index=True)
    name = fields.Char(
        string="Title",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    cause = fields.Selection(CAUSES, default="law", required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    owner_id = fields.Many2one(
        "res.users",
        string="In charge",
        default=lambda self: self.env.user,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
    legal_document_id = fields.Many2one(
        "qms.legal.document",
        string="Legal document",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        tracking=True,
    )
    law_kind = fields.Selection(
        LAW_KINDS,
        string="What the text does",
        compute="_compute_law_kind",
        store=True,
        readonly=False,
        tracking=True,
    )
    effective_date = fields.Date(
        string="Takes effect on",
        compute="_compute_effective_date",
        store=True,
        readonly=False,
        tracking=True,
    )
    target_date = fields.Date(
        string="Wanted by", tracking=True, help="Of changes without a term by law."
    )
    due_date = fields.Date(
        string="Due on",
        compute="_compute_due_date",
        store=True,
        index=True,
        tracking=True,
        help="Three calendar months after the text takes effect, by setting (Decision "
        "19/2014/QĐ-TTg, art. 4.4.a); of other changes the day they are wanted by.",
    )
    timeliness = fields.Selection(
        [("late", "Late"), ("soon", "Due within 30 days"), ("in_time", "In time")],
        compute="_compute_timeliness",
        search="_search_timeliness",
    )
    reason = fields.Text(help="Why, and what is to be changed.")
    state = fields.Selection(
        CHANGE_STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    opened_at = fields.Datetime(string="Opened", readonly=True, copy=False)
    awaited = fields.Char(
        string="Text waited for", readonly=True, copy=False, tracking=True,
        help="E.g. the resolution of the People's Council on fees.",
    )  # fmt: skip
    waiting_reason = fields.Text(
        string="Reason for waiting", readonly=True, copy=False, tracking=True
    )
    waiting_since = fields.Date(string="Waiting since", readonly=True, copy=False)
    closed_at = fields.Datetime(string="Closed", readonly=True, copy=False)
    closed_by_id = fields.Many2one(
        "res.users", string="Closed by", readonly=True, copy=False, ondelete="restrict"
    )
    cancel_reason = fields.Text(
        string="Reason for cancelling", readonly=True, copy=False, tracking=True
    )
    line_ids = fields.One2many("qms.change.request.line", "request_id", string="Affected")
    line_count = fields.Integer(string="Items affected", compute="_compute_progress")
    open_count = fields.Integer(string="Items open", compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress", help="Per cent of the items settled.")
    can_open = fields.Boolean(compute="_compute_can")
    can_wait = fields.Boolean(compute="_compute_can")
    can_resume = fields.Boolean(compute="_compute_can")
    can_close = fields.Boolean(compute="_compute_can")
    can_cancel = fields.Boolean(compute="_compute_can")

    _code_unique = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL", "This code was given already."
    )
    _once_for_a_text = models.UniqueIndex(
        "(legal_document_id, company_id) WHERE cause = 'law' AND state != 'cancelled'",
        "The agency has a change for this legal document already.",
    )
    _law_is_named = models.Constraint(
        "CHECK(cause != 'law' OR legal_document_id IS NOT NULL)",
        "Name the legal document that changes the law.",
    )
    _waiting_is_explained = models.Constraint(
        "CHECK(state != 'waiting' OR length(trim(COALESCE(waiting_reason, ''))) > 0)",
        "Say what is waited for.",
    )
    _cancelling_is_explained = models.Constraint(
        "CHECK(state != 'cancelled' OR length(trim(COALESCE(cancel_reason, ''))) > 0)",
        "Say why the change is cancelled.",
    )

    # === COMPUTE METHODS === #

    @api.depends("code", "name")
    def _compute_display_name(self):
        for request in self:
            request.display_name = " – ".join(filter(None, (request.code, request.name)))

    @api.depends("legal_document_id")
    def _compute_name(self):
        for request in self:
            number = request.legal_document_id.number
            title = number and self.env._("Apply %(number)s", number=number)
            request.name = request.name or title or False

    @api.depends("legal_document_id")
    def _compute_law_kind(self):
        for request in self:
            kinds = set(request.legal_document_id.outgoing_ids.mapped("kind"))
            found = [kind for link, kind in KIND_BY_LINK.items() if link in kinds]
            default = "new" if request.legal_document_id else False
            request.law_kind = found[0] if found else default

    @api.depends("legal_document_id.effective_date")
    def _compute_effective_date(self):
        for request in self:
            day = request.state in NOT_ENDED and request.legal_document_id.effective_date
            request.effective_date = day or request.effective_date

    @api.depends("effective_date", "target_date", "cause", "company_id")
    def _compute_due_date(self):
        for request in self:
            start = request.effective_date
            if request.state not in NOT_ENDED:
                request.due_date = request.due_date
            elif request.cause in CAUSES_IN_TERM and start:
                months = request.company_id.sudo().qms_legal_update_months
                request.due_date = start + relativedelta(months=months)
            else:
                request.due_date = request.target_date

    @api.depends("due_date", "state")
    def _compute_timeliness(self):
        for kind in ("in_time", "late", "soon"):
            self.filtered_domain(self._timeliness_domain(kind)).timeliness = kind
        rest = self.filtered_domain(~self._running_domain())
        rest.timeliness = False

    def _search_timeliness(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = [self._timeliness_domain(kind) for kind in value if kind]
        if False in value:
            domains.append(~self._running_domain())
        return Domain.OR(domains)

    @api.depends("line_ids.state")
    def _compute_progress(self):
        counts = {}
        groups = self.env["qms.change.request.line"]._read_group(
            [("request_id", "in", self.ids)], ["request_id", "state"], ["__count"]
        )
        for request, state, count in groups:
            counts.setdefault(request.id, {})[state] = count
        for request in self:
            found = counts.get(request.id, {})
            request.line_count = whole = sum(found.values())
            request.open_count = found.get("open", 0) + found.get("in_work", 0)
            request.progress = 100.0 * (whole - request.open_count) / whole if whole else 0.0

    @api.depends("state", "line_ids.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can(self):
        targets = {
            "can_open": ("draft", "open"),
            "can_wait": ("open", "waiting"),
            "can_resume": ("waiting", "open"),
            "can_close": ("open", "closed"),
        }
        for request in self:
            stored = request._origin
            for name, (source, target) in targets.items():
                is_there = bool(stored) and stored.state == source
                request[name] = is_there and not stored._transition_error(target)
            request.can_cancel = bool(stored) and not stored._transition_error("cancelled")

    # === CONSTRAINT METHODS === #

    @api.constrains("effective_date", "legal_document_id")
    def _check_effective_date(self):
        for request in self:
            day = request.legal_document_id.effective_date
            if day and request.effective_date != day and request.state in NOT_ENDED:
                raise ValidationError(
                    self.env._(
                        "“%(number)s” takes effect on the day the register says: correct it there.",
                        number=request.legal_document_id.number,
                    )
                )

    @api.constrains("company_id")
    def _check_lines_agency(self):
        self.line_ids._check_items()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        companies = self.env["res.company"]
        counter = self.env["qms.change.counter"].sudo()
        numbered = []
        for vals in vals_list:
            company = companies.browse(vals.get("company_id") or self._default_company_id())
            numbered.append({**vals, "code": counter._next_code(company)})
        return super().create(numbered)

    def write(self, vals):
        result = super().write(vals)
        if {"effective_date", "target_date"} & vals.keys():
            self._sync_activities()
        return result

    # === ACTIONS === #

    def action_open(self):
        """Open the changes: what they touch is computed, and who has to act is told."""
        self._begin()
        self._raise_errors(request._transition_error("open") for request in self)
        self._open()
        return True

    def action_wait(self, reason=None, awaited=None):
        """Say that the change waits for a text, and why; the term goes on.

        :param str reason: without one the dialog asks for it
        :param str awaited: the text waited for
        """
        self._begin()
        words = stripped(reason)
        if not words:
            return self._ask_words("wait", self.env._("Wait for a text"))
        self._transition(
            "waiting",
            {
                "waiting_reason": words,
                "awaited": stripped(awaited) or False,
                "waiting_since": fields.Date.context_today(self),
            },
        )
        return True

    def action_resume(self):
        """Go on after the text came."""
        self._begin()
        self._raise_errors(
            "" if request.state == "waiting" else request._state_error() for request in self
        )
        self._transition(
            "open", {"waiting_reason": False, "awaited": False, "waiting_since": False}
        )
        self.action_recompute()
        return True

    def action_close(self):
        """Close: each item was revised or justified."""
        self._begin()
        self.line_ids._follow_items()
        self._transition(
            "closed", {"closed_at": fields.Datetime.now(), "closed_by_id": self.env.uid}
        )
        self._sync_activities()
        return True

    def action_cancel(self, reason=None):
        """Give the change up, with the reason; nothing may have been revised for it.

        :param str reason: without one the dialog asks for it
        """
        self._begin()
        words = stripped(reason)
        if not words:
            return self._ask_words("cancel", self.env._("Cancel the change"))
        self._transition("cancelled", {"cancel_reason": words})
        self._sync_activities()
        return True

    def action_recompute(self):
        """Look again at what is affected and at what was done about it.

        Items are added, never dropped: what does not have to change is justified.
        """
        self._begin()
        self._raise_errors(
            "" if request._is_officer() and request.state in RUNNING else request._state_error()
            for request in self
        )
        self._compute_impact()
        return True

    def action_view_lines(self):
        """Open what the changes touch, with its own search."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_change_request_line_action"
        )
        return {**action, "domain": [("request_id", "in", self.ids)], "context": {}}

    # === PREDICATES === #

    def _transition_error(self, target):
        error = super()._transition_error(target)
        if error:
            return error
        if not self._is_officer():
            return self.env._("Only the ISO officers of the agency keep its changes.")
        if target == "closed":
            return self._close_error()
        if target == "cancelled":
            return self._cancel_error()
        return ""

    def _is_officer(self):
        """Whether the current user keeps this change."""
        is_own = self.company_id.id in self.env.user._get_company_ids()
        return is_own and self.env.user.has_group(GROUP_OFFICER)

    def _close_error(self):
        left = self.line_ids.sudo().filtered(lambda line: line.state in ("open", "in_work"))
        if not left:
            return ""
        return self.env._(
            "“%(name)s” is not finished: %(count)s items are neither revised nor justified, "
            "e.g. %(items)s.",
            name=self.display_name,
            count=len(left),
            items="; ".join(left[:3].mapped("name")),
        )

    def _cancel_error(self):
        if "done" not in self.line_ids.sudo().mapped("state"):
            return ""
        return self.env._(
            "“%(name)s” has items that were revised: it is closed, not cancelled.",
            name=self.display_name,
        )

    def _state_error(self):
        return self.env._(
            "“%(name)s” is in state “%(state)s”, or you do not keep it: this is not possible.",
            name=self.display_name,
            state=self._lifecycle_label(self.state),
        )

    def _begin(self):
        # Verbs write with elevated rights: the rules of reading are asked here.
        self.check_access("read")

    # === DOMAINS === #

    @api.model
    def _running_domain(self):
        return Domain("state", "in", NOT_ENDED)

    @api.model
    def _timeliness_domain(self, kind):
        """Return the domain of the changes that are late, due soon or in time today."""
        today = fields.Date.context_today(self)
        horizon = fields.Date.add(today, days=SOON_DAYS)
        late = Domain("due_date", "<", today)
        soon = Domain("due_date", ">=", today) & Domain("due_date", "<=", horizon)
        found = {"late": late, "soon": soon, "in_time": ~late & ~soon}.get(kind, Domain.FALSE)
        return self._running_domain() & found

    @api.model
    def _followed(self, documents):
        """Return ``{(document id, company id)}`` that have a change already."""
        found = self.sudo().search_fetch(
            [("legal_document_id", "in", documents.ids), ("state", "!=", "cancelled")],
            ["legal_document_id", "company_id"],
        )
        return {(row.legal_document_id.id, row.company_id.id) for row in found}

    # === BUSINESS METHODS === #

    def _open(self):
        """Open drafts; the caller made sure of the right, or is the system."""
        self._raise_errors(
            "" if request.state == "draft" else request._state_error() for request in self
        )
        self._lock_lifecycle()
        self._lifecycle_write({"state": "open", "opened_at": fields.Datetime.now()})
        self.line_ids._begin_from_today()
        self._compute_impact()

    def _sync_activities(self):
        """Give each owner of open items one activity, and end those of who has none left."""
        activities = self.env["mail.activity"].sudo()
        existing = activities.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", self.env.ref(ACTIVITY_TYPE).id),
            ]
        ).grouped(lambda activity: (activity.res_id, activity.user_id))
        wanted = self.sudo()._activities_wanted()
        ended = activities.union(*(found for key, found in existing.items() if key not in wanted))
        if ended:
            ended.action_feedback(feedback=self.env._("Nothing is left to do here."))
        for key in existing.keys() & wanted.keys():
            if set(existing[key].mapped("date_deadline")) != {wanted[key]}:
                existing[key].date_deadline = wanted[key]
        requests = {request.id: request for request in self}
        new = sorted(wanted.keys() - existing.keys(), key=lambda key: (key[0], key[1].id))
        activities._qms_put(
            ACTIVITY_TYPE,
            [(requests[key[0]], key[1], wanted[key], requests[key[0]].display_name) for key in new],
        )

    def _activities_wanted(self):
        """Return ``{(change id, owner): day}`` of what is open."""
        wanted = {}
        today = fields.Date.context_today(self)
        for line in self.line_ids:
            request = line.request_id
            if request.state in RUNNING and line.state in ("open", "in_work") and line.owner_id:
                key = (request.id, line.owner_id)
                day = line.due_date or request.due_date or today
                wanted[key] = min(wanted.get(key, day), day)
        return wanted

    @api.model
    def _cron_follow(self):
        """Look each night at the items of running changes, also at what a hook missed."""
        self._follow_all(self.env["ir.cron"]._commit_progress)

    @api.model
    def _follow_all(self, commit):
        """Do so agency by agency; one that fails does not hold up the others."""
        running = self.env["res.company"]._qms_with(self, [("state", "in", RUNNING)])
        running._qms_each(self._follow_company, commit)

    @api.model
    def _follow_company(self, company):
        running = self.sudo().search([("state", "in", RUNNING), ("company_id", "=", company.id)])
        running.line_ids._follow_items()
        running._sync_activities()

    # === UTILITIES === #

    @api.model
    def _default_company_id(self):
        return self.default_get(["company_id"]).get("company_id") or self.env.company.id

    def _is_harmless_at_birth(self, name, value):
        # The code is given by create() itself.
        return name == "code" or super()._is_harmless_at_birth(name, value)

    def _ask_words(self, verb, title):
        """Open the dialog that asks for the words of a verb."""
        return self.env["qms.document.words"]._ask(verb, title, change_ids=self.ids)

    def _open_form(self):
        if len(self) != 1:
            raise UserError(self.env._("Choose one change."))
        return super()._open_form()
