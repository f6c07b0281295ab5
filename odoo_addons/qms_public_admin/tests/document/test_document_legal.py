import base64
import datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import common
from .common_document import DocumentCommon
from .test_document_evidence import EvidenceCommon

PDF = b"%PDF-1.4\n%%EOF"


@tagged("post_install", "-at_install")
class TestDocumentLegal(EvidenceCommon):
    """The register: status from dates and effects, deadline, search, links by number."""

    def _link(self, acting, kind, concerned, **vals):
        return self.env["qms.legal.document.link"].create(
            {"from_id": acting.id, "kind": kind, "to_id": concerned.id, **vals}
        )

    def _statuses(self, documents):
        """Status of each, after making sure that the search gives the same answer."""
        self.env.flush_all()
        statuses = {document.number: document.status for document in documents}
        own = Domain("id", "in", documents.ids)
        for status in dict(documents._fields["status"].selection):
            found = documents.search(own & Domain("status", "=", status))
            expected = {number for number, value in statuses.items() if value == status}
            self.assertEqual(set(found.mapped("number")), expected, status)
            rest = documents.search(own & Domain("status", "!=", status))
            self.assertEqual(rest, documents.search(own) - found, status)
        return statuses

    # === STATUS === #

    def test_status_from_dates(self):
        made = {
            "1/2020/NĐ-CP": ({}, "in_force"),
            "2/2020/NĐ-CP": ({"effective_date": "2026-11-10"}, "not_yet"),
            "3/2020/NĐ-CP": ({"effective_date": "2026-11-09"}, "in_force"),
            "4/2020/NĐ-CP": ({"expiry_date": "2026-11-09"}, "expired"),
            "5/2020/NĐ-CP": ({"expiry_date": "2026-11-10"}, "in_force"),
            "6/2020/NĐ-CP": ({"effective_date": False}, "unknown"),
            "7/2020/NĐ-CP": ({"effective_date": False, "expiry_date": "2020-01-01"}, "expired"),
        }
        documents = self.env["qms.legal.document"].union(
            *(self._legal(number, **vals) for number, (vals, _status) in made.items())
        )
        expected = {number: status for number, (_vals, status) in made.items()}
        self.assertEqual(self._statuses(documents), expected)

    def test_status_from_later_documents(self):
        old, part, amended, guided = (self._legal(f"{n}/2010/NĐ-CP") for n in range(1, 5))
        new = self._legal("9/2026/NĐ-CP", effective_date="2026-12-01")
        self._link(new, "replaces", old)
        self._link(new, "repeals_part", part)
        self._link(new, "amends", amended)
        self._link(new, "guides", guided)
        documents = old | part | amended | guided
        self.assertEqual(set(self._statuses(documents).values()), {"in_force"})
        with freeze_time("2026-12-01 05:00:00"):
            documents.invalidate_recordset()
            self.assertEqual(
                list(self._statuses(documents).values()),
                ["repealed", "partly", "in_force", "in_force"],
            )
            self.assertEqual(old.status_reason, "9/2026/NĐ-CP replaces 1/2010/NĐ-CP")

    def test_status_on_any_day(self):
        old = self._legal("1/2010/NĐ-CP", effective_date="2010-05-01")
        new = self._legal("9/2015/NĐ-CP", effective_date="2015-07-01")
        self._link(new, "repeals", old)
        for day, status in (
            ("2010-04-30", "not_yet"),
            ("2010-05-01", "in_force"),
            ("2015-06-30", "in_force"),
            ("2015-07-01", "repealed"),
        ):
            self.assertEqual(old._status_at(datetime.date.fromisoformat(day))[0], status, day)

    def test_the_day_of_an_effect_may_be_its_own(self):
        old = self._legal("1/2010/NĐ-CP")
        new = self._legal("9/2020/NĐ-CP", effective_date="2020-07-01")
        link = self._link(new, "repeals", old, effective_date="2027-01-01")
        self.assertEqual(old.status, "in_force")
        link.effective_date = "2026-11-09"
        self.assertEqual(old.status, "repealed")

    def test_the_shipped_register_tells_the_law_as_it_is(self):
        """Regulation 1.1 and 2.1."""
        numbers = {
            "61/2018/NĐ-CP": "repealed",
            "118/2025/NĐ-CP": "in_force",
            "01/2018/TT-VPCP": "repealed",
            "42/2022/NĐ-CP": "repealed",
            "144/2006/QĐ-TTg": "repealed",
            "19/2014/QĐ-TTg": "in_force",
            "63/2010/NĐ-CP": "in_force",
        }
        register = self.env["qms.legal.document"].search([("company_id", "=", False)])
        found = {one.number: one.status for one in register}
        self.assertEqual({number: found[number] for number in numbers}, numbers)
        decision = register.filtered(lambda one: one.number == "144/2006/QĐ-TTg")
        self.assertEqual(decision._status_at(datetime.date(2014, 5, 17))[0], "unknown")

    # === DEADLINE === #

    def test_iso_01_three_calendar_months(self):
        for start, due in (
            ("2026-08-05", "2026-11-05"),
            ("2026-11-30", "2027-02-28"),
            ("2026-11-29", "2027-02-28"),
            ("2026-05-31", "2026-08-31"),
        ):
            document = self._legal(f"{start[-2:]}/{start[:4]}/X-{start[5:7]}", effective_date=start)
            with self.subTest(start=start):
                self.assertEqual(str(document.update_due_on), due)

    def test_iso_01_search_agrees_with_the_field(self):
        documents = self.env["qms.legal.document"]
        first = datetime.date(2026, 11, 20)
        for number in range(1, 20):
            documents |= self._legal(
                f"{number}/2026/NĐ-CP", effective_date=first + datetime.timedelta(days=number)
            )
        documents |= self._legal("99/2026/NĐ-CP", effective_date=False)
        own = Domain("id", "in", documents.ids)
        compare = {
            "<=": lambda due, day: due and due <= day,
            "<": lambda due, day: due and due < day,
            ">": lambda due, day: due and due > day,
            ">=": lambda due, day: due and due >= day,
            "=": lambda due, day: due == day,
        }
        for offset in range(85, 110):
            day = first + datetime.timedelta(days=offset)
            for operator, test in compare.items():
                with self.subTest(day=day, operator=operator):
                    found = documents.search(own & Domain("update_due_on", operator, day))
                    expected = documents.filtered(
                        lambda one, test=test, day=day: test(one.update_due_on, day)
                    )
                    self.assertEqual(set(found), set(expected))
        none = documents.search(own & Domain("update_due_on", "=", False))
        self.assertEqual(none.mapped("number"), ["99/2026/NĐ-CP"])

    def test_iso_01_is_a_setting(self):
        document = self._legal("1/2026/NĐ-CP", effective_date="2026-08-05")
        self.company.qms_legal_update_months = 2
        document.invalidate_recordset()
        self.assertEqual(str(document.update_due_on), "2026-10-05")

    # === NUMBERS, WORDS === #

    def test_a_number_is_in_the_register_once(self):
        self._legal("8/2015/NĐ-CP")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self._legal(" 08/2015/nđ-cp")
        self._legal("08/2015/NĐ-CP", company_id=self.company_b.id)
        self._legal("08/2015/NĐ-CP", company_id=False)

    def test_the_number_tells_the_kind(self):
        self.assertEqual(self._legal("8/2015/NĐ-CP").kind, "decree")
        self.assertEqual(self._legal("9/2015/NĐ-CP", kind="other").kind, "other")

    def test_found_without_accents(self):
        document = self._legal(
            "5/2020/NĐ-CP",
            name="Về cơ chế một cửa",
            summary="Tiếp nhận hồ sơ",
            issuer="Chính phủ",
        )
        for domain in (
            [("name", "ilike", "co che mot cua")],
            [("summary", "ilike", "tiep nhan")],
            [("issuer", "ilike", "chinh phu")],
            [("number", "ilike", "5/2020/nd-cp")],
            [("name", "ilike", "CƠ CHẾ")],
        ):
            found = document.search([*domain, ("company_id", "=", self.company.id)])
            self.assertEqual(found, document, domain)

    def test_dates_are_in_order_and_links_are_pages(self):
        for vals in (
            {"issued_on": "2020-02-01", "effective_date": "2020-01-01"},
            {"effective_date": "2020-02-01", "expiry_date": "2020-01-01"},
            {"url": "javascript:alert(1)"},
        ):
            with (
                self.subTest(vals=vals),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self._legal("1/2020/NĐ-CP", **vals)

    def test_a_file_is_what_it_says(self):
        good = {"file": base64.b64encode(PDF), "file_name": "x.pdf"}
        document = self._legal("1/2020/NĐ-CP", **good)
        for name, content in (("x.html", b"<script>"), ("x.pdf", b"MZ"), ("", PDF)):
            with self.subTest(name=name), self.assertRaises(ValidationError), self.cr.savepoint():
                document.write({"file": base64.b64encode(content), "file_name": name})
        self.assertEqual(base64.b64decode(document.file), PDF)

    def test_checked_today(self):
        document = self._legal("1/2020/NĐ-CP", checked_on="2020-01-01")
        self._as(document, self.user_officer).action_checked()
        self.assertEqual(document.checked_on, common.NOW.date())

    # === PROCEDURES === #

    def test_procedures_are_linked_by_number_whichever_came_first(self):
        self.procedure.legal_basis = "Nghị định 08/2015/NĐ-CP08/2015/NĐ-CP ; Luật 54/2014/QH13"
        decree = self._legal("8/2015/NĐ-CP")
        self.assertEqual(self.procedure.legal_document_ids, decree)
        law = self._legal("54/2014/QH13")
        self.assertEqual(self.procedure.legal_document_ids, decree | law)
        other = self.procedure.create(
            {"name": "x", "legal_numbers": "54/2014/QH13", "company_id": self.company.id}
        )
        self.assertEqual(other.legal_document_ids, law)
        self.assertEqual(law.procedure_count, 2)
        found = other.search(law.action_view_procedures()["domain"])
        self.assertEqual(found, self.procedure | other)

    def test_the_published_text_stays_and_links_are_only_added(self):
        text = "Nghị định 08/2015/NĐ-CP"
        self.procedure.legal_basis = text
        decree = self._legal("8/2015/NĐ-CP")
        by_hand = self._legal("9/2015/NĐ-CP")
        self.procedure.legal_document_ids |= by_hand
        self.procedure.legal_basis = text + " và văn bản khác"
        self.assertEqual(self.procedure.legal_document_ids, decree | by_hand)
        self.procedure.legal_document_ids -= decree
        self._legal("10/2015/NĐ-CP")
        self.assertEqual(self.procedure.legal_document_ids, by_hand)

    def test_an_agencys_own_row_goes_before_the_shared(self):
        shared = self._legal("8/2015/NĐ-CP", company_id=False)
        own = self._legal("8/2015/NĐ-CP")
        self._legal("8/2015/NĐ-CP", company_id=self.company_b.id)
        self.procedure.legal_basis = "Nghị định 08/2015/NĐ-CP"
        self.assertEqual(self.procedure.legal_document_ids, own)
        other, _version = self._create_procedure(
            "9.000060", self.company_b, publish=False, step_ids=[]
        )
        other.write({"company_id": self.company_b.id, "legal_basis": "8/2015/NĐ-CP"})
        self.assertEqual(other.legal_document_ids.company_id, self.company_b)
        self.assertFalse(shared.procedure_ids)

    def test_a_procedure_on_ended_law_is_found(self):
        self.procedure.legal_basis = "Nghị định 08/2015/NĐ-CP"
        self._legal("8/2015/NĐ-CP", expiry_date="2026-01-01")
        found = self.procedure.search(
            [("legal_document_ids.status", "in", ("expired", "repealed"))]
        )
        self.assertIn(self.procedure, found)

    def test_linking_many_procedures_costs_no_query_each(self):
        documents = [self._legal(f"{n}/2015/NĐ-CP") for n in range(1, 6)]
        procedures = self.procedure.create(
            [{"name": f"x{n}", "legal_basis": "1/2015/NĐ-CP; 3/2015/NĐ-CP"} for n in range(40)]
        )
        self.assertEqual(procedures.legal_document_ids, documents[0] | documents[2])
        procedures.legal_document_ids = False
        self.env.flush_all()
        with self.assertQueryCount(6):
            procedures._link_legal_documents()

    # === TWO REGISTERS === #

    def test_documents_of_two_agencies_are_not_tied(self):
        mine, theirs = (
            self._legal("1/2020/QĐ-X"),
            self._legal("2/2020/QĐ-X", company_id=self.company_b.id),
        )
        with self.assertRaises(ValidationError):
            self._link(mine, "replaces", theirs)

    def test_what_an_agency_notes_about_a_shared_document_stays_with_it(self):
        shared = self._legal("1/2020/NĐ-CP", company_id=False)
        mine = self._legal("2/2020/QĐ-X")
        link = self._as(self.env["qms.legal.document.link"], self.user_officer).create(
            {"from_id": mine.id, "kind": "repeals", "to_id": shared.id}
        )
        self.assertEqual(link.company_id, self.company)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self._as(shared, self.user_officer).status, "repealed")
        self.env.invalidate_all()
        others = self._as(shared, self.user_officer_b)
        self.assertEqual(others.status, "in_force")
        found = others.search([("status", "=", "in_force"), ("id", "=", shared.id)])
        self.assertEqual(found, others)

    def test_only_who_works_for_all_keeps_the_shared_register(self):
        shared = self._legal("1/2020/NĐ-CP", company_id=False)
        officer = self._as(shared, self.user_officer)
        for act in (
            lambda: officer.write({"name": "x"}),
            lambda: officer.unlink(),
            lambda: officer.create({"number": "7/2020/NĐ-CP", "name": "x", "company_id": False}),
            lambda: self._as(self._legal("8/2020/NĐ-CP"), self.user_officer).write(
                {"company_id": False}
            ),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                act()
        self.user_officer.company_ids = self.env["res.company"].sudo().search([])
        officer.write({"name": "Kept by who works for all"})


@tagged("post_install", "-at_install")
class TestDocumentLegalAgencies(DocumentCommon, EvidenceCommon):
    """What rests on a legal document is of its agency, from whichever side it is tied."""

    def _of_both(self, records):
        """Return the records as an officer of both agencies works with them."""
        companies = self.company | self.company_b
        self.user_officer.company_ids = companies
        return records.with_user(self.user_officer).with_context(allowed_company_ids=companies.ids)

    def test_what_rests_on_a_document_is_of_its_agency(self):
        mine, shared = self._legal("1/2020/QĐ-X"), self._legal("1/2020/NĐ-CP", company_id=False)
        others = self._new_document(self.user_officer_b, name="Của B")
        ours = self._new_document(name="Của A", qms_legal_ids=[Command.link(shared.id)])
        procedure = self.procedure.create({"name": "Của B", "company_id": self.company_b.id})
        wiki = self.env["document.page"].create({"name": "Wiki", "company_id": self.company_b.id})
        for vals in (
            {"page_ids": [Command.link(others.id)]},
            {"page_ids": [Command.link(ours.id), Command.link(others.id)]},
            {"procedure_ids": [Command.link(procedure.id)]},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(ValidationError, "of one agency"),
                self.cr.savepoint(),
            ):
                self._of_both(mine).write(vals)
        mine.write({"page_ids": [Command.link(ours.id), Command.link(wiki.id)]})
        shared.write({"page_ids": [Command.link(others.id)], "procedure_ids": procedure.ids})
        self.assertEqual(shared.page_ids, ours | others)

    def test_a_document_stays_with_the_agency_of_what_rests_on_it(self):
        first, second = self._legal("1/2020/QĐ-X"), self._legal("2/2020/QĐ-X")
        free = self._legal("3/2020/QĐ-X")
        page = self._new_document(qms_legal_ids=[Command.link(first.id)])
        page.sudo().active = False
        self.procedure.legal_document_ids = second
        for document in (first, second, free | first):
            with (
                self.subTest(document=document),
                self.assertRaisesRegex(ValidationError, "of one agency"),
                self.cr.savepoint(),
            ):
                self._of_both(document).write({"company_id": self.company_b.id})
        self._of_both(free).write({"company_id": self.company_b.id})
        self.assertEqual(free.company_id, self.company_b)

    def test_the_agencies_of_many_documents_cost_no_query_each(self):
        documents = self.env["qms.legal.document"].union(
            *(self._legal(f"{number}/2020/QĐ-X") for number in range(1, 9))
        )
        for document in documents:
            self._new_document(qms_legal_ids=[Command.link(document.id)])
        counts = []
        for found in (documents[:2], documents):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            found._check_page_agencies()
            found._check_procedure_agencies()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
