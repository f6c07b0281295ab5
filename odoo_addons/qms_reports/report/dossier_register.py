from odoo import api, models


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
            "page": self._page,
        }

    @api.model
    def _page(self, register):
        """Return the register on the form in force on its last day."""
        form = register._form()
        values = {**register._paper_values(), **form._code_values()}
        return self.env["qms.form.print"]._html(form, values)
