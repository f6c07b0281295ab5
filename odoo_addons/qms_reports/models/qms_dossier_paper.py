import base64
import hashlib
import json

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.qms_public_admin.models.mixins.bulk_rows import insert_rows, reserve_ids

from ..const import FORM_KINDS, FORM_OF_EVENT
from .qms_form_template import NUMBER_NAMES

# The contents are read by the routes and the prints, which ask for each dossier; no
# query of a client reads them for many at once.
FILE_GROUPS = "base.group_system"
REGISTER_GROUP = "qms_public_admin.group_qms_clerk"


class QmsDossierPaper(models.Model):
    """A paper that was issued: its number, the form it stands on and all it says.

    Recorded by the act that wants it, never changed and never deleted (regulation
    INV-07). Staff of the agency see which papers there are; a paper itself is handed to
    those who see the personal data of its dossier (INV-18). What it says is
    kept as a snapshot with its SHA-256: a later change of name, procedure or form
    changes no paper. The file is made at the first print and kept, so that each reprint
    has the same bytes.
    """

    _name = "qms.dossier.paper"
    _description = "Issued paper"
    _inherit = ["qms.fact.mixin"]
    _order = "issued_at desc, id desc"
    _log_access = False  # the row itself says who and when
    _rec_names_search = ["number_text", "dossier_id.code"]

    dossier_id = fields.Many2one(
        "qms.dossier", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", string="Agency", required=True, readonly=True, ondelete="restrict"
    )
    template_id = fields.Many2one(
        "qms.form.template",
        string="Form",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    event_id = fields.Many2one(
        "qms.dossier.event", string="Act", readonly=True, ondelete="restrict", index=False
    )
    kind = fields.Selection(FORM_KINDS, required=True, readonly=True)
    legal_code = fields.Char(string="Legal code", required=True, readonly=True)
    iso_code = fields.Char(string="ISO code", readonly=True)
    title = fields.Char(required=True, readonly=True)
    year = fields.Integer(required=True, readonly=True, aggregator=None)
    number = fields.Integer(required=True, readonly=True, aggregator=None)
    number_text = fields.Char(string="Number as printed", required=True, readonly=True)
    issued_at = fields.Datetime(string="Issued", required=True, readonly=True)
    issued_by_id = fields.Many2one(
        "res.users", string="Issued by (user)", readonly=True, ondelete="restrict"
    )
    issued_by_name = fields.Char(string="Issued by", readonly=True)
    data = fields.Text(
        string="What it says",
        readonly=True,
        required=True,
        groups=FILE_GROUPS,
        help="All that stands on the paper, as it was at the moment of issue.",
    )
    data_sha256 = fields.Char(string="SHA-256 of what it says", required=True, readonly=True)
    pdf = fields.Binary(string="PDF", attachment=True, readonly=True, groups=FILE_GROUPS)
    pdf_sha256 = fields.Char(string="SHA-256 of the PDF", readonly=True)
    docx = fields.Binary(string="Word", attachment=True, readonly=True, groups=FILE_GROUPS)
    docx_sha256 = fields.Char(string="SHA-256 of the Word file", readonly=True)
    sending_ids = fields.One2many(
        "qms.dossier.paper.sending", "paper_id", string="Sent", readonly=True
    )
    sent_at = fields.Datetime(string="Last sent", compute="_compute_sent_at")
    can_read_file = fields.Boolean(string="May read the paper", compute="_compute_can_read_file")
    can_send = fields.Boolean(string="May be sent", compute="_compute_can_read_file")

    _number_unique = models.Constraint(
        "UNIQUE(company_id, kind, year, number)", "This number was given to another paper."
    )
    _one_for_each_act = models.UniqueIndex(
        "(event_id) WHERE event_id IS NOT NULL", "This act has its paper already."
    )
    _dossier_but_register = models.Constraint(
        "CHECK(dossier_id IS NOT NULL OR kind = 'register')", "A paper belongs to a dossier."
    )

    # === COMPUTE METHODS === #

    @api.depends("title", "number_text", "dossier_id")
    def _compute_display_name(self):
        for paper in self:
            dossier = paper.dossier_id.sudo().display_name
            parts = [paper.title, paper.number_text, dossier]
            paper.display_name = " – ".join(filter(None, parts))

    @api.depends("sending_ids")
    def _compute_sent_at(self):
        moments = dict(
            self.env["qms.dossier.paper.sending"]
            .sudo()
            ._read_group([("paper_id", "in", self.ids)], ["paper_id"], ["sent_at:max"])
        )
        for paper in self:
            paper.sent_at = moments.get(paper.sudo()._origin)

    @api.depends_context("uid")
    @api.depends("dossier_id", "company_id")
    def _compute_can_read_file(self):
        may_print_register = self.env.user.has_group(REGISTER_GROUP)
        companies = self.env.user.sudo().company_ids
        for paper in self:
            dossier = paper.dossier_id
            paper.can_read_file = paper.company_id in companies and (
                dossier.shows_personal_data if dossier else may_print_register
            )
            paper.can_send = bool(paper.can_read_file and dossier and dossier._paper_address())

    # === CRUD METHODS === #

    def copy_data(self, default=None):
        raise UserError(self.env._("A paper is not copied: the act itself issues it."))

    def _keeping_files(self):
        """Return the papers whose files nobody exchanges or deletes: all of them."""
        return self

    # === ACTIONS === #

    def action_print(self):
        """Print the papers, each beginning on its own page."""
        self._check_readable()
        return self.env.ref("qms_reports.dossier_paper_action").report_action(self)

    def action_docx(self):
        """Hand out the paper as Word document."""
        self.ensure_one()
        self._check_readable()
        return {"type": "ir.actions.act_url", "url": f"/qms/papers/{self.id}.docx"}

    def action_send(self):
        """Send the papers to their applicants by e-mail."""
        self._check_readable()
        for paper in self:
            paper._send_email()
        return {"type": "ir.actions.act_window_close"}

    def action_view_dossier(self):
        """Open the dossier of the paper."""
        self.ensure_one()
        return self.dossier_id._action_open()

    def _action_open(self):
        """Open one paper in a dialog, several as a list."""
        if len(self) == 1:
            return {
                "type": "ir.actions.act_window",
                "name": self.title,
                "res_model": self._name,
                "res_id": self.id,
                "view_mode": "form",
                "views": [(self.env.ref("qms_reports.qms_dossier_paper_view_dialog").id, "form")],
                "target": "new",
            }
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_reports.qms_dossier_paper_action"
        )
        action["domain"] = [("id", "in", self.ids)]
        action["context"] = {}
        return action

    # === ISSUING === #

    @api.model
    def _issue_for_events(self, events):
        """Issue the papers that the law wants of these acts, in few statements."""
        papers = self.browse()
        grouped = events.grouped(lambda event: (FORM_OF_EVENT[event.event_type], event.company_id))
        for (kind, _company), found in grouped.items():
            by_dossier = {event.dossier_id: event for event in found}
            papers |= self._issue(kind, self.env["qms.dossier"].union(*by_dossier), by_dossier)
        return papers

    @api.model
    def _issue(self, kind, dossiers, events=None):
        """Record papers of one kind for dossiers of one agency and return them.

        The caller has checked the right. Numbers run on within agency, kind and year;
        the row of the counter is locked until the end of the transaction, so that there
        is neither a gap nor a number twice.

        :param dict events: ``{dossier: act}``; without it the paper is issued now
        """
        company = dossiers.company_id
        events = events or {}
        now = fields.Datetime.now()
        moments = {row: events[row].at if row in events else now for row in dossiers}
        values = dossiers._paper_values(kind, moments, events)
        papers = [
            {
                "dossier_id": row.id,
                "event_id": events[row].id if row in events else None,
                "issued_at": moments[row],
                "values": values[row],
            }
            for row in dossiers
        ]
        return self._record_papers(kind, company, papers)

    @api.model
    def _record_papers(self, kind, company, papers):
        """Number and write papers; the form is that in force on the day of issue."""
        forms = self.env["qms.form.template"]
        years = {}
        for paper in papers:
            day = company._qms_local(paper["issued_at"]).date()
            years.setdefault(day, []).append(paper)
        rows = []
        for day, same_day in years.items():
            form = forms._in_force(kind, company, day)
            last = self.env["qms.dossier.counter"]._advance(
                company, f"paper-{kind}-{day.year}", len(same_day)
            )
            first = last - len(same_day) + 1
            common = self._prepare_common(kind, company, form, day)
            codes = form._code_values()
            for number, paper in enumerate(same_day, first):
                number_text = form._number_text(number)
                rows.append({**common, **self._prepare_row(codes, number, number_text, paper)})
        for row, row_id in zip(rows, reserve_ids(self, len(rows)), strict=True):
            row["id"] = row_id
        return insert_rows(self.sudo(), rows).with_env(self.env)

    @api.model
    def _prepare_common(self, kind, company, form, day):
        """Return what papers of one form issued on one day have in common."""
        return {
            "company_id": company.id,
            "template_id": form.id,
            "kind": kind,
            "legal_code": form.legal_code,
            "iso_code": form.iso_code or None,
            "title": form.title,
            "year": day.year,
            "issued_by_id": self.env.uid,
            "issued_by_name": self.env.user.sudo().name,
        }

    @api.model
    def _prepare_row(self, codes, number, number_text, paper):
        values = {**paper["values"], **codes, "number_text": number_text}
        data = json.dumps(values, ensure_ascii=False, sort_keys=True)
        return {
            "dossier_id": paper["dossier_id"] or None,
            "event_id": paper["event_id"],
            "number": number,
            "number_text": number_text,
            "issued_at": paper["issued_at"],
            "data": data,
            "data_sha256": hashlib.sha256(data.encode()).hexdigest(),
        }

    # === FILES === #

    def _check_readable(self):
        """Refuse those who do not see what stands on these papers."""
        self.check_access("read")
        hidden = self.filtered(lambda paper: not paper.can_read_file)
        if hidden:
            raise AccessError(
                self.env._(
                    "“%(name)s” holds personal data that your role does not include.",
                    name=hidden[:1].display_name,
                )
            )

    def _note_disclosure(self):
        """Record whose numbers are handed out on these papers, before they are.

        A receipt that a clerk prints of what they have just typed themselves tells nobody
        anything; each later look does.
        """
        shown = self.filtered(lambda paper: not paper._is_first_own_print())
        for company, papers in shown.grouped("company_id").items():
            told = {dossier.id: company.id for dossier in papers._shown_dossiers()}
            dossiers = self.env["qms.dossier"]
            if told and not self.env.su:
                self.env["qms.disclosure"]._note(told, "paper", dossiers._disclosure_capacity())

    def _is_first_own_print(self):
        user = self.env.user
        is_fresh = not (self.pdf_sha256 or self.docx_sha256)
        is_own = self.issued_by_id == user and self.dossier_id.sudo().create_uid == user
        return self.kind == "receipt" and is_fresh and is_own

    def _shown_dossiers(self):
        """Return the dossiers (elevated) whose numbers stand on these papers."""
        dossiers_sudo = self.env["qms.dossier"].sudo()
        for paper in self:
            values = json.loads(paper.sudo().data)
            if paper.kind == "register":
                codes = [row["code"] for row in values["register"] if row["holder_phone"]]
                dossiers_sudo |= dossiers_sudo.search(
                    [("company_id", "=", paper.company_id.id), ("code", "in", codes)]
                )
            elif paper.template_id.sudo()._names_numbers() and any(
                values.get(name) for name in NUMBER_NAMES
            ):
                dossiers_sudo |= paper.dossier_id.sudo()
        return dossiers_sudo

    def _values(self):
        """Return what the paper says, if it still is what was issued."""
        self.ensure_one()
        data = self.sudo().data
        if hashlib.sha256(data.encode()).hexdigest() != self.data_sha256:
            raise UserError(
                self.env._(
                    "What “%(name)s” says was changed in the database: it is not printed.",
                    name=self.display_name,
                )
            )
        return json.loads(data)

    def _links(self):
        """Return ``{paper: addresses and keys}``; they are not in the snapshots.

        Who holds them opens the dossier: the receipt shows them, the database does not.
        """
        receipts = self.filtered(lambda paper: paper.kind == "receipt" and paper.dossier_id.code)
        ratings = receipts.dossier_id._rating_urls() if receipts else {}
        links = {}
        for paper in self:
            dossier = paper.dossier_id
            links[paper] = {"lookup_url": dossier._lookup_url()} if dossier.code else {}
            if paper in receipts:
                links[paper]["lookup_key"] = dossier._lookup_key_text()
                links[paper]["rating_url"] = ratings[dossier]
        return links

    def _pdf_files(self):
        """Return ``{paper: bytes}``, making at once what was never printed."""
        fresh = self.filtered(lambda paper: not paper.pdf_sha256)
        if fresh:
            prints = self.env["qms.form.print"]
            links = fresh._links()
            jobs = [
                (paper.template_id.sudo(), {**paper._values(), **links[paper]}) for paper in fresh
            ]
            for paper, content in zip(fresh, prints._pdf_files(jobs), strict=True):
                paper._keep_file("pdf", content)
        return {paper: paper._kept_file("pdf") for paper in self}

    def _docx_content(self):
        """Return the paper as Word document, made when first asked for."""
        self.ensure_one()
        if not self.docx_sha256:
            values = {**self._values(), **self._links()[self]}
            content = self.env["qms.form.print"]._docx_file(self.template_id.sudo(), values)
            self._keep_file("docx", content)
        return self._kept_file("docx")

    def _keep_file(self, name, content):
        """Keep a file of the paper once and for all, with its SHA-256."""
        if self[f"{name}_sha256"]:
            raise UserError(self.env._("“%(name)s” has its file already.", name=self.display_name))
        digest = hashlib.sha256(content).hexdigest()
        self._complete({name: base64.b64encode(content), f"{name}_sha256": digest})

    def _kept_file(self, name):
        attachment_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", name),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
        )
        content = attachment_sudo.raw or b""
        if hashlib.sha256(content).hexdigest() != self[f"{name}_sha256"]:
            raise UserError(
                self.env._(
                    "The file of “%(name)s” is no longer the one that was issued.",
                    name=self.display_name,
                )
            )
        return content

    def _file_name(self, extension):
        """Return the name of the file as it is handed out: ASCII, no personal data."""
        self.ensure_one()
        code = self.dossier_id.sudo().display_name or self.year
        number = self.number_text.replace("/", "-")
        return f"{self.kind}-{number}-{code}.{extension}".replace(" ", "")

    # === SENDING === #

    def _send_apologies(self):
        """Send at once the apologies that the signatory wants to go by e-mail."""
        for paper in self.filtered(lambda paper: paper.kind == "extension"):
            extension = paper.dossier_id.sudo().extension_ids[-1:]
            if extension.channel == "email" and paper.dossier_id._paper_address():
                paper._send_email()

    def _send_email(self):
        """Queue the e-mail with the PDF and record who was written to, masked."""
        self.ensure_one()
        address = self.dossier_id._paper_address()
        if not address:
            raise UserError(
                self.env._("“%(name)s” has no e-mail address.", name=self.dossier_id.display_name)
            )
        content = self._pdf_files()[self]
        # The server's own: it is read by who sends the mail, not by who asked for it.
        attachment_sudo = (
            self.env["ir.attachment"]
            .with_user(SUPERUSER_ID)
            .create({"name": self._file_name("pdf"), "raw": content, "mimetype": "application/pdf"})
        )
        template_sudo = self.env.ref("qms_reports.mail_template_dossier_paper").sudo()
        # Belongs to no document: only the sender's queue holds it, no chatter shows it.
        template_sudo.send_mail(
            self.id,
            email_values={
                "email_to": address,
                "attachment_ids": [fields.Command.link(attachment_sudo.id)],
                "model": False,
                "res_id": False,
            },
        )
        self.env["qms.dossier.paper.sending"]._record_sending(self, "email", address)
