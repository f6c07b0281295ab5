from odoo import fields, models

from .qms_competence import COMPETENCE_LEVELS


class QmsPositionCompetence(models.Model):
    """A competence that a position calls for, and how well it has to be mastered."""

    _name = "qms.position.competence"
    _description = "Competence required by a position"
    _inherit = ["qms.placement.mixin"]
    _order = "position_id, sequence, id"

    _placing_fields = ("position_id", "company_id")
    _derived_fields = ("company_id",)
    _shared_is_for_all = True

    position_id = fields.Many2one("qms.position", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="position_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    competence_id = fields.Many2one(
        "qms.competence", required=True, index=True, ondelete="restrict"
    )
    level = fields.Selection(COMPETENCE_LEVELS, string="Degree", required=True, default="2")
    note = fields.Char(string="Proof asked for", help="E.g. a certificate, a degree, practice.")

    _once = models.Constraint(
        "UNIQUE(position_id, competence_id)", "A competence stands at a position once."
    )
