import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import is_html_empty

from .document_page_history import TAKING_OVER

GROUP = "qms_public_admin.group_qms_"
# Who moves a revision to a state; who wrote it is asked apart, and who approves is
# settled by the approval steps.
ROLES = {
    "approval": ("officer", "head", "leader"),
    "draft": ("officer", "head", "leader"),
    "effective": ("officer", "leader"),
    "withdrawn": ("leader",),
}
# What stands in the sign-off block of the paper.
SIGNED_ROLES = ("drafted", "reviewed", "approved", "imported")


class DocumentPageHistory(models.Model):
    """The verbs of a revision: draft → review → approval → approved → in force."""

    _inherit = "document.page.history"

    can_submit = fields.Boolean(compute="_compute_can")
    can_confirm_review = fields.Boolean(compute="_compute_can")
    can_send_back = fields.Boolean(compute="_compute_can")
    can_make_effective = fields.Boolean(compute="_compute_can")
    can_withdraw = fields.Boolean(compute="_compute_can")

    # === COMPUTE METHODS === #

    @api.depends("qms_state", "contributor_ids", "author_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can(self):
        targets = {
            "can_submit": "review",
            "can_confirm_review": "approval",
            "can_send_back": "draft",
            "can_make_effective": "effective",
            "can_withdraw": "withdrawn",
        }
        for revision in self:
            for name, target in targets.items():
                revision[name] = bool(revision.qms_state) and not revision._verb_error(target)

    # === ACTIONS === #

    def action_submit(self):
        """Hand drafts over for review; their content is fixed from here on."""
        self._begin()
        self._lock_lifecycle()
        self._raise_errors(row._verb_error("review") for row in self)
        self._prepare_submission()
        self._hold_pictures()
        self._transition("review", {"submitted_at": fields.Datetime.now()})
        self._lifecycle_write_each(
            {row.id: {"content_sha256": row._content_fingerprint()} for row in self}
        )
        self._sign("drafted")
        return True

    def action_confirm_review(self, words=None):
        """Confirm the review and put the revisions before those who approve."""
        self._begin()
        self._raise_errors(row._touched_error() for row in self)
        self._transition("approval")
        return self.action_request_approval(words)

    def action_send_back(self, words=None):
        """Send back from the review, with the reason; its author may take it back, too."""
        self._begin()
        if not (words or "").strip():
            raise UserError(self.env._("Say why the revision is sent back."))
        self._raise_errors(row._verb_error("draft") for row in self)
        self._transition("draft")
        self._sign("rejected", words)
        return True

    def action_make_effective(self):
        """Bring approved revisions into force today; the ones before them become obsolete."""
        self._begin()
        self._raise_errors(row._transition_error("effective") for row in self)
        self._come_into_force(is_by_hand=True)
        return True

    def action_withdraw(self, words=None):
        """Take revisions out of force without a successor, with the reason."""
        self._begin()
        if not (words or "").strip():
            raise UserError(self.env._("Say why the revision is withdrawn."))
        today = fields.Date.context_today(self)
        pages = self.filtered(lambda row: row.qms_state == "effective").page_id
        self._transition("withdrawn", {"effective_to": today})
        self._sign("withdrawn", words)
        pages._lifecycle_write({"qms_effective_id": False, "qms_status": "withdrawn"})
        return True

    def action_verify_content(self):
        """Compare text and files with the fingerprint taken when they were submitted."""
        self.ensure_one()
        self.check_access("read")
        error = self._touched_error()
        whole = self.env._("Text and files are as they were submitted.")
        return self._tell_verdict(not error, whole, error)

    def action_compare(self):
        """Compare this revision with the one before it, or two selected ones."""
        revisions = self.filtered("qms_state").sorted(lambda row: (row.issue_no, row.revision_no))
        revisions = revisions[-2:]
        if len(revisions) == 1:
            before = self._before(revisions)
            revisions = before | revisions
        if not revisions:
            raise UserError(self.env._("Choose revisions of a controlled document."))
        wizard = self.env["qms.document.compare"].create(
            {"old_revision_id": revisions[:1].id, "new_revision_id": revisions[-1:].id}
        )
        return wizard._open()

    def action_open(self):
        """Open the revision on its own form."""
        self.ensure_one()
        return self._open_form()

    def action_open_page(self):
        """Open the document on the page for readers."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/qms/documents/{self.page_id.id}/{self.id}",
            "target": "self",
        }

    def action_new_campaign(self):
        """Open a new reading campaign for whom the document is distributed to."""
        self.ensure_one()
        page = self.page_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask to read"),
            "res_model": "qms.acknowledgement.campaign",
            "views": [(False, "form")],
            "context": {
                "default_revision_id": self.id,
                "default_is_for_all": page.qms_is_for_all,
                "default_position_ids": page.qms_position_ids.ids,
                "default_department_ids": page.qms_department_ids.ids,
                "default_date_due": fields.Date.add(fields.Date.context_today(self), days=14),
            },
        }

    def action_register_copy(self, holder=None):
        """Register a paper copy for ``holder`` and return it."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(f"{GROUP}officer"):
            raise AccessError(self.env._("ISO officers keep the register of copies."))
        if self.qms_state != "effective":
            raise UserError(self.env._("Copies are registered of the revision in force."))
        if not (holder or "").strip():
            raise UserError(self.env._("Say who holds the copy."))
        self._lock_lifecycle()
        return self.env["qms.document.copy"]._record(
            [
                {
                    "revision_id": self.id,
                    "company_id": self.company_id.id,
                    "number": max(self.sudo().copy_ids.mapped("number"), default=0) + 1,
                    "holder": holder.strip(),
                    "issued_at": fields.Datetime.now(),
                    "issuer_name": self.env.user.name,
                }
            ]
        )

    # === PREDICATES === #

    def _transition_error(self, target):
        if self.qms_state == self._approval_from:
            # Whose turn it is was settled with the steps.
            return super()._transition_error(target)
        error = self._verb_error(target)
        return error or (self._completeness_error() if target == "review" else "")

    def _verb_error(self, target):
        """The predicate of the buttons: all but what the verb itself completes."""
        error = super()._transition_error(target) or self._role_error(target)
        if not error and self.qms_state == self._approval_from:
            return self._waiting_error()
        if not error and target == "approval":
            return self._four_eyes_error()
        return error

    def _waiting_error(self):
        return self.env._(
            "“%(name)s” waits for approval: its approver rejects it, or the request is withdrawn.",
            name=self.display_name,
        )

    def _keeper_error(self):
        """ISO officers, who wrote, and who confirmed the review keep a request."""
        user = self.env.user
        if self.company_id.id in user._get_company_ids() and (
            user in self._approval_author()
            or user in self.sudo().review_ids.requested_by
            or user.has_group(f"{GROUP}officer")
            or (not self.approval_state and not self._role_error("approval"))
        ):
            return ""
        return self.env._("Your role does not allow this for “%(name)s”.", name=self.display_name)

    def _role_error(self, target):
        """Say who may do this, unless it is the current user."""
        user = self.env.user
        if self.company_id.id not in user._get_company_ids():
            return self.env._("The document belongs to another agency.")
        is_writer = user in self._approval_author()
        if target == "review":
            allowed = is_writer or user.has_group(f"{GROUP}officer")
        else:
            allowed = any(user.has_group(GROUP + role) for role in ROLES.get(target, ()))
            allowed = allowed or (target == "draft" and is_writer)
        if allowed:
            return ""
        return self.env._("Your role does not allow this for “%(name)s”.", name=self.display_name)

    def _four_eyes_error(self):
        """Who wrote a revision neither reviews nor approves it, whatever the account."""
        if not self.env.user._qms_is_same_person(self._approval_author()):
            return ""
        return self.env._(
            "You wrote in “%(name)s”: somebody else reviews and approves it.",
            name=self.display_name,
        )

    def _completeness_error(self):
        revision = self.sudo()
        if not revision.title:
            return self.env._("“%(name)s” needs a title.", name=self.display_name)
        is_first = (revision.issue_no, revision.revision_no) == (1, 0)
        if not is_first and not (revision.reason or "").strip():
            return self.env._("Say why “%(name)s” is changed.", name=self.display_name)
        if not self._has_text() and not revision.file_ids:
            return self.env._("“%(name)s” has neither a text nor a file.", name=self.display_name)
        if not revision.page_id.active:
            return self.env._("“%(name)s” is archived: restore it first.", name=self.display_name)
        return self._files_error()

    def _files_error(self):
        """Say when the bytes of a file are no longer those whose fingerprint was taken."""
        touched = self.sudo().file_ids.filtered(lambda file: not file._is_intact())
        return touched and self.env._(
            "The file “%(file)s” is not the one that was uploaded: take it out and upload it "
            "again.",
            file=touched[:1].name,
        )

    def _has_text(self):
        return not is_html_empty(self.content)

    def _touched_error(self):
        """Say when text or files are no longer those whose fingerprint was taken."""
        revision = self.sudo()
        if (
            not revision._files_error()
            and revision.content_sha256 == revision._content_fingerprint()
        ):
            return ""
        return self.env._(
            "The content of “%(name)s” differs from what was submitted.", name=self.display_name
        )

    # === BUSINESS METHODS === #

    def _approval_is_required(self):
        """Texts of wiki pages and what was approved on paper need no approval."""
        return bool(self.qms_state) and not self.is_imported

    def _approval_author(self):
        """Return the users who wrote the revision: none of them approves it."""
        revision = self.sudo().with_context(active_test=False)
        return revision.contributor_ids | revision.author_id

    def _approval_code(self):
        return self.page_id.qms_code or self.display_name

    def _approval_preview(self):
        """The revision as the approver reads it: card, differences, text, files."""
        self.ensure_one()
        before = self.page_id.qms_effective_id
        comparison = self.env["qms.document.compare"].new(
            {"old_revision_id": before.id, "new_revision_id": self.id}
        )
        return self.env["ir.qweb"]._render(
            "qms_public_admin.document_revision_preview",
            {
                "revision": self,
                "page": self.page_id,
                "before": before,
                "difference": comparison.difference if before else False,
            },
        )

    def _plan_error(self, plan):
        """Say what to do where nobody is left to approve: a small agency."""
        error = super()._plan_error(plan)
        if not plan or not error:
            return error
        return "\n".join(
            [
                error,
                self.env._(
                    "Who wrote a document or confirms its review does not approve it. Let the "
                    "ISO officer or a head of unit confirm the review, or name further "
                    "approvers under Configuration / Approval steps."
                ),
            ]
        )

    def _content_error(self, request):
        return self._touched_error() or super()._content_error(request)

    def _record_decisions(self, pairs):
        """A decision is a line of the sign-off table, too."""
        decisions = super()._record_decisions(pairs)
        self.env["qms.document.sign.off"]._record_decisions(decisions)
        return decisions

    def _sign_off_lines(self):
        """Return “Soạn thảo – Soát xét – Phê duyệt”: the draft, then the decisions; of a
        document taken over from paper, who did so."""
        rows = self.sudo().sign_off_ids
        last = rows.filtered(lambda row: row.role in ("drafted", "imported"))[-1:]
        rows = rows.filtered(lambda row: row.id >= last.id)
        if any(row.role in ("rejected", "recalled") for row in rows):
            rows = last
        roles = dict(rows._fields["role"]._description_selection(self.env))
        signed = rows.filtered(lambda row: row.role in SIGNED_ROLES)
        return [row._sign_off_line(roles) for row in signed]

    def _approved_vals(self):
        return {"issued_on": fields.Date.context_today(self)}

    def _on_approved(self):
        """Bring into force what is due today."""
        self.filtered(lambda row: row._is_due())._come_into_force()

    def _prepare_submission(self):
        """Bring up to date what the text takes from elsewhere; procedures extend this."""

    def _begin(self):
        """Refuse texts of wiki pages and what the user does not see."""
        self.check_access("read")
        if not all(self.mapped("qms_state")):
            raise UserError(self.env._("This page is not a controlled document."))

    def _content_fingerprint(self):
        return hashlib.sha256(self._approval_content().encode()).hexdigest()

    def _is_due(self):
        """Whether the planned day has come, on the calendar of the agency."""
        self.ensure_one()
        return bool(self.effective_from) and self.effective_from <= self._agency_today()

    def _agency_today(self):
        local = self.with_context(tz=self.sudo().company_id._qms_timezone())
        return fields.Date.context_today(local)

    def _come_into_force(self, is_by_hand=False):
        """Make approved revisions those in force; no right is asked here.

        :param bool is_by_hand: from today at the latest, whatever day was planned
        :raise UserError: for revisions that are not what was approved any more
        """
        if not self:
            return
        self._lock_lifecycle()
        self._raise_errors(row._force_error() for row in self)
        days = {row: row._first_day(is_by_hand) for row in self}
        before = self.sudo().page_id.qms_effective_id
        by_page = {row.page_id: row for row in self.sudo()}
        before._lifecycle_write_each(
            {
                row.id: {
                    "qms_state": "obsolete",
                    "effective_to": max(
                        fields.Date.subtract(days[by_page[row.page_id].with_env(self.env)], days=1),
                        row.effective_from,
                    ),
                }
                for row in before
            }
        )
        before.flush_recordset()
        self._lifecycle_write_each(
            {row.id: {"qms_state": "effective", "effective_from": days[row]} for row in self}
        )
        self.sudo().page_id._lifecycle_write_each(
            {row.page_id.id: row._page_vals(days[row]) for row in self}
        )
        self._sign("effective")

    def _first_day(self, is_by_hand):
        """Approved late, a revision is in force from its approval on, not from the plan."""
        today = self._agency_today()
        planned = self.effective_from or today
        return max(min(planned, today) if is_by_hand else planned, self.issued_on)

    def _force_error(self):
        """Say when what was approved is not there any more: it does not come into force."""
        if not (self._touched_error() or self._approval_gap()):
            return ""
        return self.env._(
            "“%(name)s” is not what was approved any more, so it does not come into force. "
            "Let a leader end it by “Take out of force” and begin a new revision.",
            name=self.display_name,
        )

    def _page_vals(self, day):
        revision = self.sudo()
        months = revision.page_id.qms_kind_id.review_months
        review = revision.review_by or (months and fields.Date.add(day, months=months)) or False
        return {
            "qms_effective_id": revision.id,
            "qms_status": "effective",
            "name": revision.title,
            "qms_next_review": review,
        }

    @api.model
    def _cron_come_into_force(self):
        """Bring into force what is approved and due, also what a missed night left."""
        self._bring_due_into_force(self.env["ir.cron"]._commit_progress)

    @api.model
    def _bring_due_into_force(self, commit):
        """Do so agency by agency; one that fails does not hold up the others."""
        self._approved_and_planned().company_id._qms_each(self._bring_company_into_force, commit)

    def _bring_company_into_force(self, company):
        planned = self._approved_and_planned([("company_id", "=", company.id)])
        due = planned.filtered(lambda row: row._is_due())
        touched = due.filtered(lambda row: row._force_error())
        (due - touched)._come_into_force()
        touched._report_touched()

    def _report_touched(self):
        """Put revisions that do not come into force before an ISO officer, each once."""
        for revision in self.filtered(lambda row: not row.is_gap_reported):
            officer = revision.company_id._qms_officers()[:1]
            local = revision.with_context(lang=officer.lang or self.env.lang)
            local.page_id.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=local._agency_today(),
                summary=local.env._("An approved revision does not come into force"),
                note=local._force_error(),
                user_id=officer.id or self.env.uid,
            )
            revision._lifecycle_write({"is_gap_reported": True})

    @api.model
    def _approved_and_planned(self, domain=()):
        planned = [("qms_state", "=", "approved"), ("effective_from", "!=", False)]
        return self.sudo().search([*planned, *domain], order="effective_from, id")

    # === BUSINESS METHODS: TAKING OVER === #

    def _take_number(self, numbers):
        """Give the first draft of a document the number it had on paper."""
        self._check_first_draft()
        self._lifecycle_write(numbers)

    def _take_over(self, vals, words):
        """Bring the first draft of a document into force as it was approved on paper.

        :param dict vals: issue and revision number, date of issue, first day in force
        :param str words: the decision, kept with the name of who took it over
        """
        self._check_first_draft()
        self._raise_errors([self._completeness_error()])
        self._hold_pictures()
        paper = self.with_context(_qms_take_over=TAKING_OVER)
        paper._lifecycle_write({**vals, "is_imported": True, "submitted_at": fields.Datetime.now()})
        fingerprint = self._content_fingerprint()
        self._lifecycle_write({"content_sha256": fingerprint, "qms_state": "approved"})
        self._sign("imported", words)
        if self._is_due():
            self._come_into_force()

    def _check_first_draft(self):
        self.ensure_one()
        if not self.env.user.has_group(f"{GROUP}officer"):
            raise AccessError(self.env._("ISO officers import documents."))
        if self.qms_state != "draft" or self.submitted_at or len(self.page_id.qms_revision_ids) > 1:
            raise UserError(
                self.env._("Only the first draft of a document can be taken over from paper.")
            )

    def _sign(self, role, words=None):
        """Record who did what with these revisions."""
        user = self.env.user
        titles = {company: user._qms_title(company) for company in self.company_id}
        self.env["qms.document.sign.off"]._record(
            [
                {
                    "revision_id": row.id,
                    "company_id": row.company_id.id,
                    "role": role,
                    "user_id": user.id,
                    "user_name": user.name,
                    "title": titles[row.company_id],
                    "at": fields.Datetime.now(),
                    "content_sha256": row.sudo().content_sha256,
                    "words": words or False,
                }
                for row in self
            ]
        )

    def _before(self, revision):
        """Return the revision of the same document before ``revision``, if any."""
        earlier = Domain("issue_no", "<", revision.issue_no) | (
            Domain("issue_no", "=", revision.issue_no)
            & Domain("revision_no", "<", revision.revision_no)
        )
        same = Domain("page_id", "=", revision.page_id.id) & Domain("qms_state", "!=", False)
        return self.search(same & earlier, order="issue_no desc, revision_no desc", limit=1)

    def _amendments_so_far(self):
        """Return the lines of the amendment table up to this revision, the oldest first."""
        self.ensure_one()
        rows = self.env["qms.document.amendment"].search(
            [("revision_id.page_id", "=", self.page_id.id)]
        )
        number = (self.issue_no, self.revision_no)
        shown = rows.filtered(lambda row: (row.issue_no, row.revision_no) <= number)
        return shown.sorted(lambda row: (row.issue_no, row.revision_no, row.sequence, row.id))

    def _open_form(self):
        view = self.env.ref("qms_public_admin.document_page_history_view_form_revision")
        return {**super()._open_form(), "views": [(view.id, "form")]}
