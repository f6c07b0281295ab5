import hashlib
from collections import defaultdict

from lxml import etree
from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

APPROVAL_STATES = [
    ("running", "Waiting for approval"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
]
# What tells who decides on which step; read at once for all records.
_REVIEW_FIELDS = frozenset(
    {
        "res_id",
        "status",
        "sequence",
        "qms_role",
        "qms_company_id",
        "qms_in_order",
        "qms_is_self",
        "qms_reauthenticate",
        "qms_position_id",
        "qms_reviewer_ids",
        "qms_author_ids",
        "requested_by",
    }
)


class QmsApprovalMixin(models.AbstractModel):
    """A record on whose content persons named beforehand decide, in order.

    The definitions, reviews and screens are those of OCA's ``base_tier_validation``;
    who may decide is checked here, on the server. What holds:

    * The steps and the persons are fixed when approval is requested (INV-07). An edit
      of a definition touches later requests only; a step without a person is refused.
    * A step comes when those before it are settled. The author does not decide, nor
      does anybody on behalf of the author; see ``qms_self_approval`` for the exception.
    * A substitute decides within a delegation that includes approvals.
    * Where the password is asked for, only a proof made on the server counts.
    * Each decision is a row of ``qms.decision`` over the SHA-256 of the content, written
      before anything else changes. Rejecting, withdrawing and asking again add rows.
    * While a request runs, and once it is approved, the record is closed to everybody.

    A model sets the three states, says what is hashed and, where it differs, who the
    author is. When ``_approval_to`` is ``_approval_from`` the state does not move: what
    follows asks :meth:`_approval_gap`.
    """

    _name = "qms.approval.mixin"
    _description = "Approval"
    _inherit = ["qms.lifecycle.mixin", "tier.validation"]

    _approval_from = "review"
    _approval_to = "approved"
    _approval_back = "draft"
    # Fields that stay open while a request runs.
    _approval_free_fields = frozenset()

    # What the tier module asks for; the buttons and the table come into every form.
    _tier_validation_manual_config = False
    _state_field = property(lambda self: self._lifecycle_field)
    _state_from = property(lambda self: [self._approval_from])
    _state_to = property(lambda self: [self._approval_to])
    _cancel_state = "no such state"

    approval_state = fields.Selection(APPROVAL_STATES, string="Approval", readonly=True, copy=False)
    approval_round = fields.Integer(readonly=True, copy=False, aggregator=None)
    approval_decision_id = fields.Many2one(
        "qms.decision",
        string="Approving decision",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    approval_editors = fields.Json(
        readonly=True, copy=False, help="Users who wrote the record; they do not approve it."
    )
    decision_count = fields.Integer(readonly=True, copy=False, aggregator=None)
    decision_head = fields.Char(string="Last decision hash", readonly=True, copy=False)
    decision_ids = fields.One2many(
        "qms.decision",
        "res_id",
        string="Decisions",
        domain=lambda self: [("res_model", "=", self._name)],
        bypass_search_access=True,
        readonly=True,
    )
    is_approval_closed = fields.Boolean(compute="_compute_is_approval_closed")
    can_request_approval = fields.Boolean(compute="_compute_can_decide")
    can_withdraw_request = fields.Boolean(compute="_compute_can_decide")
    can_approve = fields.Boolean(compute="_compute_can_decide")
    can_reject = fields.Boolean(compute="_compute_can_decide")

    # === COMPUTE METHODS === #

    @api.depends("approval_state")
    def _compute_is_approval_closed(self):
        for record in self:
            record.is_approval_closed = record.approval_state in ("running", "approved")

    @api.depends("approval_state", "review_ids.status")
    @api.depends_context("uid", "company", "allowed_company_ids")
    def _compute_can_decide(self):
        for record in self:
            stored = record._origin
            record.can_request_approval = bool(stored) and not stored._request_error()
            record.can_withdraw_request = bool(stored) and not stored._withdraw_error()
            record.can_approve = bool(stored) and not stored._decision_error()
            record.can_reject = record.can_approve

    @api.depends("can_approve")
    def _compute_can_review(self):
        for record in self:
            record.can_review = record.can_approve

    @api.model
    def _search_can_review(self, operator, value):
        if operator != "in":
            return NotImplemented
        reviews = self.env["tier.review"].sudo()
        mine = reviews._search(
            self.env["tier.review"]._qms_domain_of_mine() & Domain("model", "=", self._name)
        )
        domain = Domain("id", "in", mine.subselect("res_id"))
        return domain if True in value else ~domain

    # === CRUD METHODS === #

    def write(self, vals):
        is_edit = not self._is_lifecycle_writer() and vals.keys() - self._never_frozen_fields
        result = super().write(vals)
        if is_edit:
            self._note_editor()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        for record in self:
            if record.sudo().decision_count:
                raise UserError(
                    self.env._(
                        "Decisions were made on “%(name)s”: it is kept with them.",
                        name=record.display_name,
                    )
                )

    # === ACTIONS === #

    def action_request_approval(self, words=None):
        """Fix the steps and the persons, record the request and tell those whose turn it is."""
        self.check_access("read")
        self._lock_lifecycle()
        self._raise_errors(record._request_error() for record in self)
        plans = self._plan_rounds()
        self._record_decisions(
            [(record, record._prepare_request(plan, words)) for record, plan in plans.items()]
        )
        self._drop_reviews()
        reviews = self.env["tier.review"]._qms_writable()
        reviews.create([vals for plan in plans.values() for vals in plan])
        self.invalidate_recordset(["review_ids"])
        self._lifecycle_write_each(
            {
                record.id: {
                    "approval_state": "running",
                    "approval_round": record.sudo().approval_round + 1,
                    "approval_decision_id": False,
                }
                for record in self
            }
        )
        self._open_due_reviews()
        return True

    def action_approve(self, words=None):
        """Approve at the step whose turn it is; after the last one the record moves on."""
        return self._decide("approve", words)

    def action_reject(self, words=None):
        """Reject with a reason: the request is settled and the record goes back."""
        return self._decide("reject", words)

    def action_withdraw_request(self, words=None):
        """Take a request back, or open what was approved and has not taken effect."""
        self.check_access("read")
        self._lock_lifecycle()
        self._raise_errors(record._withdraw_error() for record in self)
        self._record_decisions(
            [
                (record, {**record._decision_vals("withdraw", words), "is_final": True})
                for record in self
            ]
        )
        self._drop_reviews()
        self._settle_rounds(False)
        return True

    def action_open_approve(self):
        """Open the dialog in which the current user approves."""
        return self._open_dialog("approve")

    def action_open_reject(self):
        """Open the dialog in which the current user rejects."""
        return self._open_dialog("reject")

    def action_verify_decisions(self):
        """Read the decisions on these records again and show whether they are whole."""
        self.check_access("read")
        verifications = self.env["qms.event.verification"]
        breaks = self.env["qms.decision"]._verify_chains(self)
        count = sum(self.sudo().mapped("decision_count"))
        return verifications._verify_breaks(self, breaks, count)._action_open()

    # === HOOKS === #

    def _approval_content(self):
        """Return what is decided on, as text or bytes: hashed at each decision.

        To be defined by the model. Everything that makes the content, nothing that the
        approval itself changes.
        """
        raise NotImplementedError

    def _approval_author(self):
        """Return the users who wrote this record; they do not approve it."""
        self.ensure_one()
        record_sudo = self.sudo()
        editors = self.env["res.users"].sudo().browse(record_sudo.approval_editors or [])
        return (record_sudo.create_uid | editors.exists()) - editors.browse(SUPERUSER_ID)

    def _approval_company(self):
        """Return the agency that decides."""
        self.ensure_one()
        return self.sudo().company_id or self.env.company

    def _approval_is_required(self):
        """Tell whether this record needs approval at all."""
        return True

    def _approval_preview(self):
        """Return HTML shown beside the buttons in *To approve*; False for none."""
        return False

    def _approval_code(self):
        """Return the code by which the printed paper is known."""
        return self.display_name

    def _approved_vals(self):
        """Return what is written together with the approved state."""
        return {}

    def _on_approved(self):
        """Do what follows from the last approval. Runs with the rights of who decided, once
        for all records approved by one act."""

    def _on_rejected(self):
        """Do what follows from a rejection, once for all records rejected by one act."""

    def _keeper_error(self):
        """Return why the current user neither requests approval nor takes a request back."""
        if self.has_access("write"):
            return ""
        return self.env._("You may not change “%(name)s”.", name=self.display_name)

    # === BUSINESS METHODS: RIGHTS === #

    def _request_error(self):
        """Return why approval cannot be requested by the current user, '' when it can."""
        self.ensure_one()
        if not self._approval_is_required():
            return self.env._("“%(name)s” needs no approval.", name=self.display_name)
        if self[self._lifecycle_field] != self._approval_from or self.approval_state in (
            "running",
            "approved",
        ):
            return self.env._(
                "Approval of “%(name)s” cannot be requested now: it is requested or given "
                "already, or the record has moved on.",
                name=self.display_name,
            )
        return self._keeper_error()

    def _withdraw_error(self):
        """Return why the request cannot be taken back by the current user, '' when it can."""
        self.ensure_one()
        if (
            self.approval_state not in ("running", "approved")
            or self[self._lifecycle_field] != self._approval_from
        ):
            return self.env._(
                "“%(name)s” waits for no decision that could be taken back.",
                name=self.display_name,
            )
        return self._keeper_error()

    def _decision_error(self):
        """Return why the current user cannot decide on this record, '' when they can."""
        self.ensure_one()
        if self.approval_state != "running" or self[self._lifecycle_field] != self._approval_from:
            return self.env._("“%(name)s” waits for no decision.", name=self.display_name)
        if not self._my_reviews():
            return self.env._(
                "It is not for you to decide on “%(name)s” now. Its author never decides, and "
                "each step waits for the one before it.",
                name=self.display_name,
            )
        return ""

    def _my_reviews(self):
        """Return ``[(review, absent person)]`` the current user may settle now."""
        self.ensure_one()
        user = self.env.user
        due = self.sudo().review_ids.filtered(lambda review: review.status == "pending")
        capacities = [(review, *review.with_env(self.env)._qms_capacity(user)) for review in due]
        return [(review, absent) for review, may, absent in capacities if may]

    def _words_error(self, verb, reviews, words):
        if words and words.strip():
            return ""
        if verb == "reject":
            return self.env._("Say why “%(name)s” is rejected.", name=self.display_name)
        if any(review.qms_is_self for review, _absent in reviews):
            return self.env._(
                "You approve your own work as the only member of the unit: justify it in writing."
            )
        return ""

    def _content_error(self, request):
        """Refuse a decision on a content that is not the one of the request."""
        if self._approval_digest() == request.content_sha256:
            return ""
        return self.env._(
            "The content of “%(name)s” is no longer the one for which approval was requested. "
            "Withdraw the request and make a new one.",
            name=self.display_name,
        )

    def _approval_gap(self):
        """Return what is missing before the approved content may take effect, '' if nothing."""
        self.ensure_one()
        if not self._approval_is_required():
            return ""
        decision = self.sudo().approval_decision_id
        if self.approval_state != "approved" or not decision:
            return self.env._(
                "“%(name)s” needs to be approved first: request the approval.",
                name=self.display_name,
            )
        if decision.content_sha256 != self._approval_digest():
            return self.env._(
                "“%(name)s” was changed after its approval. Withdraw the approval and "
                "request a new one.",
                name=self.display_name,
            )
        return ""

    def _transition_error(self, target):
        """The approved state is reached by approval alone."""
        error = super()._transition_error(target)
        is_approval = target == self._approval_to != self._approval_from
        return error or (self._approval_gap() if is_approval else "")

    # === BUSINESS METHODS: REQUEST === #

    def _plan_rounds(self):
        """Return ``{record: values of its reviews}``.

        The steps an agency has of its own for a kind of record stand in for the shared ones.

        :raise UserError: for records without a step, or with a step nobody may settle
        """
        definitions = self._approval_definitions()
        plans, errors = {}, []
        for record in self:
            company = record._approval_company()
            own = definitions.filtered(lambda step, company=company: step.company_id == company)
            steps = own or definitions.filtered(lambda step: not step.company_id)
            steps = steps.filtered(lambda step, record=record: record.sudo().evaluate_tier(step))
            plans[record] = record._plan_reviews(steps)
            errors.append(record._plan_error(plans[record]))
        self._raise_errors(errors)
        return plans

    def _approval_definitions(self):
        companies = {record._approval_company().id for record in self}
        return (
            self.env["tier.definition"]
            .sudo()
            .search(
                [("model", "=", self._name), ("company_id", "in", [False, *companies])],
                order="sequence, id",
            )
        )

    def _plan_reviews(self, steps):
        """Return the values of one review for each step, with the persons of this moment."""
        self.ensure_one()
        company = self._approval_company()
        authors = self._approval_author() | self.env.user.sudo()
        plan = []
        for number, step in enumerate(steps, 1):
            named = step._qms_reviewers(self, authors)
            reviewers = named.filtered(lambda user: not user._qms_is_same_person(authors))
            is_self = not reviewers and self._may_approve_own(named, company)
            plan.append(
                {
                    **self._prepare_tier_review_vals(step, number),
                    "qms_company_id": company.id,
                    "qms_subject": self.display_name,
                    "qms_role": step.name,
                    "qms_reviewer_ids": [fields.Command.set((reviewers or named).ids)]
                    if reviewers or is_self
                    else [],
                    "qms_author_ids": [fields.Command.set(authors.ids)],
                    "qms_requested_at": fields.Datetime.now(),
                    "qms_position_id": step.qms_position_id.id,
                    "qms_in_order": step.approve_sequence,
                    "qms_reauthenticate": step.qms_reauthenticate or company.qms_reauthenticate,
                    "qms_is_self": is_self,
                }
            )
        return plan

    def _may_approve_own(self, users, company):
        """The exception: a head who is alone in the unit, where the agency allows it."""
        return bool(
            company.sudo().qms_self_approval
            and users
            and all(user._qms_is_head_alone(company) for user in users)
        )

    def _plan_error(self, plan):
        if not plan:
            return self.env._(
                "No step of approval is defined for “%(name)s”. Ask the ISO officer to define "
                "one under Configuration / Approval steps.",
                name=self.display_name,
            )
        empty = [vals["qms_role"] for vals in plan if not vals["qms_reviewer_ids"]]
        return empty and self.env._(
            "Nobody may settle these steps of “%(name)s”: %(steps)s. The author does not count.",
            name=self.display_name,
            steps=", ".join(empty),
        )

    def _prepare_request(self, plan, words):
        users = self.env["res.users"].sudo()
        lines = []
        for vals in plan:
            names = users.browse(vals["qms_reviewer_ids"][0][2]).mapped("name")
            lines.append(f"{vals['sequence']}. {vals['qms_role']}: {', '.join(names)}")
        return {
            **self._decision_vals("request", words),
            "round": self.sudo().approval_round + 1,
            "reviewers": "\n".join(lines),
        }

    # === BUSINESS METHODS: DECISION === #

    def _decide(self, verb, words=None, proof=None):
        """Settle the due reviews of the current user on all these records, or on none.

        :param str verb: approve or reject
        :param proof: of identity, when the caller has used it up for several models
        :raise UserError: with one line for each record on which it cannot be done
        """
        self.check_access("read")
        self._lock_lifecycle()
        self._fetch_reviews()
        self._raise_errors(record._decision_error() for record in self)
        mine = {record: record._my_reviews() for record in self}
        requests = self._requests()
        self._raise_errors(
            record._words_error(verb, reviews, words) or record._content_error(requests[record])
            for record, reviews in mine.items()
        )
        is_proven = bool(self._prove_identity(mine, proof))
        pairs = [
            (record, vals)
            for record, reviews in mine.items()
            for vals in record._prepare_decisions(verb, reviews, words, is_proven)
        ]
        decisions = self._record_decisions(pairs).sudo()
        self._settle_reviews(verb, mine)
        final = {decision.res_id: decision for decision in decisions if decision.is_final}
        settled = self.filtered(lambda record: record.id in final)
        if settled:
            settled._settle_rounds("approved" if verb == "approve" else "rejected", final)
            settled._tell_requesters(final, requests)
        (self - settled)._open_due_reviews()
        return True

    def _record_decisions(self, pairs):
        """Write the decisions ``[(record, values)]`` and return them."""
        return self.env["qms.decision"]._append(pairs)

    def _fetch_reviews(self):
        """Read the steps and the persons of all records at once, not record by record."""
        reviews = self.sudo().review_ids
        reviews.fetch(_REVIEW_FIELDS)

    def _prove_identity(self, mine, proof):
        """Use up the proof of identity where one of these reviews asks for it."""
        reviews = [review for found in mine.values() for review, _absent in found]
        if proof or not any(review._qms_needs_proof() for review in reviews):
            return proof
        return self.env["qms.identity.proof"]._take()

    def _prepare_decisions(self, verb, reviews, words, is_proven):
        """Return the values of one decision for each review; the last one may conclude."""
        still_open = self._open_reviews()
        vals_list = [
            {
                **self._decision_vals(verb, words),
                "tier_name": review.qms_role,
                "review_key": review.id,
                "is_self_approval": review.qms_is_self,
                "is_identity_proven": is_proven,
                "on_behalf_of": absent,
            }
            for review, absent in reviews
        ]
        is_last = len(still_open) == len(reviews)
        vals_list[-1]["is_final"] = verb == "reject" or is_last
        return vals_list

    def _decision_vals(self, verb, words):
        return {
            "verb": verb,
            "round": self.sudo().approval_round,
            "content_sha256": self._approval_digest(),
            "words": (words or "").strip() or False,
        }

    def _settle_reviews(self, verb, mine):
        """Carry the decisions over to the working table of the tier module."""
        found = [review.id for reviews in mine.values() for review, _absent in reviews]
        self.env["tier.review"].browse(found)._qms_writable().write(
            {
                "status": "approved" if verb == "approve" else "rejected",
                "done_by": self.env.uid,
                "reviewed_date": fields.Datetime.now(),
            }
        )
        if verb == "reject":
            self._open_reviews()._qms_writable().write({"status": "cancel"})

    def _settle_rounds(self, state, decisions=None):
        """End the requests: approved or rejected by ``{record id: decision}``, or taken back."""
        is_approved = state == "approved"
        self._lifecycle_write_each(
            {
                record.id: {
                    "approval_state": state,
                    "approval_decision_id": decisions[record.id].id if is_approved else False,
                }
                for record in self
            }
        )
        target = self._approval_to if is_approved else self._approval_back
        if target != self._approval_from:
            self._transition(target, self._approved_vals() if is_approved else None)
        if is_approved:
            self._on_approved()
        elif state == "rejected":
            self._on_rejected()

    def _open_reviews(self):
        """Return the steps of these records that are not settled."""
        return self.sudo().review_ids.filtered(
            lambda review: review.status in ("waiting", "pending")
        )

    def _open_due_reviews(self):
        """Make the reviews pending whose turn it is and tell the persons concerned."""
        due = [review.id for record in self for review in record._open_reviews()._qms_due()]
        new = self.sudo().review_ids.browse(due).filtered(lambda row: row.status == "waiting")
        if new:
            new._qms_writable().write({"status": "pending"})
            self._tell_reviewers(new)
            self.sudo()._update_counter({"review_created": True})

    def _drop_reviews(self):
        """Clear the working table; what was decided stands in ``qms.decision``."""
        self.sudo().review_ids._qms_writable().unlink()
        self.invalidate_recordset(["review_ids"])

    # === BUSINESS METHODS: CONTENT === #

    def _approval_digest(self):
        """Return the SHA-256 of the content as it stands."""
        content = self._approval_content()
        if isinstance(content, str):
            content = content.encode()
        return hashlib.sha256(content).hexdigest()

    def _round_decisions(self):
        """Return the decisions of the last request in order, the request first."""
        self.ensure_one()
        return (
            self.env["qms.decision"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("round", "=", self.sudo().approval_round),
                ],
                order="sequence",
            )
        )

    def _requests(self):
        """Return ``{record: the decision by which approval was last requested}``."""
        found = (
            self.env["qms.decision"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("verb", "=", "request"),
                ],
                order="res_id, sequence",
            )
        )
        last = {decision.res_id: decision for decision in found}
        return {record: last.get(record.id, found.browse()) for record in self}

    def _note_editor(self):
        """Remember who wrote the record: its authors do not approve it."""
        uid = self.env.uid
        if uid == SUPERUSER_ID:
            return
        by_editors = defaultdict(list)
        for record in self.sudo():
            editors = record.approval_editors or []
            if uid not in editors and record.create_uid.id != uid:
                by_editors[tuple(editors)].append(record.id)
        for editors, ids in by_editors.items():
            self.browse(ids)._lifecycle_write({"approval_editors": [*editors, uid]})

    # === BUSINESS METHODS: MESSAGES === #

    def _tell_reviewers(self, reviews):
        """Send those whose turn it is one mail, with a link to each record."""
        for same in reviews.grouped(lambda row: (row.qms_reviewer_ids, row.qms_role)).values():
            asked = {row.res_id for row in same}
            records = self.filtered(lambda record, asked=asked: record.id in asked)
            name = records._names()
            records._send_notice(
                same._qms_people_to_tell(),
                self.env._("To approve: %(name)s", name=name),
                self.env._(
                    "%(requester)s asks for your decision on “%(name)s” (%(roles)s).",
                    requester=", ".join(same.requested_by.mapped("name")),
                    name=name,
                    roles=same[:1].qms_role,
                ),
            )

    def _tell_requesters(self, decisions, requests):
        """Tell who asked, and the authors, how the requests were settled.

        :param dict decisions: ``{record id: concluding decision}``
        :param dict requests: see :meth:`_requests`
        """
        told = self.grouped(lambda record: record._approval_author() | requests[record].user_id)
        for people, records in told.items():
            decision = decisions[records[:1].id]
            verbs = dict(decision._fields["verb"]._description_selection(self.env))
            title = f"{verbs[decision.verb]}: {records._names()}"
            records._send_notice(
                (people - self.env.user).partner_id,
                title,
                self.env._(
                    "%(decision)s, by %(user)s. %(words)s",
                    decision=title,
                    user=decision.user_name,
                    words=decision.words or "",
                ),
            )

    def _names(self):
        """Name one record, count several."""
        if len(self) == 1:
            return self.display_name
        return self.env._("%(count)s records", count=len(self))

    def _send_notice(self, partners, subject, text):
        """Send one notice about these records; each is opened from it."""
        if not partners:
            return
        body = Markup("<p>%s</p>") % text
        if len(self) > 1:
            lines = [(record._notice_url(), record.display_name) for record in self]
            rows = Markup("").join(Markup("<li><a href='%s'>%s</a></li>") % line for line in lines)
            body += Markup("<ul>%s</ul>") % rows
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=partners.ids,
            subject=subject,
            body=body,
            model=self._name if len(self) == 1 else False,
            res_id=self.id if len(self) == 1 else False,
        )

    def _notice_url(self):
        """Address at which a record opens from a mail, on its own form."""
        return f"{self.get_base_url()}/mail/view?model={self._name}&res_id={self.id}"

    # === BUSINESS METHODS: PRINTS === #

    def _sign_off_rows(self):
        """Return what a print says of the last request: who made it and who approved.

        Nothing of a request that was rejected or withdrawn.

        :rtype: list of dicts with role, name, title, on_behalf, date, hash, url
        """
        self.ensure_one()
        return self._sign_off_lines()

    def _sign_off_lines(self):
        """The rows of :meth:`_sign_off_rows`; for models with a table of their own."""
        decisions = self._round_decisions().filtered(
            lambda decision: self.is_approval_closed and decision.verb in ("request", "approve")
        )
        return [
            {
                "role": decision.tier_name or self.env._("Submitted by"),
                "name": decision.user_name,
                "title": decision.position_name or "",
                "on_behalf": decision.on_behalf_of_name or "",
                "date": decision._local_date(),
                "hash": decision.hash[:16],
                "url": decision._check_url(),
            }
            for decision in decisions
        ]

    # === GUARD === #

    def _guarded_fields(self):
        return super()._guarded_fields() | {
            "approval_state",
            "approval_round",
            "approval_decision_id",
            "approval_editors",
            "decision_count",
            "decision_head",
            "decision_ids",
            "review_ids",
            "validation_status",
        }

    def _is_harmless_at_birth(self, name, value):
        if name == "validation_status":
            return not value or value == "no"
        return super()._is_harmless_at_birth(name, value)

    def _check_frozen_vals(self, vals):
        if vals.keys() - self._never_frozen_fields - self._approval_free_fields:
            self._check_approval_open()
        return super()._check_frozen_vals(vals)

    def _check_approval_open(self):
        """Refuse any change of records that wait for a decision or have been approved."""
        for record in self.sudo():
            if record.is_approval_closed:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” waits for approval or is approved: its content is closed. "
                        "Withdraw the request to change it.",
                        name=record.display_name,
                    )
                )

    def _keeping_files(self):
        """Files are kept while a request runs and once it is approved, too."""
        kept = super()._keeping_files()
        if self._is_lifecycle_writer():
            return kept
        return kept | self.filtered("is_approval_closed")

    # === OVERRIDES OF THE TIER MODULE === #

    def request_validation(self):
        return self.action_request_approval()

    def restart_validation(self):
        return self.action_withdraw_request()

    def validate_tier(self):
        return self.action_open_approve()

    def reject_tier(self):
        return self.action_open_reject()

    def _validate_tier(self, tiers=False):
        return self._decide("approve")

    def _rejected_tier(self, tiers=False):
        return self._decide("reject")

    def _compute_need_validation(self):
        for record in self:
            record.need_validation = record.can_request_approval

    def _tier_validation_check_state_on_write(self, vals):
        """States are guarded by the lifecycle, not by what a context says."""

    def _tier_validation_check_write_allowed(self, vals):
        """See ``_check_frozen_vals``."""

    def _tier_validation_check_write_remove_reviews(self, vals):
        """No write ends a request."""

    def _allow_to_remove_reviews(self, values):
        return False

    def _get_tier_validation_readonly_domain(self):
        return "validation_status in ('waiting', 'pending', 'validated')"

    def _add_tier_validation_buttons(self, node, params):
        return self._render_part("qms_public_admin.approval_buttons", params)

    def _add_tier_validation_label(self, node, params):
        return self._render_part("qms_public_admin.approval_label", params)

    def _add_tier_validation_reviews(self, node, params):
        return self._render_part("qms_public_admin.approval_reviews", params)

    # === UTILITIES === #

    def _render_part(self, template, params):
        """Return a part of a form as the tier module puts it there."""
        return etree.fromstring(self.env["ir.qweb"]._render(template, params))

    def _open_dialog(self, verb):
        self._raise_errors(record._decision_error() for record in self)
        reviews = self.env["tier.review"].browse(
            review.id for record in self for review, _absent in record._my_reviews()
        )
        return self.env["qms.decision.dialog"]._open_for(verb, reviews)
