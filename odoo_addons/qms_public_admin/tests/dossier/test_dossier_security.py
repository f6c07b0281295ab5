import datetime
import json

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ...const import DOSSIER_STATES
from .. import common
from ..rpc_case import RpcCase

NOW = common.NOW
FACTS = (
    "qms.dossier.step",
    "qms.dossier.event",
    "qms.dossier.interruption",
    "qms.dossier.extension",
)
# Role: operations on dossiers; nobody deletes one.
DOSSIER_RIGHTS = {
    "clerk": {"read", "create", "write"},
    "staff": {"read"},
    "head": {"read"},
    "officer": {"read"},
    "auditor": {"read"},
    "leader": {"read"},
    "provincial": {"read"},
}
# Verb: roles that may use it on a dossier accepted and still at the counter.
VERB_ROLES = {
    "complete_step": {"clerk"},
    "request_supplement": {"clerk", "head", "leader"},
    "request_payment": {"clerk", "head", "leader"},
    "extend": {"head", "leader"},
    "stop": {"head", "leader"},
    "withdraw": {"clerk", "head", "leader"},
    "assign": {"head", "leader"},
}


@tagged("post_install", "-at_install")
class TestDossierSecurity(common.QmsCommon):
    def setUp(self):
        super().setUp()
        freezer = freeze_time(NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    # === ROLES × OPERATIONS === #

    def test_rights_on_dossiers_by_role(self):
        dossier = self._new_dossier()
        for role, user in self.users_by_role.items():
            for operation in ("read", "create", "write", "unlink"):
                with self.subTest(role=role, operation=operation):
                    self.assertEqual(
                        self._as(dossier, user).has_access(operation),
                        operation in DOSSIER_RIGHTS[role],
                    )

    def test_facts_are_read_only_for_every_role(self):
        """INV-07."""
        for model in FACTS:
            for role, user in self.users_by_role.items():
                records = self.env[model].with_user(user)
                with self.subTest(model=model, role=role):
                    self.assertTrue(records.has_access("read"))
                    for operation in ("create", "write", "unlink"):
                        self.assertFalse(records.has_access(operation), operation)

    def test_an_employee_without_a_role_sees_nothing(self):
        dossier = self._accepted_dossier()
        for records in (dossier, dossier.step_ids, dossier.event_ids):
            with self.assertRaises(AccessError):
                records.with_user(self.user_outsider).mapped("display_name")

    def test_verbs_by_role(self):
        """The predicate behind the button and the verb give the same answer."""
        for verb, roles in VERB_ROLES.items():
            for role, user in self.users_by_role.items():
                dossier = self._as(self._accepted_dossier(), user)
                allowed = role in roles
                with self.subTest(verb=verb, role=role):
                    self.assertEqual(dossier[f"can_{verb}"], allowed)
                    if allowed:
                        self._call(dossier, verb)
                    else:
                        with self.assertRaises(UserError):
                            self._call(dossier, verb)

    def _call(self, dossier, verb):
        arguments = {
            "complete_step": {},
            "assign": {"user_id": self.user_clerk.id},
            "extend": {"reason": "x", "new_due_at": NOW + datetime.timedelta(days=9)},
        }.get(verb, {"reason": "x"})
        return getattr(dossier, f"action_{verb}")(**arguments)

    def test_acceptance_by_role(self):
        for role, user in self.users_by_role.items():
            dossier = self._as(self._new_dossier(), user)
            with self.subTest(role=role):
                self.assertEqual(dossier.can_accept, role == "clerk")
                if role != "clerk":
                    with self.assertRaises(UserError):
                        dossier.action_accept()

    # === STATES × VERBS === #

    def _in_state(self, state):
        dossier = self._accepted_dossier() if state != "submitted" else self._new_dossier()
        dossier._lifecycle_write({"state": state, "done_at": NOW})
        return dossier

    def test_each_state_offers_only_its_verbs(self):
        expected = {
            "submitted": {"accept", "refuse", "request_supplement", "withdraw"},
            "accepted": {
                "complete_step",
                "request_supplement",
                "request_payment",
                "extend",
                "withdraw",
                "stop",
                "assign",
            },
            "processing": {
                "complete_step",
                "request_supplement",
                "request_payment",
                "extend",
                "withdraw",
                "stop",
                "assign",
            },
            "supplement": {"withdraw", "stop"},
            "payment": {"withdraw", "stop"},
            "stopped": {"withdraw"},
            "done": {"return_result"},
            "refused": set(),
            "withdrawn": set(),
            "returned": set(),
        }
        self.assertEqual(set(expected), {key for key, _label in DOSSIER_STATES})
        # One person in all roles: only the state decides.
        self.user_clerk.group_ids |= self.env.ref("qms_public_admin.group_qms_head")
        self.env.invalidate_all()
        verbs = [name for name in self.env["qms.dossier"]._fields if name.startswith("can_")]
        for state, offered in expected.items():
            dossier = self._as(self._in_state(state), self.user_clerk)
            with self.subTest(state=state):
                found = {name.removeprefix("can_") for name in verbs if dossier[name]}
                # The applicant may be written to whatever the state.
                self.assertEqual(found, offered | {"write_applicant"})

    # === COMPANIES === #

    def test_another_agency_sees_and_reaches_nothing(self):
        dossier = self._accepted_dossier()
        foreign = self._as(dossier, self.user_clerk_b)
        for model in ("qms.dossier", *FACTS, "qms.dossier.component"):
            found = self._as(self.env[model], self.user_clerk_b).search([])
            self.assertFalse(found, model)
        with self.assertRaises(AccessError):
            foreign.action_complete_step()
        with self.assertRaises(AccessError):
            foreign.action_withdraw(reason="x")
        with self.assertRaises(AccessError):
            dossier.current_step_id.with_user(self.user_clerk_b).action_complete()
        # Not even by asking for the company in the context.
        with self.assertRaises(AccessError):
            foreign.with_context(allowed_company_ids=self.company.ids).read(["code"])

    def test_a_co_ordinating_agency_reads_the_dossier(self):
        """INV-11: one dossier, read by both, counted where it was received."""
        agency_b = self.company_b.qms_agency_id
        dossier = self._new_dossier(
            is_inter_agency=True, coordinating_agency_ids=[(6, 0, agency_b.ids)]
        )
        dossier.action_accept()
        foreign = self._as(dossier, self.user_clerk_b)
        self.assertEqual(foreign.company_id.id, self.company.id)
        self.assertTrue(foreign.event_ids)
        with self.assertRaises(AccessError):
            foreign.write({"note": "x"})
        with self.assertRaises(UserError):
            foreign.component_ids[:1].write({"note": "x"})
        self.assertFalse(foreign.can_withdraw)
        with self.assertRaises(UserError):
            foreign.action_withdraw(reason="x")

    # === GUARDS UNDER SUDO === #

    def test_elevated_code_cannot_write_states_and_stamps(self):
        dossier = self._new_dossier().sudo()
        for vals in (
            {"state": "done"},
            {"due_at": NOW},
            {"code": "X"},
            {"outcome": "early"},
            {"accepted_at": NOW, "note": "hidden among others"},
            {"event_head": "x"},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                dossier.write(vals)
        for fact in self._accepted_dossier().sudo().step_ids[:1]:
            with self.assertRaises(AccessError):
                fact.write({"done_at": NOW})
            with self.assertRaises(AccessError):
                fact.unlink()

    def test_an_unknown_procedure_is_identified_by_the_officer(self):
        dossier = self.env["qms.dossier"]._import_batch(
            [
                {
                    "external_code": "OLD-1",
                    "company_id": self.company.id,
                    "state": "done",
                    "done_at": NOW,
                    "needs_review": True,
                    "events": [{"at": NOW, "event_type": "done", "state": "done"}],
                }
            ]
        )
        with self.assertRaises(UserError):
            self._as(dossier, self.user_clerk).action_identify(procedure_id=self.procedure.id)
        self._as(dossier, self.user_officer).action_identify(procedure_id=self.procedure.id)
        self.assertEqual(dossier.procedure_id, self.procedure)
        self.assertFalse(dossier.needs_review)
        self.assertIsNone(dossier._verify_chain()[dossier.id])

    def test_each_role_lands_on_the_screen_it_uses_most(self):
        expected = {
            "clerk": "to-receive",
            "staff": "my-work",
            "head": "steps-in-progress",
            "leader": "steps-in-progress",
            "auditor": "dossiers",
        }
        for role, path in expected.items():
            users = self.env["res.users"].with_user(self.users_by_role[role])
            with self.subTest(role):
                self.assertIn(path, users._qms_home_action()["path"])

    def test_a_state_cannot_come_in_by_a_default(self):
        with self.assertRaises(ValidationError):
            self.env["qms.dossier"].with_user(self.user_clerk).with_context(
                default_state="returned", default_done_at=NOW
            ).create({"procedure_id": self.procedure.id, "holder_name": "x"})


@tagged("post_install", "-at_install")
class TestDossierAttacks(common.QmsCommon, RpcCase):
    """What a user with nothing but a login can send (regulation INV-03, INV-07)."""

    def setUp(self):
        super().setUp()
        self.dossier = self._accepted_dossier()
        self.env.flush_all()

    def _refused(self, user, model, method, *args, **kwargs):
        before = self._facts()
        with self.assertRaises(JsonRpcException):
            self._rpc(user, model, method, *args, **kwargs)
        self.assertEqual(self._facts(), before)

    def _facts(self):
        self.env.invalidate_all()
        dossier = self.dossier
        return json.dumps(
            [
                dossier.state,
                str(dossier.due_at),
                dossier.code,
                dossier.event_head,
                dossier.step_ids.mapped("state"),
                len(dossier.event_ids),
            ]
        )

    FORGED = (
        {},
        {"_qms_lifecycle": True, "_qms_fact": True, "_qms_event": True},
        {"_qms_lifecycle": "object", "_qms_fact": "object", "install_mode": True},
        {"tracking_disable": True, "import_file": True, "skip_validation_check": True},
    )

    def test_write_in_every_way(self):
        for context in self.FORGED:
            for vals in ({"state": "done"}, {"due_at": "2030-01-01 00:00:00"}, {"code": "X"}):
                self._refused(
                    self.user_clerk, "qms.dossier", "write", self.dossier.ids, vals, context=context
                )
                self._refused(
                    self.user_clerk,
                    "qms.dossier",
                    "web_save",
                    self.dossier.ids,
                    vals,
                    specification={},
                    context=context,
                )

    def test_facts_cannot_be_reached_through_their_dossier(self):
        step, event = self.dossier.step_ids[0], self.dossier.event_ids[0]
        for context in self.FORGED:
            for field, record in (("step_ids", step), ("event_ids", event)):
                for command in ([1, record.id, {"note": "x"}], [2, record.id, 0], [0, 0, {}]):
                    self._refused(
                        self.user_clerk,
                        "qms.dossier",
                        "write",
                        self.dossier.ids,
                        {field: [command]},
                        context=context,
                    )

    def test_facts_cannot_be_written_directly(self):
        for user in (self.user_clerk, self.user_officer, self.user_leader):
            for context in self.FORGED:
                for model, record in (
                    ("qms.dossier.step", self.dossier.step_ids[0]),
                    ("qms.dossier.event", self.dossier.event_ids[0]),
                ):
                    self._refused(
                        user, model, "write", record.ids, {"user_id": user.id}, context=context
                    )
                    self._refused(user, model, "unlink", record.ids, context=context)
                    self._refused(user, model, "create", [{}], context=context)

    def test_create_copy_and_load_bring_no_state(self):
        clerk = self.user_clerk
        vals = {"procedure_id": self.procedure.id, "holder_name": "x", "state": "done"}
        for context in self.FORGED:
            self._refused(clerk, "qms.dossier", "create", [vals], context=context)
        self._refused(clerk, "qms.dossier", "copy", self.dossier.ids)
        self._refused(clerk, "qms.dossier", "unlink", self.dossier.ids)
        result = self._rpc(clerk, "qms.dossier", "load", ["holder_name", "state"], [["x", "done"]])
        self.assertFalse(result["ids"])
        self.assertFalse(self.env["qms.dossier"].search([("holder_name", "=", "x")]))

    def test_private_writers_are_not_callable(self):
        for method, args in (
            ("_lifecycle_write", [{"state": "done"}]),
            ("_log", ["done"]),
            ("_import_batch", [[]]),
            ("_reproject", [{}, "x"]),
        ):
            self._refused(self.user_officer, "qms.dossier", method, self.dossier.ids, *args)
        self._refused(self.user_officer, "qms.dossier.event", "_append", [[]])

    def test_a_stranger_cannot_complete_the_step_of_another(self):
        for user in (self.user_specialist, self.user_officer, self.user_clerk_b):
            self._refused(user, "qms.dossier", "action_complete_step", self.dossier.ids)
            self._refused(
                user, "qms.dossier.step", "action_complete", self.dossier.current_step_id.ids
            )

    def test_who_may_complete_does_so_over_rpc(self):
        self._rpc(
            self.user_clerk,
            "qms.dossier",
            "action_complete_step",
            self.dossier.ids,
            expected_step_id=self.dossier.current_step_id.id,
        )
        self.env.invalidate_all()
        self.assertEqual(self.dossier.state, "processing")

    @mute_logger("odoo.http")  # the refusal is Python's own, which Odoo logs as an error
    def test_the_stamp_is_the_server_s(self):
        """A time given by the client is not a parameter of any verb."""
        self._refused(
            self.user_clerk,
            "qms.dossier",
            "action_complete_step",
            self.dossier.ids,
            now="2020-01-01 00:00:00",
        )
