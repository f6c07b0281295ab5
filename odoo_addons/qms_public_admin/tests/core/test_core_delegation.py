import datetime

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .. import common

NOW = common.NOW
TODAY = NOW.date()


@tagged("post_install", "-at_install")
class TestDelegation(common.QmsCommon):
    def setUp(self):
        super().setUp()
        freezer = freeze_time(NOW)
        self.clock = freezer.start()
        self.addCleanup(freezer.stop)

    def _delegate(self, active=True, **vals):
        delegation = (
            self.env["qms.delegation"]
            .with_user(self.user_specialist)
            .create(
                {
                    "company_id": self.company.id,
                    "substitute_id": self.user_colleague.id,
                    "date_from": TODAY,
                    "date_to": TODAY + datetime.timedelta(days=4),
                    "reason": "Annual leave",
                    **vals,
                }
            )
        )
        if active:
            delegation.action_activate()
        return delegation

    def _work_of(self, user):
        return self.env["qms.dossier.step"].with_user(user).search([("is_my_work", "=", True)])

    def _with_specialist(self):
        dossier = self._accepted_dossier()
        self._as(dossier, self.user_clerk).action_complete_step()
        return dossier

    def test_the_substitute_sees_and_does_the_work_within_the_dates(self):
        dossier = self._with_specialist()
        self._delegate()
        step = self._work_of(self.user_colleague)
        self.assertEqual(step, dossier.current_step_id)
        self.assertEqual(step.stands_in_for_id, self.user_specialist)
        self.clock.move_to(NOW + datetime.timedelta(days=5))
        self.assertFalse(self._work_of(self.user_colleague))
        with self.assertRaises(UserError):
            self._as(dossier, self.user_colleague).action_complete_step()

    def test_my_work_tells_apart_for_whom_it_is_done(self):
        """Filter and groups: own work, and that of each colleague stood in for."""
        absent, own = self._with_specialist(), self._with_specialist()
        self._delegate()
        self.position_clerk.holder_ids |= self.user_colleague
        mine = self._accepted_dossier()
        steps = self.env["qms.dossier.step"].with_user(self.user_colleague)
        mine_step = mine.current_step_id
        absent_steps = (absent | own).current_step_id
        work = [("is_my_work", "=", True)]
        self.assertEqual(steps.search([*work, ("stands_in_for_id", "=", False)]), mine_step)
        self.assertEqual(steps.search([*work, ("stands_in_for_id", "!=", False)]), absent_steps)
        for user, found in ((self.user_specialist, absent_steps), (self.user_head, steps)):
            self.assertEqual(steps.search([("stands_in_for_id", "=", user.id)]), found)
        groups = steps.formatted_read_group(work, ["stands_in_for_id"], ["__count"])
        counts = [(group["stands_in_for_id"], group["__count"]) for group in groups]
        specialist = self.user_specialist
        self.assertEqual(counts, [((specialist.id, specialist.display_name), 2), (False, 1)])

    def test_a_draft_delegation_gives_nothing(self):
        self._with_specialist()
        self._delegate(active=False)
        self.assertFalse(self._work_of(self.user_colleague))

    def test_limited_to_positions(self):
        other = self.position_specialist.copy({"holder_ids": [(6, 0, self.user_specialist.ids)]})
        self._with_specialist()
        self._delegate(position_ids=[(6, 0, other.ids)])
        self.assertFalse(self._work_of(self.user_colleague))

    def test_approval_steps_only_when_included(self):
        self.position_head.holder_ids |= self.user_specialist
        dossier = self._with_specialist()
        delegation = self._delegate()
        self._as(dossier, self.user_specialist).action_complete_step()
        self.assertEqual(dossier.current_step_id.kind, "approve")
        self.assertFalse(self._work_of(self.user_colleague))
        with self.assertRaises(UserError):
            self._as(dossier, self.user_colleague).action_complete_step()
        delegation.action_end()
        self._delegate(with_approval=True)
        self._as(dossier, self.user_colleague).action_complete_step()
        self.assertEqual(dossier.state, "done")

    def test_what_was_delegated_is_not_delegated_on(self):
        dossier = self._with_specialist()
        self._delegate()
        self.env["qms.delegation"].with_user(self.user_colleague).create(
            {
                "company_id": self.company.id,
                "substitute_id": self.user_auditor.id,
                "date_from": TODAY,
                "date_to": TODAY,
                "reason": "Also away",
            }
        ).action_activate()
        self.assertFalse(self._work_of(self.user_auditor))
        with self.assertRaises(UserError):
            self._as(dossier, self.user_auditor).action_complete_step()

    def test_only_own_work_is_delegated_except_by_leader_and_officer(self):
        vals = {"user_id": self.user_head.id}
        with self.assertRaises(UserError):
            self._delegate(active=False, **vals)
        delegation = self._delegate(active=False)
        with self.assertRaises(UserError):
            delegation.with_user(self.user_colleague).action_activate()
        delegation.with_user(self.user_leader).action_activate()
        self.assertEqual(delegation.state, "active")

    def test_a_delegation_in_force_is_ended_not_rewritten(self):
        delegation = self._delegate()
        with self.assertRaises(ValidationError):
            delegation.date_to = TODAY + datetime.timedelta(days=90)
        with self.assertRaises(UserError):
            delegation.unlink()
        delegation.action_end()
        self.assertEqual(delegation.ended_by_id, self.user_specialist)

    def test_a_substitute_belongs_to_the_agency(self):
        with self.assertRaises(ValidationError):
            self._delegate(active=False, substitute_id=self.user_clerk_b.id)
