from odoo import models


class QmsChangeRequest(models.Model):
    _name = "qms.change.request"
    _inherit = ["qms.change.request", "qms.measured.mixin"]
