from odoo import fields, models

from ...models.improvement.qms_competence_assessment import BASES, LEVELS_GIVEN


class QmsCompetenceJudge(models.TransientModel):
    """Asks what people are able to do, and on what grounds."""

    _name = "qms.competence.judge"
    _description = "Judgement of a competence"

    user_ids = fields.Many2many(
        "res.users",
        string="Persons judged",
        required=True,
        domain="[('share', '=', False)]",
    )
    competence_id = fields.Many2one("qms.competence", required=True)
    level = fields.Selection(LEVELS_GIVEN, string="Degree", required=True)
    basis = fields.Selection(
        [row for row in BASES if row[0] != "training"], required=True, default="practice"
    )
    valid_to = fields.Date(string="Valid until", help="Empty: it does not run out.")
    words = fields.Text(string="Grounds", required=True)

    def action_confirm(self):
        """Record it; who may is checked there."""
        self.ensure_one()
        self.env["qms.competence.assessment"]._judge(
            self.user_ids, self.competence_id, self.level, self.basis, self.words, self.valid_to
        )
        return {"type": "ir.actions.act_window_close"}
