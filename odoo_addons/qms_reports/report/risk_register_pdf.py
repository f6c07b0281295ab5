from odoo import models


class QmsRiskRegisterPrint(models.AbstractModel):
    """The register of risks and opportunities on paper."""

    _name = "report.qms_reports.risk_register_pdf"
    _description = "Print of the register of risks"
    _inherit = "qms.table.print"

    _source = "qms.risk.register"
