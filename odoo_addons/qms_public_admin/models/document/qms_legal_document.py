import base64

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...kernel_texts import kernel_text
from ...tools import freshness, legal_number, upload
from ..mixins.plain_text import PlainChar, PlainText, plain_index

KINDS = [
    ("law", "Law"),
    ("ordinance", "Ordinance"),
    ("resolution", "Resolution"),
    ("decree", "Decree"),
    ("decision", "Decision"),
    ("directive", "Directive"),
    ("circular", "Circular"),
    ("joint_circular", "Joint circular"),
    ("consolidated", "Consolidated text"),
    ("letter", "Official letter"),
    ("other", "Other document"),
]
STATUSES = [
    ("unknown", "Not known"),
    ("not_yet", "Not yet in force"),
    ("in_force", "In force"),
    ("partly", "Partly in force"),
    ("expired", "Expired"),
    ("repealed", "Repealed"),
]
# What a later document does to an earlier one, and what it leaves of it.
ENDING_KINDS = ("replaces", "repeals")
PARTLY_KINDS = ("repeals_part",)


class QmsLegalDocument(models.Model):
    """A legal document of the register: a document of external origin (7.5.3.2).

    Everyone reads the documents of their agencies and the shared ones (no agency). ISO
    officers keep those of their agencies; shared ones are kept by who works for all
    agencies. Its status is never typed: it follows from the dates and from what later
    documents do to it, for any day.
    """

    _name = "qms.legal.document"
    _description = "Legal document"
    _inherit = [
        "qms.placement.mixin",
        "qms.plain.text.mixin",
        "qms.evidence.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "issued_on desc nulls last, number, id desc"
    _rec_names_search = ["number", "name"]
    _shared_is_for_all = True
    _evidence_sequence = 40
    _evidence_date_field = "checked_on"

    number = PlainChar(required=True, tracking=True, help="Number and sign, e.g. 19/2014/QĐ-TTg.")
    number_key = fields.Char(
        compute="_compute_number_key",
        store=True,
        index=True,
        help="The number without leading zeros and spaces, by which documents are found.",
    )
    name = PlainText(string="Title", required=True, tracking=True)
    summary = PlainText(help="What it is about, in short.")
    kind = fields.Selection(
        KINDS,
        compute="_compute_kind",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        tracking=True,
    )
    issuer = PlainChar(help="Body that issued the document.", tracking=True)
    issued_on = fields.Date(string="Issued on", index=True, tracking=True)
    effective_date = fields.Date(
        string="Takes effect on", index=True, tracking=True, help="First day of its legal effect."
    )
    expiry_date = fields.Date(
        string="Ends on",
        index="btree_not_null",
        tracking=True,
        help="First day on which it no longer applies; empty where a later document ends it.",
    )
    status = fields.Selection(STATUSES, compute="_compute_status", search="_search_status")
    status_reason = fields.Char(compute="_compute_status")
    update_due_on = fields.Date(
        string="Apply by",
        compute="_compute_update_due_on",
        search="_search_update_due_on",
        help="Day by which the system has to follow: three calendar months after the document "
        "takes effect, by setting (Decision 19/2014/QĐ-TTg, art. 4.4.a; ISO-01).",
    )
    checked_on = fields.Date(
        string="Last checked",
        default=fields.Date.context_today,
        tracking=True,
        help="Day on which somebody last made sure that dates and links are up to date.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
        tracking=True,
        help="Empty: shared by all agencies.",
    )
    file = fields.Binary(attachment=True, copy=False, help="PDF or Word, at most 10 MB.")
    file_name = fields.Char(copy=False)
    url = fields.Char(string="Link", help="Official page of the document.")
    note = fields.Text()
    outgoing_ids = fields.One2many(
        "qms.legal.document.link", "from_id", string="Does to earlier documents"
    )
    incoming_ids = fields.One2many(
        "qms.legal.document.link", "to_id", string="What later documents do to it"
    )
    active = fields.Boolean(default=True)

    _name_plain_idx = plain_index("name")
    _number_plain_idx = plain_index("number")
    _number_unique = models.UniqueIndex(
        "(number_key, COALESCE(company_id, 0))", "This number is in the register already."
    )
    _dates = models.Constraint(
        "CHECK((effective_date IS NULL OR issued_on IS NULL OR effective_date >= issued_on) AND "
        "(expiry_date IS NULL OR effective_date IS NULL OR expiry_date >= effective_date))",
        "A document is issued, takes effect and ends, in this order.",
    )
    _url_is_a_page = models.Constraint(
        "CHECK(url IS NULL OR url ~* '^https?://')", "The link begins with http:// or https://."
    )

    # === COMPUTE METHODS === #

    @api.depends("number", "name")
    def _compute_display_name(self):
        for document in self:
            document.display_name = document.number or document.name or ""

    @api.depends("number")
    def _compute_number_key(self):
        for document in self:
            document.number_key = legal_number.key(document.number)

    @api.depends("number")
    def _compute_kind(self):
        for document in self:
            guess = legal_number.kind(document.number)
            document.kind = document.kind or guess if guess == "other" else guess

    @api.depends(
        "effective_date",
        "expiry_date",
        "issued_on",
        "incoming_ids.kind",
        "incoming_ids.effective_date",
    )
    @api.depends_context("lang")
    def _compute_status(self):
        today = fields.Date.context_today(self)
        for document in self:
            document.status, link = document._status_at(today)
            document.status_reason = link.display_name if link else False

    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        return Domain.OR(self._status_domain(status, today) for status in value if status)

    @api.depends("effective_date")
    @api.depends_context("company")
    def _compute_update_due_on(self):
        months = self.env.company.sudo().qms_legal_update_months
        for document in self:
            start = document.effective_date
            document.update_due_on = start and start + relativedelta(months=months)

    def _search_update_due_on(self, operator, value):
        months = self.env.company.sudo().qms_legal_update_months
        if operator in ("<=", ">", "<", ">=") and value:
            day = fields.Date.to_date(value)
            if operator in ("<", ">="):
                day -= relativedelta(days=1)
            start = freshness.latest_start(day, months)
            is_upper = operator in ("<", "<=")
            return Domain("effective_date", "<=" if is_upper else ">", start)
        if operator == "in":
            return Domain.OR(self._due_on_domain(day, months) for day in value)
        return NotImplemented

    # === CONSTRAINT METHODS === #

    @api.constrains("number")
    def _check_number(self):
        for document in self:
            if not legal_number.key(document.number):
                raise ValidationError(self.env._("A legal document has a number."))

    @api.constrains("file", "file_name")
    def _check_file(self):
        for document in self.filtered("file"):
            content = base64.b64decode(document.with_context(bin_size=False).file)
            try:
                upload.checked(document.file_name or "", content)
            except upload.UploadError as error:
                raise ValidationError(kernel_text(self.env, error)) from error

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._tidy(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._tidy(vals))

    # === ACTIONS === #

    def action_checked(self):
        """Say that dates and links of the documents were looked at today."""
        self.write({"checked_on": fields.Date.context_today(self)})

    # === BUSINESS METHODS === #

    def _status_at(self, day):
        """Return the status on a day and the link it comes from.

        :param day: date
        :rtype: tuple of the key of :data:`STATUSES` and a ``qms.legal.document.link``
        """
        self.ensure_one()
        links = self.incoming_ids.filtered(
            lambda link: link.effective_date and link.effective_date <= day
        ).sorted("effective_date")
        start = self.effective_date
        ended = links.filtered(lambda link: link.kind in ENDING_KINDS)[:1]
        if start and start > day:
            return "not_yet", links.browse()
        if ended:
            return "repealed", ended
        if self.expiry_date and self.expiry_date <= day:
            return "expired", links.browse()
        if not start:
            return "unknown", links.browse()
        part = links.filtered(lambda link: link.kind in PARTLY_KINDS)[:1]
        return ("partly" if part else "in_force"), part

    @api.model
    def _status_domain(self, status, day):
        """Return the domain of the documents with a status on a day; see :meth:`_status_at`."""

        def done_by(kinds):
            link = Domain("kind", "in", kinds) & Domain("effective_date", "<=", day)
            return Domain("incoming_ids", "any", link)

        not_yet = Domain("effective_date", ">", day)
        repealed = ~not_yet & done_by(ENDING_KINDS)
        expired = ~not_yet & ~repealed & Domain("expiry_date", "<=", day)
        alive = ~not_yet & ~repealed & ~expired
        known = Domain("effective_date", "!=", False)
        return {
            "not_yet": not_yet,
            "repealed": repealed,
            "expired": expired,
            "unknown": alive & ~known,
            "partly": alive & known & done_by(PARTLY_KINDS),
            "in_force": alive & known & ~done_by(PARTLY_KINDS),
        }.get(status, Domain.FALSE)

    @api.model
    def _due_on_domain(self, day, months):
        """Return the domain of the documents to be applied by exactly this day."""
        if not day:
            return Domain("effective_date", "=", False)
        day = fields.Date.to_date(day)
        last = freshness.latest_start(day, months)
        before = freshness.latest_start(day - relativedelta(days=1), months)
        return Domain("effective_date", "<=", last) & Domain("effective_date", ">", before)

    @api.model
    def _by_numbers(self, numbers, company):
        """Return ``{number key: document}``; an agency's own go before shared ones.

        :param numbers: numbers as written
        :param company: agency, or an empty recordset for the shared ones alone
        """
        keys = {key for number in numbers if (key := legal_number.key(number))}
        found = self.search(
            [("number_key", "in", list(keys)), ("company_id", "in", [False, *company.ids])]
        )
        return {document.number_key: document for document in found.sorted("company_id")}

    def _evidence_domain(self, company):
        """Documents that still apply stand for a clause."""
        today = fields.Date.context_today(self)
        applying = Domain.OR(
            self._status_domain(status, today) for status in ("in_force", "partly", "unknown")
        )
        return super()._evidence_domain(company) & applying

    @api.model
    def _tidy(self, vals):
        """Take spaces off what is compared, and empty links."""
        tidy = dict(vals)
        for name in ("number", "url"):
            if name in tidy:
                tidy[name] = (tidy[name] or "").strip() or False
        return tidy
