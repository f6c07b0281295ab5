import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.base.models.res_partner import _tz_get

from ...const import INTAKE_CHANNELS
from ...kernel_texts import kernel_text
from ...tools import mapping as mapping_kernel
from ...tools import tabular

GROUP_OFFICER = "qms_public_admin.group_qms_officer"
SHAPES = [("dossier", "A dossier"), ("event", "An event of a dossier")]
CLOSE_RULES = [
    ("column", "When the column of the completion time says so"),
    ("last_event", "With its last event"),
    ("activities", "With one of the activities named"),
    ("open", "Never: all stay open"),
]
UNKNOWN_RULES = [
    ("reject", "Reject the row and say why"),
    ("flag", "Import the dossier, flagged for review"),
]
# Files above this size (bytes) are checked in the background.
CHECK_IN_BACKGROUND = 8 * tabular.MIB


class QmsDossierImport(models.Model):
    """One file of another system on its way into the dossiers.

    ISO officers import into their own agencies; auditors read what was imported,
    from which file and what was refused; nobody else sees the files, which hold
    personal data. The path is fixed: read, map, check without writing, run. A run
    works in batches, each with its own transaction, and goes on where it stopped.
    Counts, hash, state and position are written by the run alone.
    """

    _name = "qms.dossier.import"
    _description = "Import of dossiers"
    _inherit = ["qms.lifecycle.mixin"]
    _order = "id desc"
    _rec_name = "file_name"
    _check_company_auto = True

    _transitions = {
        "draft": ("checked",),
        "checked": ("draft", "running"),
        "running": ("done", "failed", "cancelled"),
        "failed": ("running", "cancelled"),
        "cancelled": ("running",),
        "done": (),
    }
    _protected_fields = (
        "file_hash",
        "file_size",
        "mapping",
        "header",
        "sample",
        "position",
        "total_count",
        "row_count",
        "new_count",
        "updated_count",
        "unchanged_count",
        "rejected_count",
        "warning_count",
        "is_check_queued",
        "checked_at",
        "started_at",
        "finished_at",
        "user_id",
        "failure",
        "result_file",
        "result_name",
        "origin",
    )
    _frozen_fields = {state: "*" for state in ("checked", "running", "done", "failed", "cancelled")}

    # --- file
    # The file, its first rows and the result hold numbers of persons: the officer's alone.
    file = fields.Binary(
        required=True,
        attachment=True,
        copy=False,
        groups="qms_public_admin.group_qms_officer",
        help="XLSX or CSV, at most 64 MB.",
    )
    file_name = fields.Char(string="File name", required=True, copy=False)
    file_hash = fields.Char(
        string="SHA-256",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Hash of the file; every imported row of the log carries it.",
    )
    file_size = fields.Integer(string="Size (bytes)", readonly=True, copy=False, aggregator=None)
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    origin = fields.Selection(
        [("screen", "Screen"), ("command", "Command line"), ("folder", "Watched folder")],
        readonly=True,
        copy=False,
    )
    state = fields.Selection(
        [
            ("draft", "Mapping"),
            ("checked", "Checked"),
            ("running", "Running"),
            ("done", "Finished"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )

    # --- how the file is read
    encoding = fields.Char(help="Told from the file; another name may be set, e.g. cp1258.")
    delimiter = fields.Selection("_selection_delimiter")
    sheet = fields.Char(help="Sheet of the workbook.")
    header_row = fields.Integer(
        string="Header row", aggregator=None, help="Row of the file with the column names."
    )
    header = fields.Json(readonly=True, copy=False)
    sample = fields.Json(readonly=True, copy=False, groups="qms_public_admin.group_qms_officer")
    preview = fields.Html(
        string="First rows",
        compute="_compute_preview",
        groups="qms_public_admin.group_qms_officer",
    )
    detected = fields.Text(compute="_compute_detected")

    # --- mapping
    mapping_id = fields.Many2one(
        "qms.dossier.import.mapping",
        string="Saved mapping",
        copy=False,
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
        help="Choose one to apply it to this file.",
    )
    mapping = fields.Json(
        readonly=True, copy=False, help="The mapping as it was when the file was checked."
    )
    shape = fields.Selection(
        SHAPES, string="A row of the file is", default="dossier", required=True
    )
    timezone = fields.Selection(
        _tz_get,
        string="Time zone",
        default=lambda self: self.env.company._qms_timezone(),
        required=True,
        help="Zone of times that are written without an offset.",
    )
    close_rule = fields.Selection(
        CLOSE_RULES,
        string="A dossier is finished",
        default="column",
        required=True,
        help="Event logs do not always say when a dossier was finished.",
    )
    close_activities = fields.Text(
        string="Finishing activities", help="One activity a line, written as in the file."
    )
    unknown_rule = fields.Selection(
        UNKNOWN_RULES, string="Unknown procedure or unit", default="reject", required=True
    )
    procedure_id = fields.Many2one(
        "qms.procedure",
        string="Procedure of all rows",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="For files without a column for it, and for rows where that column is empty.",
    )
    receiving_unit_id = fields.Many2one(
        "hr.department",
        string="Unit of all rows",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    intake_channel = fields.Selection(INTAKE_CHANNELS, string="Channel of all rows")
    column_ids = fields.One2many("qms.dossier.import.column", "import_id", string="Columns")
    value_ids = fields.One2many("qms.dossier.import.value", "import_id", string="Words")

    # --- result
    user_id = fields.Many2one(
        "res.users", string="Started by", readonly=True, copy=False, ondelete="restrict"
    )
    is_check_queued = fields.Boolean(readonly=True, copy=False)
    position = fields.Integer(
        readonly=True, copy=False, aggregator=None, help="Dossiers of the file handled so far."
    )
    total_count = fields.Integer(string="Dossiers in the file", readonly=True, copy=False)
    row_count = fields.Integer(string="Rows in the file", readonly=True, copy=False)
    new_count = fields.Integer(string="New", readonly=True, copy=False)
    updated_count = fields.Integer(string="Updated", readonly=True, copy=False)
    unchanged_count = fields.Integer(string="Unchanged", readonly=True, copy=False)
    rejected_count = fields.Integer(string="Rejected", readonly=True, copy=False)
    warning_count = fields.Integer(string="Remarks", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress", help="Per cent of the dossiers handled.")
    checked_at = fields.Datetime(string="Checked on", readonly=True, copy=False)
    started_at = fields.Datetime(string="Started", readonly=True, copy=False)
    finished_at = fields.Datetime(string="Finished", readonly=True, copy=False)
    failure = fields.Text(readonly=True, copy=False)
    error_ids = fields.One2many(
        "qms.dossier.import.error", "import_id", string="Rows with problems", readonly=True
    )
    hints = fields.Html(string="To be settled", compute="_compute_hints")
    problem_summary = fields.Html(string="Problems", compute="_compute_problem_summary")
    result_file = fields.Binary(
        string="Result",
        readonly=True,
        attachment=True,
        copy=False,
        groups="qms_public_admin.group_qms_officer",
    )
    result_name = fields.Char(readonly=True, copy=False)

    # === SELECTION METHODS === #

    @api.model
    def _selection_delimiter(self):
        """Return the signs with their names.

        A method, as the translation of a fixed value needs an external id, and none
        can hold a tabulator.
        """
        return [
            (",", self.env._("Comma")),
            (";", self.env._("Semicolon")),
            ("\t", self.env._("Tabulator")),
            ("|", self.env._("Bar")),
        ]

    # === COMPUTE METHODS === #

    @api.depends("position", "total_count", "state")
    def _compute_progress(self):
        for record in self:
            if record.state == "done":
                record.progress = 100.0
            else:
                total = record.total_count
                record.progress = 100.0 * record.position / total if total else 0.0

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record in records:
            record._read_upload()
        return records

    def write(self, vals):
        result = super().write(vals)
        if not self._is_lifecycle_writer():
            if {"file", "file_name", "encoding", "delimiter", "sheet", "header_row"} & vals.keys():
                for record in self:
                    record._read_upload()
            if vals.get("mapping_id"):
                for record in self:
                    record._apply_mapping(record.mapping_id._kernel_mapping())
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.env["qms.dossier"].sudo().search_count([("import_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("Dossiers came from this import; it is kept as their evidence.")
            )

    # === ACTIONS === #

    def action_check(self):
        """Read the whole file without writing a dossier: counts and errors."""
        self._check_officer()
        self._raise_errors(
            "" if record.state == "draft" else record._transition_error("checked")
            for record in self
        )
        for record in self:
            if record.file_size > CHECK_IN_BACKGROUND:
                record._lifecycle_write({"is_check_queued": True, "user_id": self.env.uid})
                record._trigger_cron()
            else:
                record._check_file()
        return True

    def action_draft(self):
        """Go back to the mapping."""
        self._check_officer()
        self._transition("draft")

    def action_run(self):
        """Start the import, or let a stopped one go on where it stopped."""
        self._check_officer()
        self._transition(
            "running",
            {
                "user_id": self.env.uid,
                "failure": False,
                "finished_at": False,
            },
        )
        for record in self:
            if not record.started_at:
                record._lifecycle_write({"started_at": self._now()})
                record._clear_results()
            if record.origin == "screen":
                record._trigger_cron()
        return True

    def action_cancel(self):
        """Stop after the batch that is being written; what is in stays in."""
        self._check_officer()
        self._transition("cancelled")

    def action_save_mapping(self):
        """Keep the present mapping for the next file."""
        self.ensure_one()
        self._check_officer()
        definition = self._kernel_mapping().to_json()
        saved = self.env["qms.dossier.import.mapping"].create(
            {
                "name": self.env._("Mapping of %(file)s", file=self.file_name),
                "company_id": self.company_id.id,
                "definition": definition,
            }
        )
        if self.state == "draft":
            super().write({"mapping_id": saved.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": saved._name,
            "res_id": saved.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def action_view_dossiers(self):
        """Open the dossiers this import created."""
        return self._dossier_action(
            self.env._("Imported dossiers"), [("import_id", "in", self.ids)]
        )

    def action_view_updated(self):
        """Open the dossiers to whose log this import added something."""
        self.ensure_one()
        written = [
            ("company_id", "=", self.company_id.id),
            ("recorded_at", ">=", self.started_at),
            ("source_hash", "=", self.file_hash),
        ]
        if self.finished_at:
            written.append(("recorded_at", "<=", self.finished_at))
        return self._dossier_action(
            self.env._("Updated dossiers"),
            [("import_id", "!=", self.id), ("event_ids", "any", written)],
        )

    def action_view_errors(self):
        """Open the rows with problems in a list of their own."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rows with problems"),
            "res_model": "qms.dossier.import.error",
            "views": [(False, "list")],
            "domain": [("import_id", "=", self.id)],
            "context": {"search_default_group_by_is_warning": 0},
        }

    def _dossier_action(self, name, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_dossier_action"
        )
        return {**action, "name": name, "domain": domain, "context": {}}

    # === GUARD === #

    def _check_officer(self):
        """Only ISO officers import, into agencies that are open to them."""
        self.check_access("write")
        if not self.env.user.has_group(GROUP_OFFICER):
            raise AccessError(self.env._("Only the ISO officer imports dossiers."))

    def _transition_error(self, target):
        error = super()._transition_error(target)
        if error or target != "running":
            return error
        if not self.mapping:
            return self.env._("Check the file first.")
        return ""

    # === FILE === #

    def _content(self):
        """Give the bytes of the file."""
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def _open_table(self):
        """Open the file as it was told to be read.

        :raises tabular.TabularError: when it cannot be read
        """
        return tabular.iter_table(
            self._content(),
            self.file_name,
            encoding=self.encoding,
            delimiter=self.delimiter,
            sheet=self.sheet,
            header_row=self.header_row,
            formulas="mark",
        )

    def _verified_table(self):
        """Open the file, which must be the one that was checked."""
        if hashlib.sha256(self._content()).hexdigest() != self.file_hash:
            raise UserError(
                self.env._("The file was exchanged after it was checked. Import it anew.")
            )
        return self._open_table()

    def _user_error(self, error):
        return UserError(kernel_text(self.env, error))

    # === HELPERS === #

    def _now(self):
        return fields.Datetime.now()

    def _trigger_cron(self):
        """Have the job run as soon as possible, when there is anything to do."""
        if self:
            self.env.ref("qms_public_admin.ir_cron_qms_dossier_import").sudo()._trigger()

    @api.model
    def _kernel_errors(self):
        return (tabular.TabularError, mapping_kernel.MappingError)
