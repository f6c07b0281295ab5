from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rpc_case import RpcCase
from .common_declaration import DeclarationCommon


@tagged("post_install", "-at_install")
class TestDocumentDeclarationAttacks(DeclarationCommon, RpcCase):
    """What a login alone can send against a declaration and its lines."""

    FORGED = (
        {"_qms_lifecycle": True, "_qms_fact": True},
        {"_qms_lifecycle": "<object object>", "default_state": "declared"},
        {"default_taken_over_name": "x", "skip_validation_check": True},
    )

    def _whole(self, declaration):
        self.env.invalidate_all()
        return (
            declaration.state,
            declaration._approval_content(),
            declaration.decision_no,
            declaration.content_sha256,
            declaration.line_ids.ids,
            declaration.approval_decision_id,
        )

    def _assaults(self, declaration):
        line = declaration.line_ids[0]
        model, lines = declaration._name, line._name
        ids = declaration.ids
        return (
            (model, "write", ids, {"state": "declared"}),
            (model, "write", ids, {"scope_note": "x"}),
            (model, "write", ids, {"head_name": "x", "decision_no": "9/QĐ"}),
            (model, "write", ids, {"audited_on": "2026-09-02"}),
            (model, "write", ids, {"content_sha256": "0" * 64}),
            (model, "write", ids, {"taken_over_name": "x"}),
            (model, "write", ids, {"agency_name": "x"}),
            (model, "write", ids, {"approval_state": "approved"}),
            (model, "write", ids, {"company_id": self.company_b.id}),
            (model, "write", ids, {"department_ids": [[5]]}),
            (model, "web_save", ids, {"is_imported": True}, {}),
            (model, "write", ids, {"line_ids": [[1, line.id, {"name": "x"}]]}),
            (model, "write", ids, {"line_ids": [[2, line.id]]}),
            (model, "write", ids, {"line_ids": [[0, 0, {"name": "x"}]]}),
            (model, "write", ids, {"line_ids": [[5]]}),
            (model, "unlink", ids),
            (model, "action_fill_scope", ids),
            (model, "_lifecycle_write", ids, {"state": "draft"}),
            (lines, "write", line.ids, {"name": "x"}),
            (lines, "write", line.ids, {"sequence": 99}),
            (lines, "write", line.ids, {"declaration_id": 1}),
            (lines, "unlink", line.ids),
            (lines, "create", [{"declaration_id": declaration.id, "name": "x"}]),
            (lines, "create", [{"declaration_id": declaration.id, "page_id": self.policy.id}]),
            (lines, "copy", line.ids),
        )

    def test_a_declaration_in_force_stays_as_it_is(self):
        declaration = self._declared()
        self.env.flush_all()
        before = self._whole(declaration)
        users = (self.user_officer, self.user_leader, self.user_specialist, self.user_officer_b)
        for user in users:
            for assault in self._assaults(declaration):
                contexts = ({}, *self.FORGED) if user == self.user_officer else ({},)
                self._refused(user, *assault, contexts=contexts)
        self.assertEqual(self._whole(declaration), before)

    def test_while_it_waits_nobody_writes_and_its_author_does_not_approve(self):
        declaration = self._declaration()
        declaration.action_submit()
        self.env.flush_all()
        before = self._whole(declaration)
        for assault in self._assaults(declaration):
            self._refused(self.user_officer, *assault, contexts=({}, self.FORGED[0]))
        for verb in ("action_approve", "action_declare", "action_take_over"):
            for user in (self.user_officer, self.user_head, self.user_officer_b):
                self._refused(user, declaration._name, verb, declaration.ids)
        self.assertEqual(self._whole(declaration), before)

    def test_none_is_born_in_force(self):
        model, vals = "qms.declaration", {"decision_no": "1/QĐ", "decision_date": "2026-01-01"}
        officer = self.user_officer
        count = self.env[model].search_count([])
        for more in (
            {"state": "declared"},
            {"taken_over_name": "x"},
            {"content_sha256": "0" * 64},
            {"approval_state": "approved"},
        ):
            self._refused(officer, model, "create", [{**vals, **more}], contexts=({},))
        for context in ({"default_state": "declared"}, {"default_taken_over_name": "x"}):
            self._refused(officer, model, "create", [vals], contexts=(context,))
        with mute_logger("odoo.http"):
            loaded = self._call(
                officer, model, "load", ["decision_no", "state"], [["1/QĐ", "declared"]]
            )
        self.assertFalse(loaded["ids"])
        self.assertEqual(self.env[model].search_count([]), count)

    def test_files_of_a_declaration_are_kept(self):
        declaration = self._declared()
        file = self.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"a", "res_model": declaration._name,
             "res_id": declaration.id}
        )  # fmt: skip
        self.env.flush_all()
        self._refused(self.user_officer, "ir.attachment", "write", file.ids, {"raw": "eA=="})
        self._refused(self.user_officer, "ir.attachment", "unlink", file.ids)

    def test_elevated_code_writes_nothing_either(self):
        declaration = self._declared().sudo()
        for record, vals in (
            (declaration, {"scope_note": "x"}),
            (declaration, {"decision_date": "2026-11-03"}),
            (declaration.line_ids[0], {"sequence": 7}),
        ):
            with self.assertRaises(UserError):
                record.write(vals)
        with self.assertRaises(ValidationError):
            declaration.line_ids.unlink()
