from markupsafe import Markup
from requests.exceptions import HTTPError

from odoo import fields
from odoo.tests import JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .common_citizen import PDF, CitizenCommon

FIELDS = ["code", "holder_name", "holder_phone", "holder_identity", "lookup_key", "state"]
MODELS = (
    "qms.dossier",
    "qms.dossier.step",
    "qms.dossier.event",
    "qms.dossier.message",
    "qms.dossier.component",
    "qms.dossier.interruption",
    "qms.dossier.extension",
    "qms.public.attempt",
    "qms.procedure",
    "qms.procedure.version",
)


@tagged("post_install", "-at_install")
class TestFrontdeskPortal(CitizenCommon):
    """A citizen with a login sees their own dossiers, and nothing else by any way in."""

    def setUp(self):
        super().setUp()
        self.dossier = self._accepted_dossier(
            partner_id=self.citizen.partner_id.id, holder_phone="0912345678"
        )
        self.foreign = self._accepted_dossier(
            partner_id=self.other_citizen.partner_id.id, holder_name="Trần Văn Khác"
        )
        self.env["qms.public.attempt"].search([]).unlink()
        self.authenticate("qms_citizen", "qms_citizen")

    def _own(self, path=""):
        return f"/my/dossiers/{self.dossier.id}{path}"

    def _others(self, path=""):
        return f"/my/dossiers/{self.foreign.id}{path}"

    # === ONE'S OWN === #

    def test_the_list_shows_own_dossiers_only(self):
        page = self.url_open("/my/dossiers")
        self.assertIn(self.dossier.code, page.text)
        self.assertNotIn(self.foreign.code, page.text)
        counters = self.make_jsonrpc_request("/my/counters", {"counters": ["dossier_count"]})
        self.assertEqual(counters["dossier_count"], 1)

    def test_search_sorting_filters_and_paging(self):
        self._accepted_dossier(partner_id=self.citizen.partner_id.id, content="Giấy phép khác")
        for query, seen in (
            (f"search={self.dossier.code}", True),
            ("search=Giấy phép khác", False),
            ("filterby=closed", False),
            ("filterby=open&sortby=due", True),
            ("filterby=nonsense&sortby=code;drop&search_in=x", True),
            ("search=%25", False),
            (f"search={self.dossier.code}%00%E2%80%8B", True),
        ):
            text = self.url_open(f"/my/dossiers?{query}").text
            self.assertEqual(f"/my/dossiers/{self.dossier.id}" in text, seen, query)
        for number in range(25):
            self._new_dossier(partner_id=self.citizen.partner_id.id, content=f"Việc {number}")
        first, second = self.url_open("/my/dossiers"), self.url_open("/my/dossiers/page/2")
        self.assertEqual(first.text.count('class="card mb-2"'), 20)
        self.assertEqual(second.text.count('class="card mb-2"'), 7)

    def test_the_page_shows_the_dossier_and_takes_messages_both_ways(self):
        page = self.url_open(self._own())
        self.assertIn("Nguyễn Thị Thử", page.text)
        self.assertIn(self.dossier._local_text(self.dossier.due_at), page.text)
        self.dossier.message_post(body=Markup("Trao đổi nội bộ"), subtype_xmlid="mail.mt_comment")
        page = self._post(
            self._own("/message"),
            {"body": "Tôi xin hỏi"},
            files=[("files", ("don.pdf", PDF, "application/pdf"))],
            page=self._own(),
        )
        self.assertIn("Tôi xin hỏi", page.text)
        self.assertNotIn("Trao đổi nội bộ", page.text)
        own = self._as(self.env["ir.attachment"], self.user_clerk).create(
            {"name": "ket-qua.pdf", "raw": PDF}
        )
        self._as(self.dossier, self.user_clerk).action_write_applicant(
            body="Xin gửi kết quả", attachment_ids=own.ids
        )
        page = self.url_open(self._own())
        self.assertIn("Xin gửi kết quả", page.text)
        file = self.dossier.applicant_message_ids[:1].attachment_ids
        answer = self.url_open(self._own(f"/file/{file.id}"))
        self.assertEqual((answer.status_code, answer.content), (200, PDF))
        self.assertIn("no-store", answer.headers["Cache-Control"])

    def test_who_acts_for_a_company_sees_its_dossiers_not_those_of_colleagues(self):
        company = self.env["res.partner"].create({"name": "Công ty Thử", "is_company": True})
        (self.citizen | self.other_citizen).partner_id.parent_id = company
        firm = self._accepted_dossier(partner_id=company.id, holder_name="Công ty Thử")
        text = self.url_open("/my/dossiers").text
        self.assertIn(firm.code, text)
        self.assertIn(self.dossier.code, text)
        self.assertNotIn(self.foreign.code, text)
        self.assertEqual(self.url_open(self._others()).status_code, 404)

    def test_the_list_costs_few_queries(self):
        for _number in range(15):
            self._accepted_dossier(partner_id=self.citizen.partner_id.id)
        dossiers_sudo = self.env["qms.dossier"].sudo()
        self.url_open("/my/dossiers")
        self.env.flush_all()
        self.env.invalidate_all()
        found = dossiers_sudo.search(dossiers_sudo._portal_domain(self.citizen.partner_id))
        with self.assertQueryCount(6):
            for dossier in found:
                (
                    dossier.procedure_id.name,
                    dossier.company_id.name,
                    dossier._local_text(dossier.due_at),
                )

    # === WHAT IS ANOTHER'S === #

    def test_the_dossier_of_another_does_not_exist(self):
        message = self.foreign.sudo()._receive_message(
            "portal", "x", [("x.pdf", "application/pdf", PDF)]
        )
        file = message.attachment_ids
        missing = self.url_open("/my/dossiers/999999999")
        self.assertEqual(missing.status_code, 404)
        for path in (
            self._others(),
            self._others("?access_token=x"),
            self._others(f"/file/{file.id}"),
            self._own(f"/file/{file.id}"),
            self._others(f"?access_token={self.foreign.lookup_key}"),
        ):
            page = self.url_open(path)
            self.assertEqual(page.status_code, 404, path)
            self.assertNotIn(self.foreign.code, page.text)
        page = self._post(self._others("/message"), {"body": "x"}, page=self._own())
        self.assertEqual(page.status_code, 404)
        self.assertEqual(len(self.foreign.applicant_message_ids), 1)

    def test_nobody_without_a_login_gets_in(self):
        self.authenticate(None, None)
        for path in ("/my/dossiers", self._own(), self._own("/file/1")):
            page = self.url_open(path)
            self.assertIn("/web/login", page.url)
            self.assertNotIn(self.dossier.code, page.text)

    @mute_logger("odoo.http")
    def test_messages_need_the_token_of_the_form(self):
        self.assertEqual(self.url_open(self._own("/message"), data={"body": "x"}).status_code, 400)
        self.assertFalse(self.dossier.applicant_message_ids)

    # === OTHER WAYS IN === #

    @mute_logger("odoo.http")
    def test_no_model_is_read_over_rpc(self):
        for model in MODELS:
            for method, args in (
                ("search_read", [[], ["id"]]),
                ("read", [[1], ["id"]]),
                ("web_search_read", [[], {"id": {}}]),
                ("read_group", [[], ["id"], ["id"]]),
                ("name_search", [""]),
                ("export_data", [[1], ["id"]]),
                ("write", [[1], {}]),
                ("create", [{}]),
                ("copy", [[1]]),
                ("unlink", [[1]]),
            ):
                params = {"model": model, "method": method, "args": args, "kwargs": {}}
                with (
                    self.subTest(model=model, method=method),
                    self.assertRaises(JsonRpcException),
                ):
                    self.make_jsonrpc_request("/web/dataset/call_kw", params)

    @mute_logger("odoo.http", "odoo.addons.rpc.controllers.json2")
    def test_no_dossier_is_read_with_an_api_key(self):
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.citizen)
            .sudo()
            ._generate("rpc", "test", fields.Datetime.add(fields.Datetime.now(), days=1))
        )
        for model in ("qms.dossier", "qms.dossier.message", "qms.dossier.event"):
            response = self.url_open(
                f"/json/2/{model}/search_read",
                json={"domain": [], "fields": ["id"]},
                headers={"Authorization": f"bearer {key}"},
            )
            self.assertEqual(response.status_code, 403, model)
            self.assertNotIn(self.dossier.code, response.text)

    @mute_logger("odoo.http")
    def test_verbs_are_not_called(self):
        for method in ("action_accept", "action_write_applicant", "action_give_lookup_key"):
            with self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request(
                    "/web/dataset/call_kw",
                    {
                        "model": "qms.dossier",
                        "method": method,
                        "args": [[self.dossier.id]],
                        "kwargs": {},
                    },
                )

    @mute_logger("odoo.http")
    def test_the_chatter_of_a_dossier_is_closed(self):
        self.dossier.message_post(body=Markup("Trao đổi nội bộ"), subtype_xmlid="mail.mt_comment")
        for route, params in (
            (
                "/mail/thread/messages",
                {"thread_model": "qms.dossier", "thread_id": self.dossier.id},
            ),
            (
                "/mail/thread/messages",
                {"thread_model": "qms.dossier", "thread_id": self.dossier.id, "token": "x"},
            ),
            (
                "/mail/chatter_fetch",
                {"thread_model": "qms.dossier", "thread_id": self.dossier.id},
            ),
            (
                "/mail/message/post",
                {
                    "thread_model": "qms.dossier",
                    "thread_id": self.dossier.id,
                    "post_data": {"body": "x", "message_type": "comment"},
                },
            ),
            (
                "/mail/thread/data",
                {
                    "thread_model": "qms.dossier",
                    "thread_id": self.dossier.id,
                    "request_list": ["followers", "attachments"],
                },
            ),
        ):
            with self.subTest(route=route):
                try:
                    answer = str(self.make_jsonrpc_request(route, params))
                except (JsonRpcException, HTTPError):
                    continue
                self.assertNotIn("Trao đổi", answer)
                self.assertNotIn(self.dossier.code, answer)
        self.assertFalse(
            self.dossier.message_ids.filtered(lambda row: row.author_id == self.citizen.partner_id)
        )

    def test_files_are_served_by_the_page_alone(self):
        message = self.dossier.sudo()._receive_message(
            "portal", "x", [("x.pdf", "application/pdf", PDF)]
        )
        paper = self.env["ir.attachment"].create(
            {"name": "n.pdf", "raw": PDF, "res_model": "qms.dossier", "res_id": self.dossier.id}
        )
        for file in (message.attachment_ids, paper):
            for path in (
                f"/web/content/{file.id}",
                f"/web/content/{file.id}?access_token=x",
                f"/web/image/{file.id}",
                f"/web/content/ir.attachment/{file.id}/raw",
            ):
                response = self.url_open(path)
                self.assertNotIn(b"%PDF", response.content, path)
        self.assertEqual(self.url_open(self._own(f"/file/{paper.id}")).status_code, 404)

    def test_an_official_of_another_agency_has_no_portal_of_it(self):
        new_test_user(
            self.env,
            login="qms_stranger",
            groups="base.group_user",
            company_id=self.company_b.id,
            company_ids=[(6, 0, self.company_b.ids)],
        )
        self.authenticate("qms_stranger", "qms_stranger")
        self.assertEqual(self.url_open(self._own()).status_code, 404)
