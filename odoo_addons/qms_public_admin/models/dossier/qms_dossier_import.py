from odoo import fields, models


class QmsDossierImport(models.Model):
    _name = "qms.dossier.import"
    _description = "Import of dossiers"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
