from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import declaration as kernel

LINE_KINDS = [("document", "Controlled document"), ("procedure", "Administrative procedure")]
# What the server writes on a line from the record it links.
TEXT_FIELDS = (
    "kind",
    "group_name",
    "code",
    "name",
    "issue_no",
    "revision_no",
    "version_no",
    "effective_from",
)
# What the server links; a client names the document or the procedure of a new line alone.
LINK_FIELDS = ("page_id", "procedure_id", "revision_id", "version_id")


class QmsDeclarationLine(models.Model):
    """A document or procedure of the scope, with the revision or version it was declared in.

    ISO officers put lines into a draft and take them out. Code, name, numbers and dates come
    from the record as it was in force on the day of the scope and stay as text; only a
    declaration made on paper has lines typed by hand. Once the draft is handed over nobody
    changes a line.
    """

    _name = "qms.declaration.line"
    _description = "Item of a declaration"
    _inherit = ["qms.placement.mixin"]
    _order = "declaration_id, sequence, code, id"
    _rec_names_search = ["code", "name"]

    _placing_fields = ("declaration_id", "company_id")
    _derived_fields = ("company_id",)

    declaration_id = fields.Many2one(
        "qms.declaration", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="declaration_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=1000)
    kind = fields.Selection(LINE_KINDS, string="Sort", required=True, default="document")
    group_name = fields.Char(string="Document kind")
    code = fields.Char()
    name = fields.Char(required=True)
    issue_no = fields.Integer(string="Issue no.", aggregator=None)
    revision_no = fields.Integer(string="Revision", aggregator=None)
    version_no = fields.Integer(string="Version", aggregator=None)
    effective_from = fields.Date(string="In force from")
    mark = fields.Char(string="Issue/revision, version", compute="_compute_mark")
    page_id = fields.Many2one(
        "document.page", string="Controlled document", index="btree_not_null", ondelete="restrict"
    )
    revision_id = fields.Many2one(
        "document.page.history", string="Revision declared", readonly=True, ondelete="restrict"
    )
    procedure_id = fields.Many2one("qms.procedure", index="btree_not_null", ondelete="restrict")
    version_id = fields.Many2one(
        "qms.procedure.version", string="Version declared", readonly=True, ondelete="restrict"
    )

    _once_document = models.UniqueIndex(
        "(declaration_id, page_id) WHERE page_id IS NOT NULL",
        "A document stands in a declaration once.",
    )
    _once_procedure = models.UniqueIndex(
        "(declaration_id, procedure_id) WHERE procedure_id IS NOT NULL",
        "A procedure stands in a declaration once.",
    )
    _one_link = models.Constraint(
        "CHECK(num_nonnulls(page_id, procedure_id) <= 1)", "An item links one record."
    )

    # === COMPUTE METHODS === #

    @api.depends("code", "name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = " – ".join(filter(None, (line.code, line.name)))

    @api.depends("kind", "issue_no", "revision_no", "version_no")
    def _compute_mark(self):
        for line in self:
            line.mark = self._mark_of(line.kind, line.issue_no, line.revision_no, line.version_no)

    @api.model
    def _mark_of(self, kind, issue_no, revision_no, version_no):
        """Return “2/1” of a document, “v3” of a procedure, '' when the numbers are not known."""
        if kind == "procedure":
            return f"v{version_no}" if version_no else ""
        return f"{issue_no}/{revision_no or 0}" if issue_no else ""

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        owners = self.env["qms.declaration"].browse(
            {vals.get("declaration_id") or 0 for vals in vals_list}
        )
        owners = owners.exists()
        owners._check_open()
        scopes = {owner.id: owner._scope_by_record() for owner in owners}
        lines = super().create([self._filled_vals(vals, scopes) for vals in vals_list])
        lines.declaration_id._note_editor()
        return lines

    def write(self, vals):
        self.declaration_id._check_open()
        typed = vals.keys() - {"sequence"}
        is_linked = self.sudo()._typed() != self
        if typed and (is_linked or typed & {"declaration_id", *LINK_FIELDS}):
            raise ValidationError(
                self.env._("An item is put in and taken out; its text comes from its record.")
            )
        result = super().write(vals)
        self.declaration_id._note_editor()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self.declaration_id._check_open()
        self.declaration_id._note_editor()

    # === BUSINESS METHODS === #

    @api.model
    def _filled_vals(self, vals, scopes):
        """Return the values of a new line; those of a link are the server's.

        Each link and text is given, so that no default of the user or of a context fills it.
        """
        links = [name for name in ("page_id", "procedure_id") if vals.get(name)]
        given = {
            "declaration_id": False,
            **dict.fromkeys((*LINK_FIELDS, *TEXT_FIELDS[1:]), False),
            **{name: value for name, value in vals.items() if name not in LINK_FIELDS},
        }
        if not links:
            self._check_typed(vals)
            return given
        found = scopes.get(vals.get("declaration_id"), {}).get((links[0], vals[links[0]]))
        if not found:
            raise ValidationError(self._not_in_force_error(links[0], vals[links[0]]))
        given.update(dict.fromkeys(TEXT_FIELDS, False))
        return {**given, "sequence": found["sequence"], **found["vals"]}

    @api.model
    def _not_in_force_error(self, field, record_id):
        """Say so, with the name of what the user may read alone."""
        record = self.env[self._fields[field].comodel_name].browse(record_id).exists()
        label = self.fields_get([field], ["string"])[field]["string"]
        return self.env._(
            "“%(name)s” is not in force in the quality management system of the agency "
            "on the day of the scope.",
            name=record._filtered_access("read").display_name or label,
        )

    @api.model
    def _check_typed(self, vals):
        owner = self.env["qms.declaration"].browse(vals.get("declaration_id") or False)
        if not owner.is_imported:
            raise ValidationError(
                self.env._("Choose the document or the procedure; lines are typed by hand only "
                           "for what was declared on paper.")
            )  # fmt: skip

    def _typed(self):
        """Return the lines without a record: their text was typed by hand."""
        return self.filtered(lambda line: not (line.page_id or line.procedure_id))

    def _strange_to(self, scope):
        """Return the linked lines that are not, in this revision or version, in ``scope``."""
        return (self - self._typed()).filtered(lambda line: not line._is_in(scope))

    def _is_in(self, scope):
        self.ensure_one()
        field = "page_id" if self.page_id else "procedure_id"
        found = scope.get((field, self[field].id), {}).get("vals", {})
        link = "revision_id" if self.page_id else "version_id"
        return found.get(link) == self[link].id

    def _content(self):
        """Return what is hashed of a line."""
        self.ensure_one()
        return [
            self.kind,
            *(self[name] or "" for name in TEXT_FIELDS[1:]),
            self.revision_id.id or 0,
            self.version_id.id or 0,
        ]

    def _as_item(self):
        """Return the line as the kernel compares it."""
        self.ensure_one()
        record = self.procedure_id if self.kind == "procedure" else self.page_id
        return kernel.Item(
            self.kind, record.id or None, self.code or "", self.name, self.mark or ""
        )
