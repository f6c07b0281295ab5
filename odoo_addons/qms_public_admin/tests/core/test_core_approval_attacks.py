from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .. import common
from ..rpc_case import RpcCase
from .approval_common import ApprovalCommon

# What a client may try to put into a context.
FORGED = {
    "_qms_lifecycle": True,
    "_qms_review": "object",
    "_qms_fact": 1,
    "skip_validation_check": True,
    "skip_check_state_condition": True,
    "tier_validation_defer_compute_can_review": True,
    "identity_checked": True,
    "password": "x",
}


class ApprovalAttack(ApprovalCommon, RpcCase):
    def setUp(self):
        super().setUp()
        self._request()
        self.env.flush_all()

    def _refused(self, user, model, method, *args, **kwargs):
        """The call fails for this user, with an honest and with a forged context."""
        for context in ({}, FORGED):
            with (
                self.subTest(user=user.login, method=method, forged=bool(context)),
                self.assertRaises(JsonRpcException),
            ):
                self._rpc(user, model, method, *args, context=context, **kwargs)

    def _everybody(self):
        """Author, approvers, readers, another agency, an employee without a role."""
        return (
            self.user_officer
            | self.user_head
            | self.user_leader
            | self.user_specialist
            | self.user_officer_b
            | self.user_outsider
        )


