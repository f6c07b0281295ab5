from odoo import models


class QmsTrainingRegisterPrint(models.AbstractModel):
    """The register of classes on paper."""

    _name = "report.qms_reports.training_register_pdf"
    _description = "Print of the register of classes"
    _inherit = "qms.table.print"

    _source = "qms.training.register"
