import io

import lxml.html
from markupsafe import Markup
from pypdf import PdfReader

from odoo import api, fields, models
from odoo.tools import html2plaintext, is_html_empty

from odoo.addons.qms_public_admin.tools import chart_svg

from ..tools import review_docx

DRAFT_MARK = "DỰ THẢO – chưa được phê duyệt"


class MgmtsystemReview(models.Model):
    """The management review on paper: a draft at any time, one frozen pack once approved.

    The words of the paper are Vietnamese in every language, as those of the other papers.
    """

    _inherit = "mgmtsystem.review"

    pack_ids = fields.One2many("qms.review.pack", "review_id", readonly=True)

    # === ACTIONS === #

    def action_print(self):
        """Print the pack, or a draft of it."""
        return self.env.ref("qms_reports.review_pack_action").report_action(self)

    def action_docx(self):
        """Hand out the pack, or a draft of it, as Word document."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/qms/reviews/{self.id}.docx"}

    # === BUSINESS METHODS === #

    def _on_approved(self):
        result = super()._on_approved()
        for review in self:
            self.env["qms.review.pack"]._make(review)
        return result

    def _pdf_files(self):
        """Return one PDF for each review: the frozen one, else a draft."""
        self.check_access("read")
        return [row._kept_pack("pdf") or row._pack_pdf() for row in self]

    def _docx_content(self):
        self.ensure_one()
        self.check_access("read")
        return self._kept_pack("docx") or self._pack_docx()

    def _kept_pack(self, kind):
        pack = self.sudo().pack_ids
        return pack._file(kind) if pack else b""

    def _file_name(self, extension):
        mark = "" if self.state == "done" else "-du-thao"
        return f"{(self.reference or 'review').replace('Đ', 'D')}{mark}.{extension}"

    # === FILES === #

    def _pack_pdf(self):
        """Return the pack as PDF; each page says what it is, of how many."""
        self.ensure_one()
        prints = self.env["qms.document.print"]
        values = self._pack_values()
        html = self._pack_html("qms_reports.review_pack_text", {"pack": values, "subject": self})
        [text] = prints._print([(html, "paged")])
        count = len(PdfReader(io.BytesIO(text)).pages)
        heads = self._pack_html(
            "qms_reports.review_pack_heads", {"pack": values, "pages": range(1, count + 1)}
        )
        [head] = prints._print([(heads, "running")])
        return prints._laid_upon(text, head)

    def _pack_docx(self):
        """Return the pack as Word document; charts as tables."""
        self.ensure_one()
        return review_docx.build(self._pack_values(), chart_svg)

    def _pack_html(self, template, values):
        """Render in Vietnamese: so are the words of the paper, whoever prints."""
        lang = self.env["res.lang"]._qms_of_papers()
        prints = self.with_context(lang=lang)
        if "subject" in values:
            values = {**values, "subject": values["subject"].with_env(prints.env)}
        return f"<!DOCTYPE html>\n{prints.env['ir.qweb']._render(template, values)}"

    # === VALUES === #

    def _pack_values(self):
        """Return all that stands on the paper, as plain data, in the language of papers."""
        lang = self.env["res.lang"]._qms_of_papers()
        row = self.sudo().with_context(lang=lang)
        company = row.company_id
        inputs = [row._pack_input(each) for each in row.qms_input_ids]
        return {
            "mark": "" if row.state == "done" else DRAFT_MARK,
            "heading": company._qms_heading(),
            "place_date": company._qms_place_and_date(row.date),
            "agency": row.qms_agency_name or company.qms_agency_id.name or company.name,
            "standard": row.qms_standard_name or row.qms_standard_id._paper_name(),
            "reference": row.reference,
            "title": row.name,
            "period": [_day(row.qms_date_from), _day(row.qms_date_to)],
            "moment": company._qms_moment_text(row.date),
            "place": row.qms_place or "",
            "chair": row.qms_chair_id.name or "",
            "secretary": row.qms_secretary_id.name or "",
            "inputs": inputs,
            "outputs": [row._pack_output(each) for each in row.qms_output_ids],
            "attendance": [row._pack_person(each) for each in row.qms_attendance_ids],
            "conclusion": row._pack_text(row.conclusion),
            "fingerprint": row.qms_content_sha256 or "",
            "sign_offs": [
                {
                    "role": found["role"],
                    "name": found["name"],
                    "title": found["title"],
                    "on_behalf": found["on_behalf"],
                    "date": _day(found["date"]),
                    "hash": found["hash"],
                    "url": found["url"],
                }
                for found in self.with_context(lang=lang)._sign_off_rows()
            ],
        }

    @api.model
    def _pack_input(self, row):
        return {
            "letter": row.letter or "",
            "name": row.name,
            "verdict": self._pack_label(row, "verdict"),
            "content": row.content or {"sections": []},
            "comment": self._pack_text(row.comment),
            "minutes": self._pack_text(row.minutes),
        }

    @api.model
    def _pack_output(self, row):
        return {
            "kind": self._pack_label(row, "kind"),
            "name": row.name,
            "topic": row.input_id.display_name or "",
            "owner": row.owner_name or "",
            "due": _day(row.due_date),
        }

    @api.model
    def _pack_person(self, row):
        return {
            "name": row.name,
            "title": row.title or "",
            "role": self._pack_label(row, "role"),
            "attendance": self._pack_label(row, "attendance"),
            "note": row.note or "",
        }

    @api.model
    def _pack_label(self, row, name):
        return dict(row._fields[name]._description_selection(row.env)).get(row[name], "")

    @api.model
    def _pack_text(self, html):
        """Return a text twice: as safe HTML without pictures, and as plain lines."""
        if is_html_empty(html):
            return {"html": "", "lines": []}
        root = lxml.html.fragment_fromstring(str(html), create_parent="div")
        for picture in root.xpath(".//img"):
            picture.drop_tree()
        lines = html2plaintext(html, include_references=False).splitlines()
        return {
            "html": Markup(lxml.html.tostring(root, encoding="unicode")),
            "lines": [line.strip() for line in lines if line.strip()],
        }

    @api.model
    def _pack_svg(self, chart):
        return Markup(chart_svg.svg(chart))


def _day(day):
    return day.strftime("%d/%m/%Y") if day else ""
