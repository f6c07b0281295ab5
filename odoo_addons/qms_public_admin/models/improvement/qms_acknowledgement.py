from odoo import models


class QmsAcknowledgement(models.Model):
    _name = "qms.acknowledgement"
    _inherit = ["qms.acknowledgement", "qms.measured.mixin"]
