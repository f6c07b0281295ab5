from odoo import api, fields, models

from ...const import TICKET_CLASSES, TICKET_FINDINGS

VERBS = [
    ("classify", "Classify"),
    ("transfer", "Transfer"),
    ("answer", "Answer"),
    ("publish", "Publish the answer"),
    ("reject", "Decline"),
    ("reopen", "Reopen"),
    ("cancel", "Withdrawn by the sender"),
]


class QmsTicketDialog(models.TransientModel):
    """Asks for what a verb of a ticket needs; the verb itself checks and acts."""

    _name = "qms.ticket.dialog"
    _description = "Dialog of a ticket action"

    verb = fields.Selection(VERBS, required=True, readonly=True)
    ticket_ids = fields.Many2many("helpdesk.ticket", readonly=True)
    missing = fields.Char(compute="_compute_missing")
    is_complaint = fields.Boolean(compute="_compute_missing")
    ticket_class = fields.Selection(TICKET_CLASSES, string="Class")
    reason = fields.Text()
    agency = fields.Char(string="Transfer to")
    answer = fields.Text()
    finding = fields.Selection(TICKET_FINDINGS, string="Conclusion")
    place = fields.Char(string="Published in", help="Website, newspaper, notice board…")
    url = fields.Char(string="Address of the publication")

    # === COMPUTE METHODS === #

    @api.depends("ticket_ids")
    def _compute_missing(self):
        for dialog in self:
            dialog.missing = ", ".join(filter(None, dialog.ticket_ids.mapped("qms_missing")))
            dialog.is_complaint = "complaint" in dialog.ticket_ids.mapped("qms_kind")

    @api.depends("verb")
    def _compute_display_name(self):
        for dialog in self:
            dialog.display_name = self._verb_title(dialog.verb)

    # === ACTIONS === #

    def action_confirm(self):
        """Run the verb on the tickets with what was entered."""
        self.ensure_one()
        getattr(self, f"_confirm_{self.verb}")()
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    @api.model
    def _verb_title(self, verb):
        return dict(self._fields["verb"]._description_selection(self.env)).get(verb, "")

    def _confirm_classify(self):
        self.ticket_ids.action_qms_classify(self.ticket_class or "", self.reason)

    def _confirm_transfer(self):
        self.ticket_ids.action_qms_transfer(self.agency or "", self.reason)

    def _confirm_answer(self):
        self.ticket_ids.action_qms_answer(self.answer or "", self.finding)

    def _confirm_publish(self):
        self.ticket_ids.action_qms_publish(self.place or "", self.url)

    def _confirm_reject(self):
        self.ticket_ids.action_qms_reject(self.reason or "")

    def _confirm_reopen(self):
        self.ticket_ids.action_qms_reopen(self.reason or "")

    def _confirm_cancel(self):
        self.ticket_ids.action_qms_cancel(self.reason or "")
