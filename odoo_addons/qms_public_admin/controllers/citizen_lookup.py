import datetime
import secrets

from odoo import fields, http
from odoo.http import request

from . import citizen_request
from .citizen_common import (
    agencies,
    client,
    file_response,
    page,
    paper_response,
    parameter,
    receive_message,
    typed,
    use_language,
)

# Path: language in which it is written.
LANGUAGES = {"/tra-cuu": "vi_VN", "/lookup": "en_US"}
PATHS = list(LANGUAGES)
SESSION_KEY = "qms_lookup"
GRANT = datetime.timedelta(minutes=30)
GRANTS_KEPT = 5
MAX_TYPED = 64


def under(path):
    """Return the routes of ``path`` in both languages."""
    return [f"{start}{path}" for start in PATHS]


class CitizenLookup(http.Controller):
    """Anybody with a receipt follows a dossier, without a login.

    Code and key open it for half an hour of this browser. Whatever does not match gets one
    and the same answer; too many misses of one client or on one code are stopped, whether
    the code exists or not.
    """

    _options = {
        "type": "http",
        "auth": "public",
        "website": True,
        "multilang": False,
        "sitemap": False,
    }

    # === ROUTES === #

    @http.route(under(""), methods=["GET"], **_options)
    def lookup_form(self, code="", **_kwargs):
        return self._form(code=typed(code, MAX_TYPED))

    @http.route(under(""), methods=["POST"], **_options)
    def lookup(self, code="", key="", **_kwargs):
        code, key = typed(code, MAX_TYPED), typed(key, MAX_TYPED)
        if not code or not key:
            return self._form(code=code, is_incomplete=True)
        if not self._count_try(code):
            return self._form(code=code, is_blocked=True, status=429)
        dossier_sudo = request.env["qms.dossier"]._find_for_applicant(code, key)
        if not dossier_sudo:
            return self._form(code=code, is_missed=True)
        self._forgive_try(code)
        return request.redirect(f"{self._start()}/d/{self._grant(dossier_sudo, key)}")

    @http.route(under("/d/<string:token>"), methods=["GET"], **_options)
    def dossier(self, token, sent="", **_kwargs):
        dossier_sudo = self._granted(token)
        if not dossier_sudo:
            return request.redirect(self._start())
        return self._dossier_page(dossier_sudo, token, is_sent=bool(sent))

    @http.route(under("/d/<string:token>/message"), methods=["POST"], **_options)
    def message(self, token, body="", **_kwargs):
        dossier_sudo = self._granted(token)
        if not dossier_sudo:
            return request.redirect(self._start())
        error = receive_message(dossier_sudo, "lookup", str(body))
        if error:
            return self._dossier_page(dossier_sudo, token, error=error, body=str(body))
        return request.redirect(f"{self._start()}/d/{token}?sent=1#messages")

    @http.route(
        under("/d/<string:token>/file/<int:attachment_id>"),
        methods=["GET"],
        **_options,
    )
    def file(self, token, attachment_id, **_kwargs):
        dossier_sudo = self._granted(token)
        if not dossier_sudo:
            return request.redirect(self._start())
        return file_response(dossier_sudo, attachment_id)

    @http.route(under("/d/<string:token>/paper/<int:paper_id>"), methods=["GET"], **_options)
    def paper(self, token, paper_id, **_kwargs):
        dossier_sudo = self._granted(token)
        if not dossier_sudo or not self._has_key(token):
            return request.redirect(self._start())
        return paper_response(dossier_sudo, paper_id)

    @http.route(under("/d/<string:token>/leave"), methods=["POST"], **_options)
    def leave(self, token, **_kwargs):
        """Close the dossier on a computer that others use as well."""
        grants = dict(request.session.get(SESSION_KEY) or {})
        grants.pop(token, None)
        request.session[SESSION_KEY] = grants
        return request.redirect(self._start())

    # === PAGES === #

    def _start(self):
        return use_language(LANGUAGES)

    def _values(self, **values):
        start = self._start()
        other = next(path for path in PATHS if path != start)
        has_both = request.env["res.lang"]._get_data(code=LANGUAGES[other]).active
        return {
            "start": start,
            "other": other if has_both else "",
            "other_lang": LANGUAGES[other][:2],
            **values,
        }

    def _form(self, status=200, **values):
        values = self._values(**values)
        values["request_path"] = self._request_path(values["start"])
        if values.get("is_blocked"):
            values["blocked_text"] = self._blocked_text()
        return page("qms_public_admin.lookup_form", values, status)

    def _request_path(self, start):
        """Return the address of the form in the same language, "" where none is offered."""
        if not agencies().filtered("qms_public_form"):
            return ""
        return next(
            path for path, lang in citizen_request.LANGUAGES.items() if lang == LANGUAGES[start]
        )

    def _blocked_text(self):
        _tries, minutes = self._limits()
        return request.env._(
            "That was tried too often. Please wait %(minutes)s minutes and try again, or ask at "
            "the counter with your receipt: they will gladly help.",
            minutes=minutes,
        )

    def _dossier_page(self, dossier_sudo, token, **values):
        values = self._values(**values)
        company_sudo = dossier_sudo.company_id
        dossier_sudo = dossier_sudo.with_context(lang=request.env.lang)
        values.update(
            dossier=dossier_sudo._applicant_page(has_key=self._has_key(token)),
            res_company=company_sudo,
            address=f"{values['start']}/d/{token}",
        )
        return page("qms_public_admin.lookup_dossier", values)

    # === TRIES === #

    def _limits(self):
        return parameter("lookup_tries", 10), parameter("lookup_minutes", 30)

    def _count_try(self, code):
        """Count a try before it is made; both counts go up, whatever the first says."""
        attempts = request.env["qms.public.attempt"]
        tries, minutes = self._limits()
        allowed = attempts._take("lookup client", client(), 2 * tries, minutes)
        return attempts._take("lookup code", code.upper(), tries, minutes) and allowed

    def _forgive_try(self, code):
        """Who had the right key has not guessed."""
        attempts = request.env["qms.public.attempt"]
        _tries, minutes = self._limits()
        attempts._give_back("lookup client", client(), minutes)
        attempts._give_back("lookup code", code.upper(), minutes)

    # === GRANTS === #

    def _grant(self, dossier_sudo, factor):
        """Let this browser see the dossier for a while; return the token for its address."""
        now = fields.Datetime.now()
        grants = {
            token: grant
            for token, grant in (request.session.get(SESSION_KEY) or {}).items()
            if grant["until"] > fields.Datetime.to_string(now)
        }
        while len(grants) >= GRANTS_KEPT:
            grants.pop(next(iter(grants)))
        token = secrets.token_urlsafe(18)
        until = fields.Datetime.to_string(now + GRANT)
        has_key = dossier_sudo._matches_key(factor)
        grants[token] = {"dossier": dossier_sudo.id, "until": until, "has_key": has_key}
        request.session[SESSION_KEY] = grants
        return token

    def _has_key(self, token):
        """Tell whether a token was given for the key, not for the end of a phone number."""
        grant = (request.session.get(SESSION_KEY) or {}).get(token)
        return bool(grant and grant.get("has_key"))

    def _granted(self, token):
        """Return the dossier of a token of this browser, or none."""
        nothing = request.env["qms.dossier"].sudo()
        grant = (request.session.get(SESSION_KEY) or {}).get(token)
        if not grant or grant["until"] <= fields.Datetime.to_string(fields.Datetime.now()):
            return nothing
        dossier_sudo = nothing.browse(grant["dossier"]).exists()
        return dossier_sudo.filtered(lambda row: row.company_id.qms_lookup != "off")
