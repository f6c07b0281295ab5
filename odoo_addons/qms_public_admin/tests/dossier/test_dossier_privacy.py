import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .. import common

NUMBERS = {
    "holder_identity": "001099012345",
    "holder_phone": "0912345678",
    "submitter_identity": "001088054321",
    "submitter_phone": "0987654321",
}
MASKED = {
    "holder_identity": "•••••••••345",
    "holder_phone": "•••••••678",
    "submitter_identity": "•••••••••321",
    "submitter_phone": "•••••••321",
}
FULL = [f"{name}_full" for name in NUMBERS]
# Roles that may have the numbers of every dossier of their agency shown.
SEEING = {"clerk", "head", "leader"}
EXPORTING = {"head", "leader"}


class PrivacyCase(common.QmsCommon):
    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)
        self.dossier = self._accepted_dossier(**NUMBERS)
        self.disclosures = self.env["qms.disclosure"]

    def _told(self, user, method, *args):
        self.env.invalidate_all()
        return getattr(self._as(self.dossier, user), method)(*args)

    def _rows(self, user):
        return self.disclosures.search([("user_id", "=", user.id)])

    def _show(self, user, dossier=None):
        """The numbers as the dialog of “Show” tells them."""
        self.env.invalidate_all()
        action = self._as(dossier or self.dossier, user).action_show_personal_data()
        shown = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        [read] = shown.read(list(NUMBERS))
        return {name: read[name] for name in NUMBERS}


