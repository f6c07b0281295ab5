from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .. import common

CATALOGUE = (
    "qms.procedure",
    "qms.procedure.version",
    "qms.procedure.case",
    "qms.procedure.channel",
    "qms.procedure.component",
    "qms.procedure.step",
    "qms.procedure.section",
    "qms.procedure.publication",
    "qms.procedure.replacement",
)
SHARED_LISTS = ("qms.procedure.field", "qms.applicant.kind")
IMPORTS = ("qms.catalogue.import", "qms.catalogue.import.file", "qms.catalogue.import.line")
SCREENS = (
    "qms.procedure.compare",
    "qms.procedure.compare.line",
    "qms.procedure.coverage",
    "qms.procedure.coverage.line",
)
ALL = {"read", "write", "create", "unlink"}
OPERATIONS = sorted(ALL)


@tagged("post_install", "-at_install")
class TestProcedureSecurity(common.QmsCommon):
    """Everyone of the agency reads; ISO officers keep their own; nobody else writes."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    def _rights(self, model, user):
        records = self.env[model].with_user(user)
        return {operation for operation in OPERATIONS if records.has_access(operation)}

    # === ROLES × OPERATIONS === #

    def test_rights_by_role(self):
        for role, user in self.users_by_role.items():
            expected = ALL if role == "officer" else {"read"}
            for model in (*CATALOGUE, *SHARED_LISTS):
                with self.subTest(role=role, model=model):
                    self.assertEqual(self._rights(model, user), expected)

    def test_imports_are_for_officers(self):
        for role, user in self.users_by_role.items():
            expected = ALL if role == "officer" else set()
            for model in IMPORTS:
                with self.subTest(role=role, model=model):
                    self.assertEqual(self._rights(model, user), expected)

    def test_screens_are_for_everyone_of_the_agency(self):
        for role, user in self.users_by_role.items():
            for model in SCREENS:
                with self.subTest(role=role, model=model):
                    self.assertEqual(self._rights(model, user), ALL)

    def test_people_without_a_role_see_nothing(self):
        for model in (*CATALOGUE, *SHARED_LISTS, *IMPORTS, *SCREENS):
            with self.subTest(model=model):
                self.assertEqual(self._rights(model, self.user_outsider), set())

    def test_only_the_officer_publishes_and_retires(self):
        draft = self.version.copy({"effective_from": "2026-11-09"})
        for role, user in self.users_by_role.items():
            if role == "officer":
                continue
            with self.subTest(role=role):
                for record, verb in ((draft, "action_publish"), (self.version, "action_retire")):
                    with self.assertRaises(UserError), self.cr.savepoint():
                        getattr(self._as(record, user), verb)()
                self.assertFalse(self._as(draft, user).can_publish)
                self.assertFalse(self._as(self.version, user).can_retire)
        officer = self._as(draft, self.user_officer)
        self.assertTrue(officer.can_publish)
        officer.action_publish()
        self.assertTrue(officer.can_retire)

    def test_elevation_does_not_make_a_clerk_an_officer(self):
        draft = self.version.copy({"effective_from": "2026-11-09"})
        with self.assertRaises(UserError):
            draft.with_user(self.user_clerk).sudo().action_publish()

    # === TWO AGENCIES === #

    def _of_agency_b(self):
        _procedure, version = self._create_procedure("9.000040", self.company_b, publish=False,
                                                     step_ids=[])  # fmt: skip
        part = {"version_id": version.id}
        return {
            "qms.procedure": version.procedure_id,
            "qms.procedure.version": version,
            "qms.procedure.case": version.case_ids.create({**part, "name": "a"}),
            "qms.procedure.channel": version.channel_ids.create(
                {**part, "intake_channel": "online"}
            ),
            "qms.procedure.component": version.component_ids[:1],
            "qms.procedure.step": version.step_ids.create({**part, "name": "a"}),
            "qms.procedure.section": version.section_ids.create({**part, "text": "a"}),
            "qms.procedure.publication": self.env["qms.procedure.publication"].create(
                {"name": "a", "company_id": self.company_b.id}
            ),
            "qms.procedure.replacement": self.env["qms.procedure.replacement"].create(
                {"component_text": "a", "company_id": self.company_b.id}
            ),
        }

    def test_another_agency_is_not_seen(self):
        for model, record in self._of_agency_b().items():
            with self.subTest(model=model):
                self.assertEqual(record.company_id, self.company_b)
                own = self._as(record, self.user_officer)
                self.assertFalse(own.has_access("read"))
                self.assertFalse(own.search([("id", "=", record.id)]))
                self.assertTrue(self._as(record, self.user_officer_b).has_access("write"))

    def test_imports_of_another_agency_are_not_seen(self):
        job = self.env["qms.catalogue.import"].create({"company_id": self.company_b.id})
        self.assertFalse(self._as(job, self.user_officer).has_access("read"))
        self.assertTrue(self._as(job, self.user_officer_b).has_access("write"))

    def test_the_shared_catalogue_is_read_by_all_and_kept_by_administrators(self):
        shared = self.env["qms.procedure"].create({"name": "Shared", "company_id": False})
        for user in (self.user_clerk, self.user_officer, self.user_clerk_b):
            self.assertTrue(self._as(shared, user).has_access("read"))
        officer = self._as(shared, self.user_officer)
        self.assertFalse(officer.has_access("write"))
        with self.assertRaises(AccessError):
            officer.create({"name": "x", "company_id": False})
        admin = self.env.ref("base.user_admin")
        admin.company_ids |= self.company
        self.assertTrue(shared.with_user(admin).has_access("write"))

    def test_an_officer_cannot_hand_a_procedure_to_another_agency(self):
        procedure = self._as(self.procedure, self.user_officer).create({"name": "x"})
        with self.assertRaises(AccessError):
            procedure.company_id = self.company_b

    def test_a_step_takes_no_position_of_another_agency(self):
        foreign = self.env["qms.position"].create({"name": "x", "company_id": self.company_b.id})
        draft = self.version.copy()
        with self.assertRaises(UserError):
            draft.step_ids[0].position_id = foreign

    def test_coverage_counts_the_users_agencies_only(self):
        self._of_agency_b()
        screens = self._as(self.env["qms.procedure.coverage"], self.user_leader)
        screen = screens.create({})
        screen.action_refresh()
        own = self.env["qms.procedure"].search_count(
            [("company_id", "in", [False, self.company.id])]
        )
        self.assertEqual(screen.catalogue_count, own)

    def test_screens_are_seen_by_who_opened_them(self):
        screen = self._as(self.env["qms.procedure.coverage"], self.user_leader).create({})
        screen.action_refresh()
        draft = self._as(self.version, self.user_officer).copy()
        wizard = self.env["qms.procedure.compare"].browse(draft.action_compare()["res_id"])
        wizard = self._as(wizard, self.user_officer)
        for record in (screen, screen.line_ids, wizard, wizard.line_ids):
            with self.subTest(record=record._name):
                self.assertTrue(record)
                self.assertTrue(record.has_access("read"))
                self.assertFalse(self._as(record, self.user_auditor).has_access("read"))

    def test_every_company_rule_is_needed(self):
        """Without its company rule a model would show other agencies."""
        rules = self.env["ir.rule"].search([("model_id.model", "in", CATALOGUE)])
        guarded = {
            rule.model_id.model
            for rule in rules
            if not rule.groups and rule.perm_read and "company_id" in rule.domain_force
        }
        self.assertEqual(guarded, set(CATALOGUE))


@tagged("post_install", "-at_install")
class TestProcedureSecurityRpc(common.QmsCommon, HttpCase):
    @mute_logger("odoo.http")
    def test_a_clerk_cannot_write_the_catalogue_by_rpc(self):
        self.authenticate(self.user_clerk.login, self.user_clerk.login)
        for model, method, args in (
            ("qms.procedure", "write", [[self.procedure.id], {"name": "x"}]),
            ("qms.procedure", "create", [[{"name": "x"}]]),
            ("qms.procedure.version", "create", [[{"procedure_id": self.procedure.id}]]),
            ("qms.procedure.version", "action_retire", [[self.version.id]]),
            ("qms.procedure.version", "action_new_version", [[self.version.id]]),
            ("qms.catalogue.import", "create", [[{}]]),
        ):
            with (
                self.subTest(model=model, method=method),
                self.assertRaises(JsonRpcException),
            ):
                self.make_jsonrpc_request(
                    f"/web/dataset/call_kw/{model}/{method}",
                    {
                        "model": model,
                        "method": method,
                        "args": args,
                        "kwargs": {"context": {"_qms_lifecycle": True}},
                    },
                )
        self.env.invalidate_all()
        self.assertEqual(self.version.state, "published")
