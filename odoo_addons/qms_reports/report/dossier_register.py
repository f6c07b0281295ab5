from odoo import api, models

from ..tools.paging import paginate, row_height

# Characters a line of a column holds on A4 landscape, and lines of table on a page.
WIDTHS = {
    "code": 13,
    "content": 25,
    "holder_name": 17,
    "holder_address": 21,
    "holder_phone": 12,
    "note": 10,
}
LINES = {"first": 33, "others": 42}


class QmsDossierRegisterPrint(models.AbstractModel):
    """Form 07, "Sổ theo dõi hồ sơ", on paper; Vietnamese in every language."""

    _name = "report.qms_reports.dossier_register_pdf"
    _description = "Print of the dossier register"

    @api.model
    def _get_report_values(self, docids, data=None):
        registers = self.env["qms.dossier.register"].browse(docids)
        registers.check_access("read")
        registers._check_printable()
        return {
            "doc_ids": docids,
            "doc_model": "qms.dossier.register",
            "docs": registers,
            "pages": self._pages,
        }

    @api.model
    def _pages(self, register):
        """Return the rows page by page."""

        def height(row):
            return row_height([(row[name], width) for name, width in WIDTHS.items()])

        return paginate(register._rows(), height, **LINES)
