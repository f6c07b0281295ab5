from odoo import models


class QmsTrainingXlsx(models.AbstractModel):
    """The participants of a class as a workbook."""

    _name = "report.qms_reports.training_list_xlsx"
    _description = "Workbook of the participants of a class"
    _inherit = "report.qms_reports.table_xlsx"
