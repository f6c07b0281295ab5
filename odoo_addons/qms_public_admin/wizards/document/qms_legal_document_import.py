import base64
import io

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from ...kernel_texts import kernel_text
from ...tools import legal_number, legal_rows, tabular

LIMITS = tabular.Limits(max_rows=20_000, max_bytes=10 * tabular.MIB)
RESULTS = [
    ("created", "New"),
    ("updated", "Changed"),
    ("unchanged", "Unchanged"),
    ("error", "Not taken"),
]


class QmsLegalDocumentImport(models.TransientModel):
    """Legal documents from a workbook or CSV: try, look, take.

    For ISO officers, into the register of the agency they work in, or into the shared
    one when they work for all. Columns are known by their heads. The same file twice
    changes nothing; an empty cell takes nothing away. A row that is not taken says why
    and holds up no other; effects on other documents are noted last, once all are in.
    """

    _name = "qms.legal.document.import"
    _description = "Import of legal documents"

    company_id = fields.Many2one(
        "res.company", string="Agency", required=True, default=lambda self: self.env.company
    )
    is_shared = fields.Boolean(
        string="For all agencies", help="Into the shared register instead of the agency's own."
    )
    file = fields.Binary(string="Workbook or CSV", attachment=False, required=True)
    file_name = fields.Char()
    is_dry_run = fields.Boolean(
        string="Try only", default=True, help="Say what would happen, change nothing."
    )
    is_done = fields.Boolean(readonly=True)
    columns_read = fields.Char(string="Columns read", readonly=True)
    columns_left = fields.Char(string="Columns not read", readonly=True)
    created_count = fields.Integer(string="New", readonly=True)
    updated_count = fields.Integer(string="Changed", readonly=True)
    unchanged_count = fields.Integer(string="Unchanged", readonly=True)
    error_count = fields.Integer(string="Not taken", readonly=True)
    link_count = fields.Integer(string="Effects noted", readonly=True)
    line_ids = fields.One2many("qms.legal.document.import.line", "import_id", readonly=True)
    result_file = fields.Binary(string="Result", readonly=True, attachment=False)
    result_name = fields.Char(readonly=True)

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Import legal documents")

    # === ACTIONS === #

    def action_import(self):
        """Read the file; write the documents unless it is a try."""
        self.ensure_one()
        self._check_officer()
        self.line_ids.unlink()
        table = self._read_table()
        lines = self._read_rows(table)
        link_count = 0
        with self.env.cr.savepoint() as savepoint:
            self._write_rows(lines)
            link_count = self._write_links(lines)
            if self.is_dry_run:
                savepoint.rollback()
                self.env.invalidate_all()
        self._store(lines, link_count)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def action_open_register(self):
        """Open the register."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_legal_document_action"
        )

    # === READING === #

    def _check_officer(self):
        self.env["qms.legal.document"].check_access("create")
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("Choose an agency you are working in."))

    def _read_table(self):
        content = base64.b64decode(self.file or b"")
        try:
            table = tabular.read_table(
                content, self.file_name or "", limits=LIMITS, formulas="mark"
            )
        except tabular.TabularError as error:
            raise UserError(kernel_text(self.env, error)) from error
        missing = legal_rows.missing(legal_rows.columns(table.header))
        if missing:
            labels = self.env["qms.legal.document"].fields_get(missing, ["string"])
            raise UserError(
                self.env._(
                    "The table has no column for: %(columns)s. Its columns are: %(header)s.",
                    columns=", ".join(labels[name]["string"] for name in missing),
                    header=", ".join(table.header),
                )
            )
        return table

    def _read_rows(self, table):
        """Return what is known of each row: number, values or the reason against it."""
        places = legal_rows.columns(table.header)
        left = [head for index, head in enumerate(table.header) if index not in places.values()]
        self.write(
            {
                "columns_read": ", ".join(table.header[index] for index in places.values()),
                "columns_left": ", ".join(left),
            }
        )
        seen, lines = {}, []
        for row, cells in zip(table.numbers, table.rows, strict=True):
            named = {name: cells[i] for name, i in places.items() if i < len(cells)}
            line = {"row": row, "number": tabular.cell_text(named.get("number")), "notes": []}
            lines.append(line)
            try:
                self._refuse_formulas(named)
                line["values"] = values = legal_rows.read(named)
                line["number"] = values["number"]
                first = seen.setdefault(legal_number.key(values["number"]), row)
                if first != row:
                    raise legal_rows.RowError("repeated", row=first)
            except (legal_rows.RowError, tabular.TabularError) as error:
                self._refuse(line, kernel_text(self.env, error))
        return lines

    def _refuse_formulas(self, named):
        for name, value in named.items():
            if isinstance(value, tabular.FormulaCell | tabular.ErrorCell):
                raise tabular.TabularError(value.code, {"cell": name, "value": value})

    def _refuse(self, line, message):
        line.update(result="error", values=None, notes=[message])

    # === WRITING === #

    def _owner(self):
        return self.company_id.browse() if self.is_shared else self.company_id

    def _write_rows(self, lines):
        documents = self.env["qms.legal.document"].with_context(active_test=False)
        owner = self._owner()
        taken = [line for line in lines if line.get("values")]
        numbers = [line["number"] for line in taken]
        known = {
            key: document
            for key, document in documents._by_numbers(numbers, owner).items()
            if document.company_id == owner
        }
        for line in taken:
            vals = {
                name: value for name, value in line["values"].items() if value and name != "links"
            }
            document = known.get(legal_number.key(line["number"]))
            self._write_row(line, document, vals, documents)

    def _write_row(self, line, document, vals, documents):
        """Create or change one document; what the database refuses is the row's error."""
        if document:
            vals = {name: value for name, value in vals.items() if document[name] != value}
            vals.pop("number", None)
        line["result"] = "updated" if document and vals else "unchanged"
        try:
            with self.env.cr.savepoint():
                if not document:
                    line["result"] = "created"
                    document = documents.create({**vals, "company_id": self._owner().id})
                elif vals:
                    document.write(vals)
                self.env.flush_all()
        except (ValidationError, UserError) as error:
            self._refuse(line, str(error))
            return
        line["document"] = document

    def _write_links(self, lines):
        """Note what the documents do to others; return how many effects are new."""
        wanted = [
            (line, kind, number)
            for line in lines
            if line.get("document")
            for kind, number in line["values"]["links"]
        ]
        if not wanted:
            return 0
        documents = self.env["qms.legal.document"]
        targets = documents._by_numbers([number for *_rest, number in wanted], self._owner())
        model = self.env["qms.legal.document.link"]
        acting = documents.browse(line["document"].id for line, *_rest in wanted)
        known = {
            (link.from_id.id, link.to_id.id, link.kind)
            for link in model.search([("from_id", "in", acting.ids)])
        }
        vals_list = []
        for line, kind, number in wanted:
            target = targets.get(legal_number.key(number))
            place = target and (line["document"].id, target.id, kind)
            if not target or target == line["document"]:
                error = legal_rows.RowError("unknown_target", number=number)
                line["notes"].append(kernel_text(self.env, error))
            elif place not in known:
                known.add(place)
                vals_list.append({"from_id": place[0], "to_id": place[1], "kind": kind})
                if line["result"] == "unchanged":
                    line["result"] = "updated"
        return len(model.create(vals_list))

    # === RESULT === #

    def _store(self, lines, link_count):
        counts = dict.fromkeys(dict(RESULTS), 0)
        for line in lines:
            counts[line["result"]] += 1
        stem = (self.file_name or "").rpartition(".")[0] or "import"
        self.write(
            {
                **{f"{key}_count": count for key, count in counts.items()},
                "is_done": True,
                "link_count": link_count,
                "line_ids": [
                    Command.create(
                        {
                            "row": line["row"],
                            "number": line["number"],
                            "result": line["result"],
                            "message": " ".join(line["notes"]),
                        }
                    )
                    for line in lines
                ],
                "result_file": base64.b64encode(self._result_workbook(lines)),
                "result_name": f"{stem} – {self.env._('result')}.xlsx",
            }
        )

    def _result_workbook(self, lines):
        """Return a workbook that names each row and what became of it."""
        labels = dict(self.line_ids._fields["result"]._description_selection(self.env))
        header = [
            self.env._("Row"),
            self.env._("Number"),
            self.env._("Result"),
            self.env._("Message"),
        ]
        rows = (
            (line["row"], line["number"], labels[line["result"]], " ".join(line["notes"]))
            for line in lines
        )
        stream = io.BytesIO()
        title = self.env._("Import of legal documents")
        tabular.write_workbook(stream, [(self.env._("Result"), header, rows)], title=title)
        return stream.getvalue()
