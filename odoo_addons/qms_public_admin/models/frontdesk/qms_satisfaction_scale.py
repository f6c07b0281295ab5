from odoo import fields, models


class QmsSatisfactionScale(models.Model):
    """Ordered levels with their points: what a question can be answered with.

    Scales are data: three levels at the counter, five on portals, 0 to 2 of the nine
    indices, 100 to 0 of the commune surveys stand side by side (regulation §4).
    """

    _name = "qms.satisfaction.scale"
    _description = "Scale of satisfaction"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    level_ids = fields.One2many(
        "qms.satisfaction.level", "scale_id", string="Levels of the scale", copy=True
    )

    _code_unique = models.Constraint("UNIQUE(code)", "A scale with this code exists already.")
