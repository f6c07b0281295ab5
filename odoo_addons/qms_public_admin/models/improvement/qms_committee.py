import json

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

COMMITTEE_STATES = [
    ("draft", "Draft"),
    ("review", "Waiting for approval"),
    ("approved", "Approved"),
    ("in_force", "In force"),
    ("closed", "Ended"),
]
KEPT = ("in_force", "closed")
# A new committee is prepared this many days before the term of the present one ends.
RENEW_DAYS = 30


class QmsCommittee(models.Model):
    """The ISO steering committee of an agency, set up by a decision of its head.

    Everyone of the agency reads who sits on it. ISO officers draw it up. It is approved here,
    or the decision was signed on paper and is recorded with its file by an ISO officer, who
    is named on it. One committee of an agency is in force at a time: a new one ends the
    one before it the day before it begins, and the history stays (TT 26/2014, art. 7.2).

    From the request of approval on nobody changes it, elevated code neither: after the
    approval only number, date and file of the decision are entered. A member may leave early,
    which is recorded; whoever joins does so by a new decision.
    """

    _name = "qms.committee"
    _description = "ISO steering committee"
    _inherit = ["qms.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _rec_names_search = ["decision_no"]
    _check_company_auto = True
    _mail_post_access = "read"

    _transitions = {
        "draft": ("review", "in_force", "closed"),
        "review": ("approved", "draft"),
        "approved": ("in_force",),
        "in_force": ("closed",),
    }
    _protected_fields = (
        "closed_on",
        "recorded_at",
        "recorded_name",
        "content_sha256",
        "reminded_for",
    )
    # While a request runs and once it is approved, the approval keeps the content closed.
    _frozen_fields = dict.fromkeys(KEPT, "*")
    _approval_free_fields = frozenset({"decision_no", "decision_date", "attachment_ids"})

    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    state = fields.Selection(
        COMMITTEE_STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    decision_no = fields.Char(
        string="Decision", copy=False, tracking=True, help="Number and symbol, e.g. 12/QĐ-STC."
    )
    decision_date = fields.Date(string="Decided on", copy=False, tracking=True)
    signer_name = fields.Char(string="Signed by", help="Who signs the decision.")
    signer_title = fields.Char(string="Position of the signer")
    date_from = fields.Date(
        string="In force from",
        required=True,
        copy=False,
        default=lambda self: fields.Date.context_today(self),
        tracking=True,
    )
    date_to = fields.Date(
        string="Term ends on",
        copy=False,
        tracking=True,
        help="The committee is renewed by then, as a rule each year. Empty: until further notice.",
    )
    closed_on = fields.Date(string="Ended on", readonly=True, copy=False, tracking=True)
    duties = fields.Html(sanitize_overridable=False, help="What the committee is in charge of.")
    member_ids = fields.One2many("qms.committee.member", "committee_id", string="Members")
    member_count = fields.Integer(string="Number of members", compute="_compute_member_count")
    head_id = fields.Many2one(
        "qms.committee.member", string="Head of the committee", compute="_compute_head_id"
    )
    secretary_names = fields.Char(string="ISO secretary", compute="_compute_head_id")
    attachment_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        string="Files of the decision",
        domain=[("res_model", "=", "qms.committee"), ("res_field", "=", False)],
        bypass_search_access=True,
        copy=False,
    )
    is_on_paper = fields.Boolean(
        string="Decided on paper",
        copy=False,
        help="The decision was signed outside the system. It is recorded with its file and "
        "without an approval here, and names who recorded it.",
    )
    recorded_at = fields.Datetime(string="Recorded", readonly=True, copy=False)
    recorded_name = fields.Char(string="Recorded by", readonly=True, copy=False)
    content_sha256 = fields.Char(
        string="Fingerprint",
        readonly=True,
        copy=False,
        help="SHA-256 of the content, taken when the committee came into force.",
    )
    reminded_for = fields.Date(readonly=True, copy=False)
    can_submit = fields.Boolean(compute="_compute_can")
    can_record = fields.Boolean(compute="_compute_can")
    can_bring_into_force = fields.Boolean(compute="_compute_can")
    can_close = fields.Boolean(compute="_compute_can")
    can_renew = fields.Boolean(compute="_compute_can")
    note = fields.Text()

    _one_in_force = models.UniqueIndex(
        "(company_id) WHERE state = 'in_force'",
        "One steering committee of an agency is in force at a time.",
    )
    _decision_unique = models.UniqueIndex(
        "(company_id, decision_no, decision_date) WHERE state IN ('in_force', 'closed')",
        "This decision was entered already.",
    )
    _by_decision = models.Constraint(
        "CHECK(state NOT IN ('in_force', 'closed') OR (decision_no IS NOT NULL"
        " AND decision_date IS NOT NULL AND content_sha256 IS NOT NULL"
        " AND (approval_decision_id IS NOT NULL OR recorded_name IS NOT NULL)))",
        "A committee in force has number and date of its decision, and was approved or recorded "
        "by somebody.",
    )
    _closed_has_day = models.Constraint(
        "CHECK((state = 'closed') = (closed_on IS NOT NULL))", "A committee that ended has a day."
    )
    _term = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)", "The term ends before it starts."
    )

    # === COMPUTE METHODS === #

    @api.depends("decision_no", "decision_date", "date_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            mark = row.decision_no or (row.date_from and str(row.date_from.year))
            name = self.env._("ISO steering committee")
            row.display_name = f"{name} – {mark}" if mark else name

    @api.depends("member_ids")
    def _compute_member_count(self):
        groups = self.env["qms.committee.member"]._read_group(
            [("committee_id", "in", self.ids)], ["committee_id"], ["__count"]
        )
        counts = {committee.id: count for committee, count in groups}
        for row in self:
            row.member_count = counts.get(row.id, 0)

    @api.depends("member_ids.role", "member_ids.name", "member_ids.is_secretary")
    def _compute_head_id(self):
        for row in self:
            members = row.member_ids
            row.head_id = members.filtered(lambda member: member.role == "head")[:1]
            secretaries = members.filtered(lambda row: row.role == "secretary" or row.is_secretary)
            row.secretary_names = ", ".join(filter(None, secretaries.mapped("name")))

    @api.depends("state", "is_on_paper", "approval_state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can(self):
        for row in self:
            is_kept = bool(row.id) and row.has_access("write")
            row.can_submit = is_kept and row.state == "draft" and not row.is_on_paper
            row.can_record = is_kept and row.state == "draft" and row.is_on_paper
            row.can_bring_into_force = is_kept and row.state == "approved"
            row.can_close = is_kept and row.state == "in_force"
            row.can_renew = is_kept and row.state in KEPT

    # === ACTIONS === #

    def action_submit(self):
        """Put the committee before those who approve."""
        self.check_access("write")
        self._transition("review")
        return self.action_request_approval()

    def action_bring_into_force(self):
        """Bring an approved committee into force; the one before it ends."""
        self.check_access("write")
        for row in self.sorted("date_from"):
            row._come_into_force()
        return True

    def action_record(self):
        """Record a committee whose decision was signed on paper, under the officer's name.

        An older one than that in force becomes part of the history at once.
        """
        self.check_access("write")
        for row in self.sorted("date_from"):
            vals = {
                "recorded_at": fields.Datetime.now(),
                "recorded_name": self.env.user.sudo().name,
            }
            row._come_into_force(vals)
        return True

    def action_close(self, day=None):
        """End the committee without a successor, today or on the day given."""
        self.check_access("write")
        for row in self:
            row._end_on(fields.Date.to_date(day) or fields.Date.context_today(row))
        return True

    def action_renew(self):
        """Open the draft of the next committee, with the same persons and duties."""
        self.ensure_one()
        self.check_access("read")
        start = self.date_to and fields.Date.add(self.date_to, days=1)
        draft = self.copy(
            {
                "company_id": self.company_id.id,
                "date_from": max(start or fields.Date.today(), fields.Date.context_today(self)),
                "member_ids": [
                    fields.Command.create(member._renewed_vals())
                    for member in self.member_ids
                    if not member._left_before(self._last_day())
                ],
            }
        )
        return draft._open_form()

    def action_verify_content(self):
        """Compare the content with the fingerprint taken when it came into force."""
        self.ensure_one()
        self.check_access("read")
        is_whole = bool(self.content_sha256) and self.content_sha256 == self._approval_digest()
        return self._tell_verdict(
            is_whole,
            self.env._("The committee is as it was decided."),
            self.env._("The committee differs from what was decided."),
        )

    # === PREDICATES === #

    def _transition_error(self, target):
        error = super()._transition_error(target)
        if error:
            return error
        if target == "review":
            return self._keeper_error() or self._paper_error(False) or self._members_error()
        if target == "in_force" and self.state == "approved":
            return self._keeper_error() or self._decision_gap() or self._approval_gap()
        if self.state == "draft" and target in KEPT:
            return (
                self._keeper_error()
                or self._paper_error(True)
                or self._members_error()
                or self._decision_gap()
                or self._file_error()
            )
        return self._keeper_error() if target == "closed" else ""

    def _keeper_error(self):
        if self.has_access("write"):
            return ""
        return self.env._("ISO officers of the agency keep its steering committee.")

    def _paper_error(self, is_on_paper):
        if self.is_on_paper == is_on_paper:
            return ""
        if is_on_paper:
            return self.env._("Tick “Decided on paper”, or have the committee approved here.")
        return self.env._("A decision signed on paper is recorded, not approved again.")

    def _members_error(self):
        """A committee has one head and an ISO secretary (regulation, roles in practice)."""
        roles = self.sudo().member_ids.mapped("role")
        if roles.count("head") != 1:
            return self.env._("Name one head of the committee.")
        if not self.secretary_names:
            return self.env._("Name the ISO secretary.")
        return ""

    def _decision_gap(self):
        if self.decision_no and self.decision_date:
            return ""
        return self.env._("Enter number and date of the decision first.")

    def _day_error(self):
        today = fields.Date.context_today(self.with_context(tz=self.company_id._qms_timezone()))
        if self.date_from <= today:
            return ""
        return self.env._(
            "The committee begins on %(day)s and comes into force then by itself, once it is "
            "approved.",
            day=self.date_from.strftime("%d/%m/%Y"),
        )

    def _file_error(self):
        if self.sudo().attachment_ids:
            return ""
        return self.env._("Add the file of the signed decision.")

    # === APPROVAL === #

    def _approval_content(self):
        names = ("signer_name", "signer_title", "date_from", "date_to", "duties", "note")
        content = {name: str(self[name] or "") for name in names}
        content["members"] = [member._content() for member in self.member_ids]
        return json.dumps(content, ensure_ascii=False, sort_keys=True)

    def _approval_preview(self):
        return self.env["ir.qweb"]._render(
            "qms_public_admin.committee_preview", {"committee": self}
        )

    # === BUSINESS METHODS === #

    def _come_into_force(self, vals=None):
        """End the committee before this one and let this one begin, or file it as history."""
        self.ensure_one()
        previous = self._in_force_now(self.company_id)
        is_older = bool(previous) and previous.date_from >= self.date_from
        target = "closed" if is_older else "in_force"
        if previous and not is_older:
            self._raise_errors([self._transition_error(target), self._day_error()])
            previous.with_env(self.env)._end_on(fields.Date.subtract(self.date_from, days=1))
            previous.flush_recordset()
        last = self._older_end(previous) if is_older else False
        self._raise_errors(["" if is_older else self._day_error()])
        self._transition(
            target,
            {**(vals or {}), "content_sha256": self._approval_digest(), "closed_on": last},
        )
        if last:
            self.member_ids._end_by(last)

    def _older_end(self, later):
        """Last day of a committee that is entered when a later one is in force."""
        before = fields.Date.subtract(later.date_from, days=1)
        last = min(self.date_to or before, before)
        if last < self.date_from:
            raise UserError(self.env._("A committee with this first day is in force already."))
        return last

    def _end_on(self, day):
        self.ensure_one()
        today = fields.Date.context_today(self)
        if day < self.date_from or day > max(today, self.date_from):
            raise UserError(
                self.env._("The committee ends between its first day and today; enter that day.")
            )
        self._transition("closed", {"closed_on": day})
        self.member_ids._end_by(day)

    def _last_day(self):
        return self.closed_on or self.date_to

    @api.model
    def _in_force_now(self, company):
        return self.sudo().search(
            [("company_id", "=", company.id), ("state", "=", "in_force")], limit=1
        )

    def _check_open(self):
        """Refuse a change of the members once the draft was handed over."""
        for row in self.sudo():
            row._check_approval_open()
            if row.state != "draft":
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is no draft any more: its members change by a new decision.",
                        name=row.display_name,
                    )
                )

    def _keeping_files(self):
        """The file of the decision is added to an approved committee, then it is kept."""
        if self._is_lifecycle_writer():
            return self.browse()
        return self.filtered(lambda row: row.state in KEPT)

    # === EACH NIGHT === #

    @api.model
    def _cron_follow(self):
        """Let approved committees begin on their day; remind of those to be renewed."""
        self._follow_all(self.env["ir.cron"]._commit_progress)

    @api.model
    def _follow_all(self, commit):
        domain = [("state", "in", ("approved", "in_force"))]
        self.env["res.company"]._qms_with(self, domain)._qms_each(self._follow_company, commit)

    @api.model
    def _follow_company(self, company):
        zoned = self.sudo().with_context(tz=company._qms_timezone())
        today = fields.Date.context_today(zoned)
        due = zoned.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "approved"),
                ("date_from", "<=", today),
                ("decision_no", "!=", False),
                ("decision_date", "!=", False),
            ],
            order="date_from",
        )
        for row in due.filtered(lambda row: not row._approval_gap()):
            row._come_into_force()
        zoned._in_force_now(company)._remind(today)

    def _remind(self, today):
        """Put the end of the term before an ISO officer, once for each term."""
        officer = self.company_id._qms_officers()[:1] if self.date_to else False
        soon = fields.Date.add(today, days=RENEW_DAYS)
        if not officer or self.date_to > soon or self.reminded_for == self.date_to:
            return
        self._lifecycle_write({"reminded_for": self.date_to})
        local = self.with_context(lang=officer.lang)
        local.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.date_to,
            summary=local.env._("Renew the ISO steering committee"),
            user_id=officer.id,
        )
