import base64
import json

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import JsonRpcException, tagged

from .. import common
from ..rpc_case import RpcCase
from .test_dossier_import_flow import HEADER, ImportCase, commit, row, table

OPERATIONS = ("read", "write", "create", "unlink")
# Model: operations of officers; auditors read; nobody else has any.
RIGHTS = {
    "qms.dossier.import": set(OPERATIONS),
    "qms.dossier.import.column": set(OPERATIONS),
    "qms.dossier.import.value": set(OPERATIONS),
    "qms.dossier.import.error": {"read"},
    "qms.dossier.import.mapping": set(OPERATIONS),
}
FORGED = (
    {},
    {"_qms_lifecycle": True, "_qms_event": True},
    {"_qms_lifecycle": "object", "install_mode": True, "import_file": True},
    {"default_state": "checked", "default_origin": "folder"},
)
VERBS = ("action_check", "action_run", "action_cancel", "action_draft", "action_result")


@tagged("post_install", "-at_install")
class TestDossierImportSecurity(ImportCase):
    def test_rights_by_role(self):
        for model, officer_rights in RIGHTS.items():
            for role, user in {**self.users_by_role, "outsider": self.user_outsider}.items():
                for operation in OPERATIONS:
                    with self.subTest(model=model, role=role, operation=operation):
                        allowed = {"officer": officer_rights, "auditor": {"read"}}.get(role, set())
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation),
                            operation in allowed,
                        )

    def test_every_verb_asks_for_the_officer(self):
        record = self._upload(table([row("A-1")]))
        for role, user in self.users_by_role.items():
            if role == "officer":
                continue
            for verb in (*VERBS, "action_save_mapping"):
                with self.subTest(role=role, verb=verb), self.assertRaises(AccessError):
                    getattr(self._as(record, user), verb)()
        self.assertEqual(record.state, "draft")

    def test_the_file_is_the_officer_s_and_its_first_rows_are_masked(self):
        header = [*HEADER, "Số điện thoại"]
        record = self._upload(table([[*row("A-1"), "0912345678"]], header))
        self.assertEqual(record.column_ids[-1].target, "holder_phone")
        self.assertIn("•••••••678", record.preview)
        self.assertNotIn("0912345678", record.preview)
        auditor = self._as(record, self.user_auditor)
        for name in ("file", "sample", "preview", "result_file"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                auditor.read([name])
        files = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", record._name),
                    ("res_id", "=", record.id),
                    ("res_field", "!=", False),
                ]
            )
        )
        self.assertTrue(files)
        with self.assertRaises(AccessError):
            self._as(files, self.user_auditor).read(["datas"])

    def test_an_agency_sees_its_own_imports_only(self):
        record = self._upload(table([row("A-1")]))
        record.action_check()
        for found in (record, record.column_ids, record.value_ids):
            with self.subTest(model=found._name), self.assertRaises(AccessError):
                self._as(found, self.user_officer_b).read(["display_name"])
        bad = self._run(self._upload(table([row("")])))
        with self.assertRaises(AccessError):
            self._as(bad.error_ids, self.user_officer_b).read(["message"])
        mapping = self.env["qms.dossier.import.mapping"].create(
            {"name": "x", "code": "x", "company_id": self.company.id}
        )
        with self.assertRaises(AccessError):
            self._as(mapping, self.user_officer_b).read(["definition"])
        mapping.company_id = False
        self.assertTrue(self._as(mapping, self.user_officer_b).read(["definition"]))

    def test_nobody_imports_into_another_agency(self):
        with self.assertRaises(AccessError):
            self._as(self.env["qms.dossier.import"], self.user_officer_b).create(
                {
                    "file": base64.b64encode(table([row("A-1")])),
                    "file_name": "a.csv",
                    "company_id": self.company.id,
                }
            )
        self.env["qms.procedure"].create(
            {"code": "9.000002", "name": "Foreign", "company_id": self.company_b.id}
        )
        record = self._run(self._upload(table([row("A-1", **{"Mã TTHC": "9.000002"})])))
        self.assertEqual(record.error_ids.code, "unknown_procedure")

    def test_who_lost_the_right_cannot_go_on_in_the_background(self):
        record = self._upload(table([row("A-1")]))
        record.action_check()
        record.action_run()
        officers = self.env.ref("qms_public_admin.group_qms_officer")
        self.user_officer.sudo().group_ids -= officers
        self.env.invalidate_all()
        record.sudo()._as_starter()._work(commit)
        self.assertEqual(record.sudo().state, "failed")
        self.assertFalse(self._dossiers())


