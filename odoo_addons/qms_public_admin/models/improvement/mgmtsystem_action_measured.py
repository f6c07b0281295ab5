from odoo import models


class MgmtsystemAction(models.Model):
    _name = "mgmtsystem.action"
    _inherit = ["mgmtsystem.action", "qms.measured.mixin"]
