import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import declaration as kernel

DECLARATION_STATES = [
    ("draft", "Draft"),
    ("review", "Waiting for approval"),
    ("approved", "Approved"),
    ("declared", "In force"),
    ("replaced", "Replaced"),
    ("withdrawn", "Withdrawn"),
]
GROUP_LEADER = "qms_public_admin.group_qms_leader"
# What may still be written when the rest is closed.
OPEN_FIELDS = {
    "approved": frozenset({"decision_no", "decision_date"}),
    "declared": frozenset({"notified_on", "notified_ref"}),
}


class QmsDeclaration(models.Model):
    """The declaration that the quality management system conforms to the standard.

    Everyone of the agency reads its declarations. ISO officers draw one up, fill its scope
    from what is in force, have it approved, enter number and date of the decision and bring
    it into force; one is in force at a time, the one before it is replaced. One that was
    declared on paper is taken over by an ISO officer, who is named on it. Leaders withdraw
    one, with the reason.

    From the request of approval on nobody changes the content, elevated code neither; after
    the approval only number and date of the decision are entered, afterwards only the notice
    to the lead unit (Decision 19/2014/QĐ-TTg, art. 4.3; INV-15).
    """

    _name = "qms.declaration"
    _description = "Declaration of conformity"
    _inherit = ["qms.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "decision_date desc, id desc"
    _rec_names_search = ["decision_no", "standard_id.name", "standard_id.national_name"]
    _check_company_auto = True
    # Reading is enough to discuss a declaration.
    _mail_post_access = "read"

    _transitions = {
        "draft": ("review", "declared", "replaced"),
        "review": ("approved", "draft"),
        "approved": ("declared",),
        "declared": ("replaced", "withdrawn"),
    }
    _protected_fields = (
        "agency_name",
        "agency_address",
        "standard_name",
        "unit_names",
        "valid_to",
        "replaced_by_id",
        "withdraw_reason",
        "taken_over_at",
        "taken_over_name",
        "content_sha256",
        "reminded_for",
    )
    _frozen_fields = {state: "*" for state, _label in DECLARATION_STATES if state != "draft"}
    _approval_free_fields = frozenset().union(*OPEN_FIELDS.values())

    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    standard_id = fields.Many2one(
        "qms.standard",
        string="Edition of the standard",
        required=True,
        index=True,
        default=lambda self: self.env.company._qms_standard(),
        ondelete="restrict",
        tracking=True,
    )
    state = fields.Selection(
        DECLARATION_STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    owner_id = fields.Many2one(
        "res.users",
        string="In charge",
        default=lambda self: self.env.user,
        ondelete="restrict",
        check_company=True,
        domain="[('share', '=', False)]",
        tracking=True,
    )
    decision_no = fields.Char(
        string="Decision", copy=False, tracking=True, help="Number and symbol, e.g. 537/QĐ-BDT."
    )
    decision_date = fields.Date(
        string="Declared on", copy=False, tracking=True, help="Day of the decision."
    )
    head_name = fields.Char(
        string="Head of the agency",
        default=lambda self: self._default_head("head_name"),
        help="Who signs the declaration.",
    )
    head_title = fields.Char(
        string="Position of the head", default=lambda self: self._default_head("head_title")
    )
    department_ids = fields.Many2many("hr.department", string="Units", check_company=True)
    scope_note = fields.Text(
        string="Activities covered", help="What the system covers besides the procedures listed."
    )
    scope_date = fields.Date(
        string="Scope as of",
        default=lambda self: fields.Date.context_today(self),
        copy=False,
        help="The scope is what was in force on this day.",
    )
    line_ids = fields.One2many("qms.declaration.line", "declaration_id", string="Scope")
    procedure_count = fields.Integer(string="Procedures", compute="_compute_counts")
    document_count = fields.Integer(string="Documents", compute="_compute_counts")
    documents_approved_on = fields.Date(
        string="Documents approved on", copy=False, help="By the head of the agency."
    )
    audited_on = fields.Date(string="Internal audit finished on", copy=False)
    audit_ref = fields.Char(string="Report of the audit", copy=False)
    reviewed_on = fields.Date(string="Management review on", copy=False)
    review_ref = fields.Char(string="Minutes of the review", copy=False)
    confirmed_on = fields.Date(
        string="Effectiveness confirmed on",
        copy=False,
        help="The head confirms that the system is effective (Decision 19/2014, art. 4.2.d).",
    )
    confirm_ref = fields.Char(string="Paper of the confirmation", copy=False)
    notified_on = fields.Date(string="Lead unit told on", copy=False, tracking=True)
    notified_ref = fields.Char(
        string="Notice to the lead unit", copy=False, tracking=True, help="Number of the letter."
    )
    is_imported = fields.Boolean(
        string="Declared on paper",
        copy=False,
        help="Was decided before, on paper. It is taken over without an approval here, and "
        "names who took it over.",
    )
    taken_over_at = fields.Datetime(string="Taken over", readonly=True, copy=False)
    taken_over_name = fields.Char(string="Taken over by", readonly=True, copy=False)
    agency_name = fields.Char(readonly=True, copy=False)
    agency_address = fields.Char(readonly=True, copy=False)
    standard_name = fields.Char(readonly=True, copy=False)
    unit_names = fields.Text(readonly=True, copy=False)
    valid_to = fields.Date(string="In force until", readonly=True, copy=False)
    replaced_by_id = fields.Many2one(
        "qms.declaration",
        string="Replaced by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    withdraw_reason = fields.Text(string="Why withdrawn", readonly=True, copy=False)
    content_sha256 = fields.Char(
        string="Fingerprint",
        readonly=True,
        copy=False,
        help="SHA-256 of the content with its decision, taken when it came into force.",
    )
    can_submit = fields.Boolean(compute="_compute_can")
    can_declare = fields.Boolean(compute="_compute_can")
    can_take_over = fields.Boolean(compute="_compute_can")
    can_withdraw = fields.Boolean(compute="_compute_can")
    note = fields.Text()

    _one_in_force = models.UniqueIndex(
        "(company_id) WHERE state = 'declared'", "One declaration of an agency is in force."
    )
    _decision_unique = models.UniqueIndex(
        "(company_id, decision_no, decision_date)"
        " WHERE state IN ('declared', 'replaced', 'withdrawn')",
        "This decision was entered already.",
    )
    _declared_by_decision = models.Constraint(
        "CHECK(state NOT IN ('declared', 'replaced', 'withdrawn') OR (decision_no IS NOT NULL"
        " AND decision_date IS NOT NULL AND content_sha256 IS NOT NULL))",
        "A declaration in force has number, date and fingerprint.",
    )
    _decided = models.Constraint(
        "CHECK(state NOT IN ('declared', 'replaced', 'withdrawn')"
        " OR approval_decision_id IS NOT NULL OR taken_over_name IS NOT NULL)",
        "A declaration in force was approved, or taken over by somebody.",
    )
    # Of a draft the constraint below says in words which day is out of order.
    _in_order = models.Constraint(
        "CHECK(state NOT IN ('declared', 'replaced', 'withdrawn') OR ("
        + " AND ".join(
            f"({before} IS NULL OR {after} IS NULL OR {before} <= {after})"
            for place, before in enumerate(kernel.CHAIN)
            for after in kernel.CHAIN[place + 1 :]
        )
        + "))",
        "The days of approval, audit, review, confirmation and declaration follow each other.",
    )

    # === DEFAULT METHODS === #

    @api.model
    def _default_head(self, name):
        """Whoever signed the last declaration of the agency."""
        last = self.search([("company_id", "=", self.env.company.id), (name, "!=", False)], limit=1)
        return last[name]

    # === COMPUTE METHODS === #

    @api.depends("decision_no", "standard_id", "standard_name")
    def _compute_display_name(self):
        for row in self:
            edition = row.standard_name or row.standard_id._paper_name()
            parts = [row.decision_no, edition] if row.decision_no else [edition]
            row.display_name = " – ".join(filter(None, parts)) or self.env._("New declaration")

    @api.depends("line_ids.kind")
    def _compute_counts(self):
        groups = self.env["qms.declaration.line"]._read_group(
            [("declaration_id", "in", self.ids)], ["declaration_id", "kind"], ["__count"]
        )
        counts = {(row.id, kind): count for row, kind, count in groups}
        for row in self:
            row.procedure_count = counts.get((row.id, "procedure"), 0)
            row.document_count = counts.get((row.id, "document"), 0)

    @api.depends("state", "is_imported", "approval_state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can(self):
        for row in self:
            # The edge and the role; what is missing the verb says when it is pressed.
            row.can_submit = not row.is_imported and row._may_keep("draft")
            row.can_take_over = row.is_imported and row._may_keep("draft")
            row.can_declare = row._may_keep("approved")
            row.can_withdraw = row.state == "declared" and not row._leader_error()

    # === CONSTRAINT METHODS === #

    @api.constrains(*kernel.CHAIN)
    def _check_chain(self):
        for row in self:
            if error := row._chain_error():
                raise ValidationError(error)

    @api.constrains("notified_on", "decision_date")
    def _check_notified_on(self):
        for row in self:
            if row.notified_on and row.decision_date and row.notified_on < row.decision_date:
                raise ValidationError(
                    self.env._("The lead unit is told after the declaration, not before it.")
                )

    @api.constrains("is_imported")
    def _check_typed_lines(self):
        for row in self:
            if error := row._typed_error():
                raise ValidationError(error)

    # === ACTIONS === #

    def action_submit(self):
        """Fix the content and put it before those who approve."""
        self.check_access("write")
        for row in self:
            row._transition("review", row._snapshot_vals())
        return self.action_request_approval()

    def action_declare(self):
        """Bring an approved declaration into force; the one before it is replaced."""
        self.check_access("write")
        for row in self:
            row._come_into_force(row._replaced())
        return True

    def action_take_over(self):
        """Enter a declaration that was decided on paper, under the officer's own name.

        An older one than that in force becomes part of the history at once.
        """
        self.check_access("write")
        for row in self:
            row._take_over()
        return True

    def action_open_withdrawal(self):
        """Ask for the reason."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Withdraw the declaration"),
            "res_model": "qms.declaration.withdrawal",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_declaration_id": self.id},
        }

    def action_withdraw(self, words=None):
        """Take the declaration out of force without a successor, with the reason."""
        self.check_access("read")
        if not (words or "").strip():
            raise UserError(self.env._("Say why the declaration is withdrawn."))
        today = fields.Date.context_today(self)
        self._transition("withdrawn", {"withdraw_reason": words.strip(), "valid_to": today})
        return True

    def action_new_declaration(self):
        """Open a new draft that takes over head, units and activities, with today's scope."""
        self.ensure_one()
        draft = self.copy(
            {
                "standard_id": self.company_id._qms_standard().id,
                "owner_id": self.env.user.id,
                "company_id": self.company_id.id,
            }
        )
        draft.action_fill_scope()
        return draft._open_form()

    def action_verify_content(self):
        """Compare the content with the fingerprint taken when it came into force."""
        self.ensure_one()
        self.check_access("read")
        is_whole = bool(self.content_sha256) and self.content_sha256 == self._declared_digest()
        return self._tell_verdict(
            is_whole,
            self.env._("The content is as it was declared."),
            self.env._("The content differs from what was declared."),
        )

    # === PREDICATES === #

    def _transition_error(self, target):
        error = super()._transition_error(target)
        if error:
            return error
        if target == "withdrawn":
            return self._leader_error()
        if target == "review":
            return self._keeper_error() or self._submit_error()
        if target == "declared" and self.state == "approved":
            return self._keeper_error() or self._decision_gap() or self._approval_gap()
        if target in ("declared", "replaced") and self.state == "draft":
            return self._keeper_error() or self._take_over_error()
        return ""

    def _may_keep(self, state):
        return self.state == state and bool(self.id) and not self._keeper_error()

    def _keeper_error(self):
        if self.has_access("write"):
            return ""
        return self.env._("ISO officers of the agency keep its declarations.")

    def _leader_error(self):
        user = self.env.user
        if user.has_group(GROUP_LEADER) and self.company_id.id in user._get_company_ids():
            return ""
        return self.env._("The leaders of the agency withdraw a declaration.")

    def _chain_error(self):
        """Say which day is out of order (INV-15), '' if none is."""
        days = {name: self[name] for name in kernel.CHAIN}
        found = kernel.chain_break(days)
        if not found:
            return ""
        after, before = found
        labels = dict(zip(found, self._field_labels(list(found)), strict=True))
        return self.env._(
            "“%(after)s” (%(after_day)s) comes before “%(before)s” (%(before_day)s). Documents "
            "are approved first, then audited and reviewed, then the head confirms that the "
            "system is effective, then it is declared.",
            after=labels[after],
            after_day=days[after].strftime("%d/%m/%Y"),
            before=labels[before],
            before_day=days[before].strftime("%d/%m/%Y"),
        )

    def _submit_error(self):
        if self.is_imported:
            return self.env._("What was declared on paper is taken over, not approved again.")
        names = (*kernel.CHAIN[:-1], "head_name", "scope_date")
        missing = [name for name in names if not self[name]]
        if missing:
            return self.env._(
                "These are still missing: %(fields)s.",
                fields=", ".join(self._field_labels(missing)),
            )
        return self._scope_error() or self._typed_error() or self._chain_error()

    def _scope_error(self):
        """Say what is wrong with the lines: none, or not those of the day of the scope."""
        lines = self.sudo().line_ids
        if not lines:
            return self.env._("The scope is empty: fill it from what is in force.")
        strange = lines._strange_to(self._scope_by_record())
        if not strange:
            return ""
        return self.env._(
            "“%(name)s” was not in force like this on the day of the scope: fill the scope again.",
            name=strange[:1].display_name,
        )

    def _typed_error(self):
        """Only what was declared on paper has items without a record."""
        typed = self.sudo().line_ids._typed()
        if not typed or self.is_imported:
            return ""
        return self.env._(
            "“%(name)s” was typed by hand: only what was declared on paper has such items.",
            name=typed[:1].display_name,
        )

    def _decision_gap(self):
        missing = [name for name in ("decision_no", "decision_date") if not self[name]]
        if missing:
            return self.env._(
                "These are still missing: %(fields)s.",
                fields=", ".join(self._field_labels(missing)),
            )
        if self.decision_date > fields.Date.context_today(self):
            return self.env._("The day of the declaration lies in the future.")
        before = self._replaced()
        if before and before.decision_date > self.decision_date and not self.is_imported:
            return self.env._(
                "“%(name)s” is in force and of a later day.", name=before.display_name
            )
        return self._chain_error()

    def _take_over_error(self):
        if not self.is_imported:
            return self.env._("Only what was declared on paper is taken over.")
        if not self.head_name:
            return self.env._("Say who signed the declaration.")
        return self._decision_gap() or self._scope_error()

    def _request_error(self):
        """Approval is requested by handing the draft over."""
        return super()._request_error() or self._scope_error() or self._typed_error()

    # === BUSINESS METHODS === #

    def _replaced(self):
        """Return the declaration in force of the agency."""
        return self.search(
            [("company_id", "=", self.company_id.id), ("state", "=", "declared")], limit=1
        )

    def _come_into_force(self, before, vals=None):
        """Replace ``before`` and take the fingerprint."""
        self._lock_lifecycle()
        self._raise_errors([self._transition_error("declared")])
        if before:
            before._lock_lifecycle()
            before._lifecycle_write(
                {
                    "state": "replaced",
                    "valid_to": self.decision_date,
                    "replaced_by_id": self.id,
                }
            )
            before.flush_recordset()
        self._transition("declared", {**(vals or {}), "content_sha256": self._declared_digest()})
        self._on_declared()

    def _take_over(self):
        self._raise_errors([self._transition_error("declared")])
        self._lifecycle_write(
            {
                **self._snapshot_vals(),
                "taken_over_at": fields.Datetime.now(),
                "taken_over_name": self.env.user.name,
            }
        )
        later = self._declared_after()
        if not later:
            self._come_into_force(self._replaced())
            return
        self._transition(
            "replaced",
            {
                "valid_to": later.decision_date,
                "replaced_by_id": later.id,
                "content_sha256": self._declared_digest(),
            },
        )
        self._on_declared()

    def _declared_after(self):
        """Return the next declaration of the agency after this one, if there is one."""
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("declared", "replaced", "withdrawn")),
                ("decision_date", ">", self.decision_date),
            ],
            order="decision_date, id",
            limit=1,
        )

    def _on_declared(self):
        """Do what follows from a declaration that is in force or part of the history."""

    def _snapshot_vals(self):
        """Return as text what may be renamed later: agency, edition, units."""
        company = self.sudo().company_id
        return {
            "agency_name": company.qms_agency_id.name or company.name,
            "agency_address": company.partner_id._qms_address(),
            "standard_name": self.standard_id._paper_name(),
            "unit_names": "\n".join(self.sudo().department_ids.sorted("name").mapped("name")),
        }

    def _check_open(self):
        """Refuse changes of the scope of what is no draft any more; lock the draft."""
        self._lock_lifecycle()
        for row in self.sudo():
            if row.state != "draft":
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is no draft any more: its scope stays as it is. Make a new "
                        "declaration.",
                        name=row.display_name,
                    )
                )

    # === BUSINESS METHODS: APPROVAL === #

    def _approval_content(self):
        """All that is declared; not the decision, which follows the approval."""
        self.ensure_one()
        row = self.sudo()
        texts = ("agency_name", "agency_address", "standard_name", "unit_names", "scope_note")
        chain = (*kernel.CHAIN[:-1], "audit_ref", "review_ref", "confirm_ref")
        names = (*texts, *chain, "scope_date", "head_name", "head_title", "is_imported")
        return json.dumps(
            {
                "lines": [line._content() for line in row.line_ids],
                **{name: row[name] or "" for name in names},
            },
            sort_keys=True,
            ensure_ascii=False,
            default=str,
        )

    def _declared_digest(self):
        content = [self._approval_content(), self.decision_no, str(self.decision_date)]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()

    def _approval_code(self):
        return self.decision_no or self.display_name

    def _approval_preview(self):
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "qms_public_admin.declaration_preview", {"declaration": self}
        )

    def _chain_rows(self):
        """Return ``(label, day, paper)`` of the acts before the declaration."""
        names = kernel.CHAIN[:-1]
        papers = ("", self.audit_ref, self.review_ref, self.confirm_ref)
        labels = self._field_labels(list(names))
        return [
            (label, self[name], paper or "")
            for label, name, paper in zip(labels, names, papers, strict=True)
        ]

    # === GUARD === #

    def _check_frozen_vals(self, vals):
        """Leave out what stays open in the state of each record."""
        for row in self:
            open_fields = OPEN_FIELDS.get(row.state, frozenset())
            closed = {name: value for name, value in vals.items() if name not in open_fields}
            super(QmsDeclaration, row)._check_frozen_vals(closed)
        return None
