from odoo import api, models


class QmsTablePrint(models.AbstractModel):
    """Prints of records with tables (``qms.table.source.mixin``)."""

    _name = "qms.table.print"
    _description = "Print of tables"

    _source = ""

    @api.model
    def _get_report_values(self, docids, data=None):
        records = self.env[self._source].browse(docids)
        records.check_access("read")
        return {"doc_ids": docids, "doc_model": self._source, "docs": records}
