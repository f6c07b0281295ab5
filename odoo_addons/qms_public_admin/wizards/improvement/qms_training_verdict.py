from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...models.improvement.qms_training import VERDICTS

VERBS = [("evaluate", "Evaluate"), ("cancel", "Cancel the class"), ("drop", "Drop the need")]


class QmsTrainingWords(models.TransientModel):
    """Asks for the words that go with a verb of classes or training needs."""

    _name = "qms.training.words"
    _description = "Words with an act on a class"

    training_ids = fields.Many2many("qms.training", string="Classes")
    need_ids = fields.Many2many("qms.training.need", string="Training needs")
    verb = fields.Selection(VERBS, required=True)
    verdict = fields.Selection(VERDICTS, string="Effect of training")
    words = fields.Text(string="In words", required=True)

    # === ACTIONS === #

    def action_confirm(self):
        """Do what was asked for, with these words; who may is checked there."""
        self.ensure_one()
        if self.verb == "evaluate":
            self.training_ids.action_evaluate(self.verdict, self.words)
        elif self.verb == "cancel":
            self.training_ids.action_cancel(self.words)
        elif self.verb == "drop":
            self.need_ids.action_drop(self.words)
        else:
            raise UserError(self.env._("Choose what is to be done."))
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    @api.model
    def _ask(self, records, verb, title):
        """Open the dialog for classes or needs."""
        name = "need_ids" if records._name == "qms.training.need" else "training_ids"
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{name}": [Command.set(records.ids)], "default_verb": verb},
        }
