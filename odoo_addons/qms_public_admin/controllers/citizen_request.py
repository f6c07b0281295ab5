from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import email_normalize, plaintext2html

from .citizen_common import (
    TooOften,
    agencies,
    attach,
    chosen,
    client,
    page,
    parameter,
    procedures,
    typed,
    uploaded,
    use_language,
)

# Path: language in which it is written.
LANGUAGES = {"/gui-yeu-cau": "vi_VN", "/send-request": "en_US"}
PATHS = list(LANGUAGES)
SESSION_KEY = "qms_request_sent"
CAPTCHA = "qms_request"
# A field nobody sees: what fills it in is a machine.
TRAP = "website"
KINDS = ("request", "complaint", "question")
# Longest text of each field; what is longer was not typed into the form.
LIMITS = {
    "name": 120,
    "phone": 30,
    "email": 120,
    "address": 250,
    "procedure": 400,
    "dossier_code": 64,
    "text": 10000,
}
TITLE = 90
PHONE_DIGITS = 8
SENDINGS_A_CONTACT = 5


class CitizenRequest(http.Controller):
    """Anybody asks for a procedure, complains or asks a question, without a login.

    What is sent becomes a ticket of the chosen agency, in the words of the sender and not
    checked against anything: the answer is a reference number and the same whatever the
    text names. Nothing but what the form offers is taken; sending is limited for each
    client and each way to reach the sender, and asks for a captcha where one is set up.
    """

    _options = {
        "type": "http",
        "auth": "public",
        "website": True,
        "multilang": False,
        "sitemap": False,
    }

    # === ROUTES === #

    @http.route(PATHS, methods=["GET"], **_options)
    def request_form(self, agency="", code="", **_kwargs):
        given = {"agency": typed(agency), "dossier_code": typed(code, LIMITS["dossier_code"])}
        return self._form(given)

    @http.route(PATHS, methods=["POST"], **_options)
    def request_send(self, **given):
        start = use_language(LANGUAGES)
        given = {name: str(value) for name, value in given.items() if isinstance(value, str)}
        try:
            vals = self._prepare_ticket(given)
            files = uploaded()
            self._check_sender(given)
        except UserError as error:
            return self._again(given, str(error))
        except TooOften:
            return self._again(given, self._too_often(), status=429)
        ticket_sudo = request.env["helpdesk.ticket"]._receive_from_nobody(vals)
        attach(ticket_sudo, files)
        request.session[SESSION_KEY] = {
            "reference": ticket_sudo.qms_register_no or ticket_sudo.number,
            "agency": ticket_sudo.company_id.name,
        }
        return request.redirect(f"{start}/sent")

    @http.route([f"{path}/sent" for path in PATHS], methods=["GET"], **_options)
    def request_sent(self, **_kwargs):
        """Tell the reference to who has just sent something, and to nobody else."""
        start = use_language(LANGUAGES)
        sent = request.session.get(SESSION_KEY)
        if not sent:
            return request.redirect(start)
        return page("qms_public_admin.request_sent", self._values(sent=sent))

    # === PAGES === #

    def _values(self, **values):
        start = use_language(LANGUAGES)
        other = next(path for path in PATHS if path != start)
        has_both = request.env["res.lang"]._get_data(code=LANGUAGES[other]).active
        return {
            "start": start,
            "other": other if has_both else "",
            "other_lang": LANGUAGES[other][:2],
            **values,
        }

    def _form(self, given, status=200, **values):
        """Show the form, with what was entered; an agency is chosen before the rest."""
        offered_sudo = self._agencies()
        values = self._values(given=given, agencies=offered_sudo, **values)
        agency_sudo = self._agency(offered_sudo, given)
        values["agency"] = agency_sudo
        if agency_sudo:
            values.update(
                kinds=self._kinds(),
                procedures=[self._procedure_text(row) for row in procedures(agency_sudo)],
                units=self._units(agency_sudo),
                captcha=CAPTCHA,
            )
        return page("qms_public_admin.request_form", values, status)

    def _kinds(self):
        field = request.env["helpdesk.ticket"]._fields["qms_kind"]
        labels = dict(field._description_selection(request.env))
        return [(kind, labels[kind]) for kind in KINDS]

    def _again(self, given, error, status=200):
        """Show the form with what was typed; files are chosen again, and the page says so."""
        files = request.httprequest.files.getlist("files")
        has_files = any(file.filename for file in files)
        return self._form(given, status, error=error, has_files=has_files)

    def _too_often(self):
        return request.env._(
            "Too much was sent from here within the hour. Please wait a while and send it then, or "
            "call the agency."
        )

    # === CHOICES === #

    def _agencies(self):
        offered_sudo = agencies().filtered("qms_public_form")
        if not offered_sudo:
            raise NotFound
        return offered_sudo

    def _agency(self, offered_sudo, given):
        return offered_sudo if len(offered_sudo) == 1 else chosen(offered_sudo, given.get("agency"))

    def _units(self, company_sudo):
        units_sudo = request.env["hr.department"].sudo()
        return units_sudo.search([("company_id", "=", company_sudo.id)], order="name")

    def _procedure_text(self, procedure_sudo):
        return f"{procedure_sudo.code} – {procedure_sudo.name}"

    def _named_procedure(self, company_sudo, text):
        """Return the procedure whose code or whole entry was typed, or none."""
        return procedures(company_sudo).filtered(
            lambda row: text in (row.code, row.name, self._procedure_text(row))
        )[:1]

    def _named_dossier(self, company_sudo, code):
        """Return the accepted dossier of a code; the sender is not told whether there is one."""
        dossiers_sudo = request.env["qms.dossier"].sudo()
        found_sudo = code and dossiers_sudo.search(
            [
                ("company_id", "=", company_sudo.id),
                ("code", "in", [code, code.upper()]),
                ("accepted_at", "!=", False),
            ],
            limit=2,
        )
        return found_sudo if found_sudo and len(found_sudo) == 1 else dossiers_sudo

    # === WHAT IS TAKEN === #

    def _prepare_ticket(self, given):
        """Return the values of the ticket, from what the form offers alone.

        :raise UserError: in the words for the sender
        """
        said = {name: typed(given.get(name), limit) for name, limit in LIMITS.items()}
        said["text"] = given.get("text", "").replace("\0", "").strip()[: LIMITS["text"]]
        company_sudo = self._agency(self._agencies(), given)
        if not company_sudo:
            raise UserError(request.env._("Choose the agency."))
        kind = given.get("kind")
        self._check_said(said, kind)
        procedure_sudo = self._named_procedure(company_sudo, said["procedure"])
        unit_sudo = chosen(self._units(company_sudo), given.get("unit"))
        return {
            "company_id": company_sudo.id,
            "qms_kind": kind,
            "name": self._title(said["text"]),
            "description": plaintext2html(self._full_text(said, procedure_sudo)),
            "partner_name": said["name"],
            "partner_email": email_normalize(said["email"]) or False,
            "qms_phone": said["phone"],
            "qms_address": said["address"],
            "qms_procedure_id": procedure_sudo.id,
            "qms_department_id": unit_sudo.id,
            "qms_dossier_id": self._named_dossier(company_sudo, said["dossier_code"]).id,
        }

    def _check_said(self, said, kind):
        if request.params.get(TRAP):
            raise UserError(
                request.env._("Leave the field “Website” empty: only machines fill it in.")
            )
        if kind not in KINDS:
            raise UserError(request.env._("Say what it is about: choose one of the kinds."))
        if not said["name"] or not said["text"]:
            raise UserError(request.env._("Enter your name and say what it is about."))
        if said["email"] and not email_normalize(said["email"]):
            raise UserError(request.env._("This is not an e-mail address: %s", said["email"]))
        digits = sum(char.isdigit() for char in said["phone"])
        if said["phone"] and digits < PHONE_DIGITS:
            raise UserError(request.env._("This is not a phone number: %s", said["phone"]))
        if not said["phone"] and not said["email"]:
            raise UserError(
                request.env._("Enter a phone number or an e-mail address for the answer.")
            )

    def _check_sender(self, given):
        """Ask for the captcha, where there is one, and count this sending.

        :raise TooOften:
        """
        request.env["ir.http"]._verify_request_recaptcha_token(CAPTCHA)
        attempts = request.env["qms.public.attempt"]
        allowed = attempts._take("request client", client(), parameter("request_tries", 10), 60)
        phone = "".join(char for char in given.get("phone", "") if char.isdigit())
        for reach in (phone, email_normalize(given.get("email", "")) or ""):
            if reach:
                allowed &= attempts._take("request contact", reach, SENDINGS_A_CONTACT, 60)
        if not allowed:
            raise TooOften

    def _title(self, text):
        line = " ".join(text.splitlines()[0].split())
        return line if len(line) <= TITLE else f"{line[: TITLE - 1].rstrip()}…"

    def _full_text(self, said, procedure_sudo):
        """The words of the sender, below them what they named and nobody has checked."""
        lines = [said["text"]]
        if said["procedure"] and not procedure_sudo:
            lines.append(request.env._("Procedure as named: %s", said["procedure"]))
        if said["dossier_code"]:
            lines.append(request.env._("Dossier code as given: %s", said["dossier_code"]))
        return "\n\n".join(lines)
