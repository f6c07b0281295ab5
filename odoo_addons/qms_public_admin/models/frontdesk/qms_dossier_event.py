from odoo import models

# Acts that change what the applicant is told; a further step of the same handling does not.
TOLD = frozenset(
    {
        "accepted",
        "competent_received",
        "refused",
        "supplement_requested",
        "payment_requested",
        "paused",
        "resumed",
        "extended",
        "withdrawn",
        "stopped",
        "done",
        "returned",
    }
)
# Acts whose reason was written for the applicant.
WITH_REASON = frozenset(
    {"refused", "supplement_requested", "payment_requested", "paused", "extended", "stopped"}
)


class QmsDossierEvent(models.Model):
    """Tells the applicant each change of the status by mail.

    Decree 224/2026, article 15.1.g (regulation OS-13): agency, receiver, unit, times. Only
    where an address is known and the agency has it switched on; through the queue; without
    identity number, telephone or address. Imported history is told to nobody.
    """

    _inherit = "qms.dossier.event"

    # === HOOKS === #

    def _follow_up(self):
        result = super()._follow_up()
        told_sudo = self.sudo().filtered(lambda event: event._is_told())
        template = told_sudo and self.env.ref(
            "qms_public_admin.mail_template_dossier_status", raise_if_not_found=False
        )
        if template:
            template.sudo().send_mail_batch(told_sudo.ids)
        return result

    # === BUSINESS METHODS === #

    def _is_told(self):
        """Tell whether this act is one the applicant gets a mail about."""
        dossier = self.dossier_id
        if self.is_imported or not dossier.holder_email:
            return False
        is_change = self.event_type in TOLD or self._starts_handling()
        return is_change and dossier.company_id.qms_notify_applicant

    def _starts_handling(self):
        """Of the steps only the first hand-over changes the status (accepted → processing)."""
        is_step = self.event_type == "step_completed" and self.state == "processing"
        dossier = self.dossier_id
        is_transfer = is_step and self.at == dossier.transferred_at
        return is_transfer and self.step_id == dossier.step_ids[:1]

    def _applicant_headline(self):
        """The status in plain words, as the page of the applicant says it."""
        if self.event_type == "extended":
            return self.env._("We have given you a new date")
        return self.dossier_id._applicant_sentence()

    def _applicant_lines(self):
        """What the law wants told: ``(label, text)``."""
        dossier = self.dossier_id
        lines = [
            (self.env._("Agency"), dossier.company_id.name),
            (self.env._("Procedure"), dossier.procedure_id.name or ""),
            (self.env._("When"), dossier._local_text(self.at)),
            (self.env._("Receiver"), dossier._applicant_receiver()),
            (self.env._("Now with"), dossier.current_department_id.name or ""),
            (self.env._("Expected"), dossier._applicant_due()),
        ]
        if self.event_type in WITH_REASON:
            lines.append((self.env._("Reason"), self.reason or ""))
        return [(label, text) for label, text in lines if text]
