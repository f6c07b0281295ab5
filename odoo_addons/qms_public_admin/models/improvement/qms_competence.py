from odoo import fields, models

COMPETENCE_LEVELS = [("1", "Knows"), ("2", "Works independently"), ("3", "Guides others")]


class QmsCompetence(models.Model):
    """Something people have to be able to do: ISO 9001, internal audit, conduct at the counter.

    ISO 9001, 7.2. Everyone reads the list; ISO officers add what their agency needs.
    """

    _name = "qms.competence"
    _description = "Competence"
    _inherit = ["qms.placement.mixin"]
    _order = "sequence, name"
    _shared_is_for_all = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char()
    sequence = fields.Integer(default=10)
    description = fields.Text(translate=True, help="What somebody who has it is able to do.")
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        index=True,
        copy=False,
        default=lambda self: self.env.company,
        ondelete="restrict",
        help="Empty: for every agency.",
    )
    active = fields.Boolean(default=True)

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL",
        "A competence with this code exists already.",
    )
