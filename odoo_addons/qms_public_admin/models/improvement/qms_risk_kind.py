from odoo import fields, models

RISK_KINDS = [("risk", "Risk"), ("opportunity", "Opportunity")]


class QmsRiskKind(models.Model):
    """What a risk or an opportunity is about: late dossiers, corruption, digital tools…

    Everyone reads the kinds; ISO officers add those of their agency. A confidential kind
    restricts who reads the risks of that kind.
    """

    _name = "qms.risk.kind"
    _description = "Kind of risk"
    _inherit = ["qms.placement.mixin"]
    _order = "sequence, name"
    _shared_is_for_all = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char()
    sequence = fields.Integer(default=10)
    applies_to = fields.Selection(
        [*RISK_KINDS, ("both", "Both")], required=True, default="risk", string="For"
    )
    is_confidential = fields.Boolean(
        string="Confidential",
        help="Risks of this kind are read by their owner, the readers named, ISO officers and "
        "leaders alone.",
    )
    description = fields.Text(translate=True, help="What belongs here, with examples.")
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
        help="Empty: for every agency.",
    )
    active = fields.Boolean(default=True)

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL",
        "A kind with this code exists already.",
    )
