from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .. import common
from ..rpc_case import RpcCase

# Fields of a dossier that its reader trusts; no client writes them at any time.
SERVER_FIELDS = {
    "has_due": False,
    "duration_kind": "calendar",
    "needs_review": True,
    "procedure_field_id": "other_field",
    "import_row": 7,
    "is_terminal": True,
    "judged_due_at": "2030-01-01 00:00:00",
    "supplement_count": 0,
    "calendar_warning": "x",
}


@tagged("post_install", "-at_install")
class TestDossierAttackedFields(common.QmsCommon):
    """The counter may write a dossier; what it may not is told here field by field."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)
        self.other_field = self.env["qms.procedure.field"].create({"name": "Other", "code": "zz"})

    def _refused(self, record, vals):
        with self.assertRaises(UserError), self.cr.savepoint():
            record.write(vals)
        self.env.invalidate_all()

    def _value(self, value):
        return self.other_field.id if value == "other_field" else value

    def test_fields_of_the_server_are_refused_in_every_state(self):
        for dossier in (self._new_dossier(), self._accepted_dossier()):
            for name, value in SERVER_FIELDS.items():
                with self.subTest(state=dossier.state, field=name):
                    self._refused(self._as(dossier, self.user_clerk), {name: self._value(value)})

    def test_every_stored_field_is_known_to_be_written_or_guarded(self):
        """A new field is guarded, frozen at acceptance or listed here as free."""
        free = {
            "activity_user_id",
            "is_priority",
            "message_main_attachment_id",
            "note",
            "properties",
            "component_ids",
        }
        dossiers = self.env["qms.dossier"]
        guarded = dossiers._guarded_fields() | set(dossiers._frozen_fields["accepted"])
        unguarded = {
            name
            for name, field in dossiers._fields.items()
            if field.store
            and field.type not in ("one2many",)
            and name not in guarded | free | set(dossiers._never_frozen_fields)
            and name not in ("id", "create_uid", "create_date", "write_uid", "write_date")
        }
        self.assertFalse(unguarded)

    def test_a_dossier_is_not_tied_to_an_import_by_hand(self):
        upload = self.env["qms.dossier.import"].create(
            {"file": "TcOjCkEtMQo=", "file_name": "a.csv", "company_id": self.company.id}
        )
        self._refused(self._new_dossier(), {"import_id": upload.id})

    def test_guarded_fields_do_not_come_in_at_birth(self):
        for name, value in SERVER_FIELDS.items():
            if not value or value == "other_field":
                continue
            with self.subTest(field=name), self.assertRaises(UserError), self.cr.savepoint():
                self._new_dossier(**{name: value})
            with (
                self.subTest(default=name),
                self.assertRaises(UserError),
                self.cr.savepoint(),
            ):
                self.env["qms.dossier"].with_user(self.user_clerk).with_context(
                    **{f"default_{name}": value}
                ).create({"procedure_id": self.procedure.id, "holder_name": "x"})

    def test_the_field_of_a_new_dossier_is_that_of_its_procedure(self):
        """Reports are grouped by it."""
        given = self._new_dossier(procedure_field_id=self.other_field.id)
        by_default = (
            self.env["qms.dossier"]
            .with_user(self.user_clerk)
            .with_context(default_procedure_field_id=self.other_field.id)
            .create({"procedure_id": self.procedure.id, "holder_name": "x"})
        )
        for dossier in given | by_default:
            self.assertEqual(dossier.procedure_field_id, self.procedure.field_id)

    def test_elevated_code_forges_no_fact(self):
        """INV-07: rights are lifted by sudo, the guard is not; no client word opens it."""
        dossier = self._accepted_dossier()
        self._as(dossier, self.user_clerk).action_request_supplement(reason="x")
        self._as(dossier, self.user_clerk).action_resume()
        self._as(dossier, self.user_head).action_extend(
            new_due_at="2026-12-20 02:00:00", reason="x"
        )
        for facts in (
            dossier.step_ids,
            dossier.event_ids,
            dossier.interruption_ids,
            dossier.extension_ids,
        ):
            for forged in (False, True, "object", 1):
                context = dict.fromkeys(("_qms_fact", "_qms_event", "_qms_lifecycle"), forged)
                fact = facts.sudo().with_context(**context)[:1]
                vals = fact.copy_data()[0]
                for attack in (
                    lambda fact=fact, vals=vals: fact.create(vals),
                    lambda fact=fact: fact.write({"dossier_id": dossier.id}),
                    lambda fact=fact: fact.unlink(),
                ):
                    with (
                        self.subTest(model=facts._name, forged=forged),
                        self.assertRaises(AccessError),
                    ):
                        attack()

    # === PAPERS === #

    def test_what_the_published_list_says_of_a_paper_stays(self):
        dossier = self._new_dossier()
        paper = self._as(dossier.component_ids[0], self.user_clerk)
        self.assertTrue(paper.is_required)
        for vals in (
            {"is_required": False},
            {"form_name": "x"},
            {"from_database": "x"},
            {"is_deviation": True},
            {"company_id": self.company_b.id},
            {"name": "Another paper"},
        ):
            told = paper.read(list(vals))
            with self.subTest(vals=vals):
                paper.write(vals)
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(paper.read(list(vals)), told)
        added = paper.create(
            {"dossier_id": dossier.id, "name": "Own", "is_deviation": False, "is_required": True}
        )
        self.assertTrue(added.is_deviation)
        self.assertFalse(added.is_required)

    def test_a_paper_outside_the_list_cannot_hide_behind_another_procedure(self):
        other, version = self._create_procedure("9.000077", self.company)
        dossier = self._new_dossier()
        foreign = version.component_ids[:1]
        with self.assertRaises(UserError), self.cr.savepoint():
            dossier.write({"component_ids": [fields.Command.create({"component_id": foreign.id})]})
        self._refused(dossier.component_ids[0], {"component_id": foreign.id})
        self.assertTrue(other)

    def test_papers_of_another_agency_are_not_told(self):
        """Its draft is nobody else's to read, not by an onchange either."""
        _procedure, version = self._create_procedure(
            "9.000078", self.company_b, publish=False, step_ids=[]
        )
        secret = version.component_ids[0]
        secret.form_name = "SECRET-FORM"
        self.env.flush_all()
        self.env.invalidate_all()
        papers = self._as(self.env["qms.dossier.component"], self.user_clerk)
        spec = {"component_id": {}, "form_name": {}, "name": {}}
        try:
            told = papers.onchange({"component_id": secret.id}, ["component_id"], spec)
        except AccessError:
            told = {}
        self.assertNotIn("SECRET-FORM", str(told))

    def test_a_paper_does_not_move_to_a_dossier_that_is_accepted(self):
        accepted, fresh = self._accepted_dossier(), self._new_dossier()
        self._refused(
            self._as(fresh.component_ids[0], self.user_clerk), {"dossier_id": accepted.id}
        )
        self._refused(
            self._as(accepted.component_ids[0], self.user_clerk), {"dossier_id": fresh.id}
        )

    def test_no_paper_is_added_to_a_dossier_that_is_accepted(self):
        dossier = self._as(self._accepted_dossier(), self.user_clerk)
        late = {"name": "Late paper"}
        with self.assertRaises(UserError), self.cr.savepoint():
            dossier.component_ids.create({**late, "dossier_id": dossier.id})
        self._refused(dossier, {"component_ids": [fields.Command.create(late)]})
        self._refused(dossier.sudo(), {"component_ids": [fields.Command.create(late)]})

    # === WHAT VERBS TELL AND TAKE === #

    def test_an_imported_dossier_gets_no_procedure_of_another_agency(self):
        dossier = self.env["qms.dossier"]._import_batch(
            [
                {
                    "external_code": "OLD-1",
                    "company_id": self.company.id,
                    "state": "done",
                    "done_at": common.NOW,
                    "needs_review": True,
                    "events": [{"at": common.NOW, "event_type": "done", "state": "done"}],
                }
            ]
        )
        foreign = self.env["qms.procedure"].create(
            {"name": "SECRET", "company_id": self.company_b.id}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self._as(dossier, self.user_officer).action_identify(procedure_id=foreign.id)

    def test_a_verb_tells_nothing_of_foreign_steps(self):
        foreign = self._foreign_step()
        dossier = self._as(self._accepted_dossier(), self.user_clerk)
        with self.assertRaises(UserError) as caught:
            dossier.action_complete_step(expected_step_id=foreign.id)
        self.assertNotIn(foreign.name, str(caught.exception))

    def _foreign_step(self):
        foreign = self.env["qms.dossier.step"].sudo().search([], limit=1)
        with freeze_time(common.NOW):
            procedure, _version = self._create_procedure(
                "9.000079",
                self.company_b,
                step_ids=[
                    fields.Command.create(
                        {
                            "name": "SECRET-STEP",
                            "kind": "issue",
                            "hours": 4.0,
                            "position_id": self.env["qms.position"]
                            .create(
                                {
                                    "name": "B",
                                    "company_id": self.company_b.id,
                                    "holder_ids": [fields.Command.set(self.user_clerk_b.ids)],
                                }
                            )
                            .id,
                        }
                    )
                ],
            )
            dossier = self._as(self.env["qms.dossier"], self.user_clerk_b).create(
                {
                    "procedure_id": procedure.id,
                    "holder_name": "x",
                    "company_id": self.company_b.id,
                }
            )
            dossier.action_accept()
        self.assertNotEqual(foreign, dossier.step_ids)
        return dossier.sudo().step_ids[:1]

    def test_a_verb_takes_no_unknown_word(self):
        """What a verb writes with elevated rights is checked all the same."""
        dossier = self._as(self._accepted_dossier(), self.user_head)
        with self.assertRaises(ValueError), self.cr.savepoint():
            dossier.action_extend(
                new_due_at="2026-12-20 02:00:00", reason="x", channel="no such channel"
            )


@tagged("post_install", "-at_install")
class TestDossierAttackedByRpc(common.QmsCommon, RpcCase):
    """The same ways in, over HTTP: what only a client can send."""

    def setUp(self):
        super().setUp()
        self.dossier = self._accepted_dossier()
        self.env.flush_all()

    @mute_logger("odoo.http")
    def test_a_guarded_default_does_not_come_with_a_new_dossier(self):
        vals = {"procedure_id": self.procedure.id, "holder_name": "forged"}
        for context in (
            {"default_has_due": True},
            {"default_needs_review": True},
            {"default_is_imported": True},
            {"default_code": "X-1"},
            {"default_duration_kind": "calendar"},
        ):
            with self.subTest(context=context), self.assertRaises(JsonRpcException):
                self._rpc(self.user_clerk, "qms.dossier", "create", [vals], context=context)
            with self.subTest(web_save=context), self.assertRaises(JsonRpcException):
                self._rpc(
                    self.user_clerk,
                    "qms.dossier",
                    "web_save",
                    [],
                    vals,
                    specification={},
                    context=context,
                )
        self.assertFalse(self.env["qms.dossier"].search([("holder_name", "=", "forged")]))

    @mute_logger("odoo.http")
    def test_an_employee_without_a_role_gets_nothing_by_any_reader(self):
        outsider = self.user_outsider
        for model in ("qms.dossier", "qms.dossier.event", "qms.dossier.step", "qms.delegation"):
            for method, args in (
                ("search_read", [[], ["id"]]),
                ("web_search_read", [[], {"id": {}}]),
                ("formatted_read_group", [[], ["create_date:month"], ["__count"]]),
                ("name_search", ["x"]),
                ("export_data", [self.dossier.ids, ["id"]]),
                ("web_read", [self.dossier.ids, {"display_name": {}}]),
                ("onchange", [[], {}, [], {"id": {}}]),
            ):
                with self.subTest(model=model, method=method):
                    try:
                        told = self._rpc(outsider, model, method, *args)
                    except JsonRpcException:
                        continue
                    self.assertIn(told, ([], {"length": 0, "records": []}))

    @mute_logger("odoo.http")
    def test_a_company_in_the_context_opens_nothing(self):
        context = {"allowed_company_ids": (self.company | self.company_b).ids}
        for method, args in (
            ("search_read", [[], ["code"]]),
            ("read", [self.dossier.ids, ["code"]]),
            ("action_withdraw", [self.dossier.ids, "x"]),
        ):
            with self.subTest(method=method), self.assertRaises(JsonRpcException):
                self._rpc(self.user_clerk_b, "qms.dossier", method, *args, context=context)

    @mute_logger("odoo.http")
    def test_the_dialog_of_somebody_else_is_closed(self):
        dialog = (
            self.env["qms.dossier.dialog"]
            .with_user(self.user_head)
            .create({"verb": "stop", "dossier_ids": [fields.Command.set(self.dossier.ids)]})
        )
        self.env.flush_all()
        for method, args in (("read", [["reason"]]), ("action_confirm", []), ("unlink", [])):
            with self.subTest(method=method), self.assertRaises(JsonRpcException):
                self._rpc(self.user_leader, "qms.dossier.dialog", method, dialog.ids, *args)

    @mute_logger("odoo.http")
    def test_the_dialog_opens_no_foreign_dossier(self):
        vals = {"verb": "withdraw", "reason": "x", "dossier_ids": [[6, 0, self.dossier.ids]]}
        with self.assertRaises(JsonRpcException):
            dialog_ids = self._rpc(self.user_clerk_b, "qms.dossier.dialog", "create", [vals])
            self._rpc(self.user_clerk_b, "qms.dossier.dialog", "action_confirm", dialog_ids)
        self.env.invalidate_all()
        self.assertEqual(self.dossier.state, "accepted")

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_actions_report")
    def test_no_print_of_a_foreign_dossier(self):
        for user in (self.user_clerk_b, self.user_outsider):
            self.authenticate(user.login, user.login)
            for report in ("qms_reports.control_slip", "qms_reports.dossier_register_pdf"):
                for kind in ("html", "pdf", "xlsx"):
                    response = self.url_open(f"/report/{kind}/{report}/{self.dossier.id}")
                    with self.subTest(user=user.login, report=report, kind=kind):
                        self.assertNotIn(self.dossier.code, response.text)
                        self.assertNotIn(self.dossier.holder_name, response.text)
        self.authenticate(None, None)
        response = self.url_open(f"/report/html/qms_reports.control_slip/{self.dossier.id}")
        self.assertNotIn(self.dossier.code, response.text)
