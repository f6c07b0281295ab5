import datetime
import threading
from unittest.mock import patch

from freezegun import freeze_time
from markupsafe import Markup

from odoo import api, fields
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ...tools import upload
from .common_citizen import PDF, CitizenCommon


@tagged("post_install", "-at_install")
class TestFrontdeskLookup(CitizenCommon):
    """Whoever holds the receipt sees the dossier; whoever does not learns nothing."""

    def setUp(self):
        super().setUp()
        self.dossier = self._accepted_dossier(
            holder_phone="0912 345 678", holder_identity="012345678901"
        )
        self.key = self.dossier.lookup_key
        self.env["qms.public.attempt"].search([]).unlink()

    # === WHAT IS SHOWN === #

    def test_code_and_key_show_state_date_and_way(self):
        page = self._look_up(self.dossier.code, self.key)
        self.assertIn("/tra-cuu/d/", page.url)
        self.assertIn(self.dossier.code, page.text)
        self.assertIn(self.company.name, page.text)
        self.assertIn(self.procedure.name, page.text)
        self.assertIn(self.dossier._local_text(self.dossier.due_at), page.text)
        for step in ("Receive and hand over", "Examine", "Sign", "Return the result"):
            self.assertIn(step, page.text)
        self.assertIn(self.user_clerk.name, page.text)

    def test_a_key_is_typed_as_people_type(self):
        typed = f" {self.key[:4].lower()}–{self.key[4:].lower()} "
        self.assertIn("/tra-cuu/d/", self._look_up(self.dossier.code.lower(), typed).url)

    def test_no_personal_data_and_no_handler_is_shown(self):
        self.dossier.action_complete_step()
        self._as(self.dossier, self.user_specialist).action_complete_step(note="Ghi chú nội bộ")
        self.dossier.message_post(body=Markup("Nội bộ: cần xem lại"))
        text = self._look_up(self.dossier.code, self.key).text
        for hidden in (
            "0912 345 678",
            "345678",
            "012345678901",
            "Nguyễn Thị Thử",
            self.user_specialist.name,
            "Ghi chú nội bộ",
            "cần xem lại",
        ):
            self.assertNotIn(hidden, text)
        self.assertIn("N. T. Thử", text)

    def test_the_name_of_an_organisation_is_no_personal_data(self):
        business = self.env.ref("qms_public_admin.applicant_kind_business")
        self.dossier._lifecycle_write({"holder_name": "Công ty Thử", "holder_kind_id": business.id})
        self.assertIn("Công ty Thử", self._look_up(self.dossier.code, self.key).text)
        citizen = self.env.ref("qms_public_admin.applicant_kind_citizen")
        self.dossier._lifecycle_write({"holder_kind_id": citizen.id})
        self.assertIn("C. t. Thử", self._look_up(self.dossier.code, self.key).text)

    def test_what_is_missing_is_told_in_full(self):
        self.dossier.action_complete_step()
        self._as(self.dossier, self.user_specialist).action_request_supplement(
            reason="Thiếu giấy tờ", items="- Hóa đơn\n- Biên bản"
        )
        text = self._look_up(self.dossier.code, self.key).text
        for told in ("Thiếu giấy tờ", "Hóa đơn", "Biên bản"):
            self.assertIn(told, text)

    def test_the_usual_time_comes_from_finished_dossiers_or_is_not_told(self):
        page = self.dossier.sudo()._applicant_page()
        self.assertIn("Too few", page["usual"])
        self.company.qms_usual_min = 3
        for days in (2, 3, 10):
            done = self._accepted_dossier()
            start = fields.Datetime.now() - datetime.timedelta(days=days)
            done._lifecycle_write(
                {"state": "done", "accepted_at": start, "done_at": fields.Datetime.now()}
            )
        self.env.registry.clear_cache()
        with self.assertQueryCount(1):
            self.env["qms.dossier"]._usual_days(
                self.procedure.id, self.company.id, fields.Date.today()
            )
        with self.assertQueryCount(0):
            self.env["qms.dossier"]._usual_days(
                self.procedure.id, self.company.id, fields.Date.today()
            )
        usual = self.dossier.sudo()._applicant_page()["usual"]
        self.assertIn("last 3 dossiers", usual)
        self.assertIn("within 3 days and nine in ten within 9 days", usual)

    def test_a_finished_dossier_leads_to_its_rating(self):
        self.assertFalse(self.dossier.sudo()._applicant_page()["rating_url"])
        now = fields.Datetime.now()
        self.dossier._lifecycle_write({"state": "returned", "done_at": now, "returned_at": now})
        self.assertIn(self.dossier._rating_url(), self._look_up(self.dossier.code, self.key).text)

    def test_the_link_of_the_receipt_fills_in_the_code_only(self):
        page = self.url_open(f"/tra-cuu?code={self.dossier.code}")
        self.assertIn(f'value="{self.dossier.code}"', page.text)
        self.assertNotIn(self.key, page.text)

    def test_the_english_address_speaks_english(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        self.assertIn("Look up a dossier", self.url_open("/lookup").text)
        self.assertIn('href="/tra-cuu"', self.url_open("/lookup").text)

    def test_pages_are_neither_kept_nor_listed(self):
        for page in (
            self.url_open("/tra-cuu"),
            self._look_up(self.dossier.code, self.key),
        ):
            self.assertIn("noindex", page.headers["X-Robots-Tag"])
            self.assertIn("no-store", page.headers["Cache-Control"])
            self.assertEqual(page.headers["X-Frame-Options"], "DENY")
            self.assertIn('<meta name="robots" content="noindex', page.text)

    # === WHAT IS NOT SHOWN === #

    def test_every_miss_gets_the_same_answer(self):
        waiting = self._new_dossier()
        waiting._lifecycle_write({"lookup_key": "AAAA2222", "code": "H99.01-261109-9999"})
        closed = self._accepted_dossier()
        self.company_b.qms_lookup = "off"
        foreign = self._new_dossier(procedure_id=False)
        foreign._lifecycle_write(
            {
                "company_id": self.company_b.id,
                "code": "H99.02-261109-0001",
                "lookup_key": "AAAA3333",
                "accepted_at": fields.Datetime.now(),
                "state": "accepted",
            }
        )
        keyless = self._accepted_dossier()
        keyless._lifecycle_write({"lookup_key": False})
        misses = {
            "unknown code": ("H99.01-261109-7777", self.key),
            "wrong key": (self.dossier.code, "AAAA-2345"),
            "key of another": (self.dossier.code, closed.lookup_key),
            "not accepted": (waiting.code, "AAAA2222"),
            "agency without look-up": (foreign.code, foreign.lookup_key),
            "submission reference": (self.dossier.submission_ref, self.key),
            "without a key": (keyless.code, "-"),
            "a wildcard": ("%", "%"),
            "phone where not allowed": (self.dossier.code, "345678"),
        }
        pages = {}
        for name, (code, key) in misses.items():
            page = self._look_up(code, key)
            self.assertEqual(page.status_code, 200, name)
            self.assertNotIn("/d/", page.url)
            pages[name] = self._main(page)
        self.assertEqual(len(set(pages.values())), 1, pages)

    def test_the_end_of_the_phone_opens_only_where_the_agency_allows(self):
        self.company.qms_lookup = "key_or_phone"
        self.assertIn("/d/", self._look_up(self.dossier.code, "345678").url)
        self.assertNotIn("/d/", self._look_up(self.dossier.code, "45678").url)
        short = self._accepted_dossier(holder_phone="123")
        self.assertNotIn("/d/", self._look_up(short.code, "123").url)

    def test_a_code_that_exists_costs_no_more_than_one_that_does_not(self):
        """The time of an answer must not tell whether a code exists."""
        path = "odoo.addons.qms_public_admin.models.frontdesk.qms_dossier_applicant.lookup_key.same"
        dossiers = self.env["qms.dossier"]
        costs = set()
        for code in (self.dossier.code, "unknown"):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            with patch(path, return_value=False) as same:
                dossiers._find_for_applicant(code, "AAAA2345")
            costs.add((same.call_count, self.cr.sql_log_count - before))
        self.assertEqual(len(costs), 1, costs)
        comparisons, queries = costs.pop()
        self.assertEqual(queries, 1)
        self.assertGreaterEqual(comparisons, 1)

    def test_a_link_opens_in_the_browser_that_looked_up_and_for_a_while(self):
        url = self._look_up(self.dossier.code, self.key).url
        path = url[url.index("/tra-cuu") :]
        self.assertIn(self.dossier.code, self.url_open(path).text)
        later = fields.Datetime.now() + datetime.timedelta(minutes=31)
        with freeze_time(later):
            self.assertNotIn(self.dossier.code, self.url_open(path).text)
        self.authenticate(None, None)
        self.assertNotIn(self.dossier.code, self.url_open(path).text)
        self.assertNotIn(self.dossier.code, self.url_open("/tra-cuu/d/forged").text)

    def test_an_agency_that_ends_its_look_up_closes_what_is_open(self):
        url = self._look_up(self.dossier.code, self.key).url
        path = url[url.index("/tra-cuu") :]
        self.company.qms_lookup = "off"
        page = self.url_open(path)
        self.assertNotIn("/d/", page.url)
        self.assertNotIn(self.dossier.code, page.text)

    def test_leaving_closes_the_dossier(self):
        url = self._look_up(self.dossier.code, self.key).url
        path = url[url.index("/tra-cuu") :]
        self._post(f"{path}/leave", {}, page=path)
        self.assertNotIn(self.dossier.code, self.url_open(path).text)

    @mute_logger("odoo.http")
    def test_forms_need_their_token(self):
        data = {"code": self.dossier.code, "key": self.key}
        self.assertEqual(self.url_open("/tra-cuu", data=data).status_code, 400)
        self.assertNotIn("/d/", self.url_open(f"/tra-cuu?code={data['code']}&key={self.key}").url)
        url = self._look_up(**data).url
        path = url[url.index("/tra-cuu") :]
        for route in ("message", "leave"):
            self.assertEqual(self.url_open(f"{path}/{route}", data={"body": "x"}).status_code, 400)

    # === TOO MANY TRIES === #

    def _limits(self, tries):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("qms_public_admin.lookup_tries", tries)

    def test_a_code_is_closed_after_too_many_misses_even_with_the_right_key(self):
        self._limits(3)
        for code, key in ((self.dossier.code, self.key), ("H99.01-261109-7777", "AAAA2345")):
            for _try in range(3):
                self.assertEqual(self._look_up(code, "WRNG2345").status_code, 200)
            blocked = self._look_up(code, key)
            self.assertEqual(blocked.status_code, 429, code)
            self.env["qms.public.attempt"].search([("purpose", "=", "lookup client")]).unlink()
        with freeze_time(fields.Datetime.now() + datetime.timedelta(hours=1)):
            self.assertIn("/d/", self._look_up(self.dossier.code, self.key).url)

    def test_a_client_is_stopped_whatever_codes_it_tries(self):
        self._limits(2)
        statuses = [self._look_up(f"X-{number}", "AAAA2345").status_code for number in range(5)]
        self.assertEqual(statuses, [200, 200, 200, 200, 429])

    @mute_logger("odoo.http")
    def test_what_hangs_behind_a_code_makes_no_other_code_of_it(self):
        """Blanks that the cut of a long text leaves do not begin a new count."""
        blanks = (" ", "\t", "\u00a0", "\u2003", "\u200b")
        for number in range(10):
            behind = "".join(blanks[(number // 5**place) % 5] for place in range(3)) + " " * 80
            self.assertEqual(
                self._look_up(f"{self.dossier.code}{behind}z", "AAAA").status_code, 200
            )
        self.assertEqual(self._look_up(self.dossier.code, self.key).status_code, 429)

    @mute_logger("odoo.http")
    def test_a_client_does_not_choose_its_address(self):
        csrf = self._csrf(self.url_open("/tra-cuu"))
        codes = []
        for number in range(21):
            address = f"10.0.{number}.1"
            answer = self.url_open(
                "/tra-cuu",
                data={"csrf_token": csrf, "code": f"X{number}", "key": "AAAA2345"},
                headers={
                    "X-Forwarded-For": address,
                    "X-Forwarded-Host": "example.com",
                    "X-Real-IP": address,
                    "Forwarded": f"for={address}",
                },
            )
            codes.append(answer.status_code)
        self.assertEqual(codes, [200] * 20 + [429])

    def test_control_characters_are_no_error(self):
        for code, key in (("A\x00B", "AAAA2345"), ("\x00", "\x00"), (self.dossier.code, "A\x00")):
            self.assertEqual(self._look_up(code, key).status_code, 200)
        url = self._look_up(f"{self.dossier.code}\x00\u200b", self.key).url
        self.assertIn("/d/", url, "pasted along with invisible characters")
        path = url[url.index("/tra-cuu") :]
        self._post(f"{path}/message", {"body": "Chào\x00 anh"}, page=path)
        self.assertEqual(self.dossier.applicant_message_ids.body, "Chào anh")

    def test_who_has_the_key_is_never_stopped(self):
        self._limits(2)
        for _time in range(6):
            self.assertIn("/d/", self._look_up(self.dossier.code, self.key).url)

    def test_no_address_and_no_code_is_kept(self):
        self._look_up(self.dossier.code, "WRNG2345")
        self.env.invalidate_all()
        rows = self.env["qms.public.attempt"].search([])
        self.assertEqual(set(rows.mapped("purpose")), {"lookup client", "lookup code"})
        kept = str(rows.read())
        for hidden in ("127.0.0.1", self.dossier.code):
            self.assertNotIn(hidden, kept)
        self.assertEqual({len(value) for value in rows.mapped("key_hash")}, {64})

    def test_attempts_are_forgotten_after_a_day(self):
        attempts = self.env["qms.public.attempt"]
        attempts._take("test", "x", 1, 60)
        with freeze_time(fields.Datetime.now() + datetime.timedelta(days=2)):
            attempts._gc_attempts()
        self.assertFalse(attempts.search([]))

    def test_a_client_is_its_network(self):
        network = self.env["qms.public.attempt"]._network
        self.assertEqual(network("203.0.113.9"), "203.0.113.9")
        self.assertEqual(network("::ffff:203.0.113.9"), "203.0.113.9")
        self.assertEqual(network("2001:db8::1"), network("2001:db8::ffff:1"))
        self.assertNotEqual(network("2001:db8::1"), network("2001:db8:0:1::1"))
        self.assertEqual(network("rubbish"), "unknown")

    def test_only_administrators_read_the_attempts(self):
        attempts = self.env["qms.public.attempt"]
        attempts._take("test", "x", 1, 60)
        for user in (*self.users_by_role.values(), self.citizen):
            self.assertFalse(attempts.with_user(user).has_access("read"), user.login)

    # === MESSAGES === #

    def test_a_message_reaches_the_counter_and_its_answer_the_page(self):
        url = self._look_up(self.dossier.code, self.key).url
        path = url[url.index("/tra-cuu") :]
        page = self._post(
            f"{path}/message",
            {"body": "Khi nào xong?"},
            files=[("files", ("don.pdf", PDF, "text/html"))],
            page=path,
        )
        self.assertIn("Khi nào xong?", page.text)
        message = self.dossier.applicant_message_ids
        self.assertEqual((message.direction, message.origin), ("in", "lookup"))
        file = message.attachment_ids
        self.assertEqual(
            (file.name, file.mimetype, file.public), ("don.pdf", "application/pdf", False)
        )
        self.assertFalse(file.access_token)
        activity = self.dossier.activity_ids
        self.assertEqual(activity.user_id, self.user_clerk)
        self._as(self.dossier, self.user_clerk).action_write_applicant(body="Thứ sáu ạ.")
        self.assertIn("Thứ sáu ạ.", self.url_open(path).text)
        self.assertTrue(message.answered_at)
        self.assertFalse(self.dossier.activity_ids)
        answer = self.url_open(f"{path}/file/{file.id}")
        self.assertEqual(answer.content, PDF)
        self.assertIn("attachment", answer.headers["Content-Disposition"])

    def test_what_a_citizen_writes_is_text(self):
        url = self._look_up(self.dossier.code, self.key).url
        path = url[url.index("/tra-cuu") :]
        page = self._post(f"{path}/message", {"body": "<script>alert(1)</script>"}, page=path)
        self.assertNotIn("<script>alert(1)", page.text)
        self.assertIn("&lt;script&gt;alert(1)", page.text)

    def test_files_are_refused_all_together(self):
        url = self._look_up(self.dossier.code, self.key).url
        path = url[url.index("/tra-cuu") :]
        bad = {
            "wrong extension": [("x.html", b"<html></html>")],
            "svg": [("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")],
            "not what it says": [("x.pdf", b"<html></html>")],
            "empty": [("x.pdf", b"")],
            "too large": [("x.pdf", PDF + b"0" * upload.MAX_BYTES)],
            "too many": [(f"{number}.pdf", PDF) for number in range(6)],
            "one of two": [("good.pdf", PDF), ("x.exe", b"MZ")],
            "zip with another name": [("x.docx", b"PK\x03\x04rubbish")],
        }
        for name, files in bad.items():
            with self.subTest(name):
                page = self._post(
                    f"{path}/message",
                    {"body": "Xin gửi"},
                    files=[("files", (file, data, "application/pdf")) for file, data in files],
                    page=path,
                )
                self.assertIn("alert-danger", page.text)
                self.assertIn("Xin gửi", page.text, "what was written stays in the form")
        self.assertFalse(self.dossier.applicant_message_ids)
        self.assertFalse(
            self.env["ir.attachment"].search([("res_model", "=", "qms.dossier.message")])
        )

    def test_messages_are_limited(self):
        url = self._look_up(self.dossier.code, self.key).url
        path = url[url.index("/tra-cuu") :]
        for number in range(8):
            page = self._post(f"{path}/message", {"body": f"{number}"}, page=path)
        self.assertIn("alert-danger", page.text)
        self.assertEqual(len(self.dossier.applicant_message_ids), 6)
        self.assertEqual(len(self.dossier.activity_ids), 1)

    def test_no_other_file_is_downloaded(self):
        other = self._accepted_dossier()
        message = other.sudo()._receive_message("lookup", "x", [("x.pdf", "application/pdf", PDF)])
        internal = self.env["ir.attachment"].create(
            {"name": "n.pdf", "raw": PDF, "res_model": "qms.dossier", "res_id": self.dossier.id}
        )
        url = self._look_up(self.dossier.code, self.key).url
        path = url[url.index("/tra-cuu") :]
        for attachment in (message.attachment_ids, internal):
            self.assertEqual(self.url_open(f"{path}/file/{attachment.id}").status_code, 404)
            self.assertNotEqual(self.url_open(f"/web/content/{attachment.id}").status_code, 200)


THREADS = 6
EACH = 4


@tagged("post_install", "-at_install")
class TestFrontdeskAttemptsConcurrency(BaseCase):
    """Several workers count one and the same client, committed for real."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())

    def _guess(self, results, barrier):
        barrier.wait()
        for _turn in range(EACH):
            with self.registry.cursor() as cursor:
                attempts = api.Environment(cursor, api.SUPERUSER_ID, {})["qms.public.attempt"]
                results.append(attempts._take("concurrency", "one client", 10, 60))

    def _forget(self):
        with self.registry.cursor() as cursor:
            cursor.execute("DELETE FROM qms_public_attempt WHERE purpose = 'concurrency'")

    def test_of_many_tries_at_once_only_the_allowed_ones_pass(self):
        self.addCleanup(self._forget)
        results, barrier = [], threading.Barrier(THREADS)
        threads = [
            threading.Thread(target=self._guess, args=(results, barrier))
            for _thread in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        self.assertEqual(len(results), THREADS * EACH)
        self.assertEqual(sum(results), 10)
        with self.registry.cursor() as cursor:
            cursor.execute("SELECT count FROM qms_public_attempt WHERE purpose = 'concurrency'")
            self.assertEqual(cursor.fetchone()[0], THREADS * EACH)

    def test_a_try_counts_even_when_the_request_fails(self):
        self.addCleanup(self._forget)
        with self.registry.cursor() as cursor:
            attempts = api.Environment(cursor, api.SUPERUSER_ID, {})["qms.public.attempt"]
            attempts._take("concurrency", "a client", 10, 60)
            cursor.rollback()
        with self.registry.cursor() as cursor:
            cursor.execute("SELECT count FROM qms_public_attempt WHERE purpose = 'concurrency'")
            self.assertEqual(cursor.fetchall(), [(1,)])
