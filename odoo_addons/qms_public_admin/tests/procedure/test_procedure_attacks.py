import base64

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .. import common
from .test_procedure_security import SCREENS


@tagged("post_install", "-at_install")
class TestProcedureAttacks(common.QmsCommon):
    """An ISO officer keeps the procedures of the own agency, and reaches no further."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)
        self.foreign, self.foreign_version = self._create_procedure(
            "9.000050", self.company_b, publish=False, step_ids=[]
        )
        _procedure, self.draft = self._create_procedure("9.000051", self.company, publish=False)

    def _refused(self, record, vals):
        with self.assertRaises(UserError), self.cr.savepoint():
            record.write(vals)
        self.env.invalidate_all()

    # === MOVES === #

    def test_a_draft_is_not_pushed_into_another_agency(self):
        draft = self._as(self.draft, self.user_officer)
        empty = self.foreign.create({"name": "x", "company_id": self.company_b.id})
        self._refused(draft, {"procedure_id": empty.id})
        for part in (draft.step_ids[0], draft.component_ids[0]):
            with self.subTest(part=part._name):
                self._refused(part, {"version_id": self.foreign_version.id})
                with self.assertRaises(UserError):
                    part.copy({"version_id": self.foreign_version.id})

    def test_a_part_is_not_slipped_into_a_published_version(self):
        """Elevated code does not get around the freeze either."""
        step = self.draft.step_ids[0]
        for mine in (self._as(step, self.user_officer), step.sudo()):
            self._refused(mine, {"version_id": self.version.id})
            with self.assertRaises(UserError), self.cr.savepoint():
                mine.copy({"version_id": self.version.id})

    def test_parts_belong_to_the_agency_of_their_version(self):
        """Neither a given company nor a default takes a part out of its agency."""
        step = self._as(self.draft.step_ids[0], self.user_officer)
        for vals in ({"company_id": self.company_b.id}, {"procedure_id": self.foreign.id}):
            step.write(vals)
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(step.company_id, self.company)
            self.assertEqual(step.procedure_id, self.draft.procedure_id)
        with self.assertRaises(AccessError):
            step.create(
                {
                    "name": "x",
                    "version_id": self.foreign_version.id,
                    "company_id": self.company.id,
                }
            )
        with self.assertRaises(AccessError):
            step.with_context(default_company_id=self.company.id).create(
                {"name": "x", "version_id": self.foreign_version.id}
            )

    def test_imports_are_not_shared_or_pushed_into_another_agency(self):
        job = self._as(self.env["qms.catalogue.import"], self.user_officer).create(
            {"company_id": self.company.id}
        )
        for company in (self.company_b.id, False):
            self._refused(job, {"company_id": company})

    # === SHARED CATALOGUE === #

    def test_an_agency_repeals_nothing_of_others(self):
        lines = self._as(self.env["qms.procedure.publication"], self.user_officer)
        repeal = {"name": "x", "action": "abolished", "decision_no": "9/QĐ"}
        with self.assertRaises(UserError):
            lines.create({**repeal, "procedure_id": self.foreign.id, "company_id": self.company.id})
        shared = self.env["qms.procedure"].create({"name": "Shared", "company_id": False})
        lines.create({**repeal, "procedure_id": shared.id, "company_id": self.company.id})
        self.assertFalse(shared._abolished_by())
        own = self.draft.procedure_id
        lines.create({**repeal, "procedure_id": own.id, "company_id": self.company.id})
        self.assertEqual(own._abolished_by(), "9/QĐ")

    def _shared_job(self):
        admin = self.env.ref("base.user_admin")
        admin.company_ids |= self.company
        return (
            self.env["qms.catalogue.import"]
            .with_user(admin)
            .with_context(allowed_company_ids=self.company.ids)
            .create({"company_id": False})
        )

    def test_the_import_of_an_administrator_is_not_taken_over(self):
        """A queued import runs with somebody's rights: not with borrowed ones."""
        job = self._shared_job()
        officer = self._as(job, self.user_officer)
        file = (
            self.env["ir.attachment"]
            .with_user(self.user_officer)
            .create({"name": "a.csv", "raw": b"x"})
        )
        for vals in (
            {"attachment_ids": [fields.Command.set(file.ids)]},
            {"state": "queued"},
            {"company_id": self.company.id},
        ):
            self._refused(officer, vals)
        job.state = "queued"
        with self.assertRaises(UserError):
            officer.action_run_now()

    def test_a_queued_import_has_the_rights_of_who_touched_it_last(self):
        job = self.env["qms.catalogue.import"].create({"company_id": self.company.id})
        self._as(job, self.user_officer).write({"state": "queued"})
        self.env.flush_all()
        ran_as = []
        self.patch(type(job), "_run_in_background", lambda self: ran_as.append(self.env.user))
        self.env["qms.catalogue.import"].sudo()._cron_run()
        self.assertEqual(ran_as, [self.user_officer])

    def test_a_file_of_others_is_not_told_by_an_import(self):
        secret = self.env["ir.attachment"].create(
            {
                "name": "SECRET-NAME.csv",
                "raw": b"secret",
                "res_model": "qms.procedure",
                "res_id": self.foreign.id,
            }
        )
        job = self._as(self.env["qms.catalogue.import"], self.user_officer)
        try:
            told = job.create({"attachment_ids": [fields.Command.set(secret.ids)]}).name
        except AccessError:
            told = ""
        self.assertNotIn("SECRET", told)

    # === SCREENS === #

    def test_the_screen_of_a_colleague_is_closed(self):
        compare = self._as(self.version, self.user_officer).copy()
        action = (self.version | compare).with_user(self.user_officer).action_compare()
        screen = self.env["qms.procedure.compare"].browse(action["res_id"])
        coverage = self._as(self.env["qms.procedure.coverage"], self.user_officer)
        coverage = coverage.browse(coverage.action_open_screen()["res_id"])
        found = dict(
            zip(SCREENS, (screen, screen.line_ids, coverage, coverage.line_ids), strict=True)
        )
        for model, records in found.items():
            with self.subTest(model=model):
                self.assertTrue(records)
                own = records.with_user(self.user_officer)
                self.assertTrue(own.has_access("read"))
                self.assertFalse(self._as(records, self.user_leader).has_access("read"))
                self.assertFalse(self._as(records, self.user_leader).has_access("write"))

    def test_foreign_versions_are_not_compared(self):
        compare = self._as(self.env["qms.procedure.compare"], self.user_officer)
        with self.assertRaises(AccessError):
            wizard = compare.create(
                {
                    "old_version_id": self.foreign_version.id,
                    "new_version_id": self.foreign_version.id,
                }
            )
            wizard.action_compare()

    # === FILES === #

    def test_files_of_a_published_version_stay(self):
        attachment = self.env["ir.attachment"].create(
            {
                "name": "decision.pdf",
                "datas": base64.b64encode(b"signed"),
                "res_model": "qms.procedure.version",
                "res_id": self.version.id,
            }
        )
        mine = self._as(attachment, self.user_officer)
        with self.assertRaises(UserError):
            mine.write({"raw": b"x"})
        with self.assertRaises(UserError):
            mine.unlink()


