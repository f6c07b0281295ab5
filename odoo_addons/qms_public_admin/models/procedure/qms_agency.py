from odoo import fields, models


class QmsAgency(models.Model):
    _inherit = "qms.agency"

    import_hash = fields.Char(
        readonly=True, copy=False, help="What the imported list said about the agency."
    )
