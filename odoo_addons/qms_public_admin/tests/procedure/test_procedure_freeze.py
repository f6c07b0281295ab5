import json

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .. import common

# AccessError and ValidationError are kinds of UserError.
REFUSED = UserError
PARTS = {
    "case_ids": {"name": "x"},
    "channel_ids": {"intake_channel": "online"},
    "component_ids": {"name": "x"},
    "step_ids": {"name": "x", "hours": 1},
    "section_ids": {"kind": "text", "text": "x"},
}
# What a client could try to pass for the object that lets the verbs write.
FORGED = [
    {"_qms_lifecycle": True},
    {"_qms_lifecycle": "_WRITER"},
    {"_qms_lifecycle": {}},
    {"default_state": "draft"},
    {"import_file": True, "install_mode": True, "no_check": True},
]


class FrozenVersion(common.QmsCommon):
    """A published version with a part of every kind, and what it says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(common.NOW):
            cls.frozen = cls.version.copy({"effective_from": "2026-11-09"})
            for name, vals in PARTS.items():
                if not cls.frozen[name]:
                    cls.frozen.write({name: [Command.create(vals)]})
            cls.frozen.action_publish()
        cls.env.flush_all()
        cls.fingerprint = cls.frozen._content_fingerprint()

    def assertUntouched(self):
        self.env.invalidate_all()
        self.assertEqual(self.frozen.state, "published")
        self.assertEqual(self.frozen._content_fingerprint(), self.fingerprint)
        self.assertEqual(self.frozen.content_hash, self.fingerprint)


@tagged("post_install", "-at_install")
class TestProcedureFreeze(FrozenVersion):
    """INV-02, INV-19: a published version says for ever what it said that day."""

    def _attempts(self, version):
        """Every way into a version and its parts, by name."""
        step = version.step_ids[0]
        attempts = {
            "write a term": lambda: version.write({"committed_hours": 8}),
            "write the state": lambda: version.write({"state": "draft"}),
            "write the last day": lambda: version.write({"effective_to": "2030-01-01"}),
            "write the number": lambda: version.write({"number": 99}),
            "write the fingerprint": lambda: version.write({"content_hash": "0"}),
            "move to another procedure": lambda: version.write(
                {"procedure_id": self.procedure.copy().id}
            ),
            "delete the version": version.unlink,
            "confirm times": version.action_confirm_times,
            "move a part away": lambda: step.write({"version_id": version.copy().id}),
            "move a part in": lambda: version.copy().step_ids[0].write({"version_id": version.id}),
            "load": lambda: self._load(version),
        }
        for name, vals in PARTS.items():
            part = version[name][:1]
            attempts |= {
                f"create in {name}": lambda p=part, v=vals: p.create(
                    {**v, "version_id": version.id}
                ),
                f"command create in {name}": lambda n=name, v=vals: version.write(
                    {n: [Command.create(v)]}
                ),
                f"write in {name}": lambda p=part: p.write({"sequence": 77}),
                f"command clear {name}": lambda n=name: version.write({n: [Command.clear()]}),
                f"delete from {name}": part.unlink,
                f"copy into {name}": part.copy,
            }
        return attempts

    def _load(self, version):
        """``load`` answers refusals with messages instead of an exception."""
        result = version.load([".id", "committed_hours"], [[str(version.id), "8"]])
        if not result["ids"]:
            raise UserError(str(result["messages"]))

    def _assert_refused(self, version):
        for name, attempt in self._attempts(version).items():
            with self.subTest(attempt=name):
                with self.assertRaises(REFUSED), self.cr.savepoint():
                    attempt()
                    self.env.flush_all()
                self.assertUntouched()

    def test_the_officer_cannot_change_it(self):
        self._assert_refused(self._as(self.frozen, self.user_officer))

    def test_the_administrator_cannot_change_it(self):
        admin = self.env.ref("base.user_admin")
        admin.company_ids |= self.company
        self._assert_refused(self.frozen.with_user(admin))

    def test_the_superuser_cannot_change_it(self):
        self._assert_refused(self.frozen.sudo())

    def test_forged_contexts_open_nothing(self):
        officer = self._as(self.frozen, self.user_officer)
        for context in FORGED:
            forged = officer.with_context(**context)
            with self.subTest(context=context):
                with self.assertRaises(REFUSED), self.cr.savepoint():
                    forged.write({"committed_hours": 8})
                with self.assertRaises(REFUSED), self.cr.savepoint():
                    forged.step_ids[0].write({"hours": 99})
                self.assertUntouched()

    def test_a_retired_version_stays_frozen_too(self):
        with freeze_time(common.NOW):
            self.frozen.action_retire()
        with self.assertRaises(REFUSED), self.cr.savepoint():
            self.frozen.step_ids[0].hours = 99
        with self.assertRaises(REFUSED), self.cr.savepoint():
            self.frozen.effective_to = "2030-01-01"

    def test_nothing_is_born_published(self):
        versions = self.env["qms.procedure.version"]
        procedure = self.env["qms.procedure"].create({"name": "New"})
        vals = {"procedure_id": procedure.id, "effective_from": "2026-01-01"}
        with self.assertRaises(REFUSED), self.cr.savepoint():
            versions.create({**vals, "state": "published"})
        with self.assertRaises(REFUSED), self.cr.savepoint():
            versions.with_context(default_state="published").create(vals)
        with self.assertRaises(REFUSED), self.cr.savepoint():
            self.frozen.copy({"state": "published"})

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_one_version_in_force(self):
        draft = self.frozen.copy()
        self.env.flush_all()
        with self.assertRaises(psycopg2.errors.ExclusionViolation), self.cr.savepoint():
            self.cr.execute(
                "UPDATE qms_procedure_version SET state = 'published',"
                " effective_from = '2027-01-01' WHERE id = %s",
                [draft.id],
            )

    def test_changes_by_sql_are_found_by_the_fingerprint(self):
        verified = self.frozen.action_verify_content()["params"]["type"]
        self.assertEqual(verified, "success")
        self.cr.execute(
            "UPDATE qms_procedure_step SET hours = 99 WHERE id = %s",
            [self.frozen.step_ids[0].id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.frozen.action_verify_content()["params"]["type"], "danger")

    def test_files_on_a_published_version_stay(self):
        """Attachments ask for write access to their record, which nobody has."""
        files = self._as(self.env["ir.attachment"], self.user_officer)
        link = {"res_model": "qms.procedure.version", "res_id": self.frozen.id}
        kept = self.env["ir.attachment"].create({"name": "decision.pdf", "raw": b"1", **link})
        for name, attempt in {
            "add": lambda: files.create({"name": "x", "raw": b"2", **link}),
            "replace": lambda: self._as(kept, self.user_officer).write({"raw": b"2"}),
            "delete": lambda: self._as(kept, self.user_officer).unlink(),
        }.items():
            with (
                self.subTest(attempt=name),
                self.assertRaises(AccessError),
                self.cr.savepoint(),
            ):
                attempt()

    def test_a_published_version_can_be_discussed(self):
        reader = self._as(self.frozen, self.user_specialist)
        message = reader.message_post(body=self.frozen.decision_no)
        self.assertEqual(message.res_id, self.frozen.id)

    def test_the_draft_of_an_unpublished_version_stays_open(self):
        """Allowed twin: everything refused above works on a draft."""
        draft = self._as(self.frozen, self.user_officer).copy()
        draft.write({"committed_hours": 32, "step_ids": [Command.create({"name": "x"})]})
        draft.component_ids[0].unlink()
        draft.step_ids[0].hours = 2
        self.assertEqual(draft.committed_hours, 32)


@tagged("post_install", "-at_install")
class TestProcedureFreezeRpc(FrozenVersion, HttpCase):
    """The same through HTTP, as an internal user can send it."""

    def setUp(self):
        super().setUp()
        self.authenticate(self.user_officer.login, self.user_officer.login)

    def _rpc(self, model, method, *args, context=None, **kwargs):
        kwargs["context"] = {"allowed_company_ids": self.company.ids, **(context or {})}
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {
                "model": model,
                "method": method,
                "args": json.loads(json.dumps(args)),
                "kwargs": json.loads(json.dumps(kwargs)),
            },
        )

    def _requests(self):
        version, step = self.frozen.id, self.frozen.step_ids[0].id
        create_step = [[0, 0, {"name": "x"}]]
        return {
            "write": ("qms.procedure.version", "write", [version], {"legal_hours": 8}),
            "write state": ("qms.procedure.version", "write", [version], {"state": "draft"}),
            "web_save": (
                "qms.procedure.version", "web_save", [version], {"step_ids": create_step}, {},
            ),
            "unlink": ("qms.procedure.version", "unlink", [version]),
            "step write": ("qms.procedure.step", "write", [step], {"hours": 99}),
            "step web_save": ("qms.procedure.step", "web_save", [step], {"hours": 99}, {}),
            "step unlink": ("qms.procedure.step", "unlink", [step]),
            "step create": (
                "qms.procedure.step", "create", [{"version_id": version, "name": "x"}],
            ),
            "step copy": ("qms.procedure.step", "copy", [step]),
            "parent commands": (
                "qms.procedure", "write", [self.procedure.id],
                {"version_ids": [[1, version, {"committed_hours": 8}]]},
            ),
            "private writer": (
                "qms.procedure.version", "_lifecycle_write", [version], {"legal_hours": 8},
            ),
            "private transition": (
                "qms.procedure.version", "_transition", [version], "draft",
            ),
        }  # fmt: skip

    @mute_logger("odoo.http")
    def test_no_request_changes_a_published_version(self):
        for context in ({}, *FORGED):
            for name, request in self._requests().items():
                with self.subTest(request=name, context=context):
                    with self.assertRaises(JsonRpcException):
                        self._rpc(*request, context=context)
                    self.assertUntouched()

    @mute_logger("odoo.http")
    def test_load_answers_with_messages_and_changes_nothing(self):
        for context in ({}, *FORGED):
            with self.subTest(context=context):
                result = self._rpc(
                    "qms.procedure.version",
                    "load",
                    [".id", "committed_hours"],
                    [[str(self.frozen.id), "8"]],
                    context=context,
                )
                self.assertFalse(result["ids"])
                self.assertUntouched()

    @mute_logger("odoo.http", "odoo.sql_db")
    def test_no_version_is_created_in_force(self):
        vals = {"procedure_id": self.procedure.id}
        for context, extra in (
            ({"default_state": "published"}, {}),
            ({}, {"state": "published"}),
            ({"_qms_lifecycle": True}, {"state": "retired"}),
            ({}, {"content_hash": "0"}),
        ):
            with self.subTest(context=context, extra=extra), self.assertRaises(JsonRpcException):
                self._rpc("qms.procedure.version", "create", [{**vals, **extra}], context=context)

    def test_a_draft_can_be_written_by_the_same_requests(self):
        """Allowed twin, so that the refusals above mean something."""
        draft = self.frozen.copy()
        self.env.flush_all()
        self._rpc("qms.procedure.version", "write", [draft.id], {"legal_hours": 48})
        self._rpc("qms.procedure.step", "write", [draft.step_ids[0].id], {"hours": 2})
        self.env.invalidate_all()
        self.assertEqual((draft.legal_hours, draft.step_ids[0].hours), (48, 2))
