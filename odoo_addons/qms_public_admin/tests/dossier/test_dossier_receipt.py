from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, JsonRpcException, tagged, users, warmup
from odoo.tools import SQL, Query

from .. import common
from .test_dossier_paper_hook import PAPER

RECEIVE = "qms_public_admin.qms_dossier_view_form_receive"


class ReceiptCommon(common.QmsCommon):
    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    def _known_dossier(self, **vals):
        return self._new_dossier(
            **{
                "holder_name": "Đặng Thị Tiếng Việt",
                "holder_identity": "079203004005",
                "holder_phone": "0912.345.678",
                "holder_address": "12 Lê Lợi",
                **vals,
            }
        )

    def _search(self, term, user=None):
        dossiers = self._as(self.env["qms.dossier"], user or self.user_clerk)
        return dossiers.search_applicants(term)

    def _names(self, term, user=None):
        return [applicant["name"] for applicant in self._search(term, user)]


@tagged("post_install", "-at_install")
class TestDossierApplicant(ReceiptCommon):
    """Known applicants are found as they are typed, and nobody else's."""

    def test_names_are_found_without_accents_in_any_case_and_order(self):
        self._known_dossier()
        for term in ("tieng viet", "TIẾNG VIỆT", "dang viet", "viet đặng", "tiếng viet", "ieng"):
            self.assertEqual(self._names(term), ["Đặng Thị Tiếng Việt"], term)
        for term in ("tieng nhat", "tv", "", "  ", "%%%", "t_e"):
            self.assertEqual(self._names(term), [], term)

    def test_telephone_and_identity_numbers_are_found_as_digits(self):
        self._known_dossier()
        for term in ("0912", "0912 345", "+84 912 345", "0792030"):
            self.assertEqual(self._names(term), ["Đặng Thị Tiếng Việt"], term)
        self.assertFalse(self._names("0913"))

    def test_an_earlier_code_finds_its_holder(self):
        dossier = self._known_dossier()
        dossier.action_accept()
        self.assertEqual(self._names(dossier.code), ["Đặng Thị Tiếng Việt"])
        self.assertEqual(self._names(dossier.code[-11:].lower()), ["Đặng Thị Tiếng Việt"])

    def test_hints_mask_numbers(self):
        dossier = self._known_dossier()
        dossier.action_accept()
        hint = self._search("tieng viet")[0]["hint"]
        self.assertEqual(hint, f"•••••••••678 · 12 Lê Lợi · {dossier.code}")

    def test_one_person_with_many_dossiers_is_offered_once(self):
        self._known_dossier()
        last = self._known_dossier(holder_address="34 Hai Bà Trưng")
        self._known_dossier(holder_phone="0999999999", holder_name="Đặng Thị Tiếng Việt")
        found = self._search("tieng viet")
        self.assertEqual(len(found), 2)
        self.assertEqual(found[1]["ref"], f"dossier,{last.id}")

    def test_contacts_come_first(self):
        self._known_dossier()
        contact = self.env["res.partner"].create(
            {"name": "Công ty Tiếng Việt", "phone": "+84 28 3822 1234", "city": "Rạch Giá"}
        )
        found = self._search("cong ty tieng")
        self.assertEqual(found[0]["ref"], f"contact,{contact.id}")
        self.assertIn("Rạch Giá", found[0]["hint"])
        self.assertEqual(self._names("0283822"), [])
        self.assertEqual(self._names("84283822"), ["Công ty Tiếng Việt"])

    def test_only_the_counter_looks_applicants_up(self):
        self._known_dossier()
        for role, user in self.users_by_role.items():
            if user.has_group("qms_public_admin.group_qms_clerk"):
                self.assertTrue(self._search("tieng viet", user), role)
            else:
                with self.assertRaises(AccessError, msg=role):
                    self._search("tieng viet", user)

    def test_applicants_of_other_agencies_are_not_offered(self):
        self._known_dossier()
        self.env["res.partner"].create(
            {"name": "Hộ Tiếng Việt", "company_id": self.company.id, "phone": "0912345000"}
        )
        for term in ("tieng viet", "0912345"):
            self.assertTrue(self._search(term))
            self.assertFalse(self._search(term, self.user_clerk_b), term)

    def test_a_co_ordinated_dossier_of_another_agency_offers_nobody(self):
        agency_b = self.env["qms.agency"].search([("company_id", "=", self.company_b.id)])
        dossier = self._known_dossier(
            is_inter_agency=True, coordinating_agency_ids=[fields.Command.set(agency_b.ids)]
        )
        seen = self._as(dossier, self.user_clerk_b)
        self.assertTrue(seen.has_access("read"))
        self.assertFalse(self._search("tieng viet", self.user_clerk_b))
        with self.assertRaises(AccessError):
            seen.new({"applicant_ref": f"dossier,{dossier.id}"})._onchange_applicant_ref()

    def test_the_search_is_by_index(self):
        self._known_dossier()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        dossiers = self.env["qms.dossier"]
        query = dossiers._search([("holder_name", "ilike", "tieng")], order="note")
        self.assertIn("qms_dossier_holder_name_plain_idx", self._plan(query))
        for column in ("phone", "identity"):
            condition = SQL("qms_digits(%s) LIKE '0912%%'", SQL.identifier(f"holder_{column}"))
            query = Query(self.env, "qms_dossier")
            query.add_where(condition)
            self.assertIn(f"qms_dossier_holder_{column}_digits_idx", self._plan(query))

    def _plan(self, query):
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        return "\n".join(row for (row,) in rows)

    @users("qms_clerk")
    @warmup
    def test_the_search_costs_the_same_however_many_are_found(self):
        self._known_dossier()
        with self.assertQueryCount(qms_clerk=6):
            self.env["qms.dossier"].search_applicants("tieng viet")


