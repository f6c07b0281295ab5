import base64
import io
import re

import lxml.html
from markupsafe import Markup
from pypdf import PdfReader, PdfWriter

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_actions_report import _wkhtml

from ..tools import html_pdf

_PICTURE = re.compile(r"^/web/(?:image|content)/(\d+)")
# What a printed copy says of itself; Vietnamese in every language, as the paper is.
MARKS = {
    "draft": "DỰ THẢO – chưa có hiệu lực",
    "review": "DỰ THẢO – đang soát xét",
    "approval": "DỰ THẢO – chờ phê duyệt",
    "approved": "ĐÃ PHÊ DUYỆT – chưa có hiệu lực",
    "effective": "BẢN SAO KHÔNG KIỂM SOÁT – in ngày %(day)s",
    "obsolete": "HẾT HIỆU LỰC – in ngày %(day)s",
    "withdrawn": "ĐÃ HỦY BỎ – in ngày %(day)s",
}
REGISTERED = "BẢN KIỂM SOÁT số %(number)s – %(holder)s"


class QmsDocumentPrint(models.AbstractModel):
    """Documents on paper: each page says code, revision, date, page n/m and what copy it is.

    The text is printed first; its pages are counted, and a running head is printed for
    each and laid upon it. So any wkhtmltopdf prints documents alike, the plain build too.
    """

    _name = "qms.document.print"
    _description = "Print of controlled documents"

    # === FILES === #

    @api.model
    def _pdf_files(self, records):
        """Return one PDF for each revision or registered copy.

        :param records: ``document.page.history`` or ``qms.document.copy``
        """
        records.check_access("read")
        prints = [self._print_of(record) for record in records]
        texts = self._print([(self._text_html(revision), "headed") for revision, _mark in prints])
        counts = [len(PdfReader(io.BytesIO(text)).pages) for text in texts]
        heads = self._print(
            [
                (self._head_html(revision, mark, count), "running")
                for (revision, mark), count in zip(prints, counts, strict=True)
            ]
        )
        return [self._laid_upon(text, head) for text, head in zip(texts, heads, strict=True)]

    def _print_of(self, record):
        """Return the revision to be printed and the mark it carries."""
        is_copy = record._name == "qms.document.copy"
        revision = record.revision_id if is_copy else record
        if not revision.qms_state:
            raise UserError(self.env._("This page is not a controlled document."))
        day = revision.company_id._qms_day_text(self.env.cr.now())
        if is_copy and revision.qms_state == "effective" and not record.collected_at:
            return revision, REGISTERED % {"number": record.number, "holder": record.holder}
        return revision, MARKS[revision.qms_state] % {"day": day}

    def _print(self, pages):
        try:
            return html_pdf.print_pages(_wkhtml().bin, pages)
        except html_pdf.PrintError as error:
            raise UserError(
                self.env._("The papers were not printed: %(detail)s", detail=error)
            ) from error

    def _laid_upon(self, text, head):
        """Return the pages of both as one; the text goes onto the head, not the other way
        round: merged into its own first page, the fonts of the text are lost.
        """
        writer = PdfWriter()
        heads = PdfReader(io.BytesIO(head)).pages
        for page, upper in zip(PdfReader(io.BytesIO(text)).pages, heads, strict=False):
            writer.add_page(upper).merge_page(page)
        target = io.BytesIO()
        writer.write(target)
        return target.getvalue()

    # === HTML === #

    def _text_html(self, revision):
        return self._page("qms_reports.document_revision_text", self._values(revision))

    def _head_html(self, revision, mark, count):
        values = {**self._values(revision), "mark": mark, "pages": range(1, count + 1)}
        return self._page("qms_reports.document_revision_heads", {**values, "count": count})

    def _page(self, template, values):
        """Render in Vietnamese: so are the words of the paper, whoever prints."""
        prints = self.with_context(lang=self.env["res.lang"]._qms_of_papers())
        values["revision"] = values["revision"].with_env(prints.env)
        return f"<!DOCTYPE html>\n{prints.env['ir.qweb']._render(template, values)}"

    @api.model
    def _values(self, revision):
        page = revision.page_id
        return {
            "revision": revision,
            "page": page,
            "agency": revision.company_id._qms_heading()["agency"],
            "day": lambda value: value.strftime("%d/%m/%Y") if value else "",
            "moment": revision.company_id._qms_moment_text,
            "amendments": revision._amendments_so_far(),
            "content": self._content(revision),
        }

    def _content(self, revision):
        """Return the text with its own pictures inside it; nothing is fetched from elsewhere."""
        if not revision.content:
            return ""
        root = lxml.html.fragment_fromstring(revision.content, create_parent="div")
        for picture in root.xpath(".//img"):
            source = self._picture(revision, picture.get("src") or "")
            if source:
                picture.set("src", source)
            else:
                picture.drop_tree()
        return Markup(lxml.html.tostring(root, encoding="unicode"))

    def _picture(self, revision, source):
        if source.startswith("data:image/"):
            return source
        found = _PICTURE.match(source)
        attachment = self.env["ir.attachment"].sudo().browse(int(found[1])) if found else None
        if not attachment or not attachment.exists():
            return ""
        rows = revision.page_id.sudo().history_ids.ids
        own = attachment.res_model == revision._name and attachment.res_id in rows
        if not own and not attachment.with_env(self.env).has_access("read"):
            return ""
        kind = attachment.mimetype or ""
        if not kind.startswith("image/") or "svg" in kind:
            return ""
        return f"data:{kind};base64,{base64.b64encode(attachment.raw or b'').decode()}"
