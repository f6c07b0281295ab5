import base64
import contextlib
from operator import itemgetter

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..const import TEMPLATE_KINDS
from ..form_names import BLOCKS, DECLARATION, LINKS, NAMES, TEXT_NAMES, TEXTS
from ..form_sample import VALUES
from ..tools import form_docx, form_text

PIECES = ("header", "body", "footer")
# Placeholders whose value is shown to nobody unrecorded (regulation INV-18).
NUMBER_NAMES = ("holder_identity", "holder_phone", "submitter_identity", "submitter_phone")
# What a paper is printed from: kept as it was once a paper stands on it.
PRINTED_FIELDS = (
    *PIECES,
    "signatures",
    "copies",
    "is_landscape",
    "docx_file",
    "docx_name",
    "title",
    "kind",
    "company_id",
    "legal_code",
    "legal_instrument",
    "iso_code",
    "number_suffix",
    "valid_from",
)


class QmsFormTemplate(models.Model):
    """A legal form as it is printed, with the days on which it is in force.

    Staff read the forms of their agency and those of the province. ISO officers write
    those of their agency; what binds all agencies is written by who is allowed in all
    of them. The texts are fixed Vietnamese (the law gives them), with placeholders of
    a documented list; they cannot call anything. A form on which a paper was issued is
    frozen: a change is a new version, earlier papers keep theirs.
    """

    _name = "qms.form.template"
    _description = "Legal form"
    _inherit = ["qms.lifecycle.mixin"]
    _order = "kind, valid_from desc, company_id, version desc, id"

    _transitions = {"draft": ("in_use",), "in_use": ("archived",), "archived": ("in_use",)}
    _protected_fields = ("version", "previous_id")
    _derived_fields = ("active",)
    _frozen_fields = {"archived": "*"}
    _shared_is_for_all = True

    name = fields.Char(compute="_compute_name", store=True, string="Form")
    kind = fields.Selection(TEMPLATE_KINDS, required=True)
    title = fields.Char(required=True, help="As the circular has it; printed on the paper.")
    legal_code = fields.Char(string="Legal code", required=True, help="E.g. “Mẫu số 01”.")
    legal_instrument = fields.Char(
        string="Circular", required=True, help="E.g. “Thông tư 03/2025/TT-VPCP”."
    )
    iso_code = fields.Char(string="ISO code", help="Code of the form in the agency's own system.")
    number_suffix = fields.Char(
        string="Number ends in", help="Printed behind the number: 12/TNHS for “TNHS”."
    )
    valid_from = fields.Date(
        string="In force from", required=True, help="First day on which the form is used."
    )
    valid_to = fields.Date(string="In force until")
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        index="btree_not_null",
        ondelete="restrict",
        default=lambda self: self.env.company,
        help="Empty: for all agencies that have no form of their own.",
    )
    version = fields.Integer(default=1, readonly=True, copy=False, aggregator=None)
    previous_id = fields.Many2one(
        "qms.form.template", string="Replaces", readonly=True, copy=False, ondelete="restrict"
    )
    state = fields.Selection(
        [("draft", "Draft"), ("in_use", "In use"), ("archived", "Archived")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    active = fields.Boolean(compute="_compute_active", store=True)
    is_landscape = fields.Boolean(string="Landscape")
    copies = fields.Char(help="One page for each, separated by semicolons.")
    header = fields.Html(
        string="Below the agency", sanitize_overridable=False, help="Number, subject, bar code."
    )
    body = fields.Html(sanitize_overridable=False)
    signatures = fields.Text(
        help="One line for each signatory, from left to right: title | note | name."
    )
    footer = fields.Html(string="Below the signatures", sanitize_overridable=False)
    docx_file = fields.Binary(
        string="Own Word template",
        attachment=True,
        help="Empty: the Word file is made from the texts above.",
    )
    docx_name = fields.Char(string="Name of the Word template")
    paper_count = fields.Integer(string="Issued papers", compute="_compute_paper_count")
    is_frozen = fields.Boolean(string="Frozen", compute="_compute_paper_count")
    placeholder_ids = fields.Json(string="Placeholders", compute="_compute_placeholder_ids")

    _validity = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_to >= valid_from)",
        "The form cannot end before it begins.",
    )
    # Kind, agency and days as one range of numbers: PostgreSQL itself refuses an
    # overlap, two officers at the same moment included, without an extension. At the
    # end of the transaction, so that the constraint below speaks first, in words.
    _no_overlap = models.Constraint(
        """EXCLUDE USING gist (
            int8range(
                (COALESCE(company_id, 0) * 10 + CASE kind
                    WHEN 'receipt' THEN 1 WHEN 'supplement' THEN 2 WHEN 'refusal' THEN 3
                    WHEN 'extension' THEN 4 WHEN 'stop' THEN 5 WHEN 'control_slip' THEN 6
                    WHEN 'register' THEN 7 ELSE 8 END
                )::int8 * 1000000 + (valid_from - DATE '1900-01-01'),
                (COALESCE(company_id, 0) * 10 + CASE kind
                    WHEN 'receipt' THEN 1 WHEN 'supplement' THEN 2 WHEN 'refusal' THEN 3
                    WHEN 'extension' THEN 4 WHEN 'stop' THEN 5 WHEN 'control_slip' THEN 6
                    WHEN 'register' THEN 7 ELSE 8 END
                )::int8 * 1000000
                + (COALESCE(valid_to, DATE '2900-01-01') - DATE '1900-01-01'),
                '[]'
            ) WITH &&
        ) WHERE (state = 'in_use') DEFERRABLE INITIALLY DEFERRED""",
        "Another form of this kind is in use on some of these days.",
    )

    # === COMPUTE METHODS === #

    @api.depends("legal_code", "legal_instrument", "title", "version")
    def _compute_name(self):
        for form in self:
            version = f" (v{form.version})" if form.version > 1 else ""
            form.name = f"{form.legal_code} – {form.legal_instrument}: {form.title}{version}"

    @api.depends("state")
    def _compute_active(self):
        for form in self:
            form.active = form.state != "archived"

    def _compute_paper_count(self):
        counts = dict(
            self.env["qms.dossier.paper"]
            .sudo()
            ._read_group([("template_id", "in", self.ids)], ["template_id"], ["__count"])
        )
        for form in self:
            form.paper_count = counts.get(form._origin, 0)
            form.is_frozen = bool(form.paper_count) or form.state == "archived"

    def _compute_placeholder_ids(self):
        groups = [
            (self.env._("Texts"), TEXTS),
            (self.env._("Addresses made at the first print"), LINKS),
            (self.env._("Of a declaration of conformity"), DECLARATION),
            (self.env._("Blocks, each on a line of its own"), BLOCKS),
        ]
        listed = [
            [title, [[f"{{{{ {name} }}}}", self.env._(label)] for name, label in rows.items()]]
            for title, rows in groups
        ]
        for form in self:
            form.placeholder_ids = listed

    # === CONSTRAINT METHODS === #

    @api.constrains(*PIECES, "signatures", "copies", "number_suffix")
    def _check_texts(self):
        for form in self:
            for name in (*PIECES, "signatures", "copies"):
                try:
                    form._check_text(name)
                except form_text.FormError as error:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” of the form cannot be used: %(problem)s",
                            field=self.fields_get([name], ["string"])[name]["string"],
                            problem=self._problem_text(error),
                        )
                    ) from error

    def _check_text(self, name):
        if name in PIECES:
            form_text.check_text(self[name] or "", NAMES)
        else:
            names = TEXT_NAMES if name == "signatures" else frozenset()
            form_text.plain_text(self[name] or "", names, {})

    @api.constrains("docx_file")
    def _check_docx_file(self):
        for form in self.filtered("docx_file"):
            with self._docx_problems():
                form_docx.check_docx(form._docx_bytes(), TEXT_NAMES, {})

    @contextlib.contextmanager
    def _docx_problems(self):
        """Say in words what is wrong with a Word template."""
        try:
            yield
        except form_text.FormError as error:
            raise ValidationError(
                self.env._(
                    "The Word template cannot be used: %(problem)s",
                    problem=self._problem_text(error),
                )
            ) from error

    @api.constrains("kind", "company_id", "valid_from", "valid_to", "state")
    def _check_overlap(self):
        for form in self.filtered(lambda form: form.state == "in_use"):
            other = self.sudo().search(form._overlap_domain(), limit=1)
            if other:
                raise ValidationError(
                    self.env._(
                        "“%(other)s” is in use on some of these days: end or archive it first.",
                        other=other.name,
                    )
                )

    def _overlap_domain(self):
        domain = (
            Domain("id", "!=", self.id)
            & Domain("state", "=", "in_use")
            & Domain("kind", "=", self.kind)
            & Domain("company_id", "=", self.company_id.id)
            & (Domain("valid_to", "=", False) | Domain("valid_to", ">=", self.valid_from))
        )
        return domain & Domain("valid_from", "<=", self.valid_to) if self.valid_to else domain

    def _problem_text(self, error):
        """Say what :class:`FormError` has found, in the words of the officer."""
        texts = {
            "name": self.env._("there is no placeholder “%(detail)s” in the list.", **vars(error)),
            "expression": self.env._(
                "“%(detail)s” is not possible: only placeholders and “if”.", **vars(error)
            ),
            "tag": self.env._("the element <%(detail)s> is not allowed.", **vars(error)),
            "attribute": self.env._("the attribute “%(detail)s” is not allowed.", **vars(error)),
            "style": self.env._("the style “%(detail)s” is not allowed.", **vars(error)),
            "placement": self.env._("a placeholder stands inside a tag."),
            "file": self.env._("it is not a Word document (.docx)."),
            "size": self.env._("it is too large."),
            "active": self.env._(
                "it has macros, embedded objects or links to files outside: %(detail)s",
                **vars(error),
            ),
        }
        return texts.get(error.code) or str(error.detail)

    # === GUARD === #

    def _is_harmless_at_birth(self, name, value):
        return (name == "version" and value == 1) or super()._is_harmless_at_birth(name, value)

    def _check_frozen_vals(self, vals):
        result = super()._check_frozen_vals(vals)
        changed = sorted(vals.keys() & set(PRINTED_FIELDS))
        if changed and self._with_papers():
            raise ValidationError(
                self.env._(
                    "Papers were issued on this form; they keep it as it is: %(fields)s. Make a "
                    "new version.",
                    fields=", ".join(self._field_labels(changed)),
                )
            )
        return result

    def _with_papers(self):
        """Return the forms on which papers were issued."""
        papers = self.env["qms.dossier.paper"].sudo()
        used = papers._read_group([("template_id", "in", self.ids)], ["template_id"])
        return self.browse(form.id for (form,) in used)

    def _keeping_files(self):
        archived = self.filtered(lambda form: form.state == "archived")
        return archived | self._with_papers()

    # === ACTIONS === #

    def action_put_in_use(self):
        """Use the form from now on; the version it replaces is archived."""
        self.check_access("write")
        for form in self:
            replaced = form.previous_id.filtered(
                lambda old, form=form: old.state == "in_use" and old.company_id == form.company_id
            )
            if replaced:
                replaced._transition("archived")
            form._transition("in_use")
        return True

    def action_retire(self):
        """Take the form out of use; papers issued on it stay."""
        self.check_access("write")
        self._transition("archived")
        return True

    def action_new_version(self):
        """Open a draft that will replace this form."""
        self.ensure_one()
        self.check_access("write")
        draft = self.copy()
        versions = self.with_context(active_test=False).sudo().search(self._family_domain())
        draft._lifecycle_write(
            {"version": max(versions.mapped("version")) + 1, "previous_id": self.id}
        )
        return draft._action_open()

    def action_own_copy(self):
        """Open a draft of this form for the agency alone."""
        self.ensure_one()
        self.check_access("read")
        return self.copy({"company_id": self.env.company.id})._action_open()

    def action_preview(self):
        """Show the form filled with an example."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/qms/forms/{self.id}/preview.pdf",
            "target": "new",
        }

    def action_preview_docx(self):
        """Hand out the form filled with an example, as Word document."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/qms/forms/{self.id}/preview.docx"}

    def action_download_docx(self):
        """Hand out the Word template, to be changed and handed in again."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/qms/forms/{self.id}/template.docx"}

    def action_view_papers(self):
        """Open the papers issued on this form."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_reports.qms_dossier_paper_action"
        )
        action["domain"] = [("template_id", "=", self.id)]
        return action

    def _action_open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    def _family_domain(self):
        return (
            Domain("kind", "=", self.kind)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("legal_instrument", "=", self.legal_instrument)
        )

    @api.model
    def _in_force(self, kind, company, day):
        """Return the form of ``kind`` that ``company`` uses on ``day`` (a date).

        The agency's own form wins. For a day before the first form of all, that first
        one; after the last day of all, the last: a dossier is never without its paper.

        :raise UserError: when there is no form of this kind in use at all
        """
        domain = (
            Domain("kind", "=", kind)
            & Domain("state", "=", "in_use")
            & Domain("company_id", "in", [False, company.id])
        )
        forms = self.sudo().search(domain)
        started = forms.filtered(lambda form: form.valid_from <= day)
        valid = started.filtered(lambda form: not form.valid_to or form.valid_to >= day)
        for candidates in (valid, started):
            if candidates:
                return candidates.sorted(lambda form: (bool(form.company_id), form.valid_from))[-1]
        if not forms:
            raise UserError(
                self.env._(
                    "No form “%(kind)s” is in use. Ask the ISO officer to put one in use "
                    "(Configuration, Legal forms).",
                    kind=dict(self._fields["kind"]._description_selection(self.env))[kind],
                )
            )
        return forms.sorted("valid_from")[0]

    def _number_text(self, number):
        return f"{number}/{self.number_suffix}" if self.number_suffix else str(number)

    def _code_values(self):
        """Return the codes and the title as a paper prints them."""
        return {
            "legal_code": self.legal_code,
            "legal_instrument": self.legal_instrument,
            "iso_code": self.iso_code or "",
            "iso_line": f" – {self.iso_code}" if self.iso_code else "",
            "title": self.title,
        }

    def _copy_names(self):
        """Return the name of each page to print, at least one."""
        names = [name.strip() for name in (self.copies or "").split(";")]
        return [name for name in names if name] or [""]

    def _signature_cells(self):
        """Return ``[(title, note, name)]`` with their placeholders."""
        lines = [line for line in (self.signatures or "").splitlines() if line.strip()]
        cells = [[part.strip() for part in line.split("|")] for line in lines]
        return [tuple([*cell, "", ""][:3]) for cell in cells]

    def _sample_values(self):
        """Return an example to preview the form with."""
        return {**VALUES, **self._code_values(), "number_text": self._number_text(12)}

    def _names_numbers(self):
        """Whether a paper on this form may show identity or phone numbers."""
        self.ensure_one()
        texts = " ".join(self[name] or "" for name in (*PIECES, "signatures"))
        return bool(self.docx_file) or any(name in texts for name in NUMBER_NAMES)

    def _docx_bytes(self):
        return base64.b64decode(self.with_context(bin_size=False).docx_file)

    def _docx_template(self):
        """Return the Word template: the agency's own, otherwise one made from the texts.

        Looked at each time: its attachment can be written past the constraint.
        """
        self.ensure_one()
        if self.docx_file:
            with self._docx_problems():
                content = self._docx_bytes()
                form_docx.check_archive(content)
            return content
        return form_docx.build_template(
            {
                "header": self.header or "",
                "body": self.body or "",
                "footer": self.footer or "",
                "signatures": self._signature_cells(),
                "is_landscape": self.is_landscape,
            }
        )

    @api.model
    def _put_shipped_in_use(self):
        """Put the forms that come with the addon in use, unless another one is already.

        Called at each installation and upgrade; what an agency archived stays archived.
        """
        shipped = self.env["ir.model.data"].search(
            [("module", "=", "qms_reports"), ("model", "=", self._name)]
        )
        drafts = self.browse(map(itemgetter("res_id"), shipped)).exists()
        drafts = drafts.filtered(lambda form: form.state == "draft")
        drafts.filtered(
            lambda form: not self.search_count(form._overlap_domain(), limit=1)
        ).action_put_in_use()
