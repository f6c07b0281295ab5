from odoo import models


class MgmtsystemNonconformitySeverity(models.Model):
    """The agencies' own scale of severity, beside the grade that the standard knows."""

    _name = "mgmtsystem.nonconformity.severity"
    _inherit = ["mgmtsystem.nonconformity.severity", "qms.shared.list"]
    _order = "sequence, id"
