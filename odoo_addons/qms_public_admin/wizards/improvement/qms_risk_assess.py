from odoo import api, fields, models

from ...tools import risk_matrix as kernel


class QmsRiskAssess(models.TransientModel):
    """Asks for likelihood and impact, and shows at once what they come to."""

    _name = "qms.risk.assess"
    _description = "Assessment dialog"

    risk_id = fields.Many2one("qms.risk", required=True, ondelete="cascade")
    kind = fields.Selection(related="risk_id.kind")
    matrix_id = fields.Many2one(related="risk_id.matrix_id")
    likelihood_id = fields.Many2one(
        "qms.risk.matrix.level",
        required=True,
        domain="[('matrix_id', '=', matrix_id), ('axis', '=', 'likelihood')]",
        compute="_compute_last",
        store=True,
        readonly=False,
    )
    impact_id = fields.Many2one(
        "qms.risk.matrix.level",
        required=True,
        domain="[('matrix_id', '=', matrix_id), ('axis', '=', 'impact')]",
        compute="_compute_last",
        store=True,
        readonly=False,
    )
    likelihood_help = fields.Text(related="likelihood_id.description", string="When likely")
    impact_help = fields.Text(related="impact_id.description", string="When grave")
    score = fields.Integer(compute="_compute_score")
    level = fields.Char(string="Degree", compute="_compute_score")
    response = fields.Char(string="Response expected", compute="_compute_score")
    grid = fields.Json(string="On the matrix", compute="_compute_score")
    why = fields.Text(required=True)
    date_next = fields.Date(
        string="Look again on", help="Empty: after the months that the level asks for."
    )

    # === COMPUTE METHODS === #

    @api.depends("risk_id")
    def _compute_last(self):
        for row in self:
            matrix, risk = row.matrix_id, row.risk_id
            row.likelihood_id = matrix and matrix._level("likelihood", risk.likelihood)
            row.impact_id = matrix and matrix._level("impact", risk.impact)

    @api.depends("likelihood_id", "impact_id")
    def _compute_score(self):
        for row in self:
            matrix = row.matrix_id
            score = kernel.score(row.likelihood_id.value, row.impact_id.value)
            band = matrix._band(score) if matrix and score else matrix.band_ids.browse()
            row.score = score
            row.level = band.name
            row.response = band._response(row.kind) if band else False
            chosen = {(row.likelihood_id.value, row.impact_id.value): 1} if score else {}
            row.grid = matrix._grid(row.kind, chosen) if matrix else False

    # === ACTIONS === #

    def action_confirm(self):
        """Record the assessment; who may is checked there."""
        self.ensure_one()
        self.risk_id.action_assess(
            self.likelihood_id.value, self.impact_id.value, self.why, self.date_next
        )
        return {"type": "ir.actions.act_window_close"}
