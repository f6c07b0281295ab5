from odoo import fields, models


class QmsPosition(models.Model):
    """What a position calls for (ISO 9001, 7.2.a)."""

    _inherit = "qms.position"

    competence_ids = fields.One2many(
        "qms.position.competence", "position_id", string="Competences required", copy=True
    )
