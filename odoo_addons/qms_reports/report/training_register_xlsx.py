from odoo import models


class QmsTrainingRegisterXlsx(models.AbstractModel):
    """The register of classes as a workbook."""

    _name = "report.qms_reports.training_register_xlsx"
    _description = "Workbook of the register of classes"
    _inherit = "report.qms_reports.table_xlsx"
