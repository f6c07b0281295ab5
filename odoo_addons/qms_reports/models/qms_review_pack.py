import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

# The files are read by the route, which asks for the review; no query of a client reads them.
FILE_GROUPS = "base.group_system"
KINDS = ("pdf", "docx")


class QmsReviewPack(models.Model):
    """The pack of an approved management review as it was handed out: PDF and Word.

    Made once, by the approval; each later download has the same bytes. Who reads the review
    reads its pack; nobody changes or deletes it (INV-07).
    """

    _name = "qms.review.pack"
    _description = "Pack of a management review"
    _inherit = ["qms.fact.mixin"]
    _order = "made_at desc, id desc"
    _rec_name = "reference"

    review_id = fields.Many2one(
        "mgmtsystem.review", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    reference = fields.Char(string="Number", readonly=True)
    made_at = fields.Datetime(string="Made on", required=True, readonly=True)
    content_sha256 = fields.Char(string="Fingerprint of the review", readonly=True, required=True)
    pdf = fields.Binary(string="PDF", attachment=True, readonly=True, groups=FILE_GROUPS)
    pdf_sha256 = fields.Char(string="SHA-256 of the PDF", readonly=True)
    docx = fields.Binary(string="Word", attachment=True, readonly=True, groups=FILE_GROUPS)
    docx_sha256 = fields.Char(string="SHA-256 of the Word file", readonly=True)

    _one_a_review = models.Constraint("UNIQUE(review_id)", "The review has its pack already.")

    # === BUSINESS METHODS === #

    @api.model
    def _make(self, review):
        """Print the approved review and keep both files with their SHA-256."""
        pack = self._record(
            [
                {
                    "review_id": review.id,
                    "company_id": review.company_id.id,
                    "reference": review.reference,
                    "made_at": fields.Datetime.now(),
                    "content_sha256": review.qms_content_sha256,
                }
            ]
        )
        files = {"pdf": review._pack_pdf(), "docx": review._pack_docx()}
        vals = {}
        for kind, content in files.items():
            vals[kind] = base64.b64encode(content)
            vals[f"{kind}_sha256"] = hashlib.sha256(content).hexdigest()
        pack._complete(vals)
        return pack

    def _file(self, kind):
        """Return the bytes of a file, if they still are those that were made."""
        self.ensure_one()
        attachment_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", kind),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
        )
        content = attachment_sudo.raw or b""
        if hashlib.sha256(content).hexdigest() != self[f"{kind}_sha256"]:
            raise UserError(
                self.env._(
                    "The pack of “%(name)s” is no longer the one that was made.",
                    name=self.reference,
                )
            )
        return content

    def _keeping_files(self):
        """Return the packs whose files nobody exchanges or deletes: all of them."""
        return self
