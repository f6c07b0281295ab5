from odoo import fields, models
from odoo.exceptions import UserError

# What may be asked of which model; the verbs check for themselves.
VERBS = {
    ("qms.audit.programme", "action_change"),
    ("qms.audit.programme", "action_cancel"),
    ("mgmtsystem.audit", "action_cancel"),
    ("qms.audit.member", "action_justify"),
}


class QmsAuditWords(models.TransientModel):
    """Asks for the words of a verb: why a plan is changed, given up or justified."""

    _name = "qms.audit.words"
    _description = "Words of an act on audits"

    res_model = fields.Char(required=True, readonly=True)
    res_ids = fields.Json(required=True, readonly=True)
    verb = fields.Char(required=True, readonly=True)
    context_text = fields.Text(string="It is about", readonly=True)
    words = fields.Text(string="In your words", required=True)

    # === BUSINESS METHODS === #

    def _ask(self, verb, title, records):
        """Return the action that opens the dialog for ``verb`` of ``records``."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_res_model": records._name,
                "default_res_ids": records.ids,
                "default_verb": verb,
                "default_context_text": self._context_of(verb, records),
            },
        }

    def _context_of(self, verb, records):
        if verb == "action_justify":
            return "\n".join(filter(None, records.mapped("conflict_text")))
        return "\n".join(records.mapped("display_name"))

    def action_confirm(self):
        """Call the verb with the words."""
        self.ensure_one()
        if (self.res_model, self.verb) not in VERBS:
            raise UserError(self.env._("This is not asked here."))
        records = self.env[self.res_model].browse(self.res_ids).exists()
        getattr(records, self.verb)(self.words)
        return {"type": "ir.actions.act_window_close"}
