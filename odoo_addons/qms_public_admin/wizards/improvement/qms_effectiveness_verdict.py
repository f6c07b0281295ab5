from odoo import api, fields, models

from ...models.improvement.qms_effectiveness_reading import VERDICT_LABELS

NEXT = [
    ("none", "Nothing further"),
    ("action", "Plan a further action"),
    ("reopen", "Take the nonconformity up again"),
]


class QmsEffectivenessVerdict(models.TransientModel):
    """Asks for the verdict on the effect of an action, beside what the figures show."""

    _name = "qms.effectiveness.verdict"
    _description = "Verdict on effectiveness"

    check_id = fields.Many2one("qms.effectiveness.check", required=True, ondelete="cascade")
    before_text = fields.Char(related="check_id.before_text")
    after_text = fields.Char(related="check_id.after_text")
    shown_text = fields.Text(related="check_id.shown_text")
    picture = fields.Json(related="check_id.picture")
    verdict = fields.Selection(VERDICT_LABELS, required=True)
    words = fields.Text(string="Reason", required=True)
    days = fields.Integer(string="Look longer by (days)", default=30)
    what_next = fields.Selection(NEXT, string="What follows", default="action", required=True)

    def action_confirm(self):
        """Record the verdict; where it was not effective, open what follows."""
        self.ensure_one()
        check = self.check_id
        check.action_judge(self.verdict, self.words, self.days)
        rows = check.nonconformity_ids
        if self.verdict == "not_effective" and self.what_next != "none" and len(rows) == 1:
            if self.what_next == "reopen" or rows.state in ("verified", "done"):
                rows.action_qms_reopen(self.words)
            if self.what_next == "action":
                return rows.action_qms_add_action()
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _ask(self, check):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Was the action effective?"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_check_id": check.id},
        }
