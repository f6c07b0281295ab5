from odoo import fields, models

REASONS = [
    ("first", "First assessment"),
    ("again", "Looked at again"),
    ("treated", "After treatment"),
]


class QmsRiskAssessment(models.Model):
    """How likely and how grave a risk was on a day, in whose judgement and why.

    Words, level and response are those of the matrix on that day and stay as text. Rows are
    written by the action of the risk alone; a mistake is corrected by a further row. Who may
    not read the risk does not read its assessments.
    """

    _name = "qms.risk.assessment"
    _description = "Assessment of a risk"
    _inherit = ["qms.fact.mixin"]
    _order = "risk_id, sequence desc, id desc"
    _rec_name = "level"

    risk_id = fields.Many2one(
        "qms.risk",
        string="Risk or opportunity",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    sequence = fields.Integer(string="No.", required=True, readonly=True, aggregator=None)
    reason = fields.Selection(REASONS, string="Occasion", required=True, readonly=True)
    date = fields.Date(string="Assessed on", required=True, readonly=True)
    likelihood = fields.Integer(required=True, readonly=True, aggregator="avg")
    likelihood_name = fields.Char(string="Likelihood in words", required=True, readonly=True)
    impact = fields.Integer(required=True, readonly=True, aggregator="avg")
    impact_name = fields.Char(string="Impact in words", required=True, readonly=True)
    score = fields.Integer(required=True, readonly=True, aggregator="avg")
    level = fields.Char(string="Degree", required=True, readonly=True)
    color = fields.Char(readonly=True)
    response = fields.Char(string="Response expected", readonly=True)
    needs_treatment = fields.Boolean(string="To be treated", readonly=True)
    matrix_id = fields.Many2one("qms.risk.matrix", readonly=True, index=True, ondelete="restrict")
    matrix_name = fields.Char(string="Name of the matrix", readonly=True)
    why = fields.Text(required=True, readonly=True)
    date_next = fields.Date(string="To be looked at again on", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Assessed by", readonly=True, index=True, ondelete="restrict"
    )
    user_name = fields.Char(string="Name", required=True, readonly=True)
    title = fields.Char(string="Position", readonly=True)
    at = fields.Datetime(string="Recorded", required=True, readonly=True)

    _sequence = models.Constraint(
        "UNIQUE(risk_id, sequence)", "Somebody else assessed at the same moment. Reload the page."
    )
    _score = models.Constraint(
        "CHECK(score = likelihood * impact AND likelihood > 0 AND impact > 0)",
        "The score is the product of likelihood and impact.",
    )
