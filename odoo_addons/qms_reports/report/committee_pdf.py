from odoo import models


class QmsCommitteePrint(models.AbstractModel):
    """The members of the steering committee on paper."""

    _name = "report.qms_reports.committee_pdf"
    _description = "Print of the members of the committee"
    _inherit = "qms.table.print"

    _source = "qms.committee"
