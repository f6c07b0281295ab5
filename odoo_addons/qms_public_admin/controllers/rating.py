"""Where applicants rate: the address on the receipt, and the tablet at the counter.

Neither needs a login or leaves a session behind: the token in the address is all the
right there is, and it is for one dossier and one answer. The forms carry no CSRF token
because nothing is done in the name of whoever may be logged in on the device.
"""

import re
import time

from odoo.http import Controller, request, route
from odoo.tools.misc import consteq, hmac

from ..models.frontdesk.qms_dossier_rating import RatingError

# A page of one person: not kept, not listed, not framed, the address not told on.
HEADERS = {
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
}
LANGUAGE = "vi_VN"
# More answers than this come from no form of ours.
MAX_FIELDS = 200
# Nor have the numbers of questions and answers more digits.
MAX_DIGITS = 9
# A page left open for a day says nothing about haste.
MAX_SECONDS = 86400
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


class RatingController(Controller):
    # === ADDRESS OF THE RECEIPT === #

    @route("/qms/rate/<string:token>", type="http", auth="public", methods=["GET"], sitemap=False)
    def rating_page(self, token, **kwargs):
        _speak(kwargs.get("lang"))
        dossier_sudo = _dossier(token)
        if not dossier_sudo:
            return _page("rating_unknown", {}, 404)
        return _form_page(dossier_sudo, token)

    @route(
        "/qms/rate/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        sitemap=False,
    )
    def rating_submit(self, token, **post):
        _speak(post.get("lang"))
        dossier_sudo = _dossier(token)
        if not dossier_sudo:
            return _page("rating_unknown", {}, 404)
        try:
            answers, others = _answers(request.httprequest.form)
            dossier_sudo._rate(
                answers,
                "link",
                others=others,
                reason=post.get("reason"),
                comment=post.get("comment"),
                seconds=_seconds(token, post.get("started")),
                device_key=_device_key(),
            )
        except RatingError as error:
            return _form_page(dossier_sudo, token, error, post)
        return _page("rating_thanks", {"dossier": dossier_sudo})

    # === TABLET AT THE COUNTER === #

    @route("/qms/kiosk/<string:token>", type="http", auth="public", methods=["GET"], sitemap=False)
    def kiosk_page(self, token, **kwargs):
        kiosk_sudo = _kiosk(token)
        if not kiosk_sudo:
            _speak(None)
            return _page("rating_unknown", {}, 404)
        if not request.env.user._is_public():
            # The tablet is the applicant's: no way from it into the clerk's session.
            request.session.logout(keep_db=True)
            return request.redirect(f"/qms/kiosk/{token}")
        _speak(None)
        return _page("rating_kiosk", {"kiosk": kiosk_sudo, "token": token})

    @route("/qms/kiosk/<string:token>/show", type="jsonrpc", auth="public", sitemap=False)
    def kiosk_show(self, token, slot=None):
        """Return the form of the dossier shown, nothing when it is the one known already."""
        _speak(None)
        kiosk_sudo = _kiosk(token)
        dossier_sudo = kiosk_sudo._shown() if kiosk_sudo else None
        if not dossier_sudo:
            return {"slot": False, "is_known": bool(kiosk_sudo)}
        if slot == kiosk_sudo.current_slot:
            return {"slot": slot, "is_known": True}
        html = request.env["ir.qweb"]._render(
            "qms_public_admin.rating_kiosk_form", _form_values(dossier_sudo)
        )
        return {"slot": kiosk_sudo.current_slot, "html": html, "is_known": True}

    @route(
        "/qms/kiosk/<string:token>/rate",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        sitemap=False,
    )
    def kiosk_rate(self, token, **post):
        """Take the answer for the dossier of this slot; a late tap rates no other."""
        _speak(None)
        kiosk_sudo = _kiosk(token)
        dossier_sudo = kiosk_sudo._shown() if kiosk_sudo else None
        if not dossier_sudo or not _same(post.get("slot") or "", kiosk_sudo.current_slot):
            return request.make_json_response({"done": False, "gone": True})
        try:
            answers, others = _answers(request.httprequest.form)
            dossier_sudo._rate(
                answers,
                "kiosk",
                others=others,
                reason=post.get("reason"),
                comment=post.get("comment"),
            )
        except RatingError as error:
            return request.make_json_response(
                {"done": False, "gone": error.key == "used", "message": str(error)}
            )
        kiosk_sudo._clear()
        return request.make_json_response({"done": True})


