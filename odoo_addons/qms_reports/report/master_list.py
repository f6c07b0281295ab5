from odoo import api, models

from ..tools.paging import paginate, row_height

# Characters of a line in a column of 1 % of the width; lines of table on a landscape page.
CHARACTERS = 1.5
LINES = {"first": 42, "others": 50}


class QmsMasterListPrint(models.AbstractModel):
    """The master list on paper, cut into pages that each have the head of the table."""

    _name = "report.qms_reports.master_list_pdf"
    _description = "Print of the master list"

    @api.model
    def _get_report_values(self, docids, data=None):
        lists = self.env["qms.master.list"].browse(docids)
        lists.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": "qms.master.list",
            "docs": lists,
            "pages": self._pages,
        }

    @api.model
    def _pages(self, master_list):
        widths = [max(int(share * CHARACTERS), 3) for _head, share in master_list._heads()]

        def height(row):
            return row_height(zip(row, widths, strict=True))

        return paginate(master_list._rows(), height, **LINES)