@tagged("post_install", "-at_install")
class TestDossierReceipt(ReceiptCommon):
    """The quick receipt, as its screen fills it in."""

    def _form(self):
        dossiers = self._as(self.env["qms.dossier"], self.user_clerk)
        return Form(dossiers, view=RECEIVE)

    def test_procedure_applicant_papers_accept(self):
        papers = []

        def _paper_action(dossiers, verb):
            papers.append((dossiers, verb))
            return dict(PAPER)

        self.patch(self.registry["qms.dossier"], "_paper_action", _paper_action)
        known = self._known_dossier()
        form = self._form()
        form.procedure_id = self.procedure
        self.assertEqual(form.missing_papers, "Application\nIdentity paper")
        self.assertEqual(form.due_preview_at, common.NOW.replace(day=12))
        self.assertTrue(form.due_preview)
        form.applicant_ref = f"dossier,{known.id}"
        self.assertEqual(form.holder_name, "Đặng Thị Tiếng Việt")
        self.assertEqual(form.holder_identity, "079203004005")
        form.all_papers_received = True
        self.assertFalse(form.missing_papers)
        dossier = form.save()
        self.assertEqual(dossier.state, "submitted")
        self.assertEqual(dossier.component_ids.mapped("is_received"), [True, True])
        self.assertEqual(dossier.component_ids.mapped("original_qty"), [1, 0])
        self.assertEqual(dossier.component_ids.mapped("copy_qty"), [0, 1])
        preview = fields.Datetime.to_datetime(form.due_preview_at)
        self.assertEqual(dossier.action_accept_and_print(), PAPER)
        self.assertEqual((dossier.state, dossier.due_at), ("accepted", preview))
        self.assertEqual(papers, [(dossier, "accept")])

    def test_another_name_leaves_the_known_applicant(self):
        known = self._known_dossier()
        form = self._form()
        form.procedure_id = self.procedure
        form.applicant_ref = f"dossier,{known.id}"
        form.holder_email = "own@example.com"
        form.holder_name = "ĐẶNG THỊ TIẾNG VIỆT"
        self.assertEqual(form.holder_identity, "079203004005")
        form.holder_name = "Lê Văn Khác"
        self.assertFalse(form.applicant_ref)
        self.assertFalse(form.holder_identity or form.holder_phone or form.holder_address)
        self.assertEqual(form.holder_email, "own@example.com")

    def test_a_contact_fills_in_and_stays_named(self):
        contact = self.env["res.partner"].create(
            {"name": "Công ty Tiếng Việt", "phone": "02838221234", "city": "Rạch Giá"}
        )
        form = self._form()
        form.procedure_id = self.procedure
        form.applicant_ref = f"contact,{contact.id}"
        dossier = form.save()
        self.assertEqual(dossier.partner_id, contact)
        self.assertEqual(dossier.holder_phone, "02838221234")
        self.assertEqual(dossier.holder_address, "Rạch Giá")

    def test_what_is_refused_at_acceptance_stays_entered(self):
        procedure, _version = self._create_procedure("9.000090", self.company, publish=False)
        form = self._form()
        form.procedure_id = procedure
        form.holder_name = "Lê Văn Giữ"
        self.assertIn("9.000090", form.due_preview)
        self.assertFalse(form.due_preview_at)
        dossier = form.save()
        with self.assertRaises(UserError), self.cr.savepoint():
            dossier.action_accept_and_print()
        self.assertEqual((dossier.state, dossier.holder_name), ("submitted", "Lê Văn Giữ"))

    def test_papers_of_a_shared_database_and_conditional_ones_are_not_missed(self):
        papers = [
            {"name": "Application", "is_required": True},
            {"name": "Proof of poverty", "is_required": True, "is_conditional": True},
            {"name": "Birth certificate", "is_required": True, "from_database": "Population"},
            {"name": "Letter", "is_required": False},
        ]
        procedure, _version = self._create_procedure(
            "9.000091", self.company, component_ids=[*map(fields.Command.create, papers)]
        )
        dossier = self._new_dossier(procedure_id=procedure.id)
        self.assertEqual(dossier.component_ids.mapped("is_missing"), [True, False, False, False])
        self.assertEqual(dossier.missing_papers, "Application")

    def test_the_supplement_lists_what_is_missing(self):
        dossier = self._new_dossier()
        action = dossier.action_request_supplement()
        self.assertEqual(action["context"]["default_items"], "Application\nIdentity paper")

    def test_no_clock_no_date_but_the_reason(self):
        form = self._form()
        form.procedure_id = self.procedure
        form.is_non_territorial = True
        self.assertFalse(form.due_preview_at)
        self.assertTrue(form.due_preview)

    def test_procedures_are_found_without_accents(self):
        self.procedure.name = "Đăng ký khai sinh"
        procedures = self._as(self.env["qms.procedure"], self.user_clerk)
        for term in ("khai sinh", "dang ky", "KHAI SINH", "9.000001"):
            found = [pair[0] for pair in procedures.name_search(term)]
            self.assertIn(self.procedure.id, found, term)
        self.assertTrue(self.procedure.filtered_domain([("name", "ilike", "ky khai")]))
        self.assertFalse(self.procedure.filtered_domain([("name", "ilike", "khai tu")]))
        self.assertFalse(procedures.search([("name", "not ilike", "khai sinh")]) & self.procedure)


