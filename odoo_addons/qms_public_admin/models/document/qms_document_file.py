import base64
import binascii
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel_texts import kernel_text
from ...tools import document_text, upload

MAX_BYTES = 25 * 2**20  # scanned decisions are large
SERVER_FIELDS = ("mimetype", "size", "sha256", "text")


class QmsDocumentFile(models.Model):
    """A file of a revision with its SHA-256, taken by the server from the bytes it keeps."""

    _name = "qms.document.file"
    _description = "File of a revision"
    _inherit = "qms.document.part"

    name = fields.Char(string="File name", required=True)
    content = fields.Binary(string="File", attachment=True, required=True)
    description = fields.Char()
    mimetype = fields.Char(string="Type", readonly=True)
    size = fields.Integer(string="Size (bytes)", readonly=True)
    sha256 = fields.Char(string="SHA-256", readonly=True, copy=False)
    text = fields.Text(
        readonly=True, prefetch=False, help="What is read in the file, for the search."
    )
    preview = fields.Html(compute="_compute_preview", sanitize=True)
    can_view = fields.Boolean(string="Shown by browsers", compute="_compute_can_view")
    can_preview = fields.Boolean(string="Shown as text", compute="_compute_can_preview")

    _hashed = models.Constraint(
        "CHECK(sha256 IS NOT NULL)", "The fingerprint of a file is missing."
    )

    # === COMPUTE METHODS === #

    @api.depends("mimetype")
    def _compute_can_view(self):
        for file in self:
            kind = file.mimetype or ""
            file.can_view = kind == "application/pdf" or kind.startswith("image/")

    @api.depends("name", "size")
    def _compute_can_preview(self):
        """Whether there is a preview; whether it has something to show is seen on opening it."""
        for file in self:
            file.can_preview = bool(file.size) and document_text.has_preview(file.name or "")

    @api.depends("content", "mimetype")
    @api.depends_context("lang")
    def _compute_preview(self):
        """Word and spreadsheets as plain tables and paragraphs; the file itself counts."""
        cut = self.env._("… The preview ends here: open the file to read the rest.")
        for file in self:
            file.preview = document_text.preview_html(file._bytes(), file.name or "", cut)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{**vals, **self._server_vals(vals)} for vals in vals_list])

    def write(self, vals):
        given = {name: value for name, value in vals.items() if name not in SERVER_FIELDS}
        if not {"content", "name"} & given.keys():
            return super().write(given)
        for file in self:
            whole = {"name": file.name, "content": file.with_context(bin_size=False).content}
            super(QmsDocumentFile, file).write({**given, **self._server_vals({**whole, **given})})
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _server_vals(self, vals):
        """Return name, type, size, fingerprint and text, taken from the bytes themselves."""
        content = self._decoded(vals.get("content"))
        try:
            name, mimetype = upload.checked(
                vals.get("name"), content, upload.DOCUMENT_KINDS, MAX_BYTES
            )
        except upload.UploadError as error:
            raise UserError(kernel_text(self.env, error)) from error
        return {
            "name": name,
            "mimetype": mimetype,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "text": document_text.file_text(content, name) or False,
        }

    def _decoded(self, value):
        try:
            return base64.b64decode(value or b"", validate=False)
        except (binascii.Error, ValueError, TypeError) as error:
            raise UserError(self.env._("The content of the file cannot be read.")) from error

    def _bytes(self):
        """Return the bytes as they are kept."""
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).content or b"")

    def _is_intact(self):
        """Whether the bytes that are kept are still those whose fingerprint was taken."""
        return hashlib.sha256(self._bytes()).hexdigest() == self.sha256

    def _keeping_files(self):
        """Return the rows whose attachment is kept: their revision is no draft any more."""
        return self.filtered(lambda file: file.sudo().revision_id.qms_state != "draft")
