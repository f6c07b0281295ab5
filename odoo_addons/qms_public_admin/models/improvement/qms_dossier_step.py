from odoo import models


class QmsDossierStep(models.Model):
    _name = "qms.dossier.step"
    _inherit = ["qms.dossier.step", "qms.measured.mixin"]
