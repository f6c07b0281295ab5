from odoo import http
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import escape_psql

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..const import CLOSED_STATES, RUNNING_STATES
from .citizen_common import file_response, page, paper_response, receive_message, typed

PAGE_SIZE = 20
MAX_SEARCH = 64


class PortalDossiers(CustomerPortal):
    """*My dossiers* of a citizen with a login.

    Portal users have no right on ``qms.dossier`` at all; each route looks the dossier up
    by the user's own contact (and the company they act for) with elevated rights. What is
    not theirs does not exist for them; access tokens play no part.
    """

    # === ROUTES === #

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "dossier_count" in counters:
            values["dossier_count"] = self._dossiers_sudo().search_count(self._own_domain())
        return values

    @http.route(
        ["/my/dossiers", "/my/dossiers/page/<int:number>"], type="http", auth="user", website=True
    )
    def my_dossiers(self, number=1, sortby=None, filterby=None, search=None, **_kwargs):
        sortings, filters = self._sortings(), self._filters()
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        domain = self._own_domain() & filters[filterby]["domain"] & self._search_domain(search)
        dossiers_sudo = self._dossiers_sudo()
        pager = portal_pager(
            url="/my/dossiers",
            url_args={"sortby": sortby, "filterby": filterby, "search": search},
            total=dossiers_sudo.search_count(domain),
            page=number,
            step=PAGE_SIZE,
        )
        found_sudo = dossiers_sudo.search(
            domain, order=sortings[sortby]["order"], limit=PAGE_SIZE, offset=pager["offset"]
        )
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="qms_dossiers",
            default_url="/my/dossiers",
            dossiers=[self._row(row) for row in found_sudo],
            pager=pager,
            searchbar_sortings=sortings,
            searchbar_filters=filters,
            searchbar_inputs={"all": {"input": "all", "label": request.env._("Search")}},
            search_in="all",
            search=search,
            sortby=sortby,
            filterby=filterby,
        )
        return page("qms_public_admin.portal_my_dossiers", values)

    @http.route("/my/dossiers/<int:dossier_id>", type="http", auth="user", website=True)
    def my_dossier(self, dossier_id, sent="", **_kwargs):
        dossier_sudo = self._own(dossier_id)
        return self._dossier_page(dossier_sudo, is_sent=bool(sent))

    @http.route(
        "/my/dossiers/<int:dossier_id>/message",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def my_dossier_message(self, dossier_id, body="", **_kwargs):
        dossier_sudo = self._own(dossier_id)
        error = receive_message(dossier_sudo, "portal", str(body))
        if error:
            return self._dossier_page(dossier_sudo, error=error, body=str(body))
        return request.redirect(f"/my/dossiers/{dossier_id}?sent=1#messages")

    @http.route(
        "/my/dossiers/<int:dossier_id>/file/<int:attachment_id>",
        type="http",
        auth="user",
        website=True,
    )
    def my_dossier_file(self, dossier_id, attachment_id, **_kwargs):
        return file_response(self._own(dossier_id), attachment_id)

    @http.route(
        "/my/dossiers/<int:dossier_id>/paper/<int:paper_id>", type="http", auth="user", website=True
    )
    def my_dossier_paper(self, dossier_id, paper_id, **_kwargs):
        return paper_response(self._own(dossier_id), paper_id)

    # === HELPERS === #

    def _dossiers_sudo(self):
        return request.env["qms.dossier"].sudo()

    def _own_domain(self):
        return self._dossiers_sudo()._portal_domain(request.env.user.partner_id)

    def _own(self, dossier_id):
        """Return one of the user's own dossiers; any other does not exist."""
        dossier_sudo = self._dossiers_sudo().search(
            self._own_domain() & Domain("id", "=", dossier_id)
        )
        if not dossier_sudo:
            raise request.not_found()
        return dossier_sudo

    def _dossier_page(self, dossier_sudo, **values):
        values = {**self._prepare_portal_layout_values(), **values}
        values.update(
            page_name="qms_dossiers",
            dossier=dossier_sudo._applicant_page(is_owner=True),
            address=f"/my/dossiers/{dossier_sudo.id}",
        )
        return page("qms_public_admin.portal_my_dossier", values)

    def _row(self, dossier_sudo):
        return {
            "id": dossier_sudo.id,
            "code": dossier_sudo.display_name,
            "procedure": dossier_sudo.procedure_id.name or dossier_sudo.content or "",
            "agency": dossier_sudo.company_id.name,
            "state": dossier_sudo.state,
            "state_label": dossier_sudo._lifecycle_label(dossier_sudo.state),
            "submitted": dossier_sudo._local_text(dossier_sudo.submitted_at),
            "due": dossier_sudo._local_text(dossier_sudo.due_at)
            if dossier_sudo.state in RUNNING_STATES
            else "",
        }

    def _sortings(self):
        return {
            "date": {"label": request.env._("Newest"), "order": "submitted_at desc, id desc"},
            "due": {"label": request.env._("Due date"), "order": "due_at, id"},
            "state": {"label": request.env._("Status"), "order": "state, id desc"},
        }

    def _filters(self):
        waiting = ("supplement", "payment")
        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "open": {
                "label": request.env._("In progress"),
                "domain": Domain("state", "not in", CLOSED_STATES),
            },
            "waiting": {
                "label": request.env._("Waiting for me"),
                "domain": Domain("state", "in", waiting),
            },
            "closed": {
                "label": request.env._("Finished"),
                "domain": Domain("state", "in", CLOSED_STATES),
            },
        }

    def _search_domain(self, search):
        text = escape_psql(typed(search, MAX_SEARCH))
        if not text:
            return Domain.TRUE
        return (
            Domain("code", "ilike", text)
            | Domain("submission_ref", "ilike", text)
            | Domain("procedure_id.name", "ilike", text)
            | Domain("content", "ilike", text)
        )
