from odoo import api, fields, models


class QmsDossierAnswer(models.TransientModel):
    """Writes to the applicant; the verb of the dossier checks and records."""

    _name = "qms.dossier.answer"
    _description = "Answer to the applicant"

    dossier_id = fields.Many2one("qms.dossier", required=True)
    last_message = fields.Text(string="Last message", compute="_compute_last_message")
    reach_text = fields.Text(string="How it is read", compute="_compute_reach")
    can_reach = fields.Boolean(string="Can be reached", compute="_compute_reach")
    body = fields.Text(string="Your message", required=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Files")

    # === COMPUTE METHODS === #

    def _compute_last_message(self):
        for answer in self:
            incoming = answer.dossier_id.applicant_message_ids.filtered(
                lambda row: row.direction == "in"
            )
            answer.last_message = incoming[:1].body

    @api.depends("dossier_id")
    def _compute_reach(self):
        for answer in self:
            dossier = answer.dossier_id
            answer.can_reach = bool(dossier) and dossier._reaches_applicant()
            answer.reach_text = bool(dossier) and dossier._reach_text()

    # === ACTIONS === #

    def action_send(self):
        self.ensure_one()
        self.dossier_id.action_write_applicant(
            body=self.body, attachment_ids=self.attachment_ids.ids
        )
        return {"type": "ir.actions.act_window_close"}
