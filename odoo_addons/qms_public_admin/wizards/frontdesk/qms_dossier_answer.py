from odoo import fields, models


class QmsDossierAnswer(models.TransientModel):
    """Writes to the applicant; the verb of the dossier checks and records."""

    _name = "qms.dossier.answer"
    _description = "Answer to the applicant"

    dossier_id = fields.Many2one("qms.dossier", required=True)
    last_message = fields.Text(string="Last message", compute="_compute_last_message")
    body = fields.Text(string="Your message", required=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Files")

    # === COMPUTE METHODS === #

    def _compute_last_message(self):
        for answer in self:
            incoming = answer.dossier_id.applicant_message_ids.filtered(
                lambda row: row.direction == "in"
            )
            answer.last_message = incoming[:1].body

    # === ACTIONS === #

    def action_send(self):
        self.ensure_one()
        self.dossier_id.action_write_applicant(
            body=self.body, attachment_ids=self.attachment_ids.ids
        )
        return {"type": "ir.actions.act_window_close"}
