import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import archive, catalogue, tabular
from .loaders.import_report import ImportReport
from .loaders.qms_catalogue_loader import LoadOptions

_logger = logging.getLogger(__name__)

IMPORT_STATES = [
    ("draft", "Draft"),
    ("checked", "Checked"),
    ("queued", "Waiting"),
    ("running", "Running"),
    ("done", "Done"),
    ("failed", "Failed"),
]


class _DryRunDone(Exception):
    """Ends a dry run: the savepoint around it takes everything back."""


class QmsCatalogueImport(models.Model):
    """Import of procedures, internal processes and agencies from workbooks or CSV.

    ISO officers import for their agencies; only system administrators can leave the
    agency empty (shared catalogue of the province). Several files or a ZIP at once;
    what each file is, is told from its header. The same file twice changes nothing.
    """

    _name = "qms.catalogue.import"
    _description = "Import of the procedure catalogue"
    _inherit = ["qms.placement.mixin"]
    _order = "id desc"
    # Larger imports run in the background, so that no request is cut off.
    _direct_rows = 10_000

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company",
        string="Load for",
        index=True,
        default=lambda self: self.env.company,
        help="Empty: the shared catalogue of the province.",
    )
    state = fields.Selection(IMPORT_STATES, default="draft", required=True, readonly=True)
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "qms_catalogue_import_attachment_rel",
        string="Files",
        help="XLSX, CSV or a ZIP of them. What each file is, is told from its header.",
    )
    position_policy = fields.Selection(
        [
            ("match", "Take the positions that have the printed name"),
            ("create", "Take them, create the missing ones"),
            ("none", "Leave the positions empty"),
        ],
        string="Positions of the steps",
        default="match",
        required=True,
    )
    remove_missing = fields.Boolean(
        string="Remove what is no longer in the file",
        help="Components, channels and steps of drafts that an earlier file had.",
    )
    file_ids = fields.One2many(
        "qms.catalogue.import.file", "import_id", string="Tables", readonly=True
    )
    line_ids = fields.One2many(
        "qms.catalogue.import.line", "import_id", string="Messages", readonly=True
    )
    is_dry_run = fields.Boolean(readonly=True)
    row_count = fields.Integer(string="Rows", compute="_compute_counts", store=True)
    created_count = fields.Integer(string="Created", compute="_compute_counts", store=True)
    updated_count = fields.Integer(string="Updated", compute="_compute_counts", store=True)
    unchanged_count = fields.Integer(string="Unchanged", compute="_compute_counts", store=True)
    error_count = fields.Integer(string="Rows not loaded", compute="_compute_counts", store=True)
    progress = fields.Float(compute="_compute_counts", store=True)
    started_at = fields.Datetime(readonly=True)
    finished_at = fields.Datetime(readonly=True)
    failure = fields.Text(readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("attachment_ids.name")
    def _compute_name(self):
        for job in self:
            names = job.attachment_ids.mapped("name")
            more = f" (+{len(names) - 1})" if len(names) > 1 else ""
            job.name = f"{names[0]}{more}" if names else self.env._("New import")

    @api.depends(
        "file_ids.row_count",
        "file_ids.created_count",
        "file_ids.updated_count",
        "file_ids.unchanged_count",
        "file_ids.error_count",
        "file_ids.kind",
        "file_ids.is_loaded",
    )
    def _compute_counts(self):
        for job in self:
            tables = job.file_ids
            for name in ("row", "created", "updated", "unchanged", "error"):
                job[f"{name}_count"] = sum(tables.mapped(f"{name}_count"))
            known = tables.filtered("kind")
            rows = sum(known.mapped("row_count"))
            loaded = sum(known.filtered("is_loaded").mapped("row_count"))
            job.progress = 100.0 * loaded / rows if rows else 0.0

    # === ACTIONS === #

    def action_check(self):
        """Try the import and take everything back; the messages stay."""
        self.ensure_one()
        self._check_startable()
        self._read_tables()
        results = []
        try:
            with self.env.cr.savepoint():
                for table in self._tables_in_order():
                    results.append((table, table._load()))
                raise _DryRunDone
        except _DryRunDone:
            self.env.invalidate_all()
        for table, report in results:
            table._store_report(report, is_loaded=False)
        self.write({"state": "checked", "is_dry_run": True})
        return True

    def action_run(self):
        """Load the files now, or in the background when they are large."""
        self.ensure_one()
        self._check_startable()
        self._read_tables()
        self.write({"is_dry_run": False, "failure": False, "finished_at": False})
        if self.row_count > self._direct_rows:
            self.state = "queued"
            self.env.ref("qms_public_admin.ir_cron_qms_catalogue_import")._trigger()
        else:
            self._run()
        return True

    def action_run_now(self):
        """Load the files of a waiting import in this request."""
        self.ensure_one()
        if self.state not in ("queued", "running", "failed"):
            raise UserError(self.env._("This import is not waiting."))
        self._run()
        return True

    def action_view_errors(self):
        """Open the messages about rows that were not loaded."""
        self.ensure_one()
        return self._open_lines([("level", "=", "error")])

    def action_view_messages(self):
        """Open all messages."""
        self.ensure_one()
        return self._open_lines([])

    # === BUSINESS METHODS === #

    def _run(self):
        """Load what is not loaded yet; a file that fails leaves nothing behind."""
        self.write({"state": "running", "started_at": fields.Datetime.now()})
        for table in self._tables_in_order().filtered(lambda table: not table.is_loaded):
            table._store_report(table._load(), is_loaded=True)
        self.write({"state": "done", "finished_at": fields.Datetime.now()})

    @api.model
    def _cron_run(self):
        """Run the waiting imports, one table a transaction."""
        for job in self.search([("state", "in", ("queued", "running"))], order="id"):
            # Elevated to find all; each import runs with the rights of who touched it last.
            job.with_user(job.write_uid)._run_in_background()

    def _run_in_background(self):
        self.write({"state": "running", "started_at": self.started_at or fields.Datetime.now()})
        waiting = self._tables_in_order().filtered(lambda table: not table.is_loaded)
        try:
            for index, table in enumerate(waiting, 1):
                with self.env.cr.savepoint():
                    table._store_report(table._load(), is_loaded=True)
                self.env["ir.cron"]._commit_progress(1, remaining=len(waiting) - index)
        except Exception as error:
            # The next import must still run.
            _logger.exception("Catalogue import %s failed", self.id)
            self.write({"state": "failed", "failure": str(error)})
            return
        self.write({"state": "done", "finished_at": fields.Datetime.now()})

    def _check_startable(self):
        if self.state in ("queued", "running"):
            raise UserError(self.env._("This import is already running."))
        if not self.attachment_ids:
            raise UserError(self.env._("Add at least one file."))

    def _read_tables(self):
        """Find the tables in the files and what kind they are."""
        self.file_ids.unlink()
        self.line_ids.unlink()
        vals_list = []
        for attachment in self.attachment_ids:
            vals_list += self._table_vals(attachment)
        self.env["qms.catalogue.import.file"].create(vals_list)
        unknown = self.file_ids.filtered(lambda table: not table.kind)
        for table in unknown:
            table.error_count = table.row_count
            table.problem = table.problem or self.env._(
                "The header fits no known table: %(columns)s", columns=table.header
            )
            message = table.problem
            table._add_line({"level": "error", "code": "table", "row": 0, "message": message})
        if unknown == self.file_ids:
            raise UserError("\n".join(unknown.line_ids.mapped("message")))

    def _table_vals(self, attachment):
        base = {"import_id": self.id, "attachment_id": attachment.id}
        try:
            members = catalogue.unpack(attachment.raw or b"", attachment.name or "")
        except archive.ArchiveError as error:
            return [{**base, "name": attachment.name, "problem": self._archive_text(error)}]
        vals_list = []
        for name, content in members:
            vals_list += self._member_vals(base, name, content)
        return vals_list or [
            {**base, "name": attachment.name, "problem": self.env._("No table in this file.")}
        ]

    def _member_vals(self, base, name, content):
        try:
            first = tabular.read_table(content, name, formulas="mark")
            tables = [first]
            for sheet in first.sheets:
                if sheet != first.sheet:
                    tables.append(tabular.read_table(content, name, formulas="mark", sheet=sheet))
        except tabular.TabularError as error:
            return [{**base, "name": name, "problem": self._tabular_text(error)}]
        found = [
            {
                **base,
                "name": name,
                "sheet": table.sheet,
                "encoding": table.encoding,
                "header": ", ".join(str(head or "") for head in table.header),
                "kind": catalogue.detect(table.header),
                "row_count": len(table.rows),
            }
            for table in tables
        ]
        known = [vals for vals in found if vals["kind"]]
        return known or found[:1]

    def _tables_in_order(self):
        order = {kind: index for index, kind in enumerate(catalogue.KINDS)}
        known = self.file_ids.filtered("kind")
        return known.sorted(lambda table: (order[table.kind], table.id))

    def _options(self):
        company = self.company_id
        return LoadOptions(
            company=company,
            hours_per_day=company.qms_hours_per_day or 8.0,
            position_policy=self.position_policy,
            remove_missing=self.remove_missing,
        )

    # === UTILITIES === #

    def _new_report(self):
        return ImportReport(self.env)

    def _archive_text(self, error):
        if error.code == "archive_too_large":
            return self.env._("“%(name)s” is too large or packed suspiciously.", **error.params)
        return self.env._("“%(name)s” is not a readable ZIP file.", **error.params)

    def _tabular_text(self, error):
        template = self.env._(tabular.MESSAGES[error.code])
        return template % error.params

    def _open_lines(self, domain):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Messages of the import"),
            "res_model": "qms.catalogue.import.line",
            "views": [(False, "list")],
            "domain": [("import_id", "=", self.id), *domain],
        }
