from odoo import api, fields, models
from odoo.exceptions import UserError

# The verb of the change or of its lines that the words go with.
CHANGE_VERBS = {"wait": "action_wait", "cancel": "action_cancel", "justify": "action_justify"}


class QmsDocumentWords(models.TransientModel):
    """The same dialog asks for the words that go with a verb of a change."""

    _inherit = "qms.document.words"

    revision_id = fields.Many2one(required=False)
    change_ids = fields.Many2many("qms.change.request", string="Changes", readonly=True)
    line_ids = fields.Many2many("qms.change.request.line", string="Items", readonly=True)
    verb = fields.Selection(
        selection_add=[
            ("wait", "Wait for a text"),
            ("cancel", "Cancel the change"),
            ("justify", "No change needed"),
        ],
        ondelete={"wait": "cascade", "cancel": "cascade", "justify": "cascade"},
    )
    awaited = fields.Char(string="Text waited for")

    # === ACTIONS === #

    def action_confirm(self):
        """Do what was asked for, with these words; each record asks for the right itself."""
        self.ensure_one()
        if self.verb not in CHANGE_VERBS:
            if not self.revision_id:
                raise UserError(self.env._("Choose what is to be done."))
            return super().action_confirm()
        if not (self.words or "").strip():
            raise UserError(self.env._("Say why."))
        records = self.line_ids if self.verb == "justify" else self.change_ids
        more = (self.awaited,) if self.verb == "wait" else ()
        getattr(records, CHANGE_VERBS[self.verb])(self.words, *more)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    @api.model
    def _ask(self, verb, title, change_ids=(), line_ids=()):
        """Open the dialog for a verb of changes or lines."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "views": [
                (self.env.ref("qms_public_admin.qms_document_words_view_form_change").id, "form")
            ],
            "target": "new",
            "context": {
                "default_verb": verb,
                "default_change_ids": list(change_ids),
                "default_line_ids": list(line_ids),
            },
        }
