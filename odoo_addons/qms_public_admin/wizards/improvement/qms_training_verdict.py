from odoo import api, fields, models
from odoo.fields import Command

from ...models.improvement.qms_training import VERDICTS


class QmsTrainingVerdict(models.TransientModel):
    """Asks whether classes had an effect, and what was found."""

    _name = "qms.training.verdict"
    _description = "Verdict on the effect of classes"

    training_ids = fields.Many2many("qms.training", string="Classes")
    verdict = fields.Selection(VERDICTS, string="Effect of training", required=True)
    words = fields.Text(string="What was found", required=True)

    # === ACTIONS === #

    def action_confirm(self):
        """Record the verdict; who may is checked there."""
        self.ensure_one()
        self.training_ids.action_evaluate(self.verdict, self.words)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    @api.model
    def _ask(self, trainings):
        """Return the action that asks for the verdict."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Evaluate the effect"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_training_ids": [Command.set(trainings.ids)]},
        }
