from markupsafe import Markup
from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from ..tools import document_text


class Documents(http.Controller):
    """The page on which staff read a document; the rights are those of the reader."""

    @http.route(
        ["/qms/documents/<int:page_id>", "/qms/documents/<int:page_id>/<int:revision_id>"],
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def read(self, page_id, revision_id=None, **_kwargs):
        """Show the revision in force, or another one that the reader may see."""
        page = self._readable("document.page", page_id)
        if not page.qms_kind_id:
            raise NotFound()
        revision = page.qms_effective_id
        if revision_id:
            revision = self._readable("document.page.history", revision_id)
        if not revision or revision.page_id != page or not revision.qms_state:
            raise NotFound()
        content, headings = document_text.with_anchors(revision.content)
        values = {
            "page": page,
            "revision": revision,
            # Sanitised when it was stored; only ids were added since.
            "content": Markup(content),
            "headings": headings,
            "timezone": page.company_id._qms_timezone(),
            "amendments": revision._amendments_so_far()[::-1],
            "to_confirm": self._to_confirm(revision),
        }
        response = request.render("qms_public_admin.document_reader", values)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    @http.route("/qms/documents/confirm/<int:row_id>", type="http", auth="user", methods=["POST"])
    def confirm(self, row_id, **_kwargs):
        """Take the reader's confirmation, or lead to the quiz that comes before it."""
        row = self._readable("qms.acknowledgement", row_id)
        if row._acknowledge_error():
            raise NotFound()
        if row._quiz_error(row._passed_quiz()):
            return request.redirect(row._quiz_url())
        row.action_acknowledge()
        return request.redirect(f"/qms/documents/{row.page_id.id}/{row.revision_id.id}")

    @http.route(
        "/qms/documents/file/<int:file_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def file(self, file_id, download=None, **_kwargs):
        """Send a file of a revision; only what a browser shows safely is shown in it."""
        file = self._readable("qms.document.file", file_id)
        stream = request.env["ir.binary"]._get_stream_from(
            file.sudo(), "content", filename=file.name, mimetype=file.mimetype
        )
        response = stream.get_response(as_attachment=bool(download) or not file.can_view)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @http.route(
        "/qms/documents/preview/<int:file_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def preview(self, file_id, **_kwargs):
        """Show what is written in a Word file or a workbook; the file itself counts."""
        file = self._readable("qms.document.file", file_id)
        if not file.preview:
            raise NotFound()
        return request.render("qms_public_admin.document_preview", {"file": file})

    def _to_confirm(self, revision):
        """Return the reader's own open request to confirm this revision, if any."""
        rows = request.env["qms.acknowledgement"].search(
            [
                ("revision_id", "=", revision.id),
                ("user_id", "=", request.env.uid),
                ("acknowledged_at", "=", False),
            ]
        )
        return rows.filtered("can_acknowledge")[:1]

    def _readable(self, model, record_id):
        """Return a record the reader may see; what they may not does not exist for them."""
        record = request.env[model].browse(record_id)
        try:
            record.check_access("read")
            if not record.exists():
                raise NotFound()
        except (AccessError, MissingError) as error:
            raise NotFound() from error
        return record
