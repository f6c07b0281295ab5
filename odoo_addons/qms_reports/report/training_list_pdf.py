from odoo import models


class QmsTrainingPrint(models.AbstractModel):
    """The participants of a class on paper."""

    _name = "report.qms_reports.training_list_pdf"
    _description = "Print of the participants of a class"
    _inherit = "qms.table.print"

    _source = "qms.training"
