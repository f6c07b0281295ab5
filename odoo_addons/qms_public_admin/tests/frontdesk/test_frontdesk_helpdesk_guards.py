import json
from pathlib import Path

from markupsafe import Markup

from odoo.http import _generate_routing_rules
from odoo.modules import Manifest
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .common_citizen import PDF, CitizenCommon

STAGE = "helpdesk_mgmt.helpdesk_ticket_stage_done"


@tagged("post_install", "-at_install")
class TestFrontdeskHelpdeskGuards(CitizenCommon):
    """Known holes of the helpdesk addon, each closed; a test fails the day one opens again."""

    def setUp(self):
        super().setUp()
        self.env["qms.public.attempt"].search([]).unlink()
        self.ticket = self._ticket(self.citizen)
        self.foreign = self._ticket(self.other_citizen)
        self.stage = self.env.ref(STAGE)
        self.authenticate("qms_citizen", "qms_citizen")

    def _ticket(self, user, **vals):
        return self.env["helpdesk.ticket"].create(
            {
                "name": "Xin hỏi",
                "description": "<p>Nội dung</p>",
                "company_id": self.company.id,
                "partner_id": user.partner_id.id,
                "partner_name": user.partner_id.name,
                "partner_email": user.email,
                **vals,
            }
        )

    def _submit(self, files=None, **data):
        vals = {"subject": "Xin cấp lại", "description": "Kính gửi", "kind": "question", **data}
        return self._post("/submitted/ticket", vals, files=files, page="/new/ticket")

    def _mine(self):
        partner = self.citizen.partner_id
        return self.env["helpdesk.ticket"].search([("partner_id", "=", partner.id)]) - self.ticket

    # === CLOSING === #

    def test_one_does_not_close_the_ticket_of_another(self):
        page = self._post(
            "/ticket/close",
            {"ticket_id": self.foreign.id, "stage_id": self.stage.id},
            page=f"/my/ticket/{self.ticket.id}",
        )
        self.assertEqual(page.status_code, 404)
        self.assertNotEqual(self.foreign.stage_id, self.stage)
        self.assertEqual(self.foreign.qms_state, "new")

    @mute_logger("odoo.http")
    def test_a_link_closes_nothing(self):
        query = f"ticket_id={self.ticket.id}&stage_id={self.stage.id}"
        self.assertEqual(self.url_open(f"/ticket/close?{query}").status_code, 405)
        data = {"ticket_id": self.ticket.id, "stage_id": self.stage.id}
        self.assertEqual(self.url_open("/ticket/close", data=data).status_code, 400)
        self.assertEqual(self.ticket.qms_state, "new")

    def test_one_closes_ones_own_to_a_stage_meant_for_it(self):
        rejected = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_rejected")
        page_url = f"/my/ticket/{self.ticket.id}"
        for stage_id in (rejected.id, 999999999, "", "1 or 1=1", "-1"):
            page = self._post(
                "/ticket/close", {"ticket_id": self.ticket.id, "stage_id": stage_id}, page=page_url
            )
            self.assertEqual(page.status_code, 404, stage_id)
        self.assertIn('action="/ticket/close"', self.url_open(page_url).text)
        self.assertNotIn('method="GET"', self.url_open(page_url).text)
        self._post(
            "/ticket/close",
            {"ticket_id": self.ticket.id, "stage_id": self.stage.id},
            page=page_url,
        )
        self.assertEqual((self.ticket.stage_id, self.ticket.qms_state), (self.stage, "cancelled"))
        self.assertNotIn('action="/ticket/close"', self.url_open(page_url).text)

    # === STAGES === #

    def test_the_public_does_not_write_stages(self):
        public = self.env.ref("base.public_user")
        stages = self.env["helpdesk.ticket.stage"].with_user(public)
        for operation in ("write", "create", "unlink"):
            self.assertFalse(stages.has_access(operation), operation)
        row = self.env.ref("helpdesk_mgmt.access_helpdesk_ticket_stage_public")
        self.assertFalse(row.perm_write)

    # === NEW TICKETS === #

    def test_a_request_arrives_with_its_procedure_and_files(self):
        page = self._submit(
            kind="request",
            agency=self.company.id,
            procedure_code=self.procedure.code,
            phone="0912345678",
            address="1 Phố Thử",
            files=[("attachment", ("../../don.pdf", PDF, "text/html"))],
        )
        ticket = self._mine()
        self.assertEqual(page.status_code, 200)
        self.assertEqual(
            (ticket.qms_kind, ticket.qms_procedure_id, ticket.company_id, ticket.qms_phone),
            ("request", self.procedure, self.company, "0912345678"),
        )
        file = ticket.attachment_ids
        self.assertEqual((file.name, file.mimetype), ("don.pdf", "application/pdf"))
        self.assertFalse(file.public)

    def test_a_complaint_arrives_registered(self):
        self._submit(kind="complaint", agency=self.company.id, address="1 Phố Thử")
        ticket = self._mine()
        self.assertTrue(ticket.qms_register_no)
        self.assertIn(ticket.qms_register_no, self.url_open(f"/my/ticket/{ticket.id}").text)

    def test_forged_input_is_neither_an_error_nor_obeyed(self):
        draft, _version = self._create_procedure("9.000099", self.company, publish=False)
        for data in (
            {"category": "abc", "team": "x", "agency": self.company.id},
            {"category": "-1", "team": "99999999999999999999", "agency": self.company.id},
            {"kind": "rating", "agency": self.company.id},
            {"procedure": draft.id, "agency": self.company.id},
            {"stage_id": self.stage.id, "qms_state": "answered", "agency": self.company.id},
            {"partner_id": self.other_citizen.partner_id.id, "agency": self.company.id},
            {"subject": "a\x00b", "description": "c\x00d", "agency": self.company.id},
            {"phone": "\x00", "address": "\x00", "agency": self.company.id},
        ):
            with self.subTest(**data):
                before = self._mine()
                page = self._submit(**data)
                self.assertEqual(page.status_code, 200)
                ticket = self._mine() - before
                self.assertEqual(
                    (ticket.qms_kind, ticket.qms_state, ticket.qms_procedure_id.id),
                    ("question", "new", False),
                )
                self.assertEqual(ticket.partner_id, self.citizen.partner_id)
                self.env["qms.public.attempt"].search([]).unlink()

    def test_what_is_missing_is_said_and_what_was_written_stays(self):
        for data in ({"subject": " "}, {"description": ""}, {"agency": "999999999"}):
            page = self._submit(**{"agency": self.company.id, **data})
            self.assertIn("alert-danger", page.text)
        self.assertIn("Xin cấp lại", page.text)
        self.assertFalse(self._mine())

    def test_uploads_are_checked(self):
        for name, content in (
            ("x.html", b"<script>alert(1)</script>"),
            ("x.svg", b"<svg/>"),
            ("x.pdf", b"<html>"),
            ("x.exe", b"MZ"),
        ):
            page = self._submit(
                agency=self.company.id, files=[("attachment", (name, content, "application/pdf"))]
            )
            self.assertIn("alert-danger", page.text, name)
        self.assertFalse(self._mine())

    def test_tickets_are_limited(self):
        for _number in range(8):
            self._submit(agency=self.company.id)
        self.assertEqual(len(self._mine()), 6)

    # === PAGES === #

    def test_the_list_survives_forged_parameters(self):
        for query in (
            "sortby=x",
            "groupby=x",
            "search_in=x&search=a",
            "filterby=x",
            "date_begin=x&date_end=y",
        ):
            self.assertEqual(self.url_open(f"/my/tickets?{query}").status_code, 200, query)
        text = self.url_open("/my/tickets").text
        self.assertIn(f"/my/ticket/{self.ticket.id}", text)
        self.assertNotIn(f"/my/ticket/{self.foreign.id}", text)

    def test_the_page_hides_notes_their_files_and_who_handles_it(self):
        note = self.ticket.message_post(
            body=Markup("Ghi chú nội bộ"),
            attachments=[("noi-bo.pdf", PDF)],
            subtype_xmlid="mail.mt_note",
        )
        self.env["ir.attachment"].create(
            {
                "name": "cua-toi.pdf",
                "raw": PDF,
                "res_model": "helpdesk.ticket",
                "res_id": self.ticket.id,
            }
        )
        self.user_clerk.partner_id.phone = "0243999999"
        self.ticket.user_id = self.user_clerk
        text = self.url_open(f"/my/ticket/{self.ticket.id}").text
        self.assertIn("cua-toi.pdf", text)
        for hidden in ("noi-bo.pdf", "Ghi chú nội bộ", self.user_clerk.name, "0243999999"):
            self.assertNotIn(hidden, text)
        self.assertFalse(note.attachment_ids.access_token)
        self.assertNotEqual(
            self.url_open(f"/web/content/{note.attachment_ids.id}").content[:4], PDF[:4]
        )

    def test_the_ticket_of_another_does_not_open(self):
        page = self.url_open(f"/my/ticket/{self.foreign.id}")
        self.assertTrue(page.url.endswith("/my"), page.url)
        page = self.url_open(f"/my/ticket/{self.foreign.id}?access_token=x")
        self.assertTrue(page.url.endswith("/my"), page.url)

    @mute_logger("odoo.http")
    def test_a_citizen_reads_nothing_internal_over_rpc(self):
        complaint = self._ticket(
            self.citizen, qms_kind="complaint", qms_officer_id=self.user_head.id
        )
        for name in (
            "qms_officer_id",
            "qms_department_id",
            "qms_dossier_id",
            "qms_class_reason",
            "qms_answered_by",
            "qms_finding",
            "qms_opened_dossier_id",
        ):
            for params in (
                {"method": "read", "args": [complaint.ids, [name]]},
                {"method": "search", "args": [[(name, "!=", False)]]},
            ):
                with self.assertRaises(JsonRpcException):
                    self.make_jsonrpc_request(
                        "/web/dataset/call_kw",
                        {"model": "helpdesk.ticket", "kwargs": {}, **params},
                    )
        for method in ("action_qms_classify", "action_qms_cancel", "action_qms_open_dossier"):
            with self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request(
                    "/web/dataset/call_kw",
                    {
                        "model": "helpdesk.ticket",
                        "method": method,
                        "args": [complaint.ids, *(["x"] if "open" not in method else [])],
                        "kwargs": {},
                    },
                )
        with self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request(
                "/web/dataset/call_kw",
                {
                    "model": "helpdesk.ticket",
                    "method": "write",
                    "args": [self.ticket.ids, {"name": "x"}],
                    "kwargs": {},
                },
            )

    # === THE ADDON BELOW === #

    def test_the_counter_of_a_contact_counts_in_the_database(self):
        company = self.env["res.partner"].create({"name": "Công ty", "is_company": True})
        self.citizen.partner_id.parent_id = company
        done = self._ticket(self.citizen)
        done.stage_id = self.stage
        partners = company | self.citizen.partner_id
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            counts = partners.mapped("helpdesk_ticket_count")
        self.assertEqual(counts, [2, 2])
        self.assertEqual(company.helpdesk_ticket_active_count, 1)

    def test_nothing_of_ours_reads_the_closing_date_of_the_helpdesk(self):
        roots = [Path(Manifest.for_addon(name).path) for name in ("qms_public_admin",)]
        readers = [
            str(path)
            for root in roots
            for folder in ("models", "controllers", "wizards", "views")
            for path in (root / folder).rglob("*.*")
            if path.suffix in (".py", ".xml") and "closed_date" in path.read_text("utf-8")
        ]
        self.assertEqual(readers, [])

    def test_the_sla_addon_is_not_under_us(self):
        """Its clock knows neither our calendar nor days off added later."""
        names, todo = set(), ["qms_public_admin"]
        while todo:
            name = todo.pop()
            if name not in names:
                names.add(name)
                todo += Manifest.for_addon(name)["depends"]
        self.assertNotIn("helpdesk_mgmt_sla", names)

    def test_no_menu_of_the_helpdesk_is_left_beside_ours(self):
        self.user_officer.group_ids |= self.env.ref("helpdesk_mgmt.group_helpdesk_manager")
        menus = self.env["ir.ui.menu"].with_user(self.user_officer)._visible_menu_ids()
        self.assertNotIn(self.env.ref("helpdesk_mgmt.helpdesk_ticket_main_menu").id, menus)
        for name in ("requests", "complaints", "questions", "team"):
            self.assertIn(self.env.ref(f"qms_public_admin.menu_helpdesk_ticket_{name}").id, menus)

    def test_the_routes_of_the_helpdesk_are_those_known(self):
        """A new route of the addon below is looked at before it is open to citizens."""
        modules = ["base", "web", "portal", "helpdesk_mgmt", "qms_public_admin"]
        rules = {
            url for url, _endpoint in _generate_routing_rules(modules, False) if "ticket" in url
        }
        self.assertEqual(
            rules,
            {
                "/ticket/close",
                "/new/ticket",
                "/submitted/ticket",
                "/my/tickets",
                "/my/tickets/page/<int:page>",
                "/my/ticket/<int:ticket_id>",
                "/my/ticket/<int:ticket_id>/<access_token>",
            },
            json.dumps(sorted(rules)),
        )
