from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_actions_report import _wkhtml

from ..form_names import BLOCK_NAMES, NAMES, TEXT_NAMES
from ..tools import form_docx, form_text, html_pdf
from ..tools.barcode import barcode_png, barcode_svg
from ..tools.paging import paginate, row_height
from ..tools.qr import qr_png, qr_svg

# Lines of table that fit on the first page of a form and on the others, and
# characters a line holds in the columns of a table.
CONTROL_LINES = {"first": 38, "others": 48}
CONTROL_WIDTHS = (25, 27, 20)
PAPER_WIDTH, DENSE_LINES = 52, 9
REGISTER_LINES = {"first": 27, "others": 38}
REGISTER_WIDTHS = {
    "code": 12,
    "content": 21,
    "holder_name": 14,
    "holder_address": 18,
    "holder_phone": 11,
    "note": 8,
}


class QmsFormPrint(models.AbstractModel):
    """Fills legal forms with values: PDF through HTML, and Word.

    Knows neither dossiers nor papers: a form and a dictionary go in, bytes come out,
    so that issued papers, previews and prints on demand look alike.
    """

    _name = "qms.form.print"
    _description = "Print of legal forms"

    # === FILES === #

    @api.model
    def _pdf_files(self, jobs):
        """Return one PDF for each ``(form, values)``."""
        documents = [
            (self._html_page(form, values), "landscape" if form.is_landscape else "portrait")
            for form, values in jobs
        ]
        try:
            return html_pdf.print_pages(_wkhtml().bin, documents)
        except html_pdf.PrintError as error:
            raise UserError(
                self.env._("The papers were not printed: %(detail)s", detail=error)
            ) from error

    @api.model
    def _docx_file(self, form, values):
        """Return the form filled with ``values`` as Word document."""
        pictures = {
            "qr_lookup": qr_png(values.get("lookup_url")),
            "qr_rating": qr_png(values.get("rating_url")),
            "qr_code": qr_png(values.get("dossier_code")),
            "barcode": barcode_png(values.get("dossier_code")),
        }
        try:
            return form_docx.fill_docx(form._docx_template(), TEXT_NAMES, {**values, **pictures})
        except form_text.FormError as error:
            raise UserError(
                self.env._(
                    "The Word template cannot be used: %(problem)s",
                    problem=form._problem_text(error),
                )
            ) from error

    # === HTML === #

    @api.model
    def _html_page(self, form, values):
        """Return a self-contained page of HTML for the printer."""
        content = self.env["ir.qweb"]._render(
            "qms_reports.form_document", {"content": self._html(form, values)}
        )
        return f"<!DOCTYPE html>\n{content}"

    @api.model
    def _html(self, form, values):
        """Return the pages of a form, one for each copy."""
        filled = {**values, **self._blocks(form, values)}
        copies = [
            self._html_copy(form, {**filled, "copy_name": name}, is_next=bool(number))
            for number, name in enumerate(form._copy_names())
        ]
        return Markup("").join(copies)

    @api.model
    def _html_copy(self, form, values, is_next):
        try:
            pieces = {
                name: form_text.render_text(form[name] or "", NAMES, values)
                for name in ("header", "body", "footer")
            }
            signatures = [
                [form_text.plain_text(part, TEXT_NAMES, values) for part in cell]
                for cell in form._signature_cells()
            ]
        except form_text.FormError as error:
            raise UserError(
                self.env._(
                    "“%(field)s” of the form cannot be used: %(problem)s",
                    field=form.name,
                    problem=form._problem_text(error),
                )
            ) from error
        return self.env["ir.qweb"]._render(
            "qms_reports.form_copy",
            {
                "values": {**dict.fromkeys(NAMES, ""), **values},
                "signatures": signatures,
                "is_next": is_next,
                **pieces,
            },
        )

    @api.model
    def _blocks(self, form, values):
        """Return the blocks that the texts of a form name, as safe HTML.

        The same for each copy: drawing a QR code takes longer than all the rest.
        """
        texts = "".join(form[name] or "" for name in ("header", "body", "footer"))
        shown = {**dict.fromkeys(NAMES, ""), **values}
        found = dict.fromkeys(BLOCK_NAMES, Markup(""))
        for name in BLOCK_NAMES:
            if name in texts:
                found[name] = self.env["ir.qweb"]._render(
                    f"qms_reports.form_{name}",
                    {
                        "values": shown,
                        "qr_svg": qr_svg,
                        "barcode_svg": barcode_svg,
                        "pages": self._pages(name, values),
                        "is_dense": self._is_dense(values),
                    },
                )
        return found

    @api.model
    def _pages(self, name, values):
        """Return the rows of a table page by page: no printer has to break it."""
        if name == "hand_over_table":
            return paginate(values.get("hand_overs") or [], self._control_height, **CONTROL_LINES)
        if name == "register_table":
            return paginate(values.get("register") or [], self._register_height, **REGISTER_LINES)
        return [values.get("components") or []]

    @api.model
    def _is_dense(self, values):
        """Whether the papers handed in fill so much that they are set smaller."""
        rows = values.get("components") or []
        return sum(row_height([(row["name"], PAPER_WIDTH)]) for row in rows) > DENSE_LINES

    @api.model
    def _control_height(self, row):
        parties = f"1. Giao: {row['giver']}\n2. Nhận: {row['receiver']}"
        times = (
            f"{row['moment']}\nNgười giao: {row['giver_name']}\nNgười nhận: {row['receiver_name']}"
        )
        cells = zip((parties, times, row["note"]), CONTROL_WIDTHS, strict=True)
        return row_height(cells)

    @api.model
    def _register_height(self, row):
        return row_height([(row[name], width) for name, width in REGISTER_WIDTHS.items()])