@tagged("post_install", "-at_install")
class TestDossierImportAttacks(common.QmsCommon, RpcCase):
    """What can be sent over RPC with nothing but a login."""

    def setUp(self):
        super().setUp()
        imports = self._as(self.env["qms.dossier.import"], self.user_officer)
        self.record = imports.create(
            {
                "file": base64.b64encode(table([row("A-1")])),
                "file_name": "a.csv",
                "company_id": self.company.id,
            }
        )
        self.env.flush_all()

    def _facts(self):
        self.env.invalidate_all()
        record = self.record
        names = ("state", "file_hash", "position", "new_count", "origin", "mapping", "failure")
        return json.dumps([record[name] for name in names], default=str)

    def _refused(self, user, model, method, *args, **kwargs):
        before, dossiers = self._facts(), self.env["qms.dossier"].search_count([])
        with self.assertRaises(JsonRpcException):
            self._rpc(user, model, method, *args, **kwargs)
        self.assertEqual(self._facts(), before)
        self.assertEqual(self.env["qms.dossier"].search_count([]), dossiers)

    def test_an_officer_cannot_forge_state_hash_or_counts(self):
        model, officer = self.record._name, self.user_officer
        forged = (
            {"state": "running"},
            {"state": "done"},
            {"file_hash": "0" * 64},
            {"position": 5},
            {"new_count": 7},
            {"mapping": {"shape": "event"}},
            {"user_id": self.user_leader.id},
            {"result_file": base64.b64encode(b"x").decode()},
        )
        for context in FORGED:
            for vals in forged:
                ids = self.record.ids
                self._refused(officer, model, "write", ids, vals, context=context)
                self._refused(
                    officer, model, "web_save", ids, vals, specification={}, context=context
                )
        self._refused(
            officer,
            model,
            "create",
            [
                {
                    "file": "eA==",
                    "file_name": "x.csv",
                    "company_id": self.company.id,
                    "state": "done",
                }
            ],
        )

    def test_a_default_in_the_context_brings_no_state(self):
        imports = self._as(self.env["qms.dossier.import"], self.user_officer)
        with self.assertRaises(ValidationError):
            imports.with_context(default_state="checked").create(
                {"file": base64.b64encode(table([row("B")])), "file_name": "b.csv"}
            )

    def test_private_methods_cannot_be_called(self):
        for method, args in (
            ("_run", [[self.record.id]]),
            ("_work", [[self.record.id]]),
            ("_check_file", [[self.record.id]]),
            ("_cron_import", []),
            ("_run_command", [{}, "", ""]),
        ):
            self._refused(self.user_officer, self.record._name, method, *args)
        self._refused(self.user_officer, "qms.dossier", "_import_batch", [])
        self._refused(self.user_officer, "qms.dossier.event", "_insert_chains", [])

    def test_problems_cannot_be_written(self):
        self._refused(
            self.user_officer,
            "qms.dossier.import.error",
            "create",
            [{"import_id": self.record.id, "message": "x"}],
        )
        self._refused(
            self.user_officer,
            self.record._name,
            "write",
            self.record.ids,
            {"error_ids": [[0, 0, {"message": "x"}]]},
        )

    def test_a_clerk_reaches_neither_file_nor_verbs(self):
        clerk, model = self.user_clerk, self.record._name
        self._refused(clerk, model, "read", self.record.ids, ["file"])
        for verb in VERBS:
            self._refused(clerk, model, verb, self.record.ids)
        self.authenticate(clerk.login, clerk.login)
        response = self.url_open(f"/web/content/{model}/{self.record.id}/file")
        self.assertNotEqual(response.status_code, 200)

    def test_an_officer_of_another_agency_reaches_nothing(self):
        for verb in VERBS:
            self._refused(self.user_officer_b, self.record._name, verb, self.record.ids)

    def test_the_allowed_way_works_over_rpc(self):
        officer, model = self.user_officer, self.record._name
        self._rpc(officer, model, "action_check", self.record.ids)
        self.env.invalidate_all()
        self.assertEqual(self.record.state, "checked")
        self._rpc(officer, model, "action_run", self.record.ids)
        self.env.invalidate_all()
        self.assertEqual(self.record.state, "running")
