from odoo import fields, models


class HrDepartment(models.Model):
    _inherit = "hr.department"

    qms_code = fields.Char(
        string="Unit code in documents",
        help="Short code that stands for the unit in document codes, e.g. TC in QT-TC-01.",
    )
