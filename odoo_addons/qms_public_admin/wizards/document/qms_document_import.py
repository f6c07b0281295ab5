import base64
import logging

from psycopg2 import Error as DatabaseError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from ...kernel_texts import kernel_text
from ...tools import document_index, tabular
from ...tools.vietnamese import fold

_logger = logging.getLogger(__name__)
LIMITS = tabular.Limits(max_rows=5000, max_bytes=20 * tabular.MIB)


class _DryRunDone(Exception):
    """Rolls a dry run back."""


class QmsDocumentImport(models.TransientModel):
    """An existing set of documents: a ZIP or the files of a folder, and the index of them.

    For ISO officers, into the agency they work in. Each row becomes a document with one
    revision; a code that is there already is left alone, so that the same set can be
    loaded again. A row that cannot be loaded says why and leaves nothing behind.

    Taking documents over in force needs the number and date of the decision by which
    they were approved on paper; both, and who took them over, stay with the revision.
    """

    _name = "qms.document.import"
    _description = "Import of documents"

    company_id = fields.Many2one(
        "res.company", string="Agency", required=True, default=lambda self: self.env.company
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "qms_document_import_attachment_rel",
        string="Files",
        help="A ZIP with the index workbook and the files, or all of them by themselves.",
    )
    take_over = fields.Selection(
        [("draft", "As drafts, to be reviewed and approved"), ("effective", "In force")],
        string="Take over",
        default="draft",
        required=True,
        help="In force: each row names the decision by which the document was approved.",
    )
    is_dry_run = fields.Boolean(readonly=True)
    is_done = fields.Boolean(readonly=True)
    line_ids = fields.One2many("qms.document.import.line", "import_id", readonly=True)
    created_count = fields.Integer(string="Created", readonly=True)
    unchanged_count = fields.Integer(string="There already", readonly=True)
    warning_count = fields.Integer(string="With warnings", readonly=True)
    error_count = fields.Integer(string="Not loaded", readonly=True)

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Import documents")

    # === ACTIONS === #

    def action_check(self):
        """Try all rows and take everything back; the messages stay."""
        return self._run(is_dry_run=True)

    def action_import(self):
        """Load the rows that can be loaded."""
        return self._run(is_dry_run=False)

    def action_open_documents(self):
        """Open the documents that were loaded."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.document_page_action_master"
        )
        return {**action, "domain": [("id", "in", self.line_ids.page_id.ids)], "context": {}}

    # === BUSINESS METHODS === #

    def _run(self, is_dry_run):
        self.ensure_one()
        self._check_allowed()
        index, folder = self._read_files()
        lines = []
        try:
            with self.env.cr.savepoint():
                lines = self._load_rows(index, folder)
                if is_dry_run:
                    raise _DryRunDone
        except _DryRunDone:
            self.env.invalidate_all()
            lines = [{**line, "page_id": False} for line in lines]
        self._store(lines, is_dry_run)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _check_allowed(self):
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("Choose an agency you are working in."))
        if not self.env.user.has_group("qms_public_admin.group_qms_officer"):
            raise AccessError(self.env._("ISO officers import documents."))
        if not self.attachment_ids:
            raise UserError(self.env._("Add at least one file."))

    def _store(self, lines, is_dry_run):
        self.line_ids.unlink()
        levels = [line["level"] for line in lines]
        self.write(
            {
                "is_dry_run": is_dry_run,
                "is_done": True,
                "line_ids": [Command.create(line) for line in lines],
                "created_count": levels.count("created") + levels.count("warning"),
                "unchanged_count": levels.count("unchanged"),
                "warning_count": levels.count("warning"),
                "error_count": levels.count("error"),
            }
        )

    # === READING === #

    def _read_files(self):
        """Return the index, and the folder of the files that lie beside it."""
        members = []
        for attachment in self.attachment_ids:
            try:
                members += document_index.unpack(attachment.raw or b"", attachment.name or "")
            except document_index.IndexProblem as error:
                raise UserError(kernel_text(self.env, error)) from error
        for path, content in members:
            table = self._index_of(path, content)
            if table:
                others = [member for member in members if member[0] != path]
                return table, document_index.Folder(others)
        raise UserError(
            self.env._(
                "No index was found: a table (XLSX or CSV) with the columns code, title and "
                "kind – in Vietnamese “Mã hiệu”, “Tên tài liệu”, “Loại tài liệu”."
            )
        )

    def _index_of(self, path, content):
        """Return a file as the index, None when it is none."""
        if not path.lower().endswith(document_index.TABLES):
            return None
        try:
            table = tabular.read_table(content, path.rsplit("/", 1)[-1], limits=LIMITS)
        except tabular.TabularError as error:
            if len(self.attachment_ids) == 1 and not path.count("/"):
                _logger.info("A table of an import of documents is not read: %s", error.code)
            return None
        return table if document_index.is_index(table.header) else None

    # === WRITING === #

    def _load_rows(self, table, folder):
        """Load each row by itself; return the lines that tell what became of them."""
        rows = document_index.rows(table)
        context = self._lookups(rows)
        seen, lines = {}, []
        for row in rows:
            code = row.text("code")
            line = {"row": row.number, "code": code, "page_id": False, "message": False}
            try:
                with self.env.cr.savepoint():
                    first = seen.setdefault(code, row.number)
                    if code and first != row.number:
                        raise document_index.IndexProblem("code_twice", code=code, row=first)
                    line.update(self._load_row(document_index.read_row(row), folder, context))
            except document_index.IndexProblem as error:
                line.update(level="error", message=self._problem_text(error))
            except (UserError, ValidationError) as error:
                line.update(level="error", message=str(error))
            except DatabaseError as error:
                _logger.info("A row of an import of documents is refused: %s", error.pgcode)
                line.update(level="error", message=self.env._("The database refuses this row."))
            lines.append(line)
        return lines

    def _problem_text(self, error):
        column = error.params.get("column")
        labels = self._column_labels()
        extra = {"column": labels.get(column, column)} if column else {}
        return kernel_text(self.env, error, **extra)

    def _column_labels(self):
        return {
            "code": self.env._("Document code"),
            "title": self.env._("Title"),
            "kind": self.env._("Document kind"),
            "issued_on": self.env._("Date of issue"),
            "effective_from": self.env._("In force from"),
            "decision_date": self.env._("Decision date"),
            "review_by": self.env._("Next review"),
            "external_date": self.env._("Date of the document"),
        }

    def _lookups(self, rows):
        """Read at once what the rows name: kinds, units, positions, codes taken."""
        company = [("company_id", "in", (False, self.company_id.id))]
        kinds = {}
        papers = self.env["res.lang"]._qms_of_papers()
        for lang in {"en_US", papers or "en_US", self.env.lang or "en_US"}:
            for kind in self.env["qms.document.kind"].with_context(lang=lang).search(company):
                for word in filter(None, (kind.key, kind.prefix, kind.name)):
                    kinds.setdefault(fold(word), kind.with_env(self.env))
        for word, key in document_index.KINDS.items():
            if fold(key) in kinds:
                kinds.setdefault(word, kinds[fold(key)])
        units, positions = {}, {}
        for unit in self.env["hr.department"].search(company):
            for word in filter(None, (unit.qms_code, unit.name)):
                units.setdefault(fold(word), unit)
        for position in self.env["qms.position"].search(company):
            for word in filter(None, (position.code, position.name)):
                positions.setdefault(fold(word), position)
        pages = self.env["document.page"].with_context(active_test=False)
        codes = [row.text("code") for row in rows]
        there = pages.search([("company_id", "=", self.company_id.id), ("qms_code", "in", codes)])
        return {
            "kinds": kinds,
            "units": units,
            "positions": positions,
            "there": {page.qms_code: page for page in there},
        }

    def _load_row(self, values, folder, context):
        """Create the document of a row; return level, message and document."""
        page = context["there"].get(values["code"])
        if page:
            return {
                "level": "unchanged",
                "page_id": page.id,
                "message": self.env._("The agency has a document with this code."),
            }
        kind = context["kinds"].get(fold(values["kind"]))
        if not kind:
            raise UserError(self.env._("No kind “%(kind)s”.", kind=values["kind"]))
        files = [folder.find(name) for name in values["files"]]
        links, missing = self._links(values, context)
        page = self.env["document.page"].create(self._page_vals(values, kind, links))
        draft = page.qms_open_revision_id
        if files:
            draft.content = False
        self._add_files(draft, files)
        self._take_over_revision(draft, values)
        warnings = [self.env._("Not known: %(names)s", names=", ".join(missing))] if missing else []
        if not files:
            warnings.append(self.env._("No file named."))
        return {
            "level": "warning" if warnings else "created",
            "page_id": page.id,
            "message": " ".join(warnings) or False,
        }

    def _links(self, values, context):
        """Return unit and positions the row names, and the names nobody knows."""
        missing = []
        unit = context["units"].get(fold(values["unit"])) if values["unit"] else None
        if values["unit"] and not unit:
            missing.append(values["unit"])
        positions = self.env["qms.position"]
        for name in values["positions"]:
            position = context["positions"].get(fold(name))
            if position:
                positions |= position
            else:
                missing.append(name)
        return (unit, positions), missing

    def _page_vals(self, values, kind, links):
        unit, positions = links
        vals = {
            "qms_kind_id": kind.id,
            "company_id": self.company_id.id,
            "qms_code": values["code"],
            "name": values["title"],
            "qms_owner_id": unit.id if unit else False,
            "qms_position_ids": [Command.set(positions.ids)],
            "qms_external_no": values["external_no"] or False,
            "qms_external_issuer": values["external_issuer"] or False,
            "qms_external_date": values["external_date"],
            "qms_description": values["note"] or False,
        }
        if values["retention_years"] is not None:
            vals["qms_retention_years"] = values["retention_years"]
        if values["confidentiality"]:
            vals["qms_confidentiality"] = values["confidentiality"]
        return vals

    def _add_files(self, draft, files):
        self.env["qms.document.file"].create(
            [
                {
                    "revision_id": draft.id,
                    "sequence": place,
                    "name": name,
                    "content": base64.b64encode(content),
                }
                for place, (name, content) in enumerate(files, 1)
            ]
        )

    def _take_over_revision(self, draft, values):
        numbers = {"issue_no": values["issue_no"], "revision_no": values["revision_no"]}
        plan = {
            name: values[name] or False
            for name in ("effective_from", "decision_no", "decision_date", "review_by")
        }
        draft.write(plan)
        if self.take_over == "draft":
            draft._take_number(numbers)
            return
        issued_on = values["issued_on"] or values["decision_date"]
        if not values["decision_no"] or not issued_on:
            raise UserError(
                self.env._(
                    "A document taken over in force needs the number of its decision and the "
                    "date of issue."
                )
            )
        draft._take_over(
            {
                **numbers,
                "issued_on": issued_on,
                "effective_from": values["effective_from"] or issued_on,
            },
            self.env._("Approved by decision %(number)s", number=values["decision_no"]),
        )