@tagged("post_install", "-at_install")
class TestCoreApprovalAttacks(ApprovalAttack):
    """What a login and a JSON client can try."""

    # === DECISIONS === #

    @mute_logger("odoo.http")
    def test_nobody_writes_decisions(self):
        decision = self.draft.decision_ids[:1]
        vals = {
            "subject": decision.subject,
            "res_model": decision.res_model,
            "res_id": decision.res_id,
            "company_id": self.company.id,
            "sequence": 9,
            "verb": "approve",
            "capacity": "own",
            "user_name": "Forged",
            "content_sha256": decision.content_sha256,
            "at": "2026-11-09 01:00:00",
            "recorded_at": "2026-11-09 01:00:00",
            "hash": "0" * 64,
        }
        count = self.env["qms.decision"].search_count([])
        for user in self._everybody():
            self._refused(user, "qms.decision", "create", [vals])
            self._refused(user, "qms.decision", "web_save", [], vals, specification={})
            self._refused(user, "qms.decision", "write", decision.ids, {"words": "Forged"})
            self._refused(user, "qms.decision", "unlink", decision.ids)
            self._refused(user, "qms.decision", "copy", decision.ids)
            self._refused(
                user,
                "qms.procedure.version",
                "write",
                self.draft.ids,
                {"decision_ids": [[0, 0, vals]]},
            )
        loaded = self._rpc(
            self.user_officer,
            "qms.decision",
            "load",
            ["subject", "verb", "user_name"],
            [[decision.subject, "approve", "Forged"]],
        )
        self.assertFalse(loaded["ids"])
        self.env.invalidate_all()
        self.assertEqual(self.env["qms.decision"].search_count([]), count)
        self._assert_chain_whole()

    def test_elevated_code_does_not_change_decisions_either(self):
        decision = self.draft.decision_ids[:1].sudo()
        for context in ({}, FORGED):
            row = decision.with_context(**context)
            for attack in (
                lambda row=row: row.create({"verb": "approve"}),
                lambda row=row: row.write({"words": "x"}),
                lambda row=row: row.unlink(),
            ):
                with self.assertRaises(AccessError):
                    attack()

    @mute_logger("odoo.http")
    def test_decisions_are_read_by_readers_of_the_subject_alone(self):
        self._refused(self.user_outsider, "qms.decision", "search_read", [], ["user_name"])
        decision = self.draft.decision_ids[:1]
        self._refused(self.user_officer_b, "qms.decision", "read", decision.ids, ["user_name"])
        self.assertFalse(
            self._as(self.env["qms.decision"], self.user_officer_b).search([]),
        )
        self.assertIn(decision, self._as(self.env["qms.decision"], self.user_specialist).search([]))

    # === REVIEWS === #

    @mute_logger("odoo.http")
    def test_nobody_forges_deletes_or_reassigns_a_review(self):
        review = self.draft.review_ids.sorted("sequence")[0]
        new = {
            "model": "qms.procedure.version",
            "res_id": self.draft.id,
            "status": "approved",
            "definition_id": self.review_step.id,
        }
        for user in self._everybody():
            for vals in (
                {"status": "approved", "done_by": self.user_head.id},
                {"qms_reviewer_ids": [[6, 0, user.ids]]},
                {"reviewer_ids": [[6, 0, user.ids]]},
                {"qms_author_ids": [[5]]},
                {"definition_id": self.approve_step.id},
                {"qms_in_order": False},
                {"res_id": self.version.id},
            ):
                self._refused(user, "tier.review", "write", review.ids, vals)
            self._refused(user, "tier.review", "create", [new])
            self._refused(user, "tier.review", "unlink", review.ids)
            for command in ([0, 0, new], [1, review.id, {"status": "approved"}], [2, review.id]):
                self._refused(
                    user,
                    "qms.procedure.version",
                    "write",
                    self.draft.ids,
                    {"review_ids": [command]},
                )
        self.env.invalidate_all()
        self.assertEqual(review.status, "pending")
        self.assertEqual(review.qms_reviewer_ids, self.user_head)

    def test_elevated_code_does_not_write_reviews_either(self):
        review = self.draft.review_ids.sudo()[0].with_context(**FORGED)
        for attack in (
            lambda: review.write({"status": "approved"}),
            lambda: review.unlink(),
            lambda: review.create({"model": review.model, "res_id": review.res_id}),
        ):
            with self.assertRaises(AccessError):
                attack()

    @mute_logger("odoo.http")
    def test_a_list_of_reviews_on_a_user_makes_no_reviewer(self):
        """The tier module keeps its reviewers in a table that ``res.users`` writes, too."""
        review = self.draft.review_ids.sorted("sequence")[0]
        self.user_officer.sudo().write({"review_ids": [fields.Command.link(review.id)]})
        self.env.flush_all()
        self._refused(self.user_officer, "qms.procedure.version", "action_approve", self.draft.ids)

    # === VERBS === #

    @mute_logger("odoo.http")
    def test_only_the_named_person_decides(self):
        for user in self._everybody() - self.user_head:
            for verb, args in (
                ("action_approve", []),
                ("action_reject", ["x"]),
                ("validate_tier", []),
                ("reject_tier", []),
                ("action_open_approve", []),
            ):
                self._refused(user, "qms.procedure.version", verb, self.draft.ids, *args)
        self.env.invalidate_all()
        self.assertEqual(self._verbs(), ["request"])
        self._rpc(self.user_head, "qms.procedure.version", "action_approve", self.draft.ids, "Seen")
        self.env.invalidate_all()
        self.assertEqual(self._verbs(), ["request", "approve"])

    @mute_logger("odoo.http")
    def test_private_ways_of_the_tier_module_are_closed(self):
        for method in ("_validate_tier", "_decide", "_settle_rounds", "_lifecycle_write"):
            self._refused(self.user_head, "qms.procedure.version", method, self.draft.ids)

    @mute_logger("odoo.http")
    def test_the_comment_dialog_of_the_tier_module_opens_nothing(self):
        for user in (self.user_officer, self.user_leader, self.user_specialist):
            vals = {
                "comment": "x",
                "validate_reject": "validate",
                "res_model": "qms.procedure.version",
                "res_id": self.draft.id,
                "review_ids": [[6, 0, self.draft.review_ids.ids]],
            }
            dialog_ids = self._rpc(user, "comment.wizard", "create", [vals])
            self._refused(user, "comment.wizard", "add_comment", dialog_ids)
        self.env.invalidate_all()
        self.assertEqual(self.draft.review_ids.mapped("status"), ["pending", "waiting"])
        self.assertFalse(any(self.draft.review_ids.mapped("comment")))

    @mute_logger("odoo.http")
    def test_the_dialog_lends_no_right(self):
        """Neither somebody else's dialog nor an own one on foreign reviews."""
        foreign = (
            self.env["qms.decision.dialog"]
            .with_user(self.user_head)
            .create(
                {"verb": "approve", "review_ids": [fields.Command.set(self.draft.review_ids.ids)]}
            )
        )
        self.env.flush_all()
        for method in ("action_confirm", "read"):
            self._refused(self.user_officer, "qms.decision.dialog", method, foreign.ids)
        vals = {"verb": "approve", "review_ids": [[6, 0, self.draft.review_ids.ids]]}
        for user in (self.user_officer, self.user_leader, self.user_specialist):
            own = self._rpc(user, "qms.decision.dialog", "create", [vals])
            self._refused(user, "qms.decision.dialog", "action_confirm", own)
        self.env.invalidate_all()
        self.assertEqual(self._verbs(), ["request"])

    # === SUBJECT === #

    @mute_logger("odoo.http")
    def test_the_approval_is_not_written_by_hand(self):
        for user in self._everybody():
            for vals in (
                {"approval_state": "approved"},
                {"approval_state": False},
                {"approval_round": 9},
                {"approval_decision_id": self.draft.decision_ids[:1].id},
                {"approval_editors": []},
                {"decision_head": "x"},
                {"decision_count": 0},
                {"validation_status": "validated"},
                {"state": "published"},
                {"note": "changed under review"},
            ):
                self._refused(user, "qms.procedure.version", "write", self.draft.ids, vals)
        self._refused(
            self.user_officer,
            "qms.procedure.step",
            "write",
            self.draft.step_ids[:1].ids,
            {"hours": 9},
        )

    @mute_logger("odoo.http")
    def test_no_approval_comes_with_a_new_record(self):
        vals = {"procedure_id": self.draft.procedure_id.id}
        for given in (
            {"approval_state": "approved"},
            {"approval_editors": [1]},
            {"decision_count": 3},
            {"validation_status": "validated"},
            {"state": "published"},
        ):
            name, value = next(iter(given.items()))
            self._refused(self.user_officer, "qms.procedure.version", "create", [{**vals, **given}])
            with self.subTest(default=name), self.assertRaises(JsonRpcException):
                self._rpc(
                    self.user_officer,
                    "qms.procedure.version",
                    "create",
                    [vals],
                    context={f"default_{name}": value},
                )
        copied = self._rpc(self.user_officer, "qms.procedure.version", "copy", self.draft.ids)
        copy = self.draft.browse(copied)
        self.assertFalse(copy.approval_state or copy.decision_count or copy.review_ids)

    @mute_logger("odoo.http")
    def test_a_version_is_not_published_around_its_approval(self):
        self._refused(self.user_officer, "qms.procedure.version", "action_publish", self.draft.ids)
        self._rpc(
            self.user_officer, "qms.procedure.version", "action_withdraw_request", self.draft.ids
        )
        self._refused(self.user_officer, "qms.procedure.version", "action_publish", self.draft.ids)
        self.env.invalidate_all()
        self.assertEqual(self.draft.state, "draft")

    # === DEFINITIONS === #

    @mute_logger("odoo.http")
    def test_steps_are_kept_by_the_officers_of_the_agency(self):
        vals = {"reviewer_id": self.user_specialist.id}
        for user in self._everybody() - self.user_officer:
            self._refused(user, "tier.definition", "write", self.review_step.ids, vals)
        for company in (self.company_b.id, False):
            self._refused(
                self.user_officer,
                "tier.definition",
                "write",
                self.review_step.ids,
                {"company_id": company},
            )
        self._rpc(self.user_officer, "tier.definition", "write", self.review_step.ids, vals)
        partner_model = self.env["ir.model"]._get("res.partner").id
        self._refused(
            self.user_officer,
            "tier.definition",
            "create",
            [{"name": "x", "model_id": partner_model, "company_id": self.company.id}],
        )


