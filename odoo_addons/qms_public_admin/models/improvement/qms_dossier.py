from odoo import models


class QmsDossier(models.Model):
    _name = "qms.dossier"
    _inherit = ["qms.dossier", "qms.measured.mixin"]
