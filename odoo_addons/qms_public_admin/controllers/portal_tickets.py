from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request
from odoo.tools import plaintext2html

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk

from .citizen_common import (
    TooOften,
    agencies,
    attach,
    chosen,
    page,
    procedures,
    take_turn,
    typed,
    uploaded,
    whole_number,
)

MAX_SUBJECT = 200
MAX_TEXT = 10000
MAX_SHORT = 120
PORTAL_KINDS = ("request", "complaint", "question")


class PortalTickets(HelpdeskTicketController):
    """The routes of ``helpdesk_mgmt`` that write, each with the checks they lack.

    Closing was open to everybody with a login for every ticket, on a GET request; what a
    form sent went unchecked into ``int()``, into the ticket and into the attachments.
    """

    # === CLOSE === #

    @http.route(methods=["POST"], csrf=True, website=True)
    def support_ticket_close(self, ticket_id=None, stage_id=None, **_kwargs):
        """Let the sender close a ticket that is theirs, to a stage meant for it."""
        ticket = request.env["helpdesk.ticket"].search([("id", "=", whole_number(ticket_id))])
        if not ticket:
            raise request.not_found()
        ticket_sudo = ticket.sudo()
        stages_sudo = ticket_sudo.team_id._get_applicable_stages().filtered("close_from_portal")
        stage_sudo = stages_sudo.filtered(lambda row: row.id == whole_number(stage_id))
        if not stage_sudo:
            raise request.not_found()
        ticket_sudo._close_by_sender(stage_sudo)
        return request.redirect(f"/my/ticket/{ticket.id}")

    # === NEW === #

    def _get_create_new_ticket_values(self, **kw):
        values = super()._get_create_new_ticket_values(**kw)
        offered_sudo = self._agencies()
        values.update(
            kinds=self._kinds(),
            agencies=offered_sudo,
            procedures=procedures(offered_sudo) if len(offered_sudo) == 1 else [],
            given={},
            error="",
        )
        return values

    @http.route()
    def submit_ticket(self, **kw):
        try:
            files = uploaded("attachment")
            vals = self._prepare_submit_ticket_vals(**kw)
            take_turn("ticket", str(request.env.user.partner_id.id))
        except UserError as error:
            return self._again(str(error), kw)
        except TooOften:
            return self._again(
                request.env._(
                    "You have sent several tickets within the hour. Please wait a while."
                ),
                kw,
            )
        ticket_sudo = request.env["helpdesk.ticket"].sudo().create(vals)
        ticket_sudo.message_subscribe(partner_ids=request.env.user.partner_id.ids)
        attach(ticket_sudo, files)
        return request.redirect(f"/my/ticket/{ticket_sudo.id}")

    def _prepare_submit_ticket_vals(self, **kw):
        """Take of a form only what it offers.

        :raise UserError: in the words for the sender
        """
        subject = typed(kw.get("subject"), MAX_SUBJECT)
        text = str(kw.get("description") or "").replace("\0", "").strip()[:MAX_TEXT]
        if not subject or not text:
            raise UserError(request.env._("Enter a subject and say what it is about."))
        company_sudo = self._chosen_agency(kw)
        kind = kw.get("kind") if kw.get("kind") in PORTAL_KINDS else "question"
        partner = request.env.user.partner_id
        team = self._chosen(self._get_teams(), kw.get("team"))
        category = self._chosen(self._get_categories(), kw.get("category"))
        return {
            "company_id": company_sudo.id,
            "name": subject,
            "description": plaintext2html(text),
            "qms_kind": kind,
            "qms_received_via": "electronic",
            "qms_procedure_id": self._chosen_procedure(company_sudo, kind, kw).id,
            "qms_phone": typed(kw.get("phone") or partner.phone, MAX_SHORT),
            "qms_address": typed(kw.get("address") or partner._qms_address(), MAX_SHORT),
            "channel_id": request.env.ref(
                "helpdesk_mgmt.helpdesk_ticket_channel_web", raise_if_not_found=False
            ).id,
            "category_id": category.id,
            "team_id": team.id,
            "partner_id": partner.id,
            "partner_name": partner.name,
            "partner_email": partner.email,
            "user_id": False,
            "stage_id": team.sudo()._get_applicable_stages()[:1].id,
        }

    def _again(self, error, given):
        """Show the form once more with what was entered and what stands in the way."""
        values = self._get_create_new_ticket_values()
        values.update(error=error, given=given)
        return request.render("helpdesk_mgmt.portal_create_ticket", values)

    # === CHOICES === #

    def _kinds(self):
        labels = dict(
            request.env["helpdesk.ticket"]._fields["qms_kind"]._description_selection(request.env)
        )
        return [(kind, labels[kind]) for kind in PORTAL_KINDS]

    def _agencies(self):
        return agencies() or request.env.company.sudo()

    def _chosen_agency(self, kw):
        agencies_sudo = self._agencies()
        if len(agencies_sudo) == 1:
            return agencies_sudo
        chosen_sudo = self._chosen(agencies_sudo, kw.get("agency"))
        if not chosen_sudo:
            raise UserError(request.env._("Choose the agency."))
        return chosen_sudo

    def _chosen_procedure(self, company_sudo, kind, kw):
        """The procedure a request asks for; its code is found by who has several agencies."""
        procedures_sudo = procedures(company_sudo)
        chosen_sudo = self._chosen(procedures_sudo, kw.get("procedure"))
        code = typed(kw.get("procedure_code"))
        if not chosen_sudo and code:
            chosen_sudo = procedures_sudo.filtered(lambda row: row.code == code)[:1]
        return chosen_sudo

    def _chosen(self, offered, value):
        """Return the record of ``offered`` that a form names, or none."""
        return chosen(offered or request.env["helpdesk.ticket.team"], value)


class PortalTicketPages(CustomerPortalHelpdesk):
    """The pages of ``helpdesk_mgmt`` that read."""

    @http.route()
    def portal_my_tickets(self, sortby=None, groupby=None, search_in=None, **kw):
        """Drop what the page does not offer: it would end in an error page."""
        sortby = sortby if sortby in self._ticket_get_searchbar_sortings() else None
        groupby = groupby if groupby in self._ticket_get_searchbar_groupby() else None
        search_in = search_in if search_in in self._ticket_get_searchbar_inputs() else None
        for name in ("date_begin", "date_end"):
            kw.pop(name, None)
        return super().portal_my_tickets(sortby=sortby, groupby=groupby, search_in=search_in, **kw)

    @http.route()
    def portal_my_ticket(self, ticket_id, access_token=None, **kw):
        """Show a ticket with the files its sender may know of; notes keep theirs."""
        try:
            ticket_sudo = self._document_check_access(
                "helpdesk.ticket", ticket_id, access_token=access_token
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        files_sudo = ticket_sudo._sender_files()
        for attachment_sudo in files_sudo:
            attachment_sudo.generate_access_token()
        values = self._ticket_get_page_view_values(ticket_sudo, access_token, **kw)
        values["sender_files"] = files_sudo
        return page("helpdesk_mgmt.portal_helpdesk_ticket_page", values)
