import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ...tools import document_text
from ..mixins.plain_text import PlainText, plain_index

REVISION_STATES = [
    ("draft", "Draft"),
    ("review", "In review"),
    ("approval", "Awaiting approval"),
    ("approved", "Approved"),
    ("effective", "In force"),
    ("obsolete", "Obsolete"),
    ("withdrawn", "Withdrawn"),
]
OPEN_STATES = ("draft", "review", "approval")
CHANGE_KINDS = [("issue", "New issue"), ("amendment", "Amendment")]
# Put into the context by _take_over() alone; JSON cannot carry it.
TAKING_OVER = object()
# What the server gives a revision at its birth, whatever a client sends.
BORN_FIELDS = ("qms_state", "issue_no", "revision_no", "contributor_ids")


class DocumentPageHistory(models.Model):
    """A stored text of a page; of a controlled document it is a revision.

    Access to revisions (``qms_state`` is set):

    * staff read those in force and those that were; drafts only when they write them;
    * heads of unit, ISO officers, auditors and leaders read all of their agencies;
    * a draft is written by its author, by who wrote in it before, and by ISO officers;
    * what left the draft state is written by nobody, elevated code included: a revision
      moves by its verbs alone, and who wrote it neither reviews nor approves it;
    * it is approved by the steps of ``qms.approval.mixin`` (model ``qms.decision``) or was
      taken over from paper: the database says so;
    * one revision of a document is in force, one at a time is in preparation: the
      database says so.

    The texts of ordinary wiki pages (``qms_state`` is empty) are as they were before; those
    of pages that came under control are read by officers, auditors and leaders, and kept.
    """

    _name = "document.page.history"
    _inherit = ["document.page.history", "qms.approval.mixin", "qms.plain.text.mixin"]

    _lifecycle_field = "qms_state"
    _approval_from, _approval_to, _approval_back = "approval", "approved", "draft"
    _placing_fields = ()
    _derived_fields = ("company_id", "plain_text")
    _transitions = {
        "draft": ("review",),
        "review": ("approval", "draft"),
        "approval": ("approved", "draft"),
        "approved": ("effective", "withdrawn"),
        "effective": ("obsolete", "withdrawn"),
    }
    _protected_fields = (
        "issue_no",
        "revision_no",
        "contributor_ids",
        "submitted_at",
        "issued_on",
        "effective_to",
        "content_sha256",
        "is_imported",
        "is_gap_reported",
    )
    _frozen_fields = {state: "*" for state, _label in REVISION_STATES if state != "draft"}

    content = fields.Html(sanitize=True, prefetch=False)
    qms_state = fields.Selection(
        REVISION_STATES, string="Status", readonly=True, copy=False, index=True
    )
    title = fields.Char(copy=False, help="Title of the document from this revision on.")
    change_kind = fields.Selection(
        CHANGE_KINDS,
        string="Change",
        copy=False,
        help="A new issue begins with revision 0; an amendment counts the revisions of an issue.",
    )
    issue_no = fields.Integer(string="Issue no.", readonly=True, copy=False, aggregator=None)
    revision_no = fields.Integer(string="Revision", readonly=True, copy=False, aggregator=None)
    issued_on = fields.Date(
        string="Date of issue",
        readonly=True,
        copy=False,
        help="The day of approval; of a document taken over, that of its own decision.",
    )
    effective_from = fields.Date(
        string="In force from",
        copy=False,
        help="Planned until approved. On this day an approved revision comes into force by itself.",
    )
    effective_to = fields.Date(string="In force until", readonly=True, copy=False)
    review_by = fields.Date(
        string="Next review", copy=False, help="Empty: counted from the kind of the document."
    )
    decision_no = fields.Char(
        string="Decision", copy=False, help="Number of the decision of issue, where there is one."
    )
    decision_date = fields.Date(copy=False)
    reason = fields.Text(string="Reason for the change")
    impact = fields.Text(help="Other documents, forms, trainings, units that the change touches.")
    author_id = fields.Many2one(
        "res.users",
        string="Drafted by",
        copy=False,
        index="btree_not_null",
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    contributor_ids = fields.Many2many(
        "res.users",
        "qms_document_contributor_rel",
        "revision_id",
        "user_id",
        string="Written by",
        readonly=True,
        copy=False,
        help="Everybody who wrote in the draft. None of them reviews or approves it.",
    )
    submitted_at = fields.Datetime(readonly=True, copy=False)
    is_imported = fields.Boolean(
        string="Taken over", readonly=True, copy=False, help="Approved before, on paper."
    )
    content_sha256 = fields.Char(
        string="Fingerprint",
        readonly=True,
        copy=False,
        help="SHA-256 of text, numbers, amendments and files as they were submitted.",
    )
    is_gap_reported = fields.Boolean(
        readonly=True,
        copy=False,
        help="ISO officers know that it was changed after its approval and is not put in force.",
    )
    plain_text = PlainText(compute="_compute_plain_text", store=True, prefetch=False)
    file_ids = fields.One2many("qms.document.file", "revision_id", string="Files")
    amendment_ids = fields.One2many("qms.document.amendment", "revision_id", string="Amendments")
    sign_off_ids = fields.One2many("qms.document.sign.off", "revision_id", string="Sign-off")
    copy_ids = fields.One2many("qms.document.copy", "revision_id", string="Registered copies")
    qms_kind_id = fields.Many2one(related="page_id.qms_kind_id", string="Kind")
    qms_code = fields.Char(related="page_id.qms_code", string="Code")

    _plain_text_plain_idx = plain_index("plain_text")
    _one_effective = models.UniqueIndex(
        "(page_id) WHERE qms_state = 'effective'", "One revision of a document is in force."
    )
    _one_open = models.UniqueIndex(
        "(page_id) WHERE qms_state IN ('draft', 'review', 'approval')",
        "Another revision of this document is being prepared already.",
    )
    _number_unique = models.UniqueIndex(
        "(page_id, issue_no, revision_no) WHERE qms_state IS NOT NULL",
        "The document has a revision with this number already.",
    )
    _has_page = models.Constraint(
        "CHECK(qms_state IS NULL OR page_id IS NOT NULL)", "A revision belongs to a document."
    )
    _approved_is_signed = models.Constraint(
        "CHECK(qms_state NOT IN ('approved', 'effective', 'obsolete')"
        " OR (content_sha256 IS NOT NULL AND issued_on IS NOT NULL))",
        "An approved revision has a date of issue and a fingerprint.",
    )
    _approved_is_decided = models.Constraint(
        "CHECK(COALESCE(qms_state, 'draft') NOT IN ('approved', 'effective', 'obsolete')"
        " OR approval_decision_id IS NOT NULL OR COALESCE(is_imported, FALSE))",
        "A revision is approved by a decision, or was taken over from paper.",
    )
    _effective_since = models.Constraint(
        "CHECK(qms_state NOT IN ('effective', 'obsolete') OR effective_from IS NOT NULL)",
        "A revision in force has its first day.",
    )

    # === COMPUTE METHODS === #

    @api.depends("page_id.name", "page_id.qms_code", "issue_no", "revision_no", "qms_state")
    def _compute_display_name(self):
        for row in self:
            if row.qms_state:
                row.display_name = self.env._(
                    "%(document)s, issue %(issue)s, revision %(revision)s",
                    document=row.page_id.qms_code or row.page_id.name,
                    issue=row.issue_no,
                    revision=row.revision_no,
                )
            else:
                row.display_name = f"{row.page_id.name or ''} #{row.id}"

    @api.depends("qms_state", "title", "content", "file_ids.text")
    def _compute_plain_text(self):
        """What is searched: only of controlled documents."""
        for row in self:
            parts = ()
            if row.qms_state:
                files_sudo = row.sudo().file_ids
                texts = [text for file in files_sudo for text in (file.name, file.text)]
                parts = (row.title, document_text.html_text(row.content), *texts)
            row.plain_text = "\n".join(filter(None, parts)) or False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_taken_over(vals)
        rows = super().create(self._born_vals(vals_list))
        rows.filtered("qms_state")._note_contribution({"content"})
        return rows

    def write(self, vals):
        self._check_taken_over(vals)
        if self._is_lifecycle_writer():
            return super().write(vals)
        self._check_page_kept(vals)
        self._check_old_texts_kept()
        result = super().write(vals)
        revisions = self.filtered("qms_state")
        revisions._note_contribution(vals)
        if "change_kind" in vals:
            revisions._renumber()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        self._check_old_texts_kept()
        for row in self:
            if row.qms_state and (row.qms_state != "draft" or row.submitted_at):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” has left its first state and is kept as evidence: "
                        "it cannot be deleted.",
                        name=row.display_name,
                    )
                )

    def get_formview_id(self, access_uid=None):
        """Links to a revision open its own form."""
        if self.qms_state:
            return self.env.ref("qms_public_admin.document_page_history_view_form_revision").id
        return super().get_formview_id(access_uid=access_uid)

    # === VIEWS === #

    # The form of wiki texts stays as it was: only that of revisions shows approvals.
    _tier_validation_manual_config = property(
        lambda self: not self.env.context.get("qms_is_revision_form")
    )
    _tier_validation_buttons_xpath = "/form/header/button[@name='action_make_effective']"

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        shown = super().get_view(view_id, view_type, **options)
        if view_type != "form" or 'name="can_confirm_review"' not in shown["arch"]:
            return shown
        revisions = self.with_context(qms_is_revision_form=True)
        return super(DocumentPageHistory, revisions).get_view(view_id, view_type, **options)

    def _add_tier_validation_label(self, node, params):
        return self._render_part("qms_public_admin.document_approval_label", params)

    def _add_tier_validation_reviews(self, node, params):
        """What was decided stands in the sign-off table of the revision."""
        return self._render_part("qms_public_admin.document_approval_reviews", params)

    # === BUSINESS METHODS: BIRTH === #

    def _is_harmless_at_birth(self, name, value):
        # create() gives these itself and drops what a client sends.
        return name in BORN_FIELDS or super()._is_harmless_at_birth(name, value)

    @api.model
    def _born_vals(self, vals_list):
        """Give revisions their state and number; texts of wiki pages get neither."""
        default_page = self.env.context.get("default_page_id")
        page_ids = [vals.get("page_id", default_page) or False for vals in vals_list]
        pages = self.env["document.page"].sudo().browse(filter(None, set(page_ids)))
        controlled = {page.id: page for page in pages if page.qms_kind_id}
        return [
            self._born_revision(vals, controlled[page_id])
            if page_id in controlled
            else {**vals, **dict.fromkeys(BORN_FIELDS, False)}
            for vals, page_id in zip(vals_list, page_ids, strict=True)
        ]

    @api.model
    def _born_revision(self, vals, page_sudo):
        if self._is_lifecycle_writer():
            return {"title": page_sudo.name, **vals}
        author = vals.get("author_id") or self.env.uid
        last = self._last_number(page_sudo)
        change_kind = (vals.get("change_kind") or "amendment") if last else "issue"
        issue_no, revision_no = self._next_number(last, change_kind)
        return {
            "title": page_sudo.name,
            **vals,
            "page_id": page_sudo.id,
            "change_kind": change_kind,
            "author_id": author,
            "qms_state": "draft",
            "issue_no": issue_no,
            "revision_no": revision_no,
            "contributor_ids": [Command.set({author, self.env.uid})],
        }

    @api.model
    def _last_number(self, page, besides=None):
        """Return ``(issue, revision)`` of the last revision of a document, None without any."""
        rows = self.sudo().search(
            [
                ("page_id", "=", page.id),
                ("qms_state", "!=", False),
                ("id", "not in", besides.ids if besides else []),
            ],
            order="issue_no desc, revision_no desc",
            limit=1,
        )
        return (rows.issue_no, rows.revision_no) if rows else None

    @staticmethod
    def _next_number(last, change_kind):
        """Return the number after ``last``; a document begins with issue 1, revision 0."""
        if not last:
            return 1, 0
        issue_no, revision_no = last
        return (issue_no + 1, 0) if change_kind == "issue" else (issue_no, revision_no + 1)

    def _renumber(self):
        for revision in self:
            last = self._last_number(revision.page_id, besides=revision)
            issue_no, revision_no = self._next_number(last, revision.change_kind)
            revision._lifecycle_write({"issue_no": issue_no, "revision_no": revision_no})

    # === BUSINESS METHODS: CONTENT === #

    def _lock_lifecycle(self):
        """Lock the documents, too: their codes are part of what is submitted and approved."""
        result = super()._lock_lifecycle()
        self.sudo().page_id._lock_card()
        return result

    def _check_page_kept(self, vals):
        """A revision stays with its document, and no wiki text becomes one."""
        if "page_id" not in vals:
            return
        target_sudo = self.env["document.page"].sudo().browse(vals["page_id"] or False)
        moved = self.filtered(lambda row: row.page_id.id != target_sudo.id)
        if moved and (target_sudo.qms_kind_id or any(moved.mapped("qms_state"))):
            raise ValidationError(
                self.env._("A revision stays with its document. Make a new revision there.")
            )

    def _check_old_texts_kept(self):
        """What a page said before it came under control stays as it was."""
        old = self.sudo().filtered(lambda row: not row.qms_state and row.page_id.qms_kind_id)
        if old:
            raise ValidationError(
                self.env._(
                    "“%(name)s” is an old text of a controlled document: it is kept as it was.",
                    name=old[:1].display_name,
                )
            )

    def _check_taken_over(self, vals):
        """Only what takes a document over from paper does without an approval."""
        if vals.get("is_imported") and self.env.context.get("_qms_take_over") is not TAKING_OVER:
            raise ValidationError(
                self.env._("Documents approved on paper come in by the import of documents alone.")
            )

    def _note_editor(self):
        """Who wrote is kept in ``contributor_ids``; texts of wiki pages keep nobody."""

    def _note_contribution(self, names):
        """Remember who wrote in a draft: they will neither review nor approve it."""
        if not set(names) - self._never_frozen_fields or self.env.uid == api.SUPERUSER_ID:
            return
        for revision in self.filtered(lambda row: row.qms_state == "draft"):
            wrote = self.env.user | revision.sudo().author_id
            known = revision.sudo().with_context(active_test=False).contributor_ids
            missing = wrote - known
            if missing:
                links = [Command.link(user.id) for user in missing]
                revision._lifecycle_write({"contributor_ids": links})

    def _check_open(self):
        """Refuse any change of the parts of a revision that is no draft; lock the draft."""
        self._lock_lifecycle()
        for revision in self.sudo():
            if revision.qms_state != "draft":
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is no draft any more: its files and amendments stay as "
                        "they are. Make a new revision.",
                        name=revision.display_name,
                    )
                )

    def _approval_content(self):
        """Return what is approved, as text: the same content gives the same text.

        The planned day is frozen with the rest, but moves when an approval comes late.
        """
        self.ensure_one()
        revision = self.sudo()
        return json.dumps(
            {
                "code": revision.page_id.qms_code,
                "title": revision.title,
                "number": [revision.issue_no, revision.revision_no],
                "reason": revision.reason or "",
                "impact": revision.impact or "",
                "content": str(revision.content or ""),
                "pictures": revision._picture_checksums(),
                "files": [[file.name, file.sha256] for file in revision.file_ids],
                "amendments": [
                    [row.request or "", row.place or "", row.description or ""]
                    for row in revision.amendment_ids
                ],
            },
            sort_keys=True,
            ensure_ascii=False,
            default=str,
        )

    def _keeping_files(self):
        """Return the revisions whose pictures and files are kept: no drafts any more."""
        if self._is_lifecycle_writer():
            return self.browse()
        return self.filtered(lambda row: row.qms_state and row.qms_state != "draft")
