from odoo import api, models

# What a sender without a login may say; all else is decided here.
SENDER_FIELDS = {
    "company_id",
    "qms_kind",
    "name",
    "description",
    "partner_name",
    "partner_email",
    "qms_phone",
    "qms_address",
    "qms_procedure_id",
    "qms_department_id",
    "qms_dossier_id",
}


class HelpdeskTicket(models.Model):
    """How a ticket comes in from somebody who has no login."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _receive_from_nobody(self, vals):
        """Create the ticket of a public form and return it, elevated.

        The caller has checked the choices of the form. The ticket belongs to no user and
        no contact, so that nobody is taken for somebody they only claim to be; team and
        channel follow from agency and kind. Nobody is mailed: an address that was typed
        may be another person's.
        """
        refused = vals.keys() - SENDER_FIELDS
        if refused:
            raise ValueError(f"Not for a sender: {', '.join(sorted(refused))}")
        channel = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_channel_web", raise_if_not_found=False
        )
        team_sudo = self._team_for(vals["company_id"], vals["qms_kind"])
        tickets_sudo = self.sudo().with_company(vals["company_id"])
        return tickets_sudo.with_context(mail_create_nosubscribe=True).create(
            {
                **vals,
                "qms_received_via": "electronic",
                "channel_id": channel and channel.id,
                "team_id": team_sudo.id,
                "stage_id": team_sudo._get_applicable_stages()[:1].id,
                "partner_id": False,
                "user_id": False,
            }
        )

    @api.model
    def _team_for(self, company_id, kind):
        """Return the team that takes in this kind: of the agency, else a shared one."""
        return (
            self.env["helpdesk.ticket.team"]
            .sudo()
            .search(
                [("qms_kind", "=", kind), ("company_id", "in", [company_id, False])],
                order="company_id, sequence, id",
                limit=1,
            )
        )
