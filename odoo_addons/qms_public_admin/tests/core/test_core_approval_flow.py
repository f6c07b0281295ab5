import datetime
import hashlib

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import common
from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestCoreApprovalFlow(ApprovalCommon):
    """From the request to the last decision, and back."""

    # === REQUEST === #

    def test_persons_are_fixed_when_the_request_is_made(self):
        self._request()
        self.assertEqual(self.draft.approval_state, "running")
        reviews = self.draft.review_ids.sorted("sequence")
        self.assertEqual(reviews.mapped("qms_role"), ["Reviewed", "Approved"])
        self.assertEqual(reviews.mapped("status"), ["pending", "waiting"])
        self.review_step.reviewer_id = self.user_colleague
        self.approve_step.write({"approve_sequence": False, "active": False})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(reviews[0].reviewer_ids, self.user_head)
        self.assertFalse(self._as(self.draft, self.user_colleague).can_approve)
        self.assertFalse(self._as(self.draft, self.user_leader).can_approve)
        self.assertTrue(self._as(self.draft, self.user_head).can_approve)

    def test_members_by_implication_count(self):
        """A leader is a head by implication; the tier module would leave the leader out."""
        self.review_step.write(
            {
                "review_type": "group",
                "reviewer_id": False,
                "reviewer_group_id": self.env.ref("qms_public_admin.group_qms_head").id,
            }
        )
        self._request()
        named = self.draft.review_ids.sorted("sequence")[0].qms_reviewer_ids
        self.assertIn(self.user_leader, named)
        self.assertNotIn(self.user_officer_b, named)

    def test_holders_of_a_position_and_the_head_of_the_unit(self):
        employees = self.env["hr.employee"]
        boss = employees.create(
            {"name": "Boss", "user_id": self.user_head.id, "company_id": self.company.id}
        )
        employees.create(
            {
                "name": "Officer",
                "user_id": self.user_officer.id,
                "company_id": self.company.id,
                "department_id": self.department.id,
            }
        )
        self.department.manager_id = boss
        self.review_step.write({"review_type": "unit_head", "reviewer_id": False})
        self.approve_step.write(
            {"review_type": "position", "qms_position_id": self.position_clerk.id}
        )
        self._request()
        reviews = self.draft.review_ids.sorted("sequence")
        self.assertEqual(reviews[0].qms_reviewer_ids, self.user_head)
        self.assertEqual(reviews[1].qms_reviewer_ids, self.user_clerk)

    def test_a_step_nobody_may_settle_is_refused(self):
        for vals in (
            {"reviewer_id": False},
            {"reviewer_id": self.user_officer.id},  # the author alone
            {"reviewer_id": self.user_clerk_b.id},  # of another agency
        ):
            self.review_step.write(vals)
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "Reviewed"):
                self._request()
        self.assertFalse(self.draft.decision_count)

    def test_without_a_step_nothing_is_requested(self):
        (self.review_step | self.approve_step).active = False
        with self.assertRaisesRegex(UserError, "No step"):
            self._request()

    def test_steps_of_a_domain_and_of_another_agency_are_left_out(self):
        self.review_step.definition_domain = "[('decision_no', '=', 'nothing')]"
        self._create_step("Elsewhere", company_id=self.company_b.id, reviewer_id=2)
        self._request()
        self.assertEqual(self.draft.review_ids.mapped("qms_role"), ["Approved"])

    # === DECISIONS === #

    def test_order_holds_and_the_last_approval_concludes(self):
        self._request()
        leader, head = (self._as(self.draft, user) for user in (self.user_leader, self.user_head))
        self.assertFalse(leader.can_approve)
        with self.assertRaises(UserError):
            leader.action_approve()
        head.action_approve("Looks right")
        self.assertEqual(self.draft.approval_state, "running")
        self.assertFalse(head.can_approve)
        leader.action_approve()
        self.assertEqual(self.draft.approval_state, "approved")
        self.assertEqual(self.draft.validation_status, "validated")
        decision = self.draft.approval_decision_id
        self.assertEqual(decision.user_id, self.user_leader)
        self.assertTrue(decision.is_final)
        self.assertEqual(self._verbs(), ["request", "approve", "approve"])
        self._assert_chain_whole()

    def test_steps_without_order_are_settled_side_by_side(self):
        (self.review_step | self.approve_step).approve_sequence = False
        self._request()
        self._as(self.draft, self.user_leader).action_approve()
        self.assertEqual(self.draft.approval_state, "running")
        self._as(self.draft, self.user_head).action_approve()
        self.assertEqual(self.draft.approval_state, "approved")

    def test_a_decision_says_who_what_and_on_which_content(self):
        self._request()
        digest = hashlib.sha256(self.draft._approval_content().encode()).hexdigest()
        self._as(self.draft, self.user_head).action_approve("Fine")
        decision = self.draft.decision_ids.sorted("sequence")[-1]
        self.assertEqual(decision.content_sha256, digest)
        self.assertEqual(decision.user_name, self.user_head.name)
        self.assertEqual(decision.position_name, self.position_head.name)
        self.assertEqual(decision.tier_name, "Reviewed")
        self.assertEqual((decision.words, decision.capacity), ("Fine", "own"))
        self.assertEqual(decision.company_id, self.company)
        self.user_head.name = "Renamed"
        self.assertNotEqual(decision.user_name, "Renamed")
        request = self.draft.decision_ids.sorted("sequence")[0]
        self.assertIn(self.user_leader.name, request.reviewers)

    def test_a_rejection_needs_words_and_keeps_the_history(self):
        self._request()
        head = self._as(self.draft, self.user_head)
        for words in (None, "  "):
            with self.assertRaises(UserError):
                head.action_reject(words)
        head.action_reject("Step 2 is missing")
        self.assertEqual(self.draft.approval_state, "rejected")
        officer = self._as(self.draft, self.user_officer)
        officer.note = "mended"
        officer.action_request_approval()
        self.assertEqual(self._verbs(), ["request", "reject", "request"])
        self.assertEqual(self.draft.approval_round, 2)
        head.action_approve()
        self._assert_chain_whole()

    def test_a_withdrawn_request_keeps_the_history(self):
        """Neither withdrawing nor the restart of the tier module loses a decision."""
        self._request()
        self._as(self.draft, self.user_head).action_approve()
        self._as(self.draft, self.user_officer).restart_validation()
        self.assertFalse(self.draft.approval_state)
        self.assertFalse(self.draft.review_ids)
        self.assertEqual(self._verbs(), ["request", "approve", "withdraw"])
        self._assert_chain_whole()

    def test_decisions_on_several_records_are_made_on_all_or_none(self):
        other = self._create_draft("9.000102")
        self._request(self.draft | other)
        self._as(other, self.user_head).action_approve()
        both = self._as(self.draft | other, self.user_head)
        with self.assertRaises(UserError), self.cr.savepoint():
            both.action_approve()
        self.assertEqual(self._verbs(), ["request"])
        self._as(self.draft, self.user_head).action_approve()
        self._as(self.draft | other, self.user_leader).action_approve()
        self.assertEqual((self.draft | other).mapped("approval_state"), ["approved"] * 2)

    # === FOUR EYES === #

    def test_the_author_does_not_approve(self):
        self.review_step.write(
            {
                "review_type": "group",
                "reviewer_group_id": self.env.ref("qms_public_admin.group_qms_officer").id,
            }
        )
        second = self._colleague_officer()
        self._request()
        self.assertFalse(self._as(self.draft, self.user_officer).can_approve)
        with self.assertRaises(UserError):
            self._as(self.draft, self.user_officer).action_approve()
        self._as(self.draft, second).action_approve()

    def test_whoever_wrote_it_or_a_part_of_it_is_an_author(self):
        second = self._colleague_officer()
        self.review_step.reviewer_id = second
        self._as(self.draft, second).note = "written by the second officer"
        with self.assertRaisesRegex(UserError, "Reviewed"):
            self._request()
        other = self._create_draft("9.000103")
        self._as(other.step_ids[0], second).name = "changed"
        with self.assertRaisesRegex(UserError, "Reviewed"):
            self._request(other)

    def test_whoever_submits_does_not_approve(self):
        second = self._colleague_officer()
        self.review_step.reviewer_id = second
        with self.assertRaisesRegex(UserError, "Reviewed"):
            self._as(self.draft, second).action_request_approval()

    def test_two_accounts_of_one_person_are_one(self):
        second = self._colleague_officer()
        self.env["hr.employee"].create(
            [
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": self.company.id,
                    "identification_id": "001090000001",
                }
                for user in (self.user_officer, second)
            ]
        )
        self.review_step.reviewer_id = second
        with self.assertRaisesRegex(UserError, "Reviewed"):
            self._request()

    def _lone_head(self):
        """The author as head and only member of a unit."""
        self.user_officer.group_ids |= self.env.ref("qms_public_admin.group_qms_head")
        unit = self.env["hr.department"].create(
            {"name": "One-person unit", "company_id": self.company.id}
        )
        self.env["hr.employee"].create(
            {
                "name": "Lone head",
                "user_id": self.user_officer.id,
                "company_id": self.company.id,
                "department_id": unit.id,
            }
        )
        self.review_step.reviewer_id = self.user_officer
        return unit

    def test_a_head_alone_in_the_unit_approves_own_work_with_a_justification(self):
        self._lone_head()
        self.company.qms_self_approval = True
        self._request()
        officer = self._as(self.draft, self.user_officer)
        self.assertTrue(officer.can_approve)
        with self.assertRaisesRegex(UserError, "justify"):
            officer.action_approve()
        officer.action_approve("Nobody else belongs to the unit")
        decision = self.draft.decision_ids.sorted("sequence")[-1]
        self.assertTrue(decision.is_self_approval)

    def test_own_work_is_refused_without_the_setting_or_with_a_colleague(self):
        unit = self._lone_head()
        with self.assertRaises(UserError):
            self._request()
        self.company.qms_self_approval = True
        self.env["hr.employee"].create(
            {"name": "Colleague", "company_id": self.company.id, "department_id": unit.id}
        )
        with self.assertRaises(UserError):
            self._request()

    # === DELEGATION === #

    def test_a_substitute_decides_on_behalf(self):
        self._delegate(self.user_head, self.user_colleague)
        self._request()
        colleague = self._as(self.draft, self.user_colleague)
        self.assertTrue(colleague.can_approve)
        colleague.action_approve()
        decision = self.draft.decision_ids.sorted("sequence")[-1]
        self.assertEqual(decision.user_id, self.user_colleague)
        self.assertEqual(decision.capacity, "behalf")
        self.assertEqual(decision.on_behalf_of_name, self.user_head.name)

    def test_nobody_names_themselves_for_somebody_absent(self):
        """An officer or leader who did not write it would decide in the leader's name."""
        self._request()
        vals = {
            "user_id": self.user_head.id,
            "company_id": self.company.id,
            "date_from": "2026-11-01",
            "date_to": "2026-11-30",
            "reason": "Leave",
        }
        other = self._colleague_officer()
        for user in (other, self.user_leader):
            delegations = self._as(self.env["qms.delegation"], user)
            own = {**vals, "substitute_id": user.id}
            with self.subTest(user=user.login):
                with self.assertRaises(UserError), self.cr.savepoint():
                    delegations.create({**own, "with_approval": True})
                plain = delegations.create(own)
                with self.assertRaises(UserError), self.cr.savepoint():
                    plain.write({"with_approval": True})
                recorded = self._as(plain.sudo().copy({"with_approval": True}), user)
                with self.assertRaises(UserError), self.cr.savepoint():
                    recorded.action_activate()

    def test_a_substitute_named_later_by_others_decides_on_later_requests(self):
        """The persons are fixed at the request; who is absent may still name somebody."""
        self._request()
        with freeze_time(common.NOW + datetime.timedelta(days=1)):
            delegation = self._as(self.env["qms.delegation"], self.user_leader).create(
                {
                    "user_id": self.user_head.id,
                    "substitute_id": self.user_colleague.id,
                    "company_id": self.company.id,
                    "date_from": "2026-11-01",
                    "date_to": "2026-11-30",
                    "reason": "Ill",
                    "with_approval": True,
                }
            )
            delegation.action_activate()
            self.assertIn(self.user_head.partner_id, delegation.message_ids.partner_ids)
            colleague = self._as(self.draft, self.user_colleague)
            waiting = self._as(self.env["tier.review"], self.user_colleague)
            mine = [("qms_waits_for_me", "=", True)]
            self.assertFalse(colleague.can_approve or waiting.search_count(mine))
            with self.assertRaises(UserError):
                colleague.action_approve()
            self._as(self.draft, self.user_officer).action_withdraw_request()
            self._request()
            self.env.invalidate_all()
            self.assertEqual(waiting.search_count(mine), 1)
            colleague.action_approve()

    def test_a_delegation_reaches_no_further_than_it_says(self):
        self._request()
        for vals in (
            {"with_approval": False},
            {"position_ids": [fields.Command.set(self.position_head.ids)]},
            {"date_from": "2026-10-01", "date_to": "2026-10-31"},
        ):
            delegation = self._delegate(self.user_head, self.user_colleague, **vals)
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._as(self.draft, self.user_colleague).action_approve()
            delegation.action_end()

    def test_a_delegation_of_the_position_of_the_step_suffices(self):
        self.review_step.write(
            {"review_type": "position", "qms_position_id": self.position_head.id}
        )
        self._delegate(
            self.user_head,
            self.user_colleague,
            position_ids=[fields.Command.set(self.position_head.ids)],
        )
        self._request()
        self._as(self.draft, self.user_colleague).action_approve()
        decision = self.draft.decision_ids.sorted("id")[-1]
        self.assertEqual(
            (decision.verb, decision.user_name, decision.on_behalf_of_name),
            ("approve", self.user_colleague.name, self.user_head.name),
        )

    def test_the_author_approves_for_nobody_and_nobody_for_the_author(self):
        self._delegate(self.user_head, self.user_officer)
        self._request()
        self.assertFalse(self._as(self.draft, self.user_officer).can_approve)
        with self.assertRaises(UserError):
            self._as(self.draft, self.user_officer).action_approve()

    # === CLOSED CONTENT === #

    def test_the_content_is_closed_while_a_request_runs_and_after(self):
        self._request()
        officer = self._as(self.draft, self.user_officer)
        for state in ("running", "approved"):
            self.assertEqual(self.draft.approval_state, state)
            for record, vals in (
                (officer, {"note": "x"}),
                (officer.sudo(), {"note": "x"}),
                (officer.with_context(skip_validation_check=True), {"note": "x"}),
                (officer.step_ids[0], {"name": "x"}),
            ):
                with (
                    self.subTest(state=state, record=record),
                    self.assertRaises(ValidationError),
                    self.cr.savepoint(),
                ):
                    record.write(vals)
            self.env.invalidate_all()
            if state == "running":
                self._as(self.draft, self.user_head).action_approve()
                self._as(self.draft, self.user_leader).action_approve()

    def test_a_content_changed_behind_the_back_is_not_approved(self):
        self._request()
        self.env.cr.execute(
            "UPDATE qms_procedure_step SET hours = hours + 1 WHERE id = %s",
            [self.draft.step_ids[0].id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "no longer the one"):
            self._as(self.draft, self.user_head).action_approve()

    def test_a_record_that_was_decided_on_is_not_deleted(self):
        self._request()
        self._as(self.draft, self.user_officer).action_withdraw_request()
        with self.assertRaises(UserError):
            self._as(self.draft, self.user_officer).unlink()

    # === TO APPROVE === #

    def _waiting(self, user):
        return (
            self._as(self.env["tier.review"], user)
            .search([("qms_waits_for_me", "=", True)])
            .mapped("qms_subject")
        )

    def test_the_list_shows_what_waits_for_each_person(self):
        self._delegate(self.user_head, self.user_colleague)
        self._request()
        name = self.draft.display_name
        for user, expected in (
            (self.user_head, [name]),
            (self.user_colleague, [name]),
            (self.user_leader, []),
            (self.user_officer, []),
            (self.user_clerk_b, []),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self._waiting(user), expected)
        review = self._as(self.draft.review_ids.sorted("sequence")[0], self.user_colleague)
        self.assertEqual(review.qms_on_behalf_of, self.user_head.name)
        self.assertIn("Examine", review.qms_preview)
        self._as(self.draft, self.user_head).action_approve()
        self.assertEqual(self._waiting(self.user_head), [])
        self.assertEqual(self._waiting(self.user_leader), [name])

    def test_the_systray_of_the_tier_module_counts_the_same(self):
        self._request()
        for user, expected in ((self.user_head, 1), (self.user_leader, 0)):
            counts = self.env["res.users"].with_user(user).review_user_count()
            self.assertEqual(sum(row["pending_count"] for row in counts), expected)
        found = self._as(self.draft, self.user_head).search([("can_review", "=", True)])
        self.assertEqual(found, self.draft)

    def test_those_whose_turn_it_is_get_a_mail_with_a_link(self):
        self._delegate(self.user_head, self.user_colleague)
        self._request()
        notices = self.env["mail.message"].search(
            [("model", "=", "qms.procedure.version"), ("res_id", "=", self.draft.id)]
        )
        told = notices.filtered(lambda m: m.message_type == "user_notification")
        self.assertEqual(
            told.notified_partner_ids, (self.user_head | self.user_colleague).partner_id
        )

    def test_many_are_decided_on_with_one_dialog(self):
        other = self._create_draft("9.000104")
        self._request(self.draft | other)
        reviews = self._as(self.env["tier.review"], self.user_head).search(
            [("qms_waits_for_me", "=", True)]
        )
        dialog = self.env["qms.decision.dialog"].with_user(self.user_head)
        dialog = dialog.browse(reviews.action_approve()["res_id"])
        self.assertEqual(dialog.review_count, 2)
        dialog.words = "All right"
        dialog.action_confirm()
        self.assertEqual(self._verbs(other), ["request", "approve"])
        self.assertEqual(self._verbs(), ["request", "approve"])
        with self.assertRaises(UserError):
            reviews.action_approve()

    # === FORM === #

    def test_every_form_has_the_buttons_and_the_decisions(self):
        arch = self._as(self.draft, self.user_officer).get_view(view_type="form")["arch"].decode()
        for name in ("action_request_approval", "action_open_approve", "decision_ids"):
            self.assertIn(f'name="{name}"', arch)

    # === CHAIN === #

    def test_a_forged_row_shows(self):
        self._request()
        self._as(self.draft, self.user_head).action_approve()
        self.env.flush_all()
        for statement in (
            "UPDATE qms_decision SET user_name = 'Forged' WHERE subject = %s AND sequence = 2",
            "DELETE FROM qms_decision WHERE subject = %s AND sequence = 2",
        ):
            with self.subTest(statement=statement):
                self.cr.execute("SAVEPOINT forged")
                self.cr.execute(statement, [f"qms.procedure.version,{self.draft.id}"])
                found = self.env["qms.decision"]._verify_chains(self.draft)
                self.assertTrue(found[self.draft.id])
                self.cr.execute("ROLLBACK TO SAVEPOINT forged")
                self.env.invalidate_all()
        action = self._as(self.draft, self.user_auditor).action_verify_decisions()
        result = self.env["qms.event.verification"].browse(action["res_id"])
        self.assertTrue(result.is_intact)

    def test_the_database_takes_one_decision_a_review_and_a_place_in_the_chain(self):
        """Two persons at the same moment: one of them is refused, whatever the code did."""
        self._request()
        self._as(self.draft, self.user_head).action_approve()
        self.env.flush_all()
        columns = (
            "subject, res_model, res_id, company_id, at, recorded_at, user_name, capacity,"
            " content_sha256, verb"
        )
        for extra, values in (
            ("sequence, hash", "sequence, 'another'"),
            ("sequence, hash, review_key", "9, 'another', review_key"),
            ("sequence, hash", "9, hash"),
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.cr.execute(
                    f"INSERT INTO qms_decision ({columns}, {extra}) SELECT {columns}, {values}"
                    " FROM qms_decision WHERE subject = %s AND sequence = 2",
                    [f"qms.procedure.version,{self.draft.id}"],
                )

    def test_day_anchors_cover_decisions(self):
        self.assertIn("qms.decision", self.env["qms.event.anchor"]._event_models())
        self._request()
        self.env.flush_all()
        count, digests = self.env["qms.event.anchor"]._day_digests(
            self.company, fields.Datetime.to_datetime("2026-11-09"), "2026-11-10"
        )
        self.assertGreaterEqual(count, 1)
        self.assertTrue([text for text in digests if text.startswith("qms.decision,")])
