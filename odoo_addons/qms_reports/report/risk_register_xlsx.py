from odoo import models


class QmsRiskRegisterXlsx(models.AbstractModel):
    """The register of risks and opportunities as a workbook."""

    _name = "report.qms_reports.risk_register_xlsx"
    _description = "Workbook of the register of risks"
    _inherit = "report.qms_reports.table_xlsx"
