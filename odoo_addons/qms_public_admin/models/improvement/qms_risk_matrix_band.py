from odoo import fields, models

COLORS = [
    ("green", "Green"),
    ("lime", "Light green"),
    ("yellow", "Yellow"),
    ("orange", "Orange"),
    ("red", "Red"),
]
# A good chance is no danger: shades of one colour, the deeper the better.
CHANCE_COLORS = {
    "green": "blue1",
    "lime": "blue2",
    "yellow": "blue3",
    "orange": "blue4",
    "red": "blue5",
}


class QmsRiskMatrixBand(models.Model):
    """What a score means: its level, its colour, what is to be done and how soon."""

    _name = "qms.risk.matrix.band"
    _description = "Band of a risk matrix"
    _inherit = ["qms.placement.mixin"]
    _order = "matrix_id, score_from"

    _placing_fields = ("matrix_id", "company_id")
    _derived_fields = ("company_id",)
    _shared_is_for_all = True

    matrix_id = fields.Many2one("qms.risk.matrix", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="matrix_id.company_id", store=True, index=True)
    score_from = fields.Integer(string="Score from", required=True, aggregator=None)
    score_to = fields.Integer(string="Score to", required=True, aggregator=None)
    name = fields.Char(string="Degree", required=True, translate=True)
    color = fields.Selection(COLORS, required=True, default="yellow")
    response = fields.Char(
        string="Response to a risk", translate=True, help="What is to be done about such a risk."
    )
    opportunity_response = fields.Char(
        string="Response to an opportunity",
        translate=True,
        help="What is to be done about such an opportunity.",
    )
    needs_treatment = fields.Boolean(
        string="To be treated",
        help="Such a risk is not left as it is; what was treated and comes here is open again.",
    )
    review_months = fields.Integer(
        string="Look again after (months)", required=True, default=6, aggregator=None
    )

    _scores = models.Constraint(
        "CHECK(score_from >= 1 AND score_to >= score_from)", "A band ends before it starts."
    )
    _review = models.Constraint(
        "CHECK(review_months BETWEEN 1 AND 60)", "Risks are looked at again after 1 to 60 months."
    )

    # === BUSINESS METHODS === #

    def _color(self, kind):
        return CHANCE_COLORS[self.color] if kind == "opportunity" else self.color

    def _response(self, kind):
        return self.opportunity_response if kind == "opportunity" else self.response