@tagged("post_install", "-at_install")
class TestCoreApprovalPassword(ApprovalAttack):
    """The password is asked for and proven on the server, or nothing is decided."""

    def setUp(self):
        super().setUp()
        self.company.qms_reauthenticate = True
        self.env.flush_all()

    def _dialog(self, user, **vals):
        review = self.draft.review_ids.sorted("sequence")[:1]
        given = {"verb": "approve", "review_ids": [[6, 0, review.ids]], **vals}
        return self._rpc(user, "qms.decision.dialog", "create", [given])

    @mute_logger("odoo.http")
    def test_no_word_of_the_client_replaces_the_password(self):
        self._refused(
            self.user_head, "qms.procedure.version", "action_approve", self.draft.ids, "x"
        )
        dialog_ids = self._dialog(self.user_head)
        self._refused(self.user_head, "qms.decision.dialog", "action_confirm", dialog_ids)
        self._refused(
            self.user_head,
            "qms.identity.proof",
            "create",
            [{"user_id": self.user_head.id, "at": "2026-11-09 01:00:00"}],
        )
        self._refused(self.user_head, "qms.identity.proof", "_prove", "x")
        self._refused(
            self.user_head,
            "qms.decision.dialog",
            "write",
            dialog_ids,
            {"needs_password": False, "password": "wrong"},
        )

    @mute_logger("odoo.http", "odoo.addons.base.models.res_users")
    def test_a_wrong_password_is_refused(self):
        with self.assertRaises(JsonRpcException):
            self._dialog(self.user_head, password="wrong")
        with self.assertRaises(JsonRpcException):
            self._dialog(self.user_officer, password=self.user_head.login)
        self.assertFalse(self.env["qms.identity.proof"].search([]))

    @mute_logger("odoo.http")
    def test_the_right_password_stands_for_one_decision(self):
        dialog_ids = self._dialog(self.user_head, password=self.user_head.login)
        self._rpc(self.user_head, "qms.decision.dialog", "action_confirm", dialog_ids)
        self.env.invalidate_all()
        decision = self.draft.decision_ids.sorted("sequence")[-1]
        self.assertEqual(decision.verb, "approve")
        self.assertTrue(decision.is_identity_proven)
        self.assertTrue(self.env["qms.identity.proof"].search([]).used_at)
        other = self._create_draft("9.000105")
        self._request(other)
        self.env.flush_all()
        self._refused(self.user_head, "qms.procedure.version", "action_approve", other.ids)

    @mute_logger("odoo.http")
    def test_the_password_is_kept_nowhere(self):
        dialog_ids = self._dialog(self.user_head, password=self.user_head.login)
        told = self._rpc(self.user_head, "qms.decision.dialog", "read", dialog_ids, ["password"])
        self.assertFalse(told[0]["password"])
        self.assertFalse(self.env["qms.decision.dialog"]._fields["password"].store)

    @mute_logger("odoo.http")
    def test_a_proof_is_bound_to_its_session_and_grows_old(self):
        self._dialog(self.user_head, password=self.user_head.login)
        # A further session of the same person.
        self.authenticate(self.user_head.login, self.user_head.login)
        self._refused(self.user_head, "qms.procedure.version", "action_approve", self.draft.ids)
        proof = self.env["qms.identity.proof"].search([])
        self.assertFalse(proof.used_at)
        with freeze_time(common.NOW) as clock, self.assertRaises(UserError):
            self.patch(type(proof), "_session_digest", lambda _self: proof.session_digest)
            clock.tick(121)
            self._as(self.draft, self.user_head).action_approve()

    @mute_logger("odoo.http")
    def test_a_step_may_ask_for_the_password_by_itself(self):
        self.company.qms_reauthenticate = False
        self._as(self.draft, self.user_officer).action_withdraw_request()
        self.review_step.qms_reauthenticate = True
        self._request()
        self.review_step.qms_reauthenticate = False
        self.env.flush_all()
        self._refused(self.user_head, "qms.procedure.version", "action_approve", self.draft.ids)
        dialog_ids = self._dialog(self.user_head, password=self.user_head.login)
        self._rpc(self.user_head, "qms.decision.dialog", "action_confirm", dialog_ids)
        self._rpc(self.user_leader, "qms.procedure.version", "action_approve", self.draft.ids)
        self.env.invalidate_all()
        self.assertEqual(self.draft.approval_state, "approved")
