from odoo import api, fields, models
from odoo.exceptions import UserError

VERBS = [
    ("answer", "Answer"),
    ("accept", "Accept the answer"),
    ("send_back", "Send back"),
    ("verify", "Verify"),
]


class QmsAuditFindingDialog(models.TransientModel):
    """Asks for the words of an act on a finding; the finding checks who may."""

    _name = "qms.audit.finding.dialog"
    _description = "Words of an act on a finding"

    finding_id = fields.Many2one("qms.audit.finding", required=True, ondelete="cascade")
    finding_name = fields.Text(related="finding_id.name", string="Words of the finding")
    grade = fields.Selection(related="finding_id.grade")
    verb = fields.Selection(VERBS, required=True)
    cause = fields.Text(help="Why it happened: ask “why” until something can be changed.")
    correction = fields.Text(help="What is put right now, and what keeps it from coming again.")
    correction_date = fields.Date(string="Put right by")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    words = fields.Text(string="In your words")

    # === ACTIONS === #

    def action_confirm(self):
        """Do what was asked for, with these words."""
        self.ensure_one()
        finding = self.finding_id
        if self.verb == "answer":
            finding.action_answer(
                self.cause, self.correction, self.correction_date, self.attachment_ids.ids
            )
        else:
            getattr(finding, f"action_{self._known_verb()}")(self.words)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    @api.model
    def _open_for(self, verb, finding):
        """Open the dialog for an act on a finding."""
        labels = dict(self._fields["verb"]._description_selection(self.env))
        if verb not in labels:
            raise UserError(self.env._("Choose what is to be done."))
        return {
            "type": "ir.actions.act_window",
            "name": f"{labels[verb]}: {finding.code}",
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_finding_id": finding.id,
                "default_verb": verb,
                "default_cause": finding.cause,
                "default_correction": finding.correction,
                "default_correction_date": finding.correction_date,
            },
        }

    def _known_verb(self):
        if self.verb not in dict(VERBS):
            raise UserError(self.env._("Choose what is to be done."))
        return self.verb
