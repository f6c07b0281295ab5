from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError, ValidationError
from odoo.tools import is_html_empty

from .document_page_history import OPEN_STATES
from .document_page_history_verbs import GROUP
from .qms_document_kind import DISPOSITIONS

CONFIDENTIALITIES = [
    ("public", "Public"),
    ("internal", "Internal"),
    ("restricted", "Restricted"),
]
DOCUMENT_STATES = [
    ("draft", "Not yet in force"),
    ("effective", "In force"),
    ("withdrawn", "Withdrawn"),
]
# A document with a revision in these states is in use or about to be.
MOVING_STATES = ("review", "approval", "approved", "effective")
# What upstream lets an editor write on a page, and through it in a revision.
_TEXT_FIELDS = ("content", "draft_name", "draft_summary", "history_head")
_CARD_FIELDS = ("qms_kind_id", "company_id", "type", "content_date", "content_uid")


class DocumentPage(models.Model):
    """A wiki page, or with a kind (``qms_kind_id``) a controlled document.

    Access to controlled documents:

    * staff read those of their agencies; restricted ones only when the document is
      distributed to a position they hold or their unit owns it;
    * ISO officers keep the card (owner, distribution, retention, next review); text, title
      and number come from the revisions alone (``document.page.history``);
    * a document of which a revision was ever submitted is never deleted.

    Ordinary pages go on working as before, for the same people.
    """

    _name = "document.page"
    _inherit = ["document.page", "qms.lifecycle.mixin", "qms.plain.text.mixin"]

    _lifecycle_field = "qms_status"
    _placing_fields = ()
    _protected_fields = ("qms_effective_id",)
    _frozen_fields = {
        "draft": (*_TEXT_FIELDS, *_CARD_FIELDS),
        "effective": (*_TEXT_FIELDS, *_CARD_FIELDS, "name", "qms_code"),
        "withdrawn": (*_TEXT_FIELDS, *_CARD_FIELDS, "name", "qms_code"),
    }

    content = fields.Html(sanitize=True)
    qms_kind_id = fields.Many2one(
        "qms.document.kind",
        string="Document kind",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        help="With a kind the page is a controlled document; without one an ordinary page.",
    )
    qms_is_external = fields.Boolean(related="qms_kind_id.is_external", string="External document")
    qms_code = fields.Char(
        string="Document code",
        copy=False,
        tracking=True,
        help="Empty: the next code of the kind and unit is given.",
    )
    qms_owner_id = fields.Many2one(
        "hr.department",
        string="Owner unit",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    qms_confidentiality = fields.Selection(
        CONFIDENTIALITIES,
        string="Confidentiality",
        default="internal",
        tracking=True,
        help="Restricted: read by the owner unit, by the positions of the distribution, by "
        "ISO officers, auditors and leaders.",
    )
    qms_position_ids = fields.Many2many(
        "qms.position",
        "qms_document_position_rel",
        "page_id",
        "position_id",
        string="Distributed to positions",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    qms_department_ids = fields.Many2many(
        "hr.department",
        "qms_document_department_rel",
        "page_id",
        "department_id",
        string="Distributed to units",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    qms_is_for_all = fields.Boolean(
        string="Concerns everybody",
        help="Shown to all staff under My documents, besides positions and units.",
    )
    qms_retention_years = fields.Integer(
        string="Retention (years)", tracking=True, help="0: not limited."
    )
    qms_retention_basis = fields.Char(string="Basis of the retention")
    qms_disposition = fields.Selection(
        DISPOSITIONS, string="After the retention", default="permanent", tracking=True
    )
    qms_next_review = fields.Date(string="Next review", tracking=True)
    qms_status = fields.Selection(
        DOCUMENT_STATES, string="Status", readonly=True, copy=False, index=True, tracking=True
    )
    qms_effective_id = fields.Many2one(
        "document.page.history",
        string="Revision in force",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    qms_issue_no = fields.Integer(related="qms_effective_id.issue_no", string="Issue no.")
    qms_revision_no = fields.Integer(related="qms_effective_id.revision_no", string="Revision")
    qms_issued_on = fields.Date(related="qms_effective_id.issued_on", string="Date of issue")
    qms_effective_from = fields.Date(
        related="qms_effective_id.effective_from", string="In force from"
    )
    qms_external_no = fields.Char(string="Number and symbol", tracking=True)
    qms_external_issuer = fields.Char(string="Issuer", tracking=True)
    qms_external_date = fields.Date(string="Date of the document", tracking=True)
    qms_revision_ids = fields.One2many(
        "document.page.history",
        "page_id",
        string="Revisions",
        domain=[("qms_state", "!=", False)],
        readonly=True,
    )
    qms_open_revision_id = fields.Many2one(
        "document.page.history",
        string="Revision in preparation",
        compute="_compute_qms_open_revision_id",
    )
    can_revise = fields.Boolean(compute="_compute_can_revise")
    qms_description = fields.Text(string="Remark")

    _qms_code_unique = models.UniqueIndex(
        "(qms_code, company_id) WHERE qms_code IS NOT NULL",
        "Another document of the agency has this code.",
    )
    _qms_complete = models.Constraint(
        "CHECK(qms_kind_id IS NULL OR (company_id IS NOT NULL AND qms_code IS NOT NULL"
        " AND qms_status IS NOT NULL AND type = 'content'))",
        "A controlled document has an agency, a code and a status.",
    )
    _qms_effective = models.Constraint(
        "CHECK((qms_effective_id IS NOT NULL) = (COALESCE(qms_status, '') = 'effective'))",
        "A document in force has a revision in force.",
    )
    _qms_retention = models.Constraint(
        "CHECK(qms_retention_years >= 0)", "The retention cannot be negative."
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "qms_code")
    def _compute_display_name(self):
        coded = self.filtered("qms_code")
        for page in coded:
            page.display_name = f"{page.qms_code} – {page.name}"
        return super(DocumentPage, self - coded)._compute_display_name()

    @api.depends("history_ids", "qms_kind_id", "qms_effective_id")
    def _compute_history_head(self):
        """Of a controlled document everybody sees the revision in force, never a draft."""
        controlled = self.filtered("qms_kind_id")
        for page in controlled:
            page.history_head = page.qms_effective_id
        return super(DocumentPage, self - controlled)._compute_history_head()

    @api.depends("history_ids.qms_state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_qms_open_revision_id(self):
        found = self.env["document.page.history"].search_fetch(
            [("page_id", "in", self.ids), ("qms_state", "in", OPEN_STATES)], ["page_id"]
        )
        by_page = {row.page_id.id: row for row in found}
        for page in self:
            page.qms_open_revision_id = by_page.get(page.id, found.browse())

    @api.depends("qms_kind_id", "company_id", "qms_status")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_revise(self):
        for page in self:
            page.can_revise = bool(page.qms_kind_id) and not page._revise_error()

    # === ONCHANGE METHODS === #

    @api.onchange("qms_kind_id")
    def _onchange_qms_kind_id(self):
        kind = self.qms_kind_id
        if kind:
            self.qms_disposition = kind.disposition
            self.qms_retention_years = kind.retention_years
            self.qms_is_for_all = kind.is_for_all

    # === CONSTRAINT METHODS === #

    @api.constrains(lambda self: self._qms_agency_fields())
    def _check_qms_agency(self):
        """What a document names belongs to its agency, or to all of them."""
        for page in self.filtered("qms_kind_id").sudo():
            if page._qms_named_agencies() - page.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” names something of another agency: its kind, a unit, a "
                        "position or a legal document.",
                        name=page.display_name,
                    )
                )

    @api.model
    def _qms_agency_fields(self):
        """Return the links of a document that stay within its agency."""
        return ["qms_kind_id", "qms_owner_id", "qms_position_ids", "qms_department_ids"]

    def _qms_named_agencies(self):
        named = (self[name].company_id for name in self._qms_agency_fields())
        return self.env["res.company"].union(*named)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        default_kind = self.default_get(["qms_kind_id"]).get("qms_kind_id")
        controlled = [bool(vals.get("qms_kind_id", default_kind)) for vals in vals_list]
        texts = [vals.get("content") for vals in vals_list]
        prepared = [
            self._controlled_vals({"qms_kind_id": default_kind, **vals})
            if is_controlled
            else {**vals, "qms_status": False, "qms_code": False}
            for vals, is_controlled in zip(vals_list, controlled, strict=True)
        ]
        pages = super().create(prepared)
        documents = pages.filtered("qms_kind_id")
        if documents and not self._is_lifecycle_writer():
            documents._create_first_drafts(dict(zip(pages.ids, texts, strict=True)))
        return pages

    def write(self, vals):
        if not self._is_lifecycle_writer():
            self._check_controlled_vals(vals)
        result = super().write(vals)
        if vals.get("name") and not self._is_lifecycle_writer():
            self._title_first_drafts()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        revisions = self.env["document.page.history"].sudo()
        kept = revisions.search(
            [
                ("page_id", "in", self.ids),
                ("qms_state", "!=", False),
                "|",
                ("qms_state", "!=", "draft"),
                ("submitted_at", "!=", False),
            ],
            limit=1,
        )
        if kept:
            raise UserError(
                self.env._(
                    "“%(name)s” is a controlled document and kept as evidence: it cannot be "
                    "deleted. Withdraw it.",
                    name=kept.page_id.display_name,
                )
            )

    # === ACTIONS === #

    def action_new_revision(self):
        """Begin a revision from the text in force and open it."""
        self.ensure_one()
        return self._new_revision()._open_form()

    def action_open_effective(self):
        """Open the revision in force, or the one in preparation."""
        self.ensure_one()
        revision = self.qms_effective_id or self.qms_open_revision_id
        if not revision:
            raise UserError(self.env._("There is no revision that you may read."))
        return revision._open_form()

    def action_read(self):
        """Open the document on the page for readers."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/qms/documents/{self.id}",
            "target": "self",
        }

    def action_take_under_control(self, kind_id):
        """Make ordinary pages controlled documents of a kind; their text becomes a draft.

        For ISO officers who may write the pages; what the pages were stays in their history.
        """
        if not self.env.user.has_group(f"{GROUP}officer"):
            raise AccessError(self.env._("Only ISO officers take pages under control."))
        self.check_access("write")
        if any(page.qms_kind_id or page.type != "content" for page in self):
            raise UserError(self.env._("Only ordinary pages are taken under control."))
        for page in self:
            text = page.content
            page._lifecycle_write(
                page._controlled_vals(
                    {
                        "qms_kind_id": kind_id,
                        "company_id": (page.company_id or self.env.company).id,
                    }
                )
            )
            page._create_first_drafts({page.id: text})
        return True

    def get_formview_id(self, access_uid=None):
        """Links to a controlled document open its card, not the wiki form."""
        if self.qms_kind_id:
            return self.env.ref("qms_public_admin.document_page_view_form_document").id
        return super().get_formview_id(access_uid=access_uid)

    # === BUSINESS METHODS === #

    @api.model
    def _controlled_vals(self, vals):
        """Return the values of a new document: its code, its first state, no text yet."""
        kind = self.env["qms.document.kind"].browse(vals["qms_kind_id"])
        company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
        unit = self.env["hr.department"].browse(vals.get("qms_owner_id") or False)
        kept = {name: value for name, value in vals.items() if name not in _TEXT_FIELDS}
        code = (vals.get("qms_code") or "").strip()
        if not code:
            counter = self.env["qms.document.counter"]
            code = counter._next_code(company, kind, unit, fields.Date.context_today(self))
        return {
            "qms_retention_years": kind.retention_years,
            "qms_disposition": kind.disposition,
            "qms_is_for_all": kind.is_for_all,
            "qms_status": "draft",
            **kept,
            "company_id": company.id,
            "qms_code": code,
            "type": "content",
        }

    def _create_first_drafts(self, texts):
        """Give new documents the draft of issue 1, with the text given or that of the kind."""
        vals_list = []
        for page in self:
            text = texts.get(page.id)
            vals_list.append(
                {
                    "page_id": page.id,
                    "content": page.qms_kind_id.template if is_html_empty(text) else text,
                }
            )
        return self.env["document.page.history"].create(vals_list)

    def _title_first_drafts(self):
        """A document not yet in force is named by its card; later by its revisions."""
        for page in self.filtered(lambda page: page.qms_status == "draft"):
            drafts = page.sudo().qms_revision_ids.filtered(lambda row: row.qms_state == "draft")
            drafts.with_env(self.env).sudo().write({"title": page.name})

    def _check_controlled_vals(self, vals):
        """A kind is given by a verb of its own, a code not without one."""
        if "qms_kind_id" in vals and vals["qms_kind_id"]:
            ordinary = self.filtered(lambda page: not page.qms_kind_id)
            if ordinary:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is an ordinary page: an ISO officer takes it under control "
                        "by the action of that name.",
                        name=ordinary[:1].name,
                    )
                )
        if "qms_code" in vals and any(
            bool(page.qms_kind_id) != bool(vals["qms_code"]) for page in self
        ):
            raise ValidationError(self.env._("A controlled document has a code, a page has none."))
        if "qms_code" in vals or not vals.get("active", True):
            self.filtered("qms_kind_id")._check_card_open(vals)

    def _check_card_open(self, vals):
        """Keep the code that was submitted, and documents in force or on the way in sight."""
        revisions = self.sudo().qms_revision_ids
        revisions._lock_lifecycle()
        recoded = self.filtered(lambda page: page.qms_code != vals.get("qms_code", page.qms_code))
        kept = revisions.filtered(
            lambda row: row.page_id in recoded.sudo() and row.qms_state != "draft"
        )
        if kept:
            raise ValidationError(
                self.env._(
                    "A revision of “%(name)s” was submitted with its code: the code stays. Send "
                    "the revision back first.",
                    name=kept[:1].page_id.display_name,
                )
            )
        shown = revisions.filtered(lambda row: row.qms_state in MOVING_STATES)
        if shown and not vals.get("active", True):
            raise ValidationError(
                self.env._(
                    "“%(name)s” is in force or waits for review or approval: take it out of "
                    "force or take the revision back before archiving it.",
                    name=shown[:1].page_id.display_name,
                )
            )

    def _lock_card(self):
        """Lock the rows so that nobody changes the card meanwhile."""
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is working on the same document at this very moment. "
                    "Nothing was changed; reload the page and look before trying again."
                )
            ) from error

    def _inverse_content(self):
        """The text of a controlled document is written in its revisions alone."""
        ordinary = self.filtered(lambda page: not page.qms_kind_id)
        return super(DocumentPage, ordinary)._inverse_content()

    def _revise_error(self):
        """Say why the current user begins no revision, '' when they do."""
        user = self.env.user
        if self.company_id.id not in user._get_company_ids():
            return self.env._("The document belongs to another agency.")
        if not any(user.has_group(GROUP + role) for role in ("officer", "head", "leader")):
            return self.env._("Heads of unit and ISO officers begin revisions.")
        return ""

    def _new_revision(self, **vals):
        """Return a new draft with the text of the revision in force."""
        self.check_access("read")
        error = self._revise_error()
        if error:
            raise AccessError(error)
        if self.qms_open_revision_id:
            raise UserError(
                self.env._(
                    "“%(name)s” is being prepared already.",
                    name=self.qms_open_revision_id.display_name,
                )
            )
        source = self.qms_effective_id.sudo()
        text = source.content if source else self.qms_kind_id.template
        revisions = self.env["document.page.history"].sudo()
        draft = revisions.create([{"page_id": self.id, "content": text, **vals}])
        self._copy_files(source, draft)
        return draft.with_env(self.env)

    def _copy_files(self, source, draft):
        """A new revision begins with the files of the one before."""
        for file in source.file_ids:
            file.copy({"revision_id": draft.id})

    def _is_harmless_at_birth(self, name, value):
        # The first state is given by create() itself.
        return (
            name == "qms_status"
            and value in (False, "draft")
            or super()._is_harmless_at_birth(name, value)
        )

    def _keeping_files(self):
        """Files at the card of a document are no part of a revision: nothing is kept."""
        return self.browse()
