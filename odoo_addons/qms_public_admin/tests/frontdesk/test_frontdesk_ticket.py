import datetime

import psycopg2
from freezegun import freeze_time
from markupsafe import Markup

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .. import common
from .common_citizen import PDF

MAIL = """Return-Path: <a@example.com>
To: {to}
Received: by mail1.example.com (Postfix); Mon, 9 Nov 2026 08:00:00 +0700
From: Nguyễn Thị Thử <thu@example.com>
Subject: {subject}
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Date: Mon, 9 Nov 2026 08:00:00 +0700
Message-ID: <{subject}-1@example.com>

Xin được cấp lại.
"""


class TicketCommon(common.QmsCommon):
    """Tickets at the front desk of an agency."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    def _ticket(self, kind, user=None, **vals):
        return self._as(self.env["helpdesk.ticket"], user or self.user_clerk).create(
            {
                "name": "Cấp lại giấy phép",
                "description": "<p>Xin được cấp lại giấy phép.</p>",
                "qms_kind": kind,
                "company_id": self.company.id,
                "partner_name": "Nguyễn Thị Thử",
                "partner_email": "thu@example.com",
                "qms_phone": "0912345678",
                "qms_address": "1 Phố Thử, Hà Nội",
                **vals,
            }
        )

    def _mails(self, email="thu@example.com"):
        return self.env["mail.mail"].sudo().search([("email_to", "=", email)])


@tagged("post_install", "-at_install")
class TestFrontdeskRequest(TicketCommon):
    """A request accepted from a ticket opens one dossier with what was sent along."""

    def _attach(self, ticket, name="don.pdf"):
        return self.env["ir.attachment"].create(
            {"name": name, "raw": PDF, "res_model": "helpdesk.ticket", "res_id": ticket.id}
        )

    def test_a_request_opens_a_dossier_with_its_sender_and_files(self):
        partner = self.env["res.partner"].create({"name": "Nguyễn Thị Thử"})
        ticket = self._ticket("request", partner_id=partner.id, qms_procedure_id=self.procedure.id)
        self._attach(ticket)
        note = ticket.message_post(
            body=Markup("nội bộ"), attachments=[("noi-bo.pdf", PDF)], subtype_xmlid="mail.mt_note"
        )
        ticket.action_qms_open_dossier()
        dossier = ticket.qms_opened_dossier_id
        self.assertEqual(ticket.qms_state, "converted")
        self.assertEqual(dossier.state, "submitted")
        self.assertTrue(dossier.submission_ref)
        self.assertEqual(
            (dossier.procedure_id, dossier.partner_id, dossier.holder_name, dossier.holder_phone),
            (self.procedure, partner, "Nguyễn Thị Thử", "0912345678"),
        )
        self.assertEqual(dossier.intake_channel, "online")
        self.assertEqual(dossier.submitted_at, ticket.qms_received_at)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "qms.dossier"), ("res_id", "=", dossier.id)]
        )
        self.assertEqual(files.mapped("name"), ["don.pdf"])
        self.assertEqual(files.raw, PDF)
        self.assertNotIn(note.attachment_ids, files)
        self.assertEqual(dossier.request_ticket_ids, ticket)
        self.assertIn(dossier.submission_ref, self._mails().body_html)
        dossier.action_accept()
        self.assertTrue(dossier.code)

    def test_a_request_opens_one_dossier_only(self):
        ticket = self._ticket("request", qms_procedure_id=self.procedure.id)
        ticket.action_qms_open_dossier()
        with self.assertRaises(UserError):
            ticket.action_qms_open_dossier()
        other = self._ticket("request", qms_procedure_id=self.procedure.id)
        with (
            self.assertRaises(psycopg2.IntegrityError),
            self.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            other._lifecycle_write({"qms_opened_dossier_id": ticket.qms_opened_dossier_id.id})
            self.env.flush_all()

    def test_only_a_clerk_opens_and_only_for_a_procedure(self):
        ticket = self._ticket("request")
        with self.assertRaises(UserError):
            ticket.action_qms_open_dossier()
        ticket.qms_procedure_id = self.procedure
        self.assertTrue(ticket.qms_can_open_dossier)
        for user in (self.user_officer, self.user_specialist, self.user_auditor):
            seen = self._as(ticket, user)
            with self.assertRaises(UserError):
                seen.action_qms_open_dossier()
        question = self._ticket("question", qms_procedure_id=self.procedure.id)
        with self.assertRaises(UserError):
            question.action_qms_open_dossier()
        self.assertFalse(self.env["qms.dossier"].search([("content", "=", ticket.name)]))

    def test_a_mail_to_the_team_becomes_its_kind_in_its_agency(self):
        team = self.env["helpdesk.ticket.team"].create(
            {
                "name": "Một cửa",
                "company_id": self.company_b.id,
                "qms_kind": "request",
                "alias_name": "motcua",
            }
        )
        domain = self.env["mail.alias.domain"].search([], limit=1) or self.env[
            "mail.alias.domain"
        ].create({"name": "example.org"})
        self.company_b.alias_domain_id = domain
        team.alias_id.alias_domain_id = domain
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            ticket_id = self.env["mail.thread"].message_process(
                "helpdesk.ticket",
                MAIL.format(to=f"motcua@{domain.name}", subject="cap-lai"),
            )
        ticket = self.env["helpdesk.ticket"].browse(ticket_id)
        self.assertEqual(
            (ticket.qms_kind, ticket.company_id, ticket.partner_name, ticket.qms_received_via),
            ("request", self.company_b, "Nguyễn Thị Thử", "electronic"),
        )


@tagged("post_install", "-at_install")
class TestFrontdeskComplaint(TicketCommon):
    """A complaint is registered, classified, passed on or answered, and published."""

    def test_each_agency_and_year_has_its_register_without_repetition(self):
        first, second = self._ticket("complaint"), self._ticket("complaint")
        self.assertEqual(
            (first.qms_register_no, second.qms_register_no), ("PAKN-2026-0001", "PAKN-2026-0002")
        )
        with freeze_time("2026-12-31 18:00:00"):  # 01:00 of New Year's Day in Hanoi
            self.assertEqual(self._ticket("complaint").qms_register_no, "PAKN-2027-0001")
        other = self._as(self.env["helpdesk.ticket"], self.user_clerk_b).create(
            {"name": "x", "description": "x", "qms_kind": "complaint"}
        )
        self.assertEqual(other.qms_register_no, "PAKN-2026-0001")
        second.sudo().unlink()
        self.assertEqual(self._ticket("complaint").qms_register_no, "PAKN-2026-0003")

    def test_a_question_becomes_a_complaint_and_never_the_other_way(self):
        ticket = self._ticket("question")
        self.assertFalse(ticket.qms_register_no)
        ticket.qms_kind = "complaint"
        self.assertTrue(ticket.qms_register_no)
        with self.assertRaises(ValidationError):
            ticket.qms_kind = "question"

    def test_limits_are_counted_by_the_clock_of_the_agency(self):
        """Five working days of eight hours from Monday 08:00 end on the Monday after."""
        ticket = self._ticket("complaint")
        clock = self.company._qms_working_time()
        self.assertEqual(ticket.qms_transfer_due_at, clock.due(common.NOW, 40))
        self.assertEqual(ticket.qms_transfer_due_at, datetime.datetime(2026, 11, 16, 1, 0))
        self.assertEqual(ticket.qms_answer_due_at, clock.due(common.NOW, 120))

    def test_contents_are_required_unless_anonymous(self):
        bare = self._ticket(
            "complaint", partner_name=False, partner_email=False, qms_phone=False, qms_address=False
        )
        for word in ("name", "address", "phone"):
            self.assertIn(word, bare.qms_missing)
        with self.assertRaises(UserError):
            bare.action_qms_classify("regulation")
        bare.qms_is_anonymous = True
        self.assertFalse(bare.qms_missing)
        bare.action_qms_classify("regulation")
        self.assertEqual(bare.qms_class, "regulation")

    def test_what_lacks_its_contents_goes_back_with_the_reason(self):
        ticket = self._ticket("complaint", qms_address=False)
        with self.assertRaises(UserError):
            ticket.action_qms_classify("incomplete", " ")
        ticket.action_qms_classify("incomplete", "Thiếu địa chỉ liên hệ.")
        self.assertEqual((ticket.qms_state, ticket.qms_class), ("rejected", "incomplete"))
        self.assertIn("Thiếu địa chỉ", self._mails().body_html)

    def test_what_is_not_ours_is_transferred_in_time_or_shows_red(self):
        ticket = self._ticket("complaint")
        ticket.action_qms_classify("not_ours")
        activity = ticket.activity_ids
        self.assertEqual(activity.date_deadline, datetime.date(2026, 11, 16))
        self.assertEqual(activity.user_id, self.user_clerk)
        self.assertEqual(ticket.qms_timeliness, "within")
        with self.assertRaises(UserError):
            ticket.action_qms_answer("Không phải của chúng tôi.", "unfounded")
        with freeze_time("2026-11-16 02:00:00"):
            ticket.invalidate_recordset()
            self.assertEqual(ticket.qms_timeliness, "overdue")
            overdue = ticket.search([("qms_timeliness", "=", "overdue")])
            self.assertEqual(overdue, ticket)
            self.assertFalse(ticket.search([("qms_timeliness", "=", "within")]) & ticket)
            ticket.action_qms_transfer("Sở Xây dựng", "Thuộc thẩm quyền của Sở Xây dựng")
        self.assertEqual(ticket.qms_state, "transferred")
        self.assertEqual(ticket.qms_timeliness, "late")
        self.assertFalse(ticket.activity_ids)
        self.assertIn("Sở Xây dựng", self._mails().body_html)
        with self.assertRaises(UserError):
            ticket.action_qms_transfer("Sở khác")

    def test_what_is_ours_is_answered_and_published(self):
        dossier = self._accepted_dossier()
        ticket = self._ticket(
            "complaint", qms_dossier_id=dossier.id, qms_department_id=self.department.id
        )
        self.assertEqual(dossier.complaint_ids, ticket)
        with self.assertRaises(UserError):
            ticket.action_qms_answer("Trả lời", "founded")
        ticket.action_qms_classify("conduct", "Thái độ")
        self.assertEqual(ticket.qms_deadline, ticket.qms_answer_due_at)
        for finding in (None, "maybe"):
            with self.assertRaises(UserError):
                ticket.action_qms_answer("Trả lời", finding)
        ticket.action_qms_answer("Chúng tôi xin lỗi.", "founded")
        self.assertEqual(
            (ticket.qms_state, ticket.qms_timeliness, ticket.qms_answered_by),
            ("answered", "in_time", self.user_clerk.name),
        )
        self.assertIn("Chúng tôi xin lỗi.", self._mails().body_html)
        with self.assertRaises(UserError):
            ticket.action_qms_publish("Cổng thông tin")
        self._as(ticket, self.user_head).action_qms_publish("Cổng thông tin", "https://example.com")
        self.assertEqual(ticket.qms_state, "published")

    def test_a_reopened_answer_stays_in_the_history(self):
        ticket = self._ticket("complaint")
        ticket.action_qms_classify("conduct")
        ticket.action_qms_answer("Câu trả lời cũ", "unfounded")
        with self.assertRaises(UserError):
            ticket.action_qms_reopen("x")
        self._as(ticket, self.user_head).action_qms_reopen("Có tình tiết mới")
        self.assertEqual((ticket.qms_state, ticket.qms_answer), ("handling", False))
        self.assertIn("Câu trả lời cũ", " ".join(map(str, ticket.message_ids.mapped("body"))))

    def test_the_stage_of_the_helpdesk_follows_and_mails_nothing(self):
        ticket = self._ticket("complaint")
        ticket.action_qms_classify("conduct")
        ticket.action_qms_answer("Trả lời", "unfounded")
        self.env.flush_all()
        self.assertTrue(ticket.stage_id.closed)
        self.assertEqual(len(self._mails()), 1)
        self.assertFalse(self.env["mail.mail"].search([("subject", "ilike", "has been closed")]))

    # === WHO SEES AND WRITES WHAT === #

    def test_nobody_sees_a_complaint_about_themselves(self):
        ticket = self._ticket("complaint", qms_officer_id=self.user_head.id, user_id=False)
        self.assertTrue(self._as(ticket, self.user_clerk).has_access("read"))
        for user in (self.user_head, self.user_clerk, self.user_officer, self.user_leader):
            ticket.sudo().write({"qms_officer_id": user.id})
            self.env.invalidate_all()
            seen = self._as(ticket, user)
            with self.subTest(user=user.login):
                self.assertFalse(seen.has_access("read"))
                self.assertFalse(seen.search([("id", "=", ticket.id)]))
                self.assertFalse(seen.search_count([("qms_register_no", "!=", False)]))
                with self.assertRaises(AccessError):
                    seen.action_qms_classify("conduct")
                with self.assertRaises(AccessError):
                    seen.message_post(body=Markup("x"))

    def test_not_even_with_the_rights_of_the_helpdesk(self):
        user = self.user_head
        user.group_ids |= self.env.ref("helpdesk_mgmt.group_helpdesk_manager")
        ticket = self._ticket("complaint", qms_officer_id=user.id)
        self.assertFalse(self._as(ticket, user).has_access("read"))

    def test_the_official_concerned_neither_handles_nor_follows(self):
        ticket = self._ticket("complaint")
        ticket.message_subscribe(self.user_head.partner_id.ids)
        with self.assertRaises(ValidationError):
            ticket.write({"qms_officer_id": self.user_head.id, "user_id": self.user_head.id})
        self.env.invalidate_all()
        ticket.qms_officer_id = self.user_head
        self.assertNotIn(self.user_head.partner_id, ticket.message_partner_ids)

    def test_roles_see_the_agency_and_staff_what_is_theirs(self):
        ticket = self._ticket("complaint")
        for role, user in self.users_by_role.items():
            expected = role in ("clerk", "head", "officer", "auditor", "leader")
            self.assertEqual(self._as(ticket, user).has_access("read"), expected, role)
        ticket.user_id = self.user_specialist
        self.env.invalidate_all()
        self.assertTrue(self._as(ticket, self.user_specialist).has_access("read"))
        self.assertFalse(self._as(ticket, self.user_specialist).has_access("write"))
        self._as(ticket, self.user_specialist).action_qms_classify("conduct")
        self._as(ticket, self.user_specialist).action_qms_answer("Giải trình", "unfounded")
        self.assertEqual(ticket.qms_answered_by, self.user_specialist.name)

    def test_another_agency_sees_nothing(self):
        ticket = self._ticket("complaint")
        foreign = self._as(ticket, self.user_officer_b)
        self.assertFalse(foreign.has_access("read"))
        self.assertFalse(foreign.search([("id", "=", ticket.id)]))
        with self.assertRaises(AccessError):
            foreign.action_qms_classify("conduct")
        with self.assertRaises(UserError), self.cr.savepoint():
            ticket.write({"company_id": self.company_b.id})

    def test_what_the_verbs_write_nobody_writes(self):
        ticket = self._ticket("complaint")
        for vals in (
            {"qms_state": "answered"},
            {"qms_register_no": "PAKN-2026-9999"},
            {"qms_class": "incomplete"},
            {"qms_transfer_due_at": "2030-01-01"},
            {"qms_answer": "x"},
            {"qms_answered_at": "2026-11-09"},
            {"qms_opened_dossier_id": self._accepted_dossier().id},
        ):
            for attack in (
                lambda vals=vals: ticket.write(vals),
                lambda vals=vals: self._ticket("complaint", **vals),
                lambda vals=vals: ticket.with_context(
                    **{f"default_{name}": value for name, value in vals.items()}
                ).create({"name": "x", "description": "x", "qms_kind": "complaint"}),
            ):
                with (
                    self.subTest(**vals),
                    self.assertRaises(ValidationError),
                    self.cr.savepoint(),
                ):
                    attack()
                self.env.invalidate_all()

    def test_what_was_said_is_kept_once_it_is_handled(self):
        ticket = self._ticket("complaint")
        ticket.partner_name = "Nguyễn Thị B"
        ticket.action_qms_classify("conduct")
        for vals in (
            {"description": "<p>khác</p>"},
            {"partner_name": "x"},
            {"qms_received_at": "2026-11-01"},
            {"name": "x"},
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                ticket.write(vals)
        with self.assertRaises(UserError), self.cr.savepoint():
            ticket.sudo().unlink()
        with self.assertRaises(ValidationError):
            self._ticket("complaint", qms_received_at="2026-12-01")

    def test_the_dialogs_ask_for_what_the_verbs_need(self):
        ticket = self._ticket("complaint")
        action = ticket.action_qms_classify()
        dialog = Form(
            self._as(self.env["qms.ticket.dialog"], self.user_clerk).with_context(
                **action["context"]
            )
        )
        dialog.ticket_class = "not_ours"
        dialog.save().action_confirm()
        self.assertEqual(ticket.qms_class, "not_ours")
        action = ticket.action_qms_transfer()
        dialog = Form(
            self._as(self.env["qms.ticket.dialog"], self.user_clerk).with_context(
                **action["context"]
            )
        )
        dialog.agency = "Sở Tư pháp"
        dialog.save().action_confirm()
        self.assertEqual(ticket.qms_transferred_to, "Sở Tư pháp")

    def test_the_buttons_ask_what_the_verbs_ask(self):
        ticket = self._ticket("complaint")
        self.assertTrue(ticket.qms_can_classify)
        self.assertFalse(ticket.qms_can_answer or ticket.qms_can_transfer)
        self.assertFalse(self._as(ticket, self.user_auditor).qms_can_classify)
        with self.assertRaises(UserError):
            self._as(ticket, self.user_auditor).action_qms_classify("conduct")
        ticket.action_qms_classify("regulation")
        self.assertTrue(ticket.qms_can_answer)
        self.assertFalse(ticket.qms_can_transfer)

    def test_many_complaints_are_listed_in_few_queries(self):
        tickets = self.env["helpdesk.ticket"].union(
            *(self._ticket("complaint") for _number in range(20))
        )
        self.env.flush_all()
        self.env.invalidate_all()
        names = ["name", "qms_register_no", "qms_timeliness", "qms_deadline", "qms_state"]
        self._as(tickets[:1], self.user_clerk).read(names)
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            self._as(tickets, self.user_clerk).read(names)


@tagged("post_install", "-at_install")
class TestFrontdeskNotices(TicketCommon):
    """OS-13: the applicant is told each change of the status, and nothing personal."""

    def _dossier(self, **vals):
        return self._new_dossier(
            holder_email="thu@example.com",
            holder_phone="0912345678",
            holder_identity="012345678901",
            **vals,
        )

    def test_each_change_is_told_once(self):
        dossier = self._dossier()
        dossier.action_accept()
        self.assertEqual(len(self._mails()), 1)
        dossier.action_complete_step()
        self.assertEqual(len(self._mails()), 2, "handling begins")
        self._as(dossier, self.user_specialist).action_request_supplement(
            reason="Thiếu hóa đơn", items="Hóa đơn"
        )
        self.assertIn("Thiếu hóa đơn", self._mails()[0].body_html)
        self._as(dossier, self.user_clerk).action_resume()
        self._as(dossier, self.user_specialist).action_complete_step(note="nội bộ")
        self.assertEqual(len(self._mails()), 4, "a further step of the same handling is not told")
        self._as(dossier, self.user_head).action_complete_step()
        self._as(dossier, self.user_clerk).action_return_result()
        self.assertEqual(len(self._mails()), 6)

    def test_a_mail_names_agency_receiver_and_dates_and_nothing_personal(self):
        dossier = self._dossier()
        dossier.action_accept()
        body = self._mails().body_html
        for told in (
            self.company.name,
            self.user_clerk.name,
            dossier._local_text(dossier.due_at),
            dossier._lookup_url(),
        ):
            self.assertIn(told, body)
        for hidden in (
            "0912345678",
            "345678",
            "012345678901",
            "Nguyễn Thị Thử",
            dossier.lookup_key,
        ):
            self.assertNotIn(hidden, body)

    def test_nobody_is_told_without_an_address_by_setting_or_of_history(self):
        self._new_dossier().action_accept()
        self.company.qms_notify_applicant = False
        self._dossier().action_accept()
        self.assertFalse(self._mails())
        self.company.qms_notify_applicant = True
        self.env["qms.dossier"]._import_batch(
            [
                {
                    "company_id": self.company.id,
                    "external_code": "X-1",
                    "state": "accepted",
                    "holder_name": "x",
                    "holder_email": "thu@example.com",
                    "accepted_at": fields.Datetime.now(),
                    "events": [{"at": fields.Datetime.now(), "event_type": "accepted"}],
                }
            ]
        )
        imported = self.env["qms.dossier"].search([("external_code", "=", "X-1")])
        imported._import_update(
            {
                "state": "done",
                "done_at": fields.Datetime.now(),
                "events": [{"at": fields.Datetime.now(), "event_type": "done"}],
            }
        )
        self.assertEqual(imported.state, "done")
        self.assertFalse(self._mails())

    def test_an_answer_is_announced_without_its_words(self):
        dossier = self._dossier()
        dossier.action_accept()
        before = self._mails()
        self._as(dossier, self.user_clerk).action_write_applicant(body="Mời ông/bà đến nhận.")
        mail = self._mails() - before
        self.assertEqual(len(mail), 1)
        self.assertNotIn("Mời ông/bà", mail.body_html)

    def test_a_message_reaches_the_applicant_in_every_state(self):
        """Read on a page, where there is one; word for word by mail, where there is none."""
        partner = self.env["res.partner"].create({"name": "Người nộp"})
        dossier = self._as(self._dossier(partner_id=partner.id), self.user_clerk)
        self.assertEqual(dossier.sudo()._applicant_pages(), set(), "not accepted, no account")
        self.assertIn("word for word", dossier._reach_text())
        own = self._as(self.env["ir.attachment"], self.user_clerk).create(
            {"name": "mau-don.pdf", "raw": PDF}
        )
        before = self._mails()
        dossier.action_write_applicant(body="Xin bổ sung <b>họ tên</b>.", attachment_ids=own.ids)
        mail = self._mails() - before
        self.assertIn("Xin bổ sung &lt;b&gt;họ tên&lt;/b&gt;.", mail.body_html)
        self.assertNotIn("/tra-cuu", mail.body_html)
        self.assertEqual(mail.attachment_ids.mapped("name"), ["mau-don.pdf"])

        dossier.action_refuse(reason="Không đủ điều kiện")
        before = self._mails()
        dossier.action_write_applicant(body="Hướng dẫn nộp lại.")
        self.assertIn("Hướng dẫn nộp lại.", (self._mails() - before).body_html)

        new_test_user(self.env, "qms_applicant", "base.group_portal", partner_id=partner.id)
        self.assertEqual(dossier._applicant_pages(), {"portal"})
        before = self._mails()
        dossier.action_write_applicant(body="Xem trong tài khoản.")
        mail = self._mails() - before
        self.assertIn(f"/my/dossiers/{dossier.id}", mail.body_html)
        self.assertNotIn("Xem trong tài khoản.", mail.body_html)

    def test_who_can_be_reached_by_nothing_is_not_written_to(self):
        dossier = self._as(self._new_dossier(), self.user_clerk)
        answer = self._as(self.env["qms.dossier.answer"], self.user_clerk).create(
            {"dossier_id": dossier.id, "body": "x"}
        )
        self.assertFalse(answer.can_reach)
        self.assertIn("call them or write by post", answer.reach_text)
        with self.assertRaisesRegex(UserError, "call them"):
            answer.action_send()
        self.assertFalse(dossier.applicant_message_ids)
        dossier.action_accept()
        answer.invalidate_recordset()
        self.assertTrue(answer.can_reach, "the key of the receipt opens the look-up")
        self.assertIn("public look-up page", answer.reach_text)
        answer.action_send()
        self.company.qms_lookup = "off"
        self.assertFalse(dossier._reaches_applicant())

    def test_only_own_files_go_out_with_an_answer(self):
        dossier = self._dossier()
        foreign = self.env["ir.attachment"].create({"name": "x.pdf", "raw": PDF})
        with self.assertRaises(AccessError):
            self._as(dossier, self.user_clerk).action_write_applicant(
                body="x", attachment_ids=foreign.ids
            )
        internal = self.env["ir.attachment"].create(
            {"name": "n.pdf", "raw": PDF, "res_model": "qms.dossier", "res_id": dossier.id}
        )
        self.assertTrue(self._as(internal, self.user_clerk).has_access("read"))
        with self.assertRaises(AccessError):
            self._as(dossier, self.user_clerk).action_write_applicant(
                body="x", attachment_ids=internal.ids
            )
        address = self._as(self.env["ir.attachment"], self.user_clerk).create(
            {"name": "x.pdf", "type": "url", "url": "https://example.com/login"}
        )
        with self.assertRaises(AccessError):  # it would lead the applicant away
            self._as(dossier, self.user_clerk).action_write_applicant(
                body="x", attachment_ids=address.ids
            )
        own = self._as(self.env["ir.attachment"], self.user_clerk).create(
            {"name": "own.pdf", "raw": PDF}
        )
        self._as(dossier, self.user_clerk).action_write_applicant(body="x", attachment_ids=own.ids)
        self.assertEqual(dossier.applicant_message_ids.attachment_ids.mapped("name"), ["own.pdf"])

    def test_who_has_no_part_does_not_write_to_applicants(self):
        dossier = self._dossier()
        dossier.action_accept()
        for user in (self.user_auditor, self.user_colleague, self.user_provincial):
            self.assertFalse(self._as(dossier, user).can_write_applicant)
            with self.assertRaises(UserError):
                self._as(dossier, user).action_write_applicant(body="x")
        self.assertTrue(self._as(dossier, self.user_clerk).can_write_applicant)

    def test_messages_are_facts(self):
        dossier = self._dossier()
        message = dossier.sudo()._receive_message(
            "portal", "x", [("x.pdf", "application/pdf", PDF)]
        )
        for user in self.users_by_role.values():
            seen = self._as(message, user)
            for attack in (
                lambda seen=seen: seen.write({"body": "y"}),
                lambda seen=seen: seen.unlink(),
                lambda seen=seen: seen.create({"dossier_id": dossier.id, "body": "y"}),
            ):
                with self.assertRaises(AccessError):
                    attack()
        with self.assertRaises(AccessError):
            message.sudo().write({"body": "y"})
        with self.assertRaises(UserError):
            message.attachment_ids.sudo().unlink()
        with self.assertRaises(UserError):
            message.attachment_ids.sudo().write({"raw": b"y"})
        self.assertFalse(self._as(message, self.user_clerk_b).has_access("read"))