@tagged("post_install", "-at_install")
class TestDossierPrivacy(PrivacyCase):
    """INV-18: numbers of persons are masked, and shown in full on record only."""

    def test_lists_forms_and_exports_are_masked_for_every_role(self):
        names = list(NUMBERS)
        specification = {name: {} for name in names}
        for role, user in self.users_by_role.items():
            user.group_ids |= self.env.ref("base.group_allow_export")
            with self.subTest(role=role):
                [read] = self._told(user, "read", names)
                self.assertEqual({name: read[name] for name in names}, MASKED)
                [read] = self._told(user, "web_read", specification)
                self.assertEqual({name: read[name] for name in names}, MASKED)
                found = self._told(user, "web_search_read", [], specification)["records"]
                self.assertIn(MASKED["holder_phone"], [row["holder_phone"] for row in found])
                exported = self._told(user, "export_data", names)["datas"]
                self.assertEqual(exported, [list(MASKED.values())])
                self.assertFalse(self._rows(user))

    def test_who_enters_a_dossier_sees_what_they_typed(self):
        dossier = self._new_dossier(**NUMBERS)
        self.assertEqual(dossier.read(["holder_phone"])[0]["holder_phone"], "0912345678")
        head = self._as(dossier, self.user_head)
        self.assertEqual(head.read(["holder_phone"])[0]["holder_phone"], "•••••••678")
        dossier.action_accept()
        self.assertEqual(dossier.read(["holder_phone"])[0]["holder_phone"], "•••••••678")

    def test_show_gives_the_numbers_and_keeps_a_row(self):
        for role in SEEING:
            user = self.users_by_role[role]
            with self.subTest(role=role):
                self.assertEqual(self._show(user), NUMBERS)
                row = self._rows(user)
                self.assertEqual(
                    (row.dossier_id, row.action, row.at), (self.dossier, "form", common.NOW)
                )
                self.assertTrue(row.capacity)
                self._show(user)
                self.assertEqual(len(self._rows(user)), 2)

    def test_show_is_refused_without_the_right_and_leaves_no_row(self):
        for role in self.users_by_role.keys() - SEEING - {"staff"}:
            user = self.users_by_role[role]
            with self.subTest(role=role):
                with self.assertRaises(AccessError):
                    self._show(user)
                self.assertFalse(self._rows(user))

    def test_who_has_a_part_in_the_process_may_ask(self):
        self.assertEqual(self._show(self.user_specialist), NUMBERS)
        self.assertEqual(self._rows(self.user_specialist).capacity, "Specialist")
        with self.assertRaises(AccessError):
            self._show(self.user_colleague)
        self.position_specialist.holder_ids = self.user_colleague
        self.assertEqual(self._show(self.user_colleague), NUMBERS)

    def test_a_co_ordinating_agency_reads_them_masked(self):
        self.dossier = self._new_dossier(**NUMBERS)
        self.dossier.coordinating_agency_ids = self.company_b.qms_agency_id
        [read] = self._told(self.user_clerk_b, "read", ["holder_phone"])
        self.assertEqual(read["holder_phone"], MASKED["holder_phone"])
        with self.assertRaises(AccessError):
            self._show(self.user_clerk_b)

    def test_heads_export_in_full_and_each_dossier_leaves_a_row(self):
        other = self._accepted_dossier(**NUMBERS)
        self.dossier |= other
        for role, user in self.users_by_role.items():
            user.group_ids |= self.env.ref("base.group_allow_export")
            if role not in EXPORTING:
                with self.subTest(role=role), self.assertRaises(AccessError):
                    self._told(user, "export_data", FULL)
                continue
            with self.subTest(role=role):
                exported = self._told(user, "export_data", FULL)["datas"]
                self.assertEqual(exported, [list(NUMBERS.values())] * 2)
                rows = self._rows(user)
                self.assertEqual(rows.dossier_id, self.dossier)
                self.assertEqual(set(rows.mapped("action")), {"export"})
                [read] = self._as(other, user).read(FULL)
                self.assertEqual([read[name] for name in FULL], list(MASKED.values()))

    def test_a_forged_context_exports_nothing_in_full(self):
        self.user_head.group_ids |= self.env.ref("base.group_allow_export")
        step = self._as(self.dossier, self.user_head).step_ids[:1]
        for forged in (True, self.dossier.ids, "x", {"ids": self.dossier.ids}):
            exported = step.with_context(_qms_disclosed=forged).export_data(
                ["dossier_id/holder_phone_full"]
            )
            self.assertEqual(exported["datas"], [[MASKED["holder_phone"]]])

    def test_many_rows_are_recorded_in_a_few_statements(self):
        head = self.user_head
        head.group_ids |= self.env.ref("base.group_allow_export")
        counts = []
        for number in (2, 20):
            dossiers = self.env["qms.dossier"].union(
                *(self._accepted_dossier(**NUMBERS) for _turn in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._as(dossiers, head).export_data(FULL)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)
        self.assertEqual(len(self._rows(head)), 22)

    def test_a_masked_number_is_not_saved(self):
        dossier = self._new_dossier(**NUMBERS)
        with self.assertRaises(ValidationError):
            dossier.holder_phone = MASKED["holder_phone"]
        with self.assertRaises(ValidationError):
            self._new_dossier(holder_identity=MASKED["holder_identity"])

    def test_a_contact_of_a_colleague_s_dossier_fills_in_the_whole_number(self):
        dossier = self._new_dossier(**NUMBERS)
        colleague = self.users_by_role["clerk"].copy({"login": "qms_clerk_2", "name": "Two"})
        partner = self.env["res.partner"].create({"name": "Known", "phone": "0900000111"})
        with Form(self._as(dossier, colleague)) as form:
            form.partner_id = partner
        self.assertEqual(dossier.sudo().holder_phone, "0900000111")

    def test_no_search_tells_the_numbers(self):
        for user in (self.user_auditor, self.user_provincial, self.user_officer):
            for model, domain in (
                ("qms.dossier", [("holder_phone", "=", "0912345678")]),
                ("qms.dossier", [("holder_identity", "=like", "001%")]),
                ("qms.dossier", [("submitter_phone", "!=", False)]),
                ("qms.dossier", [("holder_name", "=", "x"), ("holder_phone", ">", "0")]),
                ("qms.dossier", ["!", ("submitter_identity", "ilike", "09")]),
                ("qms.dossier", [("step_ids.dossier_id.holder_phone", "ilike", "09")]),
                ("qms.dossier.event", [("dossier_id.holder_phone", "=", "09")]),
                ("qms.dossier.step", [("dossier_id", "any", [("holder_phone", "ilike", "09")])]),
            ):
                records = self._as(self.env[model], user)
                with self.subTest(user=user.login, domain=domain), self.assertRaises(AccessError):
                    records.search(domain)
        clerk = self._as(self.env["qms.dossier"], self.user_clerk)
        self.assertIn(self.dossier, clerk.search([("holder_phone", "=", "0912345678")]))

    def test_no_order_tells_the_numbers(self):
        for user in (self.user_auditor, self.user_officer, self.user_clerk):
            dossiers = self._as(self.env["qms.dossier"], user)
            with self.assertRaises(AccessError):
                dossiers.search([], order="holder_phone")
            with self.assertRaises(AccessError):
                dossiers.web_search_read([], {"code": {}}, order="holder_identity desc, id")

    def test_groups_do_not_list_the_numbers(self):
        for user in (self.user_auditor, self.user_officer, self.user_clerk, self.user_head):
            dossiers = self._as(self.env["qms.dossier"], user)
            for groupby, aggregates in (
                (["holder_phone"], ["__count"]),
                ([], ["holder_identity:array_agg"]),
                ([], ["submitter_phone:max"]),
            ):
                with self.assertRaises(AccessError):
                    dossiers.formatted_read_group([], groupby, aggregates)
            with self.assertRaises(AccessError):
                self._as(self.env["qms.dossier.event"], user).formatted_read_group(
                    [], ["dossier_id.holder_phone"], ["__count"]
                )

    def test_a_copy_tells_nothing(self):
        with self.assertRaises(UserError):
            self._as(self.dossier, self.user_clerk).copy_data()

    def test_elevated_code_reads_them(self):
        [read] = self.dossier.sudo().read(["holder_phone"])
        self.assertEqual(read["holder_phone"], NUMBERS["holder_phone"])

    def test_the_chatter_and_the_log_hold_no_number(self):
        """Changes before acceptance, all verbs of a supplement, and the assignment."""
        dossier = self._new_dossier(**NUMBERS)
        dossier.write({"holder_phone": "0911111222", "holder_identity": "001000999888"})
        dossier.action_accept()
        dossier.action_complete_step()
        self._as(dossier, self.user_head).action_assign(self.user_specialist.id)
        self._as(dossier, self.user_specialist).action_request_supplement("Missing")
        self.env.flush_all()
        texts = [str(message.read()) for message in dossier.sudo().message_ids]
        texts += [str(value.read()) for value in dossier.sudo().message_ids.tracking_value_ids]
        texts += [str(event.read()) for event in dossier.sudo().event_ids]
        texts += [str(mail.read()) for mail in self.env["mail.mail"].sudo().search([])]
        for number in (*NUMBERS.values(), "0911111222", "001000999888"):
            self.assertNotIn(number, " ".join(texts))
        tracked = dossier._track_get_fields()
        self.assertFalse(set(NUMBERS) & set(tracked))

    def test_a_refused_statement_leaves_no_number_in_the_log(self):
        """What the database refuses is logged with its values, by Odoo and by PostgreSQL."""
        numbers = {"holder_identity": "001000999888", "holder_phone": "0911111222"}
        attacks = (
            lambda: self._new_dossier(set_qty=-1, **numbers),
            lambda: self._new_dossier(set_qty=99999999999, **numbers),
            lambda: self._new_dossier().write({"set_qty": -1, **numbers}),
            lambda: self.env["res.partner"].create(
                {"name": "x", "vat": "001000999888", "phone": "0911111222", "color": 99999999999}
            ),
        )
        for attack in attacks:
            with (
                self.assertLogs("odoo.sql_db", "ERROR") as logs,
                self.assertRaises(psycopg2.Error),
                self.cr.savepoint(),
            ):
                attack()
                self.env.flush_all()
            text = " ".join(logs.output)
            self.assertIn("bad query", text)
            self.assertIn("ERROR: ", text, "the reason is told")
            for number in numbers.values():
                self.assertNotIn(number, text)
            self.env.invalidate_all()

    def test_staff_write_no_templates_that_are_run(self):
        """A mail template is code: it reads what no list and no search gives."""
        for role, user in self.users_by_role.items():
            self.assertFalse(user.has_group("mail.group_mail_template_editor"), role)
            composer = self._as(self.env["mail.compose.message"], user).create(
                {
                    "model": "qms.dossier",
                    "res_ids": str(self.dossier.ids),
                    "composition_mode": "mass_mail",
                    "subject": "{{ object.holder_identity }}",
                    "body": "<p t-out='object.sudo().holder_identity'/>",
                }
            )
            with self.assertRaises(AccessError):
                composer._action_send_mail()


@tagged("post_install", "-at_install")
class TestDisclosureSecurity(PrivacyCase):
    """The list of numbers shown is read by who watches over it, and written by nobody."""

    def test_rows_are_neither_made_nor_changed_nor_deleted(self):
        self._show(self.user_clerk)
        row = self._rows(self.user_clerk)
        vals = {
            "dossier_id": self.dossier.id,
            "company_id": self.company.id,
            "user_id": self.user_head.id,
            "at": common.NOW,
            "action": "form",
        }
        for records in (row.sudo(), *(self._as(row, user) for user in self.users_by_role.values())):
            for attack in (
                lambda records=records: records.write({"user_name": "X"}),
                lambda records=records: records.unlink(),
                lambda records=records: records.create([vals]),
            ):
                with self.assertRaises(AccessError):
                    attack()

    def test_officers_leaders_and_auditors_of_the_agency_read_them(self):
        self._show(self.user_clerk)
        row = self._rows(self.user_clerk)
        for role, user in self.users_by_role.items():
            with self.subTest(role=role):
                if role in ("officer", "leader", "auditor"):
                    self.assertTrue(self._as(row, user).read(["user_name"]))
                else:
                    with self.assertRaises(AccessError):
                        self._as(row, user).read(["user_name"])
        with self.assertRaises(AccessError):
            self._as(row, self.user_officer_b).read(["user_name"])

    def test_the_dialog_is_its_creator_s_and_cannot_be_turned_to_another_dossier(self):
        shown = self._as(self.env["qms.dossier.numbers"], self.user_clerk).create(
            {"dossier_id": self.dossier.id}
        )
        with self.assertRaises(AccessError):
            self._as(shown, self.user_head).read(["holder_phone"])
        with self.assertRaises(AccessError):
            shown.write({"dossier_id": self._accepted_dossier().id})
        self.assertEqual(len(self._rows(self.user_clerk)), 1)

    def test_an_unsaved_dialog_shows_nothing(self):
        numbers = self._as(self.env["qms.dossier.numbers"], self.user_clerk)
        told = numbers.onchange(
            {"dossier_id": self.dossier.id}, ["dossier_id"], {"dossier_id": {}, "holder_phone": {}}
        )
        self.assertNotIn(NUMBERS["holder_phone"], str(told))
        self.assertFalse(self._rows(self.user_clerk))


@tagged("post_install", "-at_install")
class TestDossierPrivacyRpc(PrivacyCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.user_auditor.group_ids |= self.env.ref("base.group_allow_export")
        self.env.flush_all()

    def _call(self, method, args, context, model="qms.dossier"):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {
                "model": model,
                "method": method,
                "args": args,
                "kwargs": {"context": context},
            },
        )

    @mute_logger("odoo.http")
    def test_no_reader_over_http_tells_the_number(self):
        dossier = self.dossier
        phone = NUMBERS["holder_phone"]
        forged = {"su": True, "uid": self.user_clerk.id, "_qms_disclosed": dossier.ids}
        for user in (self.user_auditor, self.user_clerk):
            self.authenticate(user.login, user.login)
            for context in ({}, forged):
                for method, args in (
                    ("read", [dossier.ids, ["holder_phone", "holder_phone_full"]]),
                    ("read", [dossier.ids, ["holder_phone"]]),
                    ("search_read", [[], ["holder_phone"]]),
                    ("export_data", [dossier.ids, ["holder_phone"]]),
                    ("export_data", [dossier.ids, ["holder_phone_full"]]),
                    ("web_search_read", [[], {"holder_phone": {}}]),
                    ("formatted_read_group", [[], ["holder_phone"], ["__count"]]),
                    ("web_read_group", [[], ["holder_phone"]]),
                    ("onchange", [dossier.ids, {}, [], {"holder_phone": {}}]),
                    ("copy_data", [dossier.ids]),
                    ("mapped", [dossier.ids, "holder_phone"]),
                    ("filtered_domain", [dossier.ids, [("holder_phone", "=", phone)]]),
                ):
                    try:
                        told = self._call(method, args, context)
                    except JsonRpcException:
                        continue
                    with self.subTest(method=method, context=context, user=user.login):
                        self.assertNotIn(phone, str(told))

    @mute_logger("odoo.http")
    def test_no_search_over_http_confirms_a_guess(self):
        self.authenticate(self.user_auditor.login, self.user_auditor.login)
        for model, field in (
            ("qms.dossier", "holder_phone"),
            ("qms.dossier.step", "dossier_id.holder_phone"),
        ):
            for method in ("search", "search_count", "search_read", "name_search"):
                domain = [(field, "=", NUMBERS["holder_phone"])]
                args = ["", domain] if method == "name_search" else [domain]
                with self.subTest(model=model, method=method), self.assertRaises(JsonRpcException):
                    self._call(method, args, {}, model=model)
        typed = {"holder_phone": NUMBERS["holder_phone"]}
        with self.assertRaises(JsonRpcException):
            self._call(
                "onchange", [self.dossier.ids, typed, ["holder_phone"], {"holder_phone": {}}], {}
            )

    @mute_logger("odoo.http")
    def test_the_list_is_not_written_over_http(self):
        self._show(self.user_clerk)
        row = self._rows(self.user_clerk)
        self.env.flush_all()
        for login in (self.user_officer.login, self.user_leader.login, "admin"):
            self.authenticate(login, login)
            for method, args in (
                ("write", [row.ids, {"user_name": "X"}]),
                ("unlink", [row.ids]),
                ("create", [{"dossier_id": self.dossier.id, "action": "form"}]),
                ("web_save", [row.ids, {"user_name": "X"}, {}]),
            ):
                with self.subTest(login=login, method=method), self.assertRaises(JsonRpcException):
                    self._call(method, args, {"_qms_fact": True}, model="qms.disclosure")
