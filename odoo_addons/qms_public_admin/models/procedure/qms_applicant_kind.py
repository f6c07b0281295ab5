from odoo import fields, models


class QmsApplicantKind(models.Model):
    """Who may use a procedure: the kinds the national portal counts by."""

    _name = "qms.applicant.kind"
    _description = "Kind of applicant"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE(code)", "This kind of applicant exists already.")
