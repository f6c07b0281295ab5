import inspect

from odoo import fields
from odoo.tests import tagged

from ..rpc_case import RpcCase
from .common_plan import PlanCommon

AUDIT = "mgmtsystem.audit"
PROGRAMME = "qms.audit.programme"
MEMBER = "qms.audit.member"


@tagged("post_install", "-at_install")
class TestAuditPlanAttacks(PlanCommon, RpcCase):
    """What a login alone can send: states, approvals and justifications are not forged."""

    def test_states_and_stamps_of_audits_are_refused(self):
        audit = self._audit()
        for vals in (
            {"state": "done"},
            {"state": "notified"},
            {"qms_notified_at": "2026-01-01 00:00:00"},
            {"qms_closed_by_id": self.user_leader.id},
            {"closing_date": "2026-01-01 00:00:00"},
            {"qms_cancel_reason": "x"},
        ):
            self._refused(self.user_officer, AUDIT, "write", audit.ids, vals)
            self._refused(self.user_officer, AUDIT, "web_save", audit.ids, vals, {})
            self._refused(self.user_officer, AUDIT, "create", [{"name": "Forged", **vals}])
        self._refused(
            self.user_officer,
            AUDIT,
            "create",
            [{"name": "Forged"}],
            contexts=({"default_state": "done"}, {"default_closing_date": "2026-01-01 00:00:00"}),
        )
        self.env.invalidate_all()
        self.assertEqual(audit.state, "draft")

    def test_states_and_approvals_of_programmes_are_refused(self):
        programme = self._programme()
        self._line(programme)
        for vals in (
            {"state": "approved"},
            {"approval_state": "approved"},
            {"approval_decision_id": 1},
            {"approval_editors": [1]},
            {"change_reason": "x"},
            {"ranked_at": "2026-01-01 00:00:00"},
        ):
            self._refused(self.user_officer, PROGRAMME, "write", programme.ids, vals)
            self._refused(self.user_officer, PROGRAMME, "create", [{"year": 2030, **vals}])
        programme.action_submit()
        for user in (self.user_officer, self.user_auditor, self.user_head):
            self._refused(user, PROGRAMME, "action_approve", programme.ids)
        self.env.invalidate_all()
        self.assertEqual(programme.state, "approval")

    def test_an_approved_programme_is_not_changed_through_its_lines(self):
        programme = self._approved()
        line = programme.line_ids
        vals = {"department_id": self.office.id}
        self._refused(self.user_officer, line._name, "write", line.ids, vals)
        self._refused(self.user_officer, line._name, "unlink", line.ids)
        self._refused(
            self.user_officer,
            line._name,
            "create",
            [{"programme_id": programme.id, "department_id": self.office.id}],
        )
        for command in (
            fields.Command.update(line.id, vals),
            fields.Command.delete(line.id),
            fields.Command.create(vals),
        ):
            self._refused(
                self.user_officer, PROGRAMME, "write", programme.ids, {"line_ids": [command]}
            )
        self.env.invalidate_all()
        self.assertEqual(line.department_id, self.department)

    def test_a_line_is_not_moved_into_an_approved_programme(self):
        approved = self._approved()
        draft = self._programme(year=2027)
        line = self._line(draft, date_from="2027-03-01")
        vals = {"programme_id": approved.id, "date_from": "2026-12-01", "date_to": "2026-12-01"}
        self._refused(self.user_officer, line._name, "write", line.ids, vals)

    def test_a_justification_is_not_forged(self):
        register = self._register(self.user_head)
        audit = self._audit(leader=register)
        member = audit.qms_team_ids
        forged = {
            "justification": "Fine",
            "justified_at": "2026-01-01 00:00:00",
            "justified_by_id": self.user_leader.id,
            "justified_by_name": "Leader",
            "justified_keys": member.conflict_keys,
            "justified_conflicts": "None",
        }
        self._call(self.user_officer, MEMBER, "write", member.ids, {**forged, "note": "x"})
        for context in self.FORGED:
            self._call(self.user_officer, MEMBER, "write", member.ids, forged, context=context)
            self._call(
                self.user_officer,
                AUDIT,
                "write",
                audit.ids,
                {"qms_team_ids": [fields.Command.update(member.id, forged)]},
                context=context,
            )
        self._call(
            self.user_officer,
            MEMBER,
            "create",
            [{"audit_id": audit.id, "auditor_id": self.auditor.id, "role": "auditor", **forged}],
            context={f"default_{name}": value for name, value in forged.items()},
        )
        self.env.invalidate_all()
        self.assertEqual(member.note, "x")
        for name in forged:
            self.assertFalse(any(audit.qms_team_ids.mapped(name)), name)
        self.assertTrue(member.needs_justification)
        self._refused(self.user_officer, AUDIT, "action_notify", audit.ids)
        for user in (self.user_head, self.user_auditor, self.user_clerk):
            self._refused(user, MEMBER, "action_justify", member.ids, "Fine")

    def test_the_warning_is_not_switched_off(self):
        """Fields that are computed take no value that outlives the call."""
        register = self._register(self.user_head)
        audit = self._audit(leader=register)
        member = audit.qms_team_ids
        self._call(
            self.user_officer,
            MEMBER,
            "write",
            member.ids,
            {"conflict_text": "", "needs_justification": False},
        )
        self.env.invalidate_all()
        self.assertTrue(member.needs_justification)
        self._refused(self.user_officer, AUDIT, "action_notify", audit.ids)

    def test_staff_write_nothing(self):
        audit, programme = self._audit(), self._programme()
        for user in (self.user_specialist, self.user_head, self.user_leader, self.user_provincial):
            self._refused(user, AUDIT, "write", audit.ids, {"name": "x"})
            self._refused(user, AUDIT, "create", [{"name": "x"}])
            self._refused(user, PROGRAMME, "write", programme.ids, {"objective": "x"})
            self._refused(user, PROGRAMME, "action_propose_year", programme.ids)
            self._refused(user, "qms.auditor", "create", [{"name": "x"}])
            self._refused(
                user, MEMBER, "create", [{"audit_id": audit.id, "auditor_id": self.auditor.id}]
            )

    def test_proposals_are_written_by_the_server_alone(self):
        programme = self._programme()
        programme.action_rank()
        proposal = programme.proposal_ids[:1]
        for method, args in (
            ("write", (proposal.ids, {"score": 100})),
            ("unlink", (proposal.ids,)),
            ("create", ([{"programme_id": programme.id, "score": 100}],)),
        ):
            self._refused(self.user_officer, proposal._name, method, *args)

    def test_the_dialog_calls_no_other_method(self):
        audit = self._audit()
        dialog = self._call(
            self.user_officer,
            "qms.words.dialog",
            "create",
            [
                {
                    "res_model": AUDIT,
                    "res_ids": audit.ids,
                    "act": "unlink",
                    "words": "x",
                }
            ],
        )
        self._refused(self.user_officer, "qms.words.dialog", "action_confirm", dialog)

    def test_the_dialog_of_another_is_closed(self):
        audit = self._audit()
        vals = {
            "res_model": AUDIT,
            "res_ids": audit.ids,
            "act": "action_cancel",
            "words": "x",
        }
        dialog = self._call(self.user_auditor, "qms.words.dialog", "create", [vals])
        self._refused(self.user_officer, "qms.words.dialog", "read", dialog, ["words"])
        self._refused(self.user_officer, "qms.words.dialog", "action_confirm", dialog)

    def test_every_act_that_is_asked_for_takes_words(self):
        acts = self.env["qms.words.dialog"]._acts()
        self.assertIn((AUDIT, "action_cancel"), acts)
        for model, method in acts:
            with self.subTest(model=model, method=method):
                names = list(inspect.signature(getattr(self.env[model], method)).parameters)
                self.assertIn(names, (["words"], ["reason"]))

    def test_the_import_makes_no_closed_audit(self):
        result = self._call(
            self.user_officer, AUDIT, "load", ["name", "state"], [["Forged", "done"]]
        )
        self.assertFalse(result["ids"])
        self.assertFalse(self.env[AUDIT].search([("name", "=", "Forged")]))
