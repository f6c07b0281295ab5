from odoo import fields, models
from odoo.exceptions import UserError

# What the words are for: the verb of the revision, and whether words are needed.
VERBS = [
    ("confirm_review", "Confirm the review"),
    ("send_back", "Send back"),
    ("withdraw", "Take out of force"),
    ("register_copy", "Register a copy"),
]


class QmsDocumentWords(models.TransientModel):
    """Asks for the words that go with a verb of a revision."""

    _name = "qms.document.words"
    _description = "Words with an act on a revision"

    revision_id = fields.Many2one("document.page.history", required=True, ondelete="cascade")
    verb = fields.Selection(VERBS, required=True)
    words = fields.Text()

    def action_confirm(self):
        """Do what was asked for, with these words."""
        self.ensure_one()
        if self.verb not in dict(VERBS):
            raise UserError(self.env._("Choose what is to be done."))
        getattr(self.revision_id, f"action_{self.verb}")(self.words)
        return {"type": "ir.actions.act_window_close"}
