from odoo import api, fields, models
from odoo.exceptions import UserError

VERBS = [
    ("done", "Report it done"),
    ("verify", "Confirm the verification"),
    ("send_back", "Send back"),
    ("close", "Close"),
    ("reopen", "Take up again"),
    ("cancel", "Cancel it with a reason"),
]
# What each kind of record can be asked for.
OF_ACTIONS = ("done", "verify", "send_back", "reopen", "cancel")
OF_NONCONFORMITIES = ("verify", "close", "reopen", "cancel")


class QmsImprovementDialog(models.TransientModel):
    """Asks for the words of a verb of nonconformities or actions; the verb checks and acts."""

    _name = "qms.improvement.dialog"
    _description = "Dialog of nonconformities and actions"

    verb = fields.Selection(VERBS, required=True, readonly=True)
    nonconformity_ids = fields.Many2many("mgmtsystem.nonconformity", readonly=True)
    action_ids = fields.Many2many("mgmtsystem.action", readonly=True)
    is_of_actions = fields.Boolean(compute="_compute_is_of_actions")
    words = fields.Text()
    attachment_ids = fields.Many2many(
        "ir.attachment", "qms_improvement_dialog_file_rel", string="Files"
    )

    # === COMPUTE METHODS === #

    @api.depends("action_ids")
    def _compute_is_of_actions(self):
        for dialog in self:
            dialog.is_of_actions = bool(dialog.action_ids)

    # === ACTIONS === #

    def action_confirm(self):
        """Run the verb with these words."""
        self.ensure_one()
        records, verbs = (
            (self.action_ids, OF_ACTIONS)
            if self.action_ids
            else (self.nonconformity_ids, OF_NONCONFORMITIES)
        )
        if not records or self.verb not in verbs:
            raise UserError(self.env._("Choose what is to be done."))
        if not (self.words or "").strip():
            raise UserError(self.env._("Say it in words: they are kept in the history."))
        arguments = [self.words]
        if self.verb == "done":
            arguments.append(self.attachment_ids.ids)
        getattr(records, f"action_qms_{self.verb}")(*arguments)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    @api.model
    def _ask(self, verb, nonconformities=None, actions=None):
        """Return the action that opens the dialog."""
        words = ""
        if verb == "close" and nonconformities and len(nonconformities) == 1:
            words = nonconformities.evaluation_comments or ""
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._fields["verb"]._description_selection(self.env))[verb],
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_verb": verb,
                "default_words": words,
                "default_nonconformity_ids": [
                    fields.Command.set(nonconformities.ids if nonconformities else [])
                ],
                "default_action_ids": [fields.Command.set(actions.ids if actions else [])],
            },
        }
