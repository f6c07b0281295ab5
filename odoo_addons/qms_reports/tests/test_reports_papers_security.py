import base64
import json

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .test_reports_papers import PapersCommon

FILES = ("data", "pdf", "docx")


@tagged("post_install", "-at_install")
class TestReportsPapersSecurity(PapersCommon):
    """Staff see which papers there are; who has a part in the dossier reads them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dossier = cls._accept("2026-01-05 08:05", **cls.applicant)
        cls.paper = cls.dossier.paper_ids
        cls._as(cls.paper, cls.user_clerk)._pdf_files()
        cls._as(cls.paper, cls.user_clerk).action_send()
        cls.sending = cls.paper.sending_ids

    # === ROLE × OPERATION === #

    def test_staff_of_the_agency_read_the_list(self):
        for role, user in self.users_by_role.items():
            for records in (self.paper, self.sending):
                with self.subTest(role=role, model=records._name):
                    self.assertTrue(self._as(records, user).has_access("read"))

    def test_nobody_writes_papers(self):
        for user in [*self.users_by_role.values(), self.env.ref("base.user_admin")]:
            for records in (self.paper, self.sending):
                for operation in ("write", "create", "unlink"):
                    with self.subTest(user=user.login, model=records._name, op=operation):
                        self.assertFalse(records.with_user(user).has_access(operation))

    def test_other_agencies_and_outsiders_see_nothing(self):
        for user in (self.user_clerk_b, self.user_officer_b, self.user_outsider):
            for records in (self.paper, self.sending):
                foreign = self._as(records, user)
                with self.subTest(user=user.login, model=records._name):
                    self.assertFalse(foreign.has_access("read"))
        for user in (self.user_clerk_b, self.user_officer_b):
            self.assertFalse(self._as(self.paper, user).search([("id", "=", self.paper.id)]))
            self.assertFalse(self._as(self.sending, user).search([("id", "=", self.sending.id)]))

    def test_a_co_ordinating_agency_gets_no_paper(self):
        self.dossier.sudo()._lifecycle_write(
            {"coordinating_agency_ids": [(6, 0, self.company_b.qms_agency_id.ids)]}
        )
        self.assertTrue(self._as(self.dossier, self.user_clerk_b).has_access("read"))
        self.assertFalse(self._as(self.paper, self.user_clerk_b).has_access("read"))

    def test_what_stands_on_a_paper_is_for_those_who_see_personal_data(self):
        """INV-18: the counter and the heads, and whoever has a part in the process."""
        readers = {"clerk", "head", "leader"}
        self._as(self.dossier, self.user_clerk).action_complete_step()
        self.env.invalidate_all()
        may = readers | {"staff"}  # the specialist whose step it is
        for role, user in self.users_by_role.items():
            mine = self._as(self.paper, user)
            with self.subTest(role=role):
                self.assertEqual(mine.can_read_file, role in may)
                for name in FILES:  # not by a query, which would read many at once
                    with self.assertRaises(AccessError):
                        mine.read([name])
                if role not in may:
                    for attack in (mine.action_print, mine.action_docx, mine.action_send):
                        with self.assertRaises(AccessError):
                            attack()
        self.assertTrue(self._as(self.paper, self.user_specialist).action_docx())

    # === NUMBERS SHOWN === #

    def _noted(self, user):
        rows = self.env["qms.disclosure"].search([("user_id", "=", user.id)])
        return rows.filtered(lambda row: row.action == "paper")

    def test_who_opens_a_paper_with_numbers_is_recorded(self):
        """INV-18: the receipt shows identity and phone number in full."""
        reports = self.env["ir.actions.report"]
        mine = self._as(reports, self.user_head)
        mine._render_qweb_pdf("qms_reports.dossier_paper", self.paper.ids)
        noted = self._noted(self.user_head)
        self.assertEqual((noted.dossier_id, noted.company_id), (self.dossier, self.company))
        self.assertTrue(noted.capacity)
        with self.assertRaises(AccessError):
            self._as(reports, self.user_auditor)._render_qweb_pdf(
                "qms_reports.dossier_paper", self.paper.ids
            )
        self.assertFalse(self._noted(self.user_auditor))

    def test_a_receipt_just_typed_is_not_recorded_but_each_later_look(self):
        fresh = self._accept("2026-01-05 09:00", **self.applicant).paper_ids
        reports = self._as(self.env["ir.actions.report"], self.user_clerk)
        for expected in (0, 1, 2):
            reports._render_qweb_pdf("qms_reports.dossier_paper", fresh.ids)
            rows = self._noted(self.user_clerk).filtered(
                lambda row: row.dossier_id == fresh.dossier_id
            )
            self.assertEqual(len(rows), expected)

    def test_a_paper_without_numbers_records_nothing(self):
        self._as(self.dossier, self.user_head).action_issue_control_slip()
        slip = self.dossier.paper_ids - self.paper
        self._as(slip, self.user_head)._note_disclosure()
        self.assertFalse(self._noted(self.user_head))

    def test_a_register_opened_by_another_clerk_is_recorded(self):
        register = self._as(self.env["qms.dossier.register"], self.user_clerk).create(
            {"company_id": self.company.id, "date_from": "2026-01-01", "date_to": "2026-01-31"}
        )
        paper = self.env["qms.dossier.paper"].browse(register.action_issue()["res_id"])
        other = new_test_user(
            self.env,
            login="second_clerk",
            groups="qms_public_admin.group_qms_clerk",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self._as(paper, other)._note_disclosure()
        self.assertEqual(self._noted(other).dossier_id, self.dossier)

    # === FACTS === #

    def test_elevated_code_forges_no_paper(self):
        vals = {
            "dossier_id": self.dossier.id,
            "company_id": self.company.id,
            "template_id": self.paper.template_id.id,
            "kind": "receipt",
            "legal_code": "x",
            "title": "x",
            "year": 2026,
            "number": 999,
            "number_text": "999",
            "issued_at": "2026-01-01 00:00:00",
            "data": "{}",
            "data_sha256": "x",
        }
        for forged in (False, True, "object"):
            paper_sudo = self.paper.sudo().with_context(_qms_fact=forged)
            for attack in (
                lambda paper=paper_sudo: paper.create(vals),
                lambda paper=paper_sudo: paper.write({"data": "{}"}),
                lambda paper=paper_sudo: paper.write({"pdf": base64.b64encode(b"x")}),
                lambda paper=paper_sudo: paper.unlink(),
                lambda paper=paper_sudo: paper.sending_ids.write({"recipient": "x"}),
            ):
                with self.assertRaises(AccessError):
                    attack()
        with self.assertRaises(UserError):
            self.paper.sudo().copy()

    def test_a_kept_file_is_not_made_again(self):
        with self.assertRaises(UserError):
            self.paper._keep_file("pdf", b"other")

    def test_attachments_of_papers_stay(self):
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "qms.dossier.paper"),
                    ("res_id", "=", self.paper.id),
                    ("res_field", "=", "pdf"),
                ]
            )
        )
        self.assertEqual(len(attachment), 1)
        for user in [*self.users_by_role.values(), self.env.ref("base.user_admin")]:
            mine = attachment.with_user(user)
            for attack in (
                lambda mine=mine: mine.write({"raw": b"forged"}),
                lambda mine=mine: mine.write({"res_id": 0}),
                lambda mine=mine: mine.unlink(),
            ):
                with self.subTest(user=user.login), self.assertRaises(UserError):
                    attack()
        for attack in (
            lambda: attachment.write({"raw": b"forged"}),
            lambda: attachment.write({"res_field": False}),
            attachment.unlink,
        ):
            with self.assertRaises(UserError):
                attack()
        for user in self.users_by_role.values():
            with self.assertRaises(AccessError):
                self._as(attachment, user).read(["raw"])

    def test_nobody_hangs_a_file_on_a_paper(self):
        for user in self.users_by_role.values():
            with self.assertRaises(AccessError):
                self._as(self.env["ir.attachment"], user).create(
                    {
                        "name": "x.pdf",
                        "raw": b"x",
                        "res_model": "qms.dossier.paper",
                        "res_id": self.paper.id,
                        "res_field": "pdf",
                    }
                )

    def test_a_mail_shows_its_attachment_to_no_reader_of_the_dossier(self):
        mails = self.env["mail.mail"].search([("email_to", "=", "thu.nghiem@example.com")])
        mail = mails.filtered("attachment_ids")
        self.assertEqual(len(mail), 1)
        self.assertFalse(mail.mail_message_id.model or mail.mail_message_id.res_id)
        for role in ("staff", "auditor", "officer", "head", "clerk"):
            with self.assertRaises(AccessError):
                self._as(mail.attachment_ids, self.users_by_role[role]).read(["raw"])

    def test_each_company_rule_of_papers_is_needed(self):
        foreign = self._as(self.paper, self.user_clerk_b)
        self.assertFalse(foreign.has_access("read"))
        self.env.ref("qms_reports.qms_dossier_paper_rule_company").active = False
        self.env.invalidate_all()
        self.assertTrue(foreign.has_access("read"))
        self.assertFalse(foreign.can_read_file, "Not even then is anything handed out.")

    # === FORMS === #

    def test_forms_are_written_by_the_iso_officer_of_the_agency(self):
        shared = self.env.ref("qms_reports.form_2025_receipt")
        own = shared.copy({"company_id": self.company.id})
        for role, user in self.users_by_role.items():
            mine = self._as(own, user)
            with self.subTest(role=role):
                self.assertTrue(mine.has_access("read"))
                self.assertTrue(self._as(shared, user).has_access("read"))
                for operation in ("write", "unlink"):
                    self.assertEqual(mine.has_access(operation), role == "officer")
                    self.assertFalse(self._as(shared, user).has_access(operation))
                if role != "officer":
                    for verb in ("action_put_in_use", "action_retire", "action_new_version"):
                        with self.assertRaises(AccessError):
                            getattr(mine, verb)()
        foreign = self._as(own, self.user_officer_b)
        self.assertFalse(foreign.has_access("read"))
        self.assertTrue(self._as(shared, self.user_officer_b).has_access("read"))

    def test_a_form_is_not_pushed_to_another_agency_or_to_all(self):
        own = self.env.ref("qms_reports.form_2025_receipt").copy({"company_id": self.company.id})
        officer = self._as(own, self.user_officer)
        for company in (self.company_b.id, False):
            with self.assertRaises(UserError), self.cr.savepoint():
                officer.write({"company_id": company})
            self.env.invalidate_all()
        with self.assertRaises(AccessError):
            officer.copy({"company_id": False})


@tagged("post_install", "-at_install")
class TestReportsPapersRpc(PapersCommon, HttpCase):
    """What a client can send, over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dossier = cls._accept("2026-01-05 08:05", **cls.applicant)
        cls.paper = cls.dossier.paper_ids
        cls.form = cls.env.ref("qms_reports.form_2025_receipt").copy({"company_id": cls.company.id})

    def _login(self, user):
        user.sudo().password = user.login + "#1"
        self.authenticate(user.login, user.login + "#1")

    def _call(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
        )

    @mute_logger("odoo.http")
    def test_papers_are_attacked_in_vain(self):
        forged = {"context": {"_qms_fact": True, "_qms_lifecycle": True}}
        before = self.paper.read(["number", "data_sha256", "title"])
        for user in (self.user_clerk, self.user_officer, self.user_leader):
            self._login(user)
            ids = self.paper.ids
            for method, args in (
                ("create", [[{"dossier_id": self.dossier.id, "kind": "receipt"}]]),
                ("write", [ids, {"title": "x"}]),
                ("web_save", [ids, {"title": "x"}, {}]),
                ("unlink", [ids]),
                ("copy", [ids]),
                ("_issue", ["receipt", self.dossier.ids]),
                ("_record_papers", ["receipt", self.company.ids, []]),
                ("_keep_file", [ids, "pdf", "x"]),
                ("_complete", [ids, {"title": "x"}]),
                ("_send_email", [ids]),
            ):
                with (
                    self.subTest(user=user.login, method=method),
                    self.assertRaises(JsonRpcException),
                ):
                    self._call("qms.dossier.paper", method, *args, **forged)
            loaded = self._call("qms.dossier.paper", "load", ["title"], [["x"]], **forged)
            self.assertFalse(loaded["ids"])
            with self.assertRaises(JsonRpcException):
                self._call(
                    "qms.dossier",
                    "write",
                    self.dossier.ids,
                    {"paper_ids": [[2, ids[0], 0]]},
                    **forged,
                )
        self.env.invalidate_all()
        self.assertEqual(self.paper.read(["number", "data_sha256", "title"]), before)

    @mute_logger("odoo.http")
    def test_forms_are_attacked_in_vain(self):
        self._login(self.user_officer)
        ids = self.form.ids
        for vals in (
            {"state": "in_use"},
            {"version": 7},
            {"previous_id": ids[0]},
            {"body": "<p>{{ ''.__class__.__mro__ }}</p>"},
            {"body": "<p>{% for x in title %}{{ x }}{% endfor %}</p>"},
            {"signatures": "{{ cycler.__init__.__globals__ }} | |"},
            {"copies": "{{ lookup_key }}"},
            {"docx_file": base64.b64encode(b"no word").decode()},
        ):
            with self.subTest(vals=vals), self.assertRaises(JsonRpcException):
                self._call("qms.form.template", "write", ids, vals)
        for method in ("_put_shipped_in_use", "_in_force", "_lifecycle_write"):
            with self.assertRaises(JsonRpcException):
                self._call("qms.form.template", method, ids)
        shared = self.env.ref("qms_reports.form_2025_receipt")
        for method, args in (("write", [{"title": "x"}]), ("action_retire", [])):
            with self.assertRaises(JsonRpcException):
                self._call("qms.form.template", method, shared.ids, *args)
        with self.assertRaises(JsonRpcException):
            self._call("qms.form.print", "_pdf_files", [])

    def test_files_are_handed_to_who_may_read_them(self):
        """(user, paper, preview): the answer of each route."""
        portal = new_test_user(self.env, login="qms_portal_papers", groups="base.group_portal")
        expected = [
            (self.user_clerk, 200, 200),
            (self.user_head, 200, 200),
            (self.user_auditor, 403, 200),
            (self.user_officer, 403, 200),
            (self.user_clerk_b, 403, 403),
            (self.user_outsider, 403, 403),
            (portal, 403, 403),
        ]
        paper_url = f"/qms/papers/{self.paper.id}"
        form_url = f"/qms/forms/{self.form.id}"
        for user, paper_status, form_status in expected:
            self._login(user)
            with self.subTest(user=user.login), mute_logger("odoo.http"):
                for extension in ("pdf", "docx"):
                    answer = self.url_open(f"{paper_url}.{extension}")
                    self.assertEqual(answer.status_code, paper_status)
                for page in ("preview.pdf", "preview.docx", "template.docx"):
                    answer = self.url_open(f"{form_url}/{page}")
                    self.assertEqual(answer.status_code, form_status)
        heads = self.env["qms.disclosure"].search([("user_id", "=", self.user_head.id)])
        self.assertEqual(heads.mapped("action"), ["paper", "paper"], "PDF and Word")
        self.assertEqual(heads.dossier_id, self.paper.dossier_id)
        self._login(self.user_clerk)
        answer = self.url_open(f"{paper_url}.pdf")
        self.assertTrue(answer.content.startswith(b"%PDF"))
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertEqual(self.url_open("/qms/papers/999999999.pdf").status_code, 404)
        self.assertEqual(self.url_open("/qms/forms/999999999/preview.pdf").status_code, 404)

    def test_nobody_gets_in_without_a_login(self):
        self.authenticate(None, None)
        answer = self.url_open(f"/qms/papers/{self.paper.id}.pdf", allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_a_print_is_downloaded(self):
        """The way of the web client, and the address itself."""
        url = f"/report/pdf/qms_reports.dossier_paper/{self.paper.id}"
        self._login(self.user_clerk)
        answer = self._download(url)
        self.assertTrue(answer.content.startswith(b"%PDF"))
        number = self.paper.number_text.replace("/", "-")
        self.assertIn(number, answer.headers["Content-Disposition"])
        self.assertEqual(self.url_open(url).content, answer.content)
        self._login(self.user_auditor)
        with mute_logger("odoo.http", "odoo.addons.web.controllers.report"):
            self.assertFalse(self.url_open(url).content.startswith(b"%PDF"))
            self.assertFalse(self._download(url).content.startswith(b"%PDF"))

    def test_a_print_that_is_recorded_is_written_at_once(self):
        """The web client's address of reports promises to read only; ours does not."""
        self._login(self.user_head)
        noted = [("user_id", "=", self.user_head.id)]
        seen = self.env["qms.disclosure"].search_count(noted)
        with self.assertNoLogs("odoo.sql_db", "ERROR"):
            answer = self.url_open(f"/report/pdf/qms_reports.dossier_paper/{self.paper.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertGreater(self.env["qms.disclosure"].search_count(noted), seen)

    def _download(self, url):
        data = json.dumps([url, "qweb-pdf"])
        token = http.Request.csrf_token(self)
        return self.url_open("/report/download", data={"data": data, "csrf_token": token})