@tagged("post_install", "-at_install")
class TestDossierReceiptAttacks(ReceiptCommon, HttpCase):
    """What a client can ask over RPC."""

    def _call(self, user, method, args, **kwargs):
        self.authenticate(user.login, user.login)
        return self.make_jsonrpc_request(
            "/web/dataset/call_kw",
            {"model": "qms.dossier", "method": method, "args": args, "kwargs": kwargs},
        )

    def _onchange(self, user, ref):
        spec = {"holder_identity": {}, "holder_name": {}, "applicant_ref": {}}
        return self._call(user, "onchange", [[], {"applicant_ref": ref}, ["applicant_ref"], spec])[
            "value"
        ]

    def test_the_onchange_tells_the_applicant_to_the_counter_only(self):
        known = self._known_dossier()
        ref = f"dossier,{known.id}"
        self.assertEqual(self._onchange(self.user_clerk, ref)["holder_identity"], "079203004005")
        for user in (self.user_specialist, self.user_clerk_b):
            with self.assertRaises(JsonRpcException):
                self._onchange(user, ref)
        for ref in ("dossier,x", "res.users,1", "dossier", ",", f"dossier,{10**9}"):
            self.assertNotIn("holder_identity", self._onchange(self.user_clerk, ref))

    def test_taking_over_an_applicant_is_recorded_looking_for_one_is_not(self):
        known = self._known_dossier()
        rows = self.env["qms.disclosure"].search
        self._call(self.user_clerk, "search_applicants", ["tieng viet"])
        self.assertFalse(rows([("dossier_id", "=", known.id)]))
        self._onchange(self.user_clerk, f"dossier,{known.id}")
        row = rows([("dossier_id", "=", known.id)])
        self.assertEqual((row.action, row.user_id), ("applicant", self.user_clerk))

    def test_companies_of_a_forged_context_open_nothing(self):
        self._known_dossier()
        context = {"allowed_company_ids": self.company.ids}
        with self.assertRaises(JsonRpcException):
            self._call(self.user_clerk_b, "search_applicants", ["tieng viet"], context=context)
        self.assertTrue(self._call(self.user_clerk, "search_applicants", ["tieng viet"]))

    def test_a_term_is_text_and_nothing_else(self):
        self._known_dossier()
        for term in ("' OR 1=1 --", "\\", "%%%", "x" * 5000):
            self.assertFalse(self._call(self.user_clerk, "search_applicants", [term]), term)

    def test_acceptance_is_the_counters(self):
        dossier = self._known_dossier()
        for user in (self.user_specialist, self.user_clerk_b):
            with self.assertRaises(JsonRpcException):
                self._call(user, "action_accept_and_print", [dossier.ids])
        self.assertEqual(dossier.state, "submitted")