@tagged("post_install", "-at_install")
class TestProcedureAttacksRpc(common.QmsCommon, HttpCase):
    @mute_logger("odoo.http")
    def test_a_published_version_takes_nothing_by_any_way_in(self):
        version, user = self.version, self.user_officer
        step = version.step_ids[0]
        self.authenticate(user.login, user.login)
        before = version._content_fingerprint()
        for context in (
            {},
            {"_qms_lifecycle": True, "install_mode": True},
            {"_qms_lifecycle": "object", "import_file": True, "tracking_disable": True},
        ):
            for model, method, args in (
                ("qms.procedure.version", "write", [version.ids, {"committed_hours": 1}]),
                ("qms.procedure.version", "web_save", [version.ids, {"state": "draft"}, {}]),
                ("qms.procedure.version", "unlink", [version.ids]),
                (
                    "qms.procedure.version",
                    "write",
                    [version.ids, {"step_ids": [[1, step.id, {"hours": 1}]]}],
                ),
                (
                    "qms.procedure",
                    "write",
                    [
                        version.procedure_id.ids,
                        {"version_ids": [[1, version.id, {"state": "draft"}]]},
                    ],
                ),
                ("qms.procedure.step", "write", [step.ids, {"hours": 1}]),
                ("qms.procedure.step", "unlink", [step.ids]),
                ("qms.procedure.step", "create", [[{"name": "x", "version_id": version.id}]]),
                ("qms.procedure.step", "copy", [step.ids]),
            ):
                with (
                    self.subTest(model=model, method=method, context=context),
                    self.assertRaises(JsonRpcException),
                ):
                    self.make_jsonrpc_request(
                        f"/web/dataset/call_kw/{model}/{method}",
                        {
                            "model": model,
                            "method": method,
                            "args": args,
                            "kwargs": {"context": context},
                        },
                    )
        result = self.make_jsonrpc_request(
            "/web/dataset/call_kw/qms.procedure.step/load",
            {
                "model": "qms.procedure.step",
                "method": "load",
                "args": [[".id", "hours"], [[str(step.id), "1"]]],
                "kwargs": {},
            },
        )
        self.assertFalse(result["ids"])
        self.env.invalidate_all()
        self.assertEqual(version._content_fingerprint(), before)
