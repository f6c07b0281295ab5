from markupsafe import Markup

from odoo.exceptions import ValidationError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..rpc_case import RpcCase
from .common_nonconformity import NonconformityCommon


@tagged("post_install", "-at_install")
class TestImprovementAttacks(NonconformityCommon, RpcCase):
    """What a login alone can send about nonconformities and actions."""

    FORGED = (
        {"_qms_lifecycle": True, "is_writing": True},
        {"_qms_lifecycle": "<object object>", "_qms_fact": True, "default_state": "done"},
    )

    def setUp(self):
        super().setUp()
        self.row, self.action = self._open_row()
        self.row.qms_why_ids = [(0, 0, {"answer": "x"})]
        self.done_stage = self.row._stage_of("done")
        self.action_end = self.env.ref("mgmtsystem_action.stage_close")
        self.env.flush_all()

    def _facts(self):
        self.env.invalidate_all()
        row = self.row.read(
            ["state", "stage_id", "ref", "closing_date", "qms_closed_by_id", "qms_verified_by_id",
             "user_id", "company_id", "qms_event_ids", "qms_evidence_ids", "qms_cancel_reason"]
        )  # fmt: skip
        action = self.action.read(
            ["qms_state", "stage_id", "reference", "date_open", "date_closed", "qms_done_at",
             "qms_verified_by_id", "qms_event_ids", "company_id", "qms_is_confidential"]
        )  # fmt: skip
        return row, action

    def test_nobody_types_what_verbs_write(self):
        before = self._facts()
        row, action = self.row, self.action
        for vals in (
            {"state": "done"},
            {"stage_id": self.done_stage.id},
            {"ref": "KPH-2020-0001"},
            {"closing_date": "2026-01-01"},
            {"qms_closed_by_id": self.user_leader.id},
            {"qms_verified_by_id": self.user_auditor.id},
            {"qms_verification": "x"},
            {"qms_cancel_reason": "x"},
            {"user_id": self.user_clerk.id},
            {"company_id": self.company_b.id},
            {"origin_ids": [[6, 0, []]]},
            {"qms_event_ids": [[0, 0, {"kind": "closed", "happened_at": "2020-01-01"}]]},
            {"qms_evidence_ids": [[0, 0, {"res_model": "res.users", "res_id": 1}]]},
            {"action_ids": [[1, action.id, {"qms_state": "verified"}]]},
            {"action_ids": [[1, action.id, {"stage_id": self.action_end.id}]]},
        ):
            for method, more in (("write", ()), ("web_save", ({},))):
                self._refused(self.user_officer, row._name, method, row.ids, vals, *more)
        for vals in (
            {"qms_state": "verified"},
            {"stage_id": self.action_end.id},
            {"reference": "x"},
            {"date_open": "2020-01-01"},
            {"date_closed": "2020-01-01"},
            {"qms_done_at": "2020-01-01"},
            {"qms_done_note": "x"},
            {"qms_verified_by_id": self.user_auditor.id},
            {"qms_cancel_reason": "x"},
            {"qms_reopen_count": 3},
            {"qms_event_ids": [[0, 0, {"kind": "verified", "happened_at": "2020-01-01"}]]},
            {"nonconformity_ids": [[1, row.id, {"state": "done"}]]},
        ):
            for method, more in (("write", ()), ("web_save", ({},))):
                self._refused(self.user_officer, action._name, method, action.ids, vals, *more)
        self.assertEqual(self._facts(), before)

    def test_the_confidence_of_an_action_follows_its_nonconformity(self):
        before = self._facts()
        self._call(
            self.user_officer, self.action._name, "write", self.action.ids,
            {"qms_is_confidential": True},
        )  # fmt: skip
        self.assertEqual(self._facts(), before)

    def test_private_ways_stay_private(self):
        before = self._facts()
        for verb in ("_move", "_lifecycle_write", "_qms_raise", "_qms_add_evidence"):
            self._refused(self.user_officer, self.row._name, verb, self.row.ids, "x", "y")
        for verb in ("_open_planned", "_cancel_planned", "_remind", "_mail_owners"):
            self._refused(self.user_officer, self.action._name, verb, self.action.ids, "x")
        self._refused(self.user_officer, self.action._name, "process_reminder_queue")
        self._refused(self.user_clerk, self.action._name, "case_open", self.action.ids + [0])
        self.assertEqual(self._facts(), before)

    def test_dragging_is_refused_with_words(self):
        self._refused(
            self.user_officer, self.row._name, "web_save", self.row.ids,
            {"stage_id": self.done_stage.id}, {},
        )  # fmt: skip
        for record, stage in ((self.row, self.done_stage), (self.action, self.action_end)):
            with self.assertRaisesRegex(ValidationError, "not by dragging"):
                self._as(record, self.user_officer).stage_id = stage

    def test_nothing_is_born_ended(self):
        model = self.row._name
        vals = {"name": "x", "description": "y"}
        for more in (
            {"state": "done"},
            {"stage_id": self.done_stage.id},
            {"ref": "KPH-2020-0009"},
            {"closing_date": "2020-01-01"},
            {"user_id": self.user_clerk.id},
            {"qms_closed_by_id": self.user_leader.id},
        ):
            self._refused(self.user_officer, model, "create", [{**vals, **more}])
        plan = {"name": "x", "type_action": "correction", "user_id": self.user_clerk.id}
        for more in (
            {"qms_state": "verified"},
            {"stage_id": self.action_end.id},
            {"reference": "x"},
            {"date_closed": "2020-01-01"},
            {"qms_done_at": "2020-01-01"},
        ):
            self._refused(self.user_officer, self.action._name, "create", [{**plan, **more}])
        with mute_logger("odoo.http"):
            for name, row in ((model, vals), (self.action._name, plan)):
                field = "default_state" if name == model else "default_qms_state"
                with self.assertRaises(JsonRpcException):
                    self._call(self.user_officer, name, "create", [row], context={field: "done"})
        made = self._call(
            self.user_officer, model, "create", [vals],
            context={"default_stage_id": self.done_stage.id},
        )  # fmt: skip
        self.assertEqual(self.nc_model.browse(made).state, "draft")
        self.assertEqual(self.nc_model.browse(made).stage_id.state, "draft")
        loaded = self._call(
            self.user_officer, model, "load", ["name", "description", "state"], [["x", "y", "done"]]
        )
        self.assertFalse(loaded["ids"])

    def test_a_copy_begins_anew(self):
        row, _action = self._closed_row()
        self.env.flush_all()
        (copy_id,) = self._call(self.user_officer, row._name, "copy", row.ids)
        copy = self.nc_model.browse(copy_id)
        self.assertEqual((copy.state, copy.closing_date), ("draft", False))
        self.assertFalse(copy.qms_closed_by_id or copy.evaluation_comments)
        self.assertNotEqual(copy.ref, row.ref)

    def test_readers_write_nothing(self):
        before = self._facts()
        for user in (self.user_clerk, self.user_auditor, self.user_provincial):
            self._refused(user, self.row._name, "write", self.row.ids, {"description": "x"})
            self._refused(user, self.action._name, "write", self.action.ids, {"description": "x"})
            self._refused(user, self.row._name, "unlink", self.row.ids)
            self._refused(user, self.action._name, "unlink", self.action.ids)
            why = {"nonconformity_id": self.row.id, "answer": "x"}
            self._refused(user, "qms.nonconformity.why", "create", [why])
            self._refused(
                user, "qms.nonconformity.why", "write", self.row.qms_why_ids.ids, {"answer": "z"}
            )
            for verb, words in (("start", ()), ("close", ("x",)), ("cancel", ("x",))):
                self._refused(user, self.row._name, f"action_qms_{verb}", self.row.ids, *words)
            for verb in ("done", "cancel"):
                self._refused(user, self.action._name, f"action_qms_{verb}", self.action.ids, "x")
        self.assertEqual(self._facts(), before)

    def test_facts_are_written_by_nobody(self):
        for model in (
            "qms.improvement.event",
            "qms.nonconformity.evidence",
            "qms.action.reminder",
            "qms.improvement.counter",
        ):
            self._refused(self.user_officer, model, "create", [{}])
        for records in (self.row.qms_event_ids, self.action.qms_event_ids):
            self._refused(self.user_officer, records._name, "write", records.ids, {"words": "x"})
            self._refused(self.user_officer, records._name, "unlink", records.ids)

    def test_the_dialog_lends_no_rights(self):
        """Who confirms is asked by the verb, whatever the dialog was filled with."""
        before = self._facts()
        dialog = "qms.improvement.dialog"
        for user, verb, field, ids in (
            (self.user_clerk, "cancel", "action_ids", self.action.ids),
            (self.user_clerk, "done", "action_ids", self.action.ids),
            (self.user_colleague, "verify", "action_ids", self.action.ids),
            (self.user_officer, "close", "nonconformity_ids", self.row.ids),
            (self.user_officer, "done", "nonconformity_ids", self.row.ids),
        ):
            made = self._call(
                user, dialog, "create", [{"verb": verb, "words": "x", field: [[6, 0, ids]]}]
            )
            self._refused(user, dialog, "action_confirm", made)
            other = self.user_head if user != self.user_head else self.user_officer
            self._refused(other, dialog, "action_confirm", made)
        self.assertEqual(self._facts(), before)

    def test_the_wizard_takes_no_record_its_user_cannot_read(self):
        other = self.env["qms.procedure"].create(
            {"code": "9.000777", "name": "Of B", "company_id": self.company_b.id}
        )
        self.env.flush_all()
        wizard = "qms.nonconformity.raise"
        vals = {"name": "x", "description": "y"}
        for model, ids in (
            ("qms.procedure", other.ids),
            ("ir.config_parameter", self.env["ir.config_parameter"].search([], limit=1).ids),
            ("qms.decision.no.such.model", [1]),
        ):
            with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
                made = self._call(
                    self.user_clerk, wizard, "create", [vals],
                    context={"default_res_model": model, "default_res_ids": ids},
                )  # fmt: skip
                self._call(self.user_clerk, wizard, "action_raise", made)
        foreign = {**vals, "company_id": self.company_b.id}
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            made = self._call(self.user_clerk, wizard, "create", [foreign])
            self._call(self.user_clerk, wizard, "action_raise", made)
        add = {"is_new": "add", "nonconformity_id": self.row.id}
        made = self._call(
            self.user_clerk, wizard, "create", [add],
            context={"default_res_model": "qms.procedure", "default_res_ids": self.procedure.ids},
        )  # fmt: skip
        self._refused(self.user_clerk, wizard, "action_raise", made)

    def test_a_confidential_one_is_not_reached_by_any_way(self):
        row, action = self._open_row(qms_is_confidential=True)
        row.message_post(body=Markup("secret"))
        self.env.flush_all()
        user = self.user_clerk
        for records in (row, action, row.qms_event_ids, row.message_ids):
            self._refused(user, records._name, "read", records.ids, ["display_name"])
        found = self._call(user, row._name, "search_read", [["id", "=", row.id]], ["ref"])
        self.assertEqual(found, [])
        groups = self._call(
            user,
            row._name,
            "formatted_read_group",
            [["id", "=", row.id]],
            ["stage_id"],
            ["__count"],
        )
        self.assertFalse(sum(group["__count"] for group in groups))
        self._refused(user, row._name, "message_post", row.ids)
        by_action = [["nonconformity_ids.name", "ilike", "late"], ["id", "=", action.id]]
        self.assertEqual(self._call(user, action._name, "search_count", by_action), 0)
        for field in ("qms_recurrence_of_id", "action_ids"):
            name = self._call(user, row._name, "search_count", [[field, "in", [row.id]]])
            self.assertEqual(name, 0)
