import io
import logging
from xml.sax.saxutils import escape

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.pdf import DictionaryObject, NameObject, OdooPdfFileReader, OdooPdfFileWriter

from ..tools.qr import qr_svg

# The fonts of a print bear no date; telling so once a font and print helps nobody.
logging.getLogger("fontTools").setLevel(logging.ERROR)
# PDF/A-3, level B, as Odoo's converter makes it.
XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
   <pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
   <pdf:Producer>Odoo</pdf:Producer>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
   <xmp:CreatorTool>Odoo</xmp:CreatorTool>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>"""


class QmsApprovalMixin(models.AbstractModel):
    """The sign-off block of prints, and prints sealed with the agency's certificate."""

    _inherit = "qms.approval.mixin"

    can_sign_print = fields.Boolean(compute="_compute_can_sign_print")

    # === COMPUTE METHODS === #

    def _compute_can_sign_print(self):
        for record in self:
            record.can_sign_print = not record._seal_error()

    # === BUSINESS METHODS === #

    def _sign_off_rows(self):
        """Add to each row the QR code of the page that verifies the decision."""
        rows = super()._sign_off_rows()
        return [{**row, "qr": row["url"] and qr_svg(row["url"], 84)} for row in rows]

    def _sign_off_blocks(self):
        """Return the decisions as parts of a paper (``tools/paper_docx.py``), after its own."""
        papers = self.with_context(lang=self.env["res.lang"]._qms_of_papers())
        rows = papers._sign_off_lines()
        if not rows:
            return []
        columns = [("Vai trò", 20), ("Họ tên, chức vụ", 32), ("Ngày", 14), ("Kiểm tra tại", 34)]
        cells = [
            [
                row["role"],
                "\n".join(filter(None, (row["name"], row["title"]))),
                row["date"].strftime("%d/%m/%Y"),
                row["url"],
            ]
            for row in rows
        ]
        return [
            {"kind": "heading", "text": "Phê duyệt trên hệ thống"},
            {"kind": "table", "columns": columns, "rows": cells},
        ]

    def _seal_error(self):
        """Return why the current user cannot have a print of this record sealed."""
        self.ensure_one()
        if self.approval_state != "approved":
            return self.env._("Only what is approved is sealed by the agency.")
        if not self._approval_company().sudo().qms_can_sign:
            return self.env._(
                "The agency has no certificate yet. An administrator adds it in the settings."
            )
        if not self.has_access("write"):
            return self.env._("Only who keeps the record has its prints sealed.")
        return ""

    def _sealed_print(self, report_xmlid):
        """Print, seal and keep the file with the record; return the attachment.

        :raise UserError: when the record is not approved, or the certificate is missing
        """
        self.ensure_one()
        error = self._seal_error()
        if error:
            raise UserError(error)
        prints = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        pdf, _kind = prints._render_qweb_pdf(report_xmlid, self.ids)
        company = self._approval_company()
        archived = self._as_archive(pdf, self.display_name)
        return self.env["ir.attachment"].create(
            {
                "name": f"{self.display_name}.pdf",
                "raw": company._qms_sign(archived, self._approval_code()),
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _as_archive(self, pdf, title):
        """Return ``pdf`` as PDF/A: colours described, widths of glyphs true, metadata."""
        writer = OdooPdfFileWriter()
        writer.cloneReaderDocumentRoot(OdooPdfFileReader(io.BytesIO(pdf), strict=False))
        root = writer._root_object
        if "/Outlines" not in root:  # the converter counts on one
            root[NameObject("/Outlines")] = writer._addObject(
                DictionaryObject({NameObject("/Type"): NameObject("/Outlines")})
            )
        writer.convert_to_pdfa()
        writer.add_file_metadata((XMP % escape(title)).encode())
        target = io.BytesIO()
        writer.write(target)
        return target.getvalue()
