from odoo import models


class QmsProcedure(models.Model):
    _name = "qms.procedure"
    _inherit = ["qms.procedure", "qms.measured.mixin"]
