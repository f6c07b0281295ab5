import base64
import binascii
import hashlib
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...kernel_texts import kernel_text
from ...tools import upload

PLACE_KINDS = [
    ("office", "At the office"),
    ("counter", "One-stop counter"),
    ("website", "Website"),
    ("other", "Elsewhere"),
]
SUBJECT_KINDS = [
    ("document", "Controlled document"),
    ("procedure", "Administrative procedure"),
    ("declaration", "Declaration of conformity"),
]
SUBJECT_FIELDS = {"document": "page_id", "declaration": "declaration_id"}
PHOTO_KINDS = {name: upload.KINDS[name] for name in ("jpg", "jpeg", "png")}
MAX_PHOTO = 5 * 2**20
MAX_LINK = 500
GROUP = "qms_public_admin.group_qms_"
POSTERS = ("officer", "clerk", "head")


class QmsPosting(models.Model):
    """What was posted where and when: policy, objectives, procedures, declaration.

    Everyone of the agency reads its postings. ISO officers, clerks of the counter, heads and
    leaders post for their agency, with a photo or an address as proof, and note when
    something was taken down. A posting is a fact (INV-07): a mistake is taken down and
    posted again; nobody changes or deletes a row.
    """

    _name = "qms.posting"
    _description = "Posting"
    _inherit = ["qms.fact.mixin"]
    _order = "posted_on desc, id desc"
    _rec_names_search = ["subject", "place"]

    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    subject_kind = fields.Selection(SUBJECT_KINDS, string="Sort", required=True, readonly=True)
    subject = fields.Char(
        string="What", required=True, readonly=True, help="Code and title as they were then."
    )
    mark = fields.Char(string="Issue/revision, version", readonly=True)
    page_id = fields.Many2one(
        "document.page",
        string="Controlled document",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    procedure_id = fields.Many2one(
        "qms.procedure",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    declaration_id = fields.Many2one(
        "qms.declaration",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    # What is posted and in which state of it: compared with what is in force.
    subject_key = fields.Char(required=True, readonly=True, index=True)
    item_key = fields.Char(required=True, readonly=True)
    place_kind = fields.Selection(PLACE_KINDS, string="Kind of place", required=True, readonly=True)
    place = fields.Char(readonly=True, help="Board, room, address of the page.")
    posted_on = fields.Date(string="Posted on", required=True, readonly=True)
    removed_on = fields.Date(string="Taken down on", readonly=True)
    remover_name = fields.Char(string="Taken down by", readonly=True)
    link = fields.Char(string="Address", readonly=True)
    photo = fields.Binary(attachment=True, readonly=True)
    photo_name = fields.Char(readonly=True)
    photo_sha256 = fields.Char(string="SHA-256 of the photo", readonly=True)
    poster_id = fields.Many2one(
        "res.users", string="Posted by (user)", readonly=True, ondelete="restrict"
    )
    poster_name = fields.Char(string="Posted by", readonly=True)
    recorded_at = fields.Datetime(string="Entered", required=True, readonly=True)
    note = fields.Text(readonly=True)
    posting_state = fields.Selection(
        [
            ("current", "Posted"),
            ("outdated", "Outdated copy"),
            ("removed", "Taken down"),
        ],
        string="Status",
        compute="_compute_posting_state",
        search="_search_posting_state",
    )
    can_remove = fields.Boolean(compute="_compute_can_remove")

    _one_subject = models.Constraint(
        "CHECK(num_nonnulls(page_id, procedure_id, declaration_id) = 1)",
        "A posting is about one thing.",
    )
    _proven = models.Constraint(
        "CHECK(link IS NOT NULL OR photo_sha256 IS NOT NULL)",
        "A posting is proven by a photo or an address.",
    )
    _period = models.Constraint(
        "CHECK(removed_on IS NULL OR removed_on >= posted_on)",
        "Nothing is taken down before it was posted.",
    )

    # === COMPUTE METHODS === #

    @api.depends("subject", "mark")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.subject} ({row.mark})" if row.mark else row.subject

    @api.depends("removed_on", "item_key")
    def _compute_posting_state(self):
        today = fields.Date.context_today(self)
        up = self.filtered(lambda row: not row.removed_on or row.removed_on > today)
        current = self.browse(self._current_ids(Domain("id", "in", up.ids)))
        for row in self:
            row.posting_state = "removed" if row not in up else "outdated"
        current.posting_state = "current"

    def _search_posting_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        up = Domain("removed_on", "=", False) | Domain("removed_on", ">", today)
        current = Domain("id", "in", self._current_ids(up))
        domains = {"removed": ~up, "current": up & current, "outdated": up & ~current}
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("removed_on", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_remove(self):
        for row in self:
            row.can_remove = not row.removed_on and not self._poster_error(row.company_id)

    # === CRUD METHODS === #

    def _keeping_files(self):
        """Return the postings whose photo is kept: all of them."""
        return self

    # === ACTIONS === #

    def action_remove(self, on=None):
        """Note that these were taken down, today or on the day ``on``."""
        self.check_access("read")
        day = fields.Date.to_date(on) if on else fields.Date.context_today(self)
        for row in self:
            if error := self._poster_error(row.company_id) or row._removal_error(day):
                raise UserError(error)
        self._complete({"removed_on": day, "remover_name": self.env.user.name})
        return True

    def action_open_link(self):
        """Open the address at which it is posted."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.link, "target": "new"}

    def _removal_error(self, day):
        if self.removed_on:
            return self.env._("“%(name)s” was taken down already.", name=self.display_name)
        if not self.posted_on <= day <= fields.Date.context_today(self):
            return self.env._(
                "“%(name)s” was taken down between the day it was posted and today.",
                name=self.display_name,
            )
        return ""

    # === BUSINESS METHODS === #

    @api.model
    def _post(self, subjects, vals, photo=None, photo_name=None):
        """Record one posting for each of these documents, procedures or declarations.

        :param list subjects: recordsets; each of their records is what is posted
        :param dict vals: place_kind, place, posted_on, link, note
        :param photo: as base64, of the one board that shows all of it
        :raise UserError: when it is not in force, without proof, or not for this user
        """
        rows = [row for records in subjects for row in self._subject_rows(records)]
        for row in rows:
            company = self.env["res.company"].browse(row["company_id"])
            if error := self._poster_error(company):
                raise AccessError(error)
        proof = self._proof(vals.get("link"), photo, photo_name)
        day = fields.Date.to_date(vals.get("posted_on")) or fields.Date.context_today(self)
        if day > fields.Date.context_today(self):
            raise UserError(self.env._("The day of the posting lies in the future."))
        common = {
            **{name: vals.get(name) for name in ("place_kind", "place", "note")},
            **{name: value for name, value in proof.items() if name != "photo"},
            "posted_on": day,
            "poster_id": self.env.uid,
            "poster_name": self.env.user.name,
            "recorded_at": fields.Datetime.now(),
        }
        postings = self._record([{**common, **row} for row in rows])
        if proof.get("photo"):
            postings._complete({"photo": proof["photo"]})
        return postings

    @api.model
    def _subject_rows(self, records):
        """Return the values of what is posted, in the state in which it is in force."""
        records.check_access("read")
        kind = next(key for key, name in self._subject_fields().items()
                    if self._fields[name].comodel_name == records._name)  # fmt: skip
        found = {row[0]: row[1:] for row in self.env.execute_query(self._in_force_sql(kind))}
        missing = records.filtered(lambda record: record.id not in found)
        if missing:
            raise UserError(
                self.env._(
                    "“%(name)s” is not in force: there is nothing to post.",
                    name=missing[:1].display_name,
                )
            )
        rows = []
        for record in records:
            company_id, code, name, mark, subject_key, item_key = found[record.id]
            rows.append(
                {
                    "company_id": company_id,
                    "subject_kind": kind,
                    self._subject_fields()[kind]: record.id,
                    "subject": " – ".join(filter(None, (code, name))),
                    "mark": mark or None,
                    "subject_key": subject_key,
                    "item_key": item_key,
                }
            )
        return rows

    @api.model
    def _subject_fields(self):
        """Return ``{kind of subject: link to it}``; procedures add theirs."""
        return dict(SUBJECT_FIELDS)

    @api.model
    def _poster_error(self, company):
        """Say why the current user does not post for ``company``, '' when they do."""
        user = self.env.user
        if company.id not in user._get_company_ids() or not any(
            user.has_group(GROUP + role) for role in POSTERS
        ):
            return self.env._(
                "ISO officers, clerks of the counter and heads post for their own agency."
            )
        return ""

    # === BUSINESS METHODS: PROOF === #

    @api.model
    def _proof(self, link, photo, photo_name):
        link = (link or "").strip()
        if not link and not photo:
            raise UserError(self.env._("Add a photo, or the address where it can be seen."))
        return {
            "link": self._checked_link(link) if link else None,
            **(self._checked_photo(photo, photo_name) if photo else {}),
        }

    @api.model
    def _checked_link(self, link):
        """Return an address of the web that can be opened by everybody."""
        try:
            parts = urlsplit(link)
            is_fine = parts.scheme in ("http", "https") and parts.hostname and not parts.username
        except ValueError:
            is_fine = False
        if not is_fine or len(link) > MAX_LINK or any(sign.isspace() for sign in link):
            raise UserError(
                self.env._("“%(link)s” is no address that begins with http.", link=link[:100])
            )
        return link

    @api.model
    def _checked_photo(self, photo, name):
        try:
            content = base64.b64decode(photo, validate=False)
            name, _kind = upload.checked(name or "photo.jpg", content, PHOTO_KINDS, MAX_PHOTO)
        except (binascii.Error, ValueError, TypeError) as error:
            raise UserError(self.env._("The content of the file cannot be read.")) from error
        except upload.UploadError as error:
            raise UserError(kernel_text(self.env, error)) from error
        return {
            "photo": photo,
            "photo_name": name,
            "photo_sha256": hashlib.sha256(content).hexdigest(),
        }

    # === BUSINESS METHODS: WHAT IS IN FORCE === #

    @api.model
    def _subject_queries(self, today):
        """Return the queries of what is in force and can be posted, by kind.

        Columns: record id, agency, code, title, mark, first day, link fields, key of the
        subject, key of its present state, whether it has to be posted.
        """
        document = SQL(
            """SELECT page.id AS record_id, page.company_id, 'document' AS subject_kind,
                      page.qms_code AS code, page.name AS name,
                      revision.issue_no || '/' || COALESCE(revision.revision_no, 0) AS mark,
                      revision.effective_from, page.id AS page_id, NULL::int AS procedure_id,
                      NULL::int AS declaration_id, 'document,' || page.id AS subject_key,
                      'revision,' || revision.id AS item_key,
                      COALESCE(kind.is_posted, FALSE) AS must_be_posted
                 FROM document_page page
                 JOIN document_page_history revision ON revision.id = page.qms_effective_id
                 JOIN qms_document_kind kind ON kind.id = page.qms_kind_id
                WHERE page.active"""
        )
        declaration = SQL(
            """SELECT declaration.id, declaration.company_id, 'declaration',
                      declaration.decision_no, declaration.standard_name,
                      to_char(declaration.decision_date, 'DD/MM/YYYY'),
                      declaration.decision_date, NULL, NULL, declaration.id,
                      'declaration,' || declaration.company_id, 'declaration,' || declaration.id,
                      TRUE
                 FROM qms_declaration declaration
                WHERE declaration.state = 'declared'"""
        )
        return {"document": document, "declaration": declaration}

    @api.model
    def _in_force_sql(self, kind):
        self._flush_subjects()
        query = self._subject_queries(fields.Date.context_today(self))[kind]
        return SQL(
            """SELECT in_force.record_id, in_force.company_id, in_force.code, in_force.name,
                      in_force.mark, in_force.subject_key, in_force.item_key
                 FROM (%s) AS in_force (record_id, company_id, subject_kind, code, name, mark,
                      effective_from, page_id, procedure_id, declaration_id, subject_key,
                      item_key, must_be_posted)""",
            query,
        )

    @api.model
    def _all_in_force_sql(self, today):
        """Return the union of :meth:`_subject_queries`; documents, the first, name the columns."""
        queries = self._subject_queries(today)
        return SQL(" UNION ALL ").join([queries.pop("document"), *queries.values()])

    @api.model
    def _current_ids(self, domain):
        """Return the ids of the postings in ``domain`` that show what is in force."""
        self._flush_subjects()
        wanted = self.sudo()._search(domain)
        return [
            row_id
            for (row_id,) in self.env.execute_query(
                SQL(
                    """SELECT posting.id FROM qms_posting posting
                         JOIN (%s) AS in_force
                           ON in_force.subject_key = posting.subject_key
                          AND in_force.item_key = posting.item_key
                        WHERE posting.id IN %s""",
                    self._all_in_force_sql(fields.Date.context_today(self)),
                    wanted.subselect(),
                )
            )
        ]

    @api.model
    def _flush_subjects(self):
        for name in self._subject_models():
            self.env[name].flush_model()

    @api.model
    def _subject_models(self):
        return [
            "qms.posting",
            "document.page",
            "document.page.history",
            "qms.document.kind",
            "qms.declaration",
        ]