def _speak(lang):
    """Answer in Vietnamese, or in the other language that the page offers."""
    installed = dict(request.env["res.lang"].sudo().get_installed())
    wanted = lang if lang in installed else LANGUAGE
    if wanted in installed:
        request.update_context(lang=wanted)


def _dossier(token):
    """Return the dossier of a token, empty when there is none (elevated)."""
    return _by_token("qms.rating.invitation", token).dossier_id


def _kiosk(token):
    return _by_token("qms.rating.kiosk", token)


def _by_token(model, token):
    records_sudo = request.env[model].sudo()
    if not TOKEN.fullmatch(token):
        return records_sudo
    return records_sudo.search([("token", "=", token)], limit=1)


def _form_page(dossier_sudo, token, error=None, given=None):
    status = dossier_sudo._rating_status()
    if status != "open":
        message = dossier_sudo._rating_message(status)
        return _page("rating_closed", {"dossier": dossier_sudo, "message": message, "key": status})
    values = {
        **_form_values(dossier_sudo),
        "token": token,
        # A form that came back keeps the moment it was first opened.
        "started": (given or {}).get("started") or _start_stamp(token),
        "error": error,
        "given": given or {},
        "languages": request.env["res.lang"].sudo().get_installed(),
    }
    return _page("rating_form", values, 200 if not error else 422)


def _form_values(dossier_sudo):
    survey_sudo = dossier_sudo._rating_set().with_context(lang=request.env.lang)
    return {
        "dossier": dossier_sudo,
        "company": dossier_sudo.company_id,
        "survey": survey_sudo,
        "questions": survey_sudo.question_ids,
        "reason_required": dossier_sudo.company_id.qms_rating_reason_required,
        "other": "",
    }


def _page(template, values, status=200):
    values = {"title": request.env._("Rate the service"), **values}
    response = request.render(f"qms_public_admin.{template}", values, status=status)
    response.headers.update(HEADERS)
    return response


def _answers(form):
    """Return (ids of answers by question, free texts by question) of a posted form.

    :raise RatingError: for what no form of ours sends
    """
    answers, others = {}, {}
    pairs = list(form.items(multi=True))
    if len(pairs) > MAX_FIELDS:
        raise _wrong()
    for name, value in pairs:
        kind, _dash, number = name.partition("-")
        if kind not in ("q", "other") or not number.isdecimal() or len(number) > MAX_DIGITS:
            continue
        if kind == "other":
            others[int(number)] = value
        elif value.isdecimal() and len(value) <= MAX_DIGITS:
            answers.setdefault(int(number), []).append(int(value))
        elif value:
            raise _wrong()
    return answers, others


def _wrong():
    return RatingError(request.env._("This answer is not on the form."), "wrong")


# === HASTE AND REPETITION === #


def _start_stamp(token):
    """Return the moment the page was opened, signed: told by the client, not made up by it."""
    moment = str(int(time.time() * 10))
    return f"{moment}.{_sign(token, moment)}"


def _sign(token, moment):
    return hmac(request.env(su=True), "qms-rating-start", (token, moment))


def _seconds(token, stamp):
    """Return how long the page was open; 0 when the stamp is missing or forged."""
    moment, _dot, signature = (stamp or "").partition(".")
    if not moment.isdecimal() or not _same(signature, _sign(token, moment)):
        return 0.0
    return min(max(time.time() - int(moment) / 10, 0.0), MAX_SECONDS)


def _same(given, known):
    """Compare in constant time; what a client sends need not be ASCII."""
    return consteq(given.encode(), known.encode())


def _device_key():
    """Return a keyed hash of address and browser: the address itself is never stored."""
    asked = request.httprequest
    device = (asked.remote_addr or "", asked.user_agent.string[:300])
    return hmac(request.env(su=True), "qms-rating-device", device)[:32]
