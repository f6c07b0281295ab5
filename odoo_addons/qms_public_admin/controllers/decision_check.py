import re

from odoo import http
from odoo.http import request

from .citizen_common import page

DIGEST = re.compile(r"[0-9a-f]{64}")


class DecisionCheck(http.Controller):
    """Whoever holds a print reads here whether its sign-off is genuine, without a login.

    The address is the hash of the decision: nobody comes across it without the paper. The
    page says what the paper says – kind, code, date, name and title – and whether the log
    still bears it out; no content, no words, no other person.
    """

    @http.route(
        "/qms/decision/<string:digest>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def decision(self, digest, **_kwargs):
        decisions_sudo = request.env["qms.decision"].sudo()
        decision_sudo = decisions_sudo.browse()
        if DIGEST.fullmatch(digest):
            decision_sudo = decisions_sudo.search([("hash", "=", digest)])
        values = {"decision": decision_sudo, "standing": decision_sudo._standing()}
        return page("qms_public_admin.decision_check", values, status=200 if decision_sudo else 404)
