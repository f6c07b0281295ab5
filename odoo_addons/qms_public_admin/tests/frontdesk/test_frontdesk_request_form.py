from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...controllers import citizen_request
from ...tools import upload
from .common_citizen import PDF, CitizenCommon

PATH = "/send-request"
PATH_VI = "/gui-yeu-cau"
ASKED = "Đèn đường thôn 3 hỏng\nđã hai tuần nay."


@tagged("post_install", "-at_install")
class TestFrontdeskRequestForm(CitizenCommon):
    """Anybody writes to an agency from home; nobody learns or decides anything by it."""

    def setUp(self):
        super().setUp()
        self.env["qms.public.attempt"].search([]).unlink()
        self.known = self.env["helpdesk.ticket"].search([])

    def _send(self, files=None, path=PATH, **given):
        data = {
            "agency": self.company.id,
            "kind": "complaint",
            "name": "Nguyễn Thị Thử",
            "phone": "0912 345 678",
            "address": "Thôn 3",
            "text": ASKED,
            **given,
        }
        return self._post(path, data, files=files, page=f"{path}?agency={self.company.id}")

    def _tickets(self):
        return self.env["helpdesk.ticket"].search([]) - self.known

    def _refused(self, response, *told):
        """The form again, with what was typed, and no ticket."""
        self.assertNotIn("/sent", response.url)
        for text in (*told, "Đèn đường thôn 3 hỏng", 'value="Nguyễn Thị Thử"', "0912 345 678"):
            self.assertIn(text, response.text)
        self.assertFalse(self._tickets())

    # === WHAT IS TAKEN === #

    def test_a_complaint_enters_the_register_and_gets_its_reference(self):
        page = self._send([("files", ("anh.pdf", PDF, "application/pdf"))], email="thu@example.com")
        ticket = self._tickets()
        self.assertTrue(page.url.endswith(f"{PATH}/sent"), page.url)
        self.assertIn(ticket.qms_register_no, page.text)
        self.assertRecordValues(
            ticket,
            [
                {
                    "company_id": self.company.id,
                    "qms_kind": "complaint",
                    "qms_state": "new",
                    "qms_received_via": "electronic",
                    "name": "Đèn đường thôn 3 hỏng",
                    "partner_name": "Nguyễn Thị Thử",
                    "partner_email": "thu@example.com",
                    "qms_phone": "0912 345 678",
                    "qms_address": "Thôn 3",
                    "partner_id": False,
                    "user_id": False,
                    "channel_id": self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web").id,
                }
            ],
        )
        self.assertFalse(ticket.qms_missing)
        self.assertTrue(ticket.qms_transfer_due_at)
        [attachment] = ticket.attachment_ids
        self.assertEqual((attachment.name, attachment.raw), ("anh.pdf", PDF))
        self.assertFalse(attachment.public)
        self.assertFalse(ticket.message_partner_ids)

    def test_a_request_names_its_procedure_and_becomes_a_dossier(self):
        text = f"{self.procedure.code} – {self.procedure.name}"
        page = self._send(kind="request", procedure=text)
        ticket = self._tickets()
        self.assertEqual(ticket.qms_procedure_id, self.procedure)
        self.assertIn(ticket.number, page.text)
        self._as(ticket, self.user_clerk).action_qms_open_dossier()
        dossier = ticket.qms_opened_dossier_id
        self.assertEqual(dossier.holder_name, "Nguyễn Thị Thử")
        self.assertEqual(dossier.holder_phone, "0912 345 678")

    def test_a_procedure_in_own_words_is_kept_as_words(self):
        self._send(procedure="giấy phép gì đó")
        self.assertFalse(self._tickets().qms_procedure_id)
        self.assertIn("giấy phép gì đó", self._tickets().description)

    def test_a_team_of_the_agency_takes_in_its_kind(self):
        teams = self.env["helpdesk.ticket.team"]
        shared = teams.create({"name": "Chung", "qms_kind": "complaint", "company_id": False})
        self._send()
        self.assertEqual(self._tickets().team_id, shared)
        own = teams.create({"name": "Đội", "qms_kind": "complaint", "company_id": self.company.id})
        teams.create({"name": "Khác", "qms_kind": "complaint", "company_id": self.company_b.id})
        self._send()
        self.assertEqual(self._tickets().team_id, shared | own)

    def test_the_unit_is_one_of_the_agency(self):
        self._send(unit=self.department.id)
        self.assertEqual(self._tickets().qms_department_id, self.department)
        foreign = self.env["hr.department"].create(
            {"name": "Elsewhere", "company_id": self.company_b.id}
        )
        self._send(unit=foreign.id)
        self.assertEqual(len(self._tickets()), 2)
        self.assertEqual(self._tickets().qms_department_id, self.department)

    def test_an_agency_is_chosen_first_and_may_offer_no_form(self):
        self.assertIn(self.company.name, self.url_open(PATH).text)
        self.assertNotIn('name="text"', self.url_open(PATH).text)
        self.company.qms_public_form = False
        self.assertNotIn(self.company.name, self.url_open(PATH).text)
        page = self.url_open(f"{PATH}?agency={self.company.id}")
        self.assertNotIn(f'name="agency" value="{self.company.id}"', page.text)

    def test_the_look_up_leads_here_and_both_speak_two_languages(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        self.assertIn(f'href="{PATH_VI}"', self.url_open("/tra-cuu").text)
        self.assertIn('href="/send-request"', self.url_open("/lookup").text)
        self.assertIn("Send a request or a complaint", self.url_open("/send-request").text)
        self.assertIn(f'href="{PATH_VI}"', self.url_open(PATH).text)
        page = self._send(path=PATH_VI)
        self.assertTrue(page.url.endswith(f"{PATH_VI}/sent"))

    # === WHAT IS NOT TAKEN === #

    def test_what_lacks_is_told_and_what_was_typed_is_kept(self):
        self._refused(self._send(kind=""), "choose one of the kinds")
        self._refused(self._send(kind="incident"), "choose one of the kinds")
        self._refused(self._send(email="không phải"), "This is not an e-mail address")
        page = self._send(phone="", email="")
        self.assertIn("Enter a phone number or an e-mail address", page.text)
        self.assertFalse(self._tickets())

    def test_files_of_other_kinds_and_sizes_are_refused(self):
        large = PDF + b"0" * (upload.MAX_BYTES + 1 - len(PDF))
        for name, content, told in (
            ("trang.html", b"<script>", "cannot be taken"),
            ("gia.pdf", b"MZ\x90", "is not what its name says"),
            ("to.pdf", large, "is too large"),
        ):
            with self.subTest(file=name):
                page = self._send([("files", (name, content, "application/pdf"))])
                self._refused(page, told, "choose your files again")
        many = [("files", (f"{n}.pdf", PDF, "application/pdf")) for n in range(6)]
        self._refused(self._send(many), "at most 5 files")

    def test_only_what_the_form_offers_is_taken(self):
        team = self.env["helpdesk.ticket.team"].create({"name": "Đội", "company_id": False})
        self._send(
            company_id=self.company_b.id,
            team_id=team.id,
            team=team.id,
            user_id=self.user_head.id,
            partner_id=self.citizen.partner_id.id,
            qms_state="answered",
            qms_register_no="PAKN-1",
            qms_officer_id=self.user_head.id,
            qms_dossier_id=self._accepted_dossier().id,
            qms_answer="Đã trả lời",
            stage_id=self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done").id,
            priority="3",
        )
        ticket = self._tickets()
        self.assertEqual(ticket.company_id, self.company)
        self.assertEqual(ticket.qms_state, "new")
        self.assertEqual(ticket.priority, "1")
        for name in ("team_id", "user_id", "partner_id", "qms_officer_id", "qms_dossier_id"):
            self.assertFalse(ticket[name], name)
        self.assertFalse(ticket.qms_answer)
        self.assertFalse(ticket.stage_id.closed)

    def test_an_agency_that_is_none_cannot_be_chosen(self):
        firm = self.env["res.company"].create({"name": "No agency"})
        for agency in (firm.id, "x", "-1", ""):
            with self.subTest(agency=agency):
                self.assertIn("Choose the agency", self._send(agency=agency).text)
        self.assertFalse(self._tickets())

    def test_a_dossier_code_ties_quietly_within_the_agency(self):
        dossier = self._accepted_dossier()
        known = self._main(self._send(dossier_code=dossier.code.lower()))
        unknown = self._main(self._send(dossier_code="H99.01-999999-9999"))
        tied, untied = self._tickets().sorted("id")
        self.assertEqual((tied.qms_dossier_id, untied.qms_dossier_id.id), (dossier, False))
        self.assertIn("H99.01-999999-9999", untied.description)
        self.assertEqual(
            known.replace(tied.qms_register_no, ""), unknown.replace(untied.qms_register_no, "")
        )
        self.assertNotIn(dossier.code, known)
        self.company_b.qms_public_form = True
        self._send(agency=self.company_b.id, dossier_code=dossier.code)
        elsewhere = self._tickets().filtered(lambda row: row.company_id == self.company_b)
        self.assertTrue(elsewhere)
        self.assertFalse(elsewhere.qms_dossier_id)

    def test_text_stays_text(self):
        self._send(text="<img src=x onerror=alert(1)> <b>đậm</b>")
        self.assertNotIn("<img", self._tickets().description)
        page = self._send(text='"><script>alert(1)</script>', kind="")
        self.assertNotIn("<script>alert(1)", page.text)

    def test_control_characters_are_no_error(self):
        self._send(name="A\x00n", phone="0912\x00345678", address="\x00", text="Đèn\x00 hỏng")
        ticket = self._tickets()
        self.assertEqual((ticket.partner_name, ticket.name), ("An", "Đèn hỏng"))
        self.assertEqual(ticket.qms_phone, "0912345678")
        self._send(dossier_code="\x00", procedure="\x00", unit="\x00")
        self.assertEqual(len(self._tickets()), 2)
        self.assertEqual(self.url_open(f"{PATH}?code=%00&agency=%00").status_code, 200)

    @mute_logger("odoo.http")
    def test_the_form_needs_its_token(self):
        response = self.url_open(PATH, data={"agency": self.company.id, "text": ASKED})
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._tickets())

    def test_the_model_takes_only_what_a_sender_may_say(self):
        with self.assertRaises(ValueError):
            self.env["helpdesk.ticket"]._receive_from_nobody({"user_id": self.user_head.id})
        tickets = self.env["helpdesk.ticket"].with_user(self.env.ref("base.public_user"))
        self.assertFalse(tickets.has_access("create"))

    # === SPAM === #

    def test_sending_is_limited_for_each_client(self):
        self.env["ir.config_parameter"].set_param("qms_public_admin.request_tries", "2")
        for number in range(2):
            self.assertIn("/sent", self._send(phone=f"09123456{number}0").url)
        page = self._send(phone="0912 345 678")
        self.assertEqual(page.status_code, 429)
        self.assertIn("Too much was sent", page.text)
        self.assertIn("Đèn đường thôn 3 hỏng", page.text)
        self.assertEqual(len(self._tickets()), 2)

    def test_sending_is_limited_for_each_way_to_reach_the_sender(self):
        for _number in range(citizen_request.SENDINGS_A_CONTACT):
            self._send()
        self.assertEqual(self._send(phone="0912.345.678").status_code, 429)
        self.assertEqual(len(self._tickets()), citizen_request.SENDINGS_A_CONTACT)

    def test_mistakes_are_not_counted(self):
        self.env["ir.config_parameter"].set_param("qms_public_admin.request_tries", "1")
        for _number in range(3):
            self._send(kind="")
        self.assertIn("/sent", self._send().url)

    def test_what_fills_in_the_hidden_field_is_a_machine(self):
        self._refused(self._send(website="http://127.0.0.1/"), "only machines")

    def test_a_captcha_is_asked_where_one_is_set_up(self):
        form = self.url_open(f"{PATH}?agency={self.company.id}")
        self.assertIn('data-captcha="qms_request"', form.text)
        asked, words = [], "Suspicious activity"

        def refuse(_self, action):
            asked.append(action)
            raise UserError(words)

        with patch.object(self.env.registry["ir.http"], "_verify_request_recaptcha_token", refuse):
            self._refused(self._send(), words)
        self.assertEqual(asked, ["qms_request"])

    def test_a_reference_is_told_to_its_sender_alone(self):
        self._send()
        reference = self._tickets().qms_register_no
        self.assertIn(reference, self.url_open(f"{PATH}/sent").text)
        self.opener.cookies.clear()
        self.assertNotIn(reference, self.url_open(f"{PATH}/sent").text)
