from odoo import fields, models


class QmsAgencyLevel(models.Model):
    """Level of government. Data, because levels come and go: the one-stop decrees
    know ministry, province and commune since 1 July 2025, older records keep the
    district.
    """

    _name = "qms.agency.level"
    _description = "Agency level"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    valid_to = fields.Date(help="Last day on which agencies of this level existed.")
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE(code)", "This level code exists already.")
