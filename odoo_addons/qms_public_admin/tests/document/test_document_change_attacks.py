from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..rpc_case import RpcCase
from .common_change import ChangeCommon


@tagged("post_install", "-at_install")
class TestDocumentChangeAttacks(ChangeCommon, RpcCase):
    """What a login alone can send about changes and their items."""

    FORGED = (
        {"_qms_lifecycle": True},
        {"_qms_lifecycle": "<object object>", "default_state": "closed", "_qms_fact": True},
    )

    def setUp(self):
        super().setUp()
        self.change = self._change()
        self.line = self._line(self.change, self.page)
        self.env.flush_all()

    def _facts(self):
        self.env.invalidate_all()
        change = self.change.read(
            ["state", "code", "opened_at", "closed_at", "due_date", "cause", "waiting_reason"]
        )
        lines = self.change.line_ids.read(
            ["state", "page_id", "outcome", "justification", "settled_by_id", "revision_id",
             "base_revision_id", "is_computed", "request_id", "department_id"]
        )  # fmt: skip
        return change, lines

    def test_nobody_types_what_verbs_write(self):
        before = self._facts()
        change, line = self.change, self.line
        for vals in (
            {"state": "closed"},
            {"code": "TD-1"},
            {"opened_at": "2020-01-01"},
            {"closed_at": "2020-01-01"},
            {"closed_by_id": self.user_head.id},
            {"waiting_reason": "x"},
            {"cancel_reason": "x"},
            {"cause": "other"},
            {"legal_document_id": self.old.id},
            {"company_id": self.company_b.id},
            {"line_ids": [[1, line.id, {"state": "done"}]]},
            {"line_ids": [[2, line.id]]},
        ):
            for method, more in (("write", ()), ("web_save", ({},))):
                self._refused(self.user_officer, change._name, method, change.ids, vals, *more)
        for vals in (
            {"state": "done"},
            {"state": "justified", "justification": "x", "settled_by_id": self.user_officer.id},
            {"justification": "x"},
            {"outcome": "x"},
            {"revision_id": self.page.qms_effective_id.id},
            {"base_revision_id": False},
            {"is_computed": False},
            {"page_id": self.iso.id},
            {"request_id": self.change.id},
            {"procedure_id": self.procedure.id},
            {"version_id": self.version.id},
            {"settled_on": "2020-01-01"},
        ):
            for method, more in (("write", ()), ("web_save", ({},))):
                self._refused(self.user_officer, line._name, method, line.ids, vals, *more)
        self._refused(self.user_officer, change._name, "unlink", change.ids)
        self._refused(self.user_officer, line._name, "unlink", line.ids)
        for verb in ("action_close", "_open", "_lifecycle_write"):
            self._refused(self.user_officer, change._name, verb, change.ids)
        for verb in ("_follow_items", "_start", "_begin_from_today"):
            self._refused(self.user_officer, line._name, verb, line.ids)
        self.assertEqual(self._facts(), before)

    def test_derived_values_are_dropped(self):
        before = self._facts()
        self._call(
            self.user_officer, self.change._name, "write", self.change.ids,
            {"due_date": "2030-01-01"},
        )  # fmt: skip
        self._call(
            self.user_officer, self.line._name, "write", self.line.ids,
            {"department_id": False, "name": "x", "company_id": self.company_b.id},
        )  # fmt: skip
        self.assertEqual(self._facts(), before)

    def test_nothing_is_born_ended(self):
        model = self.change._name
        vals = {"name": "x", "cause": "other"}
        self._refused(self.user_officer, model, "create", [{**vals, "state": "closed"}])
        self._refused(self.user_officer, model, "create", [{**vals, "opened_at": "2020-01-01"}])
        place = {"request_id": self.change.id, "page_id": self._effective_document(name="z").id}
        self.env.flush_all()
        lines = self.line._name
        for more in (
            {"state": "done", "outcome": "x"},
            {"state": "justified", "justification": "x", "settled_by_id": 2},
            {"justification": "x"},
            {"is_computed": True},
        ):
            self._refused(self.user_officer, lines, "create", [{**place, **more}])
        with mute_logger("odoo.http"):
            for name, row in ((model, vals), (lines, place)):
                with self.assertRaises(JsonRpcException):
                    self._call(
                        self.user_officer, name, "create", [row], context={"default_state": "done"}
                    )
        count = self.env[model].search_count([])
        loaded = self._call(
            self.user_officer, model, "load", ["name", "cause", "state"], [["x", "other", "closed"]]
        )
        self.assertFalse(loaded["ids"])
        self.assertEqual(self.env[model].search_count([]), count)

    def test_the_code_is_given_not_taken(self):
        made = self._call(
            self.user_officer, self.change._name, "create",
            [{"name": "x", "cause": "other", "code": "TD-2026-999"}],
            context={"default_code": "TD-2026-998"},
        )  # fmt: skip
        code = self.env["qms.change.request"].browse(made).code
        self.assertNotIn(code, ("TD-2026-999", "TD-2026-998"))

    def test_readers_write_nothing(self):
        before = self._facts()
        readers = (self.user_specialist, self.user_auditor, self.user_leader, self.user_provincial)
        for user in readers:
            for verb, args in (
                ("action_close", ()),
                ("action_wait", ("x",)),
                ("action_cancel", ("x",)),
                ("action_recompute", ()),
            ):
                self._refused(user, self.change._name, verb, self.change.ids, *args)
            self._refused(user, self.change._name, "write", self.change.ids, {"name": "x"})
            self._refused(user, self.change._name, "create", [{"name": "x", "cause": "other"}])
            self._refused(user, self.line._name, "action_justify", self.line.ids, "x")
            self._refused(user, self.line._name, "action_start", self.line.ids)
            self._refused(user, self.line._name, "action_reopen", self.line.ids)
            self._refused(user, self.line._name, "write", self.line.ids, {"owner_id": user.id})
            self._refused(user, self.new._name, "action_open_change", self.old.ids)
        self.assertEqual(self._facts(), before)

    def test_the_owner_alone_does_not_justify(self):
        self.line.owner_id = self.user_specialist
        self.env.flush_all()
        self._refused(self.user_specialist, self.line._name, "action_justify", self.line.ids, "x")

    def test_readers_and_heads_reopen_nothing(self):
        self.line.action_justify("Không đổi")
        self.env.flush_all()
        before = self._facts()
        for user in (self.user_specialist, self.user_head, self.user_leader, self.user_officer_b):
            self._refused(user, self.line._name, "action_reopen", self.line.ids)
        self.assertEqual(self._facts(), before)

    def test_the_dialog_asks_for_the_right_again(self):
        user, model = self.user_specialist, "qms.document.words"
        dialog = self._call(
            user, model, "create",
            [{"verb": "justify", "words": "x", "line_ids": [[6, 0, self.line.ids]]}],
        )  # fmt: skip
        self._refused(user, model, "action_confirm", dialog)
        dialog = self._call(
            user, model, "create",
            [{"verb": "cancel", "words": "x", "change_ids": [[6, 0, self.change.ids]]}],
        )  # fmt: skip
        self._refused(user, model, "action_confirm", dialog)

    def test_another_agency_gets_nothing(self):
        before = self._facts()
        user = self.user_officer_b
        for record in (self.change, self.line):
            self.assertFalse(self._call(user, record._name, "search", [["id", "in", record.ids]]))
            self._refused(user, record._name, "read", record.ids, ["state"])
        forged = {"allowed_company_ids": self.company.ids}
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self._call(user, self.change._name, "read", self.change.ids, ["state"], context=forged)
        for verb in ("action_close", "action_recompute", "action_view_lines"):
            if verb != "action_view_lines":
                self._refused(user, self.change._name, verb, self.change.ids)
        self._refused(user, self.change._name, "action_cancel", self.change.ids, "x")
        self._refused(user, self.line._name, "action_justify", self.line.ids, "x")
        self._refused(user, self.line._name, "action_start", self.line.ids)
        self._refused(user, self.line._name, "action_open_item", self.line.ids)
        self._refused(
            user, self.line._name, "create",
            [{"request_id": self.change.id, "page_id": self.form.id}],
        )  # fmt: skip
        self._refused(
            user, self.change._name, "create",
            [{"name": "x", "cause": "other", "company_id": self.company.id}],
        )  # fmt: skip
        self.assertEqual(self._facts(), before)

    def test_items_of_another_agency_are_not_named(self):
        other = self._new_document(user=self.user_officer_b)
        self.env.flush_all()
        self._refused(
            self.user_officer, self.line._name, "create",
            [{"request_id": self.change.id, "page_id": other.id}],
        )  # fmt: skip

    def test_only_what_is_under_control_in_the_agency_is_an_item(self):
        wiki = self.env["document.page"].create({"name": "Wiki", "company_id": self.company.id})
        shared = self.env["qms.procedure"].create({"name": "Shared", "company_id": False})
        self.env.flush_all()
        for item in ({"page_id": wiki.id}, {"procedure_id": shared.id}):
            self._refused(
                self.user_officer, self.line._name, "create",
                [{"request_id": self.change.id, **item}],
            )  # fmt: skip

    def test_a_draft_with_items_stays_with_its_agency(self):
        user, companies = self.user_officer, self.company | self.company_b
        user.company_ids = companies
        other = self._effective_document(name="z")
        for item in ({"page_id": other.id}, {"procedure_id": self.procedure.id}):
            draft = self._as(self.env[self.change._name], user).create(
                {"name": "x", "cause": "other", "line_ids": [(0, 0, item)]}
            )
            self.env.flush_all()
            self._refused(
                user, draft._name, "write", draft.ids,
                {"company_id": self.company_b.id, "owner_id": False},
            )  # fmt: skip

    def test_a_form_that_is_filled_names_nothing_of_another_agency(self):
        page = self._new_document(user=self.user_officer_b, name="Secret")
        procedure = self.env["qms.procedure"].create(
            {"name": "Secret", "company_id": self.company_b.id}
        )
        self.env.flush_all()
        for item in ({"page_id": page.id}, {"procedure_id": procedure.id}):
            for model, values, spec in (
                (self.line._name, item, {"name": {}, **{name: {} for name in item}}),
                (
                    self.change._name,
                    {"line_ids": [[0, "virtual_1", item]]},
                    {"line_ids": {"fields": {"name": {}}}},
                ),
            ):
                with self.subTest(model=model, item=item), mute_logger("odoo.http"):
                    try:
                        found = self._call(
                            self.user_officer, model, "onchange", [], values, list(values), spec
                        )
                    except JsonRpcException:
                        continue
                    self.assertNotIn("Secret", str(found))
        mine = self._call(
            self.user_officer, self.line._name, "onchange", [], {"page_id": self.form.id},
            ["page_id"], {"page_id": {}, "name": {}},
        )  # fmt: skip
        self.assertIn("Tờ khai", mine["value"]["name"])

    def test_proposals_and_counters_are_nobodys(self):
        for model in ("qms.change.proposal", "qms.change.counter"):
            self._refused(self.user_officer, model, "create", [{"company_id": self.company.id}])
        self._refused(self.user_officer, "qms.change.request", "_follow_all")
