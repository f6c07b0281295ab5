from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import content_disposition, request

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class PapersController(http.Controller):
    """Files of issued papers and of legal forms, for staff who may read them.

    Who may not gets an error of access, not a file; what does not exist is not found.
    """

    @http.route("/qms/papers/<int:paper_id>.pdf", type="http", auth="user", methods=["GET"])
    def paper_pdf(self, paper_id):
        """Show an issued paper; made at the first call, the same bytes ever after."""
        paper = self._paper(paper_id)
        return self._file(paper._pdf_files()[paper], paper._file_name("pdf"), PDF, inline=True)

    @http.route("/qms/papers/<int:paper_id>.docx", type="http", auth="user", methods=["GET"])
    def paper_docx(self, paper_id):
        """Hand out an issued paper as Word document."""
        paper = self._paper(paper_id)
        return self._file(paper._docx_content(), paper._file_name("docx"), DOCX)

    @http.route("/qms/forms/<int:form_id>/preview.pdf", type="http", auth="user", methods=["GET"])
    def form_preview_pdf(self, form_id):
        """Show a legal form filled with an example."""
        form = self._form(form_id)
        [content] = request.env["qms.form.print"]._pdf_files([(form, form._sample_values())])
        return self._file(content, f"{form.kind}.pdf", PDF, inline=True)

    @http.route("/qms/forms/<int:form_id>/preview.docx", type="http", auth="user", methods=["GET"])
    def form_preview_docx(self, form_id):
        """Hand out a legal form filled with an example, as Word document."""
        form = self._form(form_id)
        content = request.env["qms.form.print"]._docx_file(form, form._sample_values())
        return self._file(content, f"{form.kind}.docx", DOCX)

    @http.route("/qms/forms/<int:form_id>/template.docx", type="http", auth="user", methods=["GET"])
    def form_template_docx(self, form_id):
        """Hand out the Word template of a legal form."""
        form = self._form(form_id)
        return self._file(form._docx_template(), f"{form.kind}-template.docx", DOCX)

    @http.route(
        "/qms/declarations/<int:declaration_id>.docx", type="http", auth="user", methods=["GET"]
    )
    def declaration_docx(self, declaration_id):
        """Hand out a declaration of conformity as Word document."""
        declaration = request.env["qms.declaration"].browse(declaration_id).exists()
        if not declaration:
            raise NotFound()
        declaration.check_access("read")
        return self._file(declaration._docx_content(), declaration._file_name("docx"), DOCX)

    @http.route(
        "/qms/audits/<int:audit_id>/<string:kind>.docx", type="http", auth="user", methods=["GET"]
    )
    def audit_docx(self, audit_id, kind):
        """Hand out the plan (``plan``) or a report of an audit as Word document."""
        audit = request.env["mgmtsystem.audit"].browse(audit_id).exists()
        if not audit:
            raise NotFound()
        audit.check_access("read")
        if kind not in ("plan", *audit._qms_purposes()):
            raise NotFound()
        return self._file(audit._qms_docx_content(kind), f"{audit.reference}-{kind}.docx", DOCX)

    @http.route(
        "/qms/audit-programmes/<int:programme_id>.docx", type="http", auth="user", methods=["GET"]
    )
    def audit_programme_docx(self, programme_id):
        """Hand out the audit programme of a year as Word document."""
        programme = request.env["qms.audit.programme"].browse(programme_id).exists()
        if not programme:
            raise NotFound()
        [paper] = programme._programme_papers()
        content = request.env["qms.paper.report"]._docx_file(paper)
        return self._file(content, f"audit-programme-{programme.year}.docx", DOCX)

    @http.route("/qms/reviews/<int:review_id>.docx", type="http", auth="user", methods=["GET"])
    def review_docx(self, review_id):
        """Hand out a management review as Word document: the frozen pack, else a draft."""
        review = request.env["mgmtsystem.review"].browse(review_id).exists()
        if not review:
            raise NotFound()
        review.check_access("read")
        return self._file(review._docx_content(), review._file_name("docx"), DOCX)

    # === HELPERS === #

    def _paper(self, paper_id):
        paper = request.env["qms.dossier.paper"].browse(paper_id).exists()
        if not paper:
            raise NotFound()
        paper._check_readable()
        paper._note_disclosure()
        return paper

    def _form(self, form_id):
        form = request.env["qms.form.template"].browse(form_id).exists()
        if not form:
            raise NotFound()
        form.check_access("read")
        return form

    def _file(self, content, name, mimetype, inline=False):
        disposition = content_disposition(name, "inline" if inline else "attachment")
        return request.make_response(
            content,
            [
                ("Content-Type", mimetype),
                ("Content-Length", len(content)),
                ("Content-Disposition", disposition),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "private, no-store"),
            ],
        )
