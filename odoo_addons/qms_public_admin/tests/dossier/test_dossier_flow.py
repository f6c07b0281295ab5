import datetime

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .. import common

NOW = common.NOW


def at(hours=0, days=0):
    return NOW + datetime.timedelta(hours=hours, days=days)


@tagged("post_install", "-at_install")
class TestDossierFlow(common.QmsCommon):
    def setUp(self):
        super().setUp()
        freezer = freeze_time(NOW)
        self.clock = freezer.start()
        self.addCleanup(freezer.stop)

    def _go(self, moment):
        self.clock.move_to(moment)

    # === INTAKE === #

    def test_acceptance_gives_code_version_plan_and_clock(self):
        """OS-01, OS-02, INV-05: the clock starts at acceptance, not at submission."""
        self._go(at(hours=-20))
        dossier = self._new_dossier()
        self.assertFalse(dossier.code)
        self.assertTrue(dossier.submission_ref)
        self._go(NOW)
        dossier.action_accept()
        self.assertEqual(dossier.state, "accepted")
        self.assertEqual(dossier.state_code, 2)
        self.assertEqual(dossier.code, "H99.01-261109-0001")
        self.assertEqual(dossier.version_id, self.version)
        self.assertEqual(dossier.accepted_at, NOW)
        self.assertEqual(dossier.clock_start_at, NOW)
        # 24 h = three working days from Monday 08:00.
        self.assertEqual(dossier.due_at, NOW + datetime.timedelta(days=3))
        self.assertEqual(dossier.legal_due_at, NOW + datetime.timedelta(days=7))
        self.assertEqual(len(dossier.step_ids), 4)
        self.assertEqual(dossier.current_step_id.name, "Receive and hand over")
        self.assertEqual(dossier.step_ids[2].planned_due_at, dossier.due_at)
        self.assertTrue(dossier.calendar_fingerprint)

    def test_codes_run_on_within_the_local_day_and_restart(self):
        """INV-03: one code for each accepted dossier, ordinal by local day."""
        self.assertEqual(self._accepted_dossier().code[-11:], "261109-0001")
        batch = self._new_dossier() | self._new_dossier()
        batch.action_accept()
        self.assertEqual([code[-4:] for code in batch.mapped("code")], ["0002", "0003"])
        # 18:00 UTC is already the next day in Hanoi.
        self._go(at(hours=17))
        self.assertEqual(self._accepted_dossier().code[-11:], "261110-0001")

    def test_a_code_taken_by_an_import_is_skipped(self):
        self.env["qms.dossier"]._import_batch(
            [
                {
                    "external_code": "H99.01-261109-0001",
                    "company_id": self.company.id,
                    "state": "processing",
                    "accepted_at": NOW,
                    "events": [{"at": NOW, "event_type": "accepted"}],
                }
            ]
        )
        self.assertEqual(self._accepted_dossier().code, "H99.01-261109-0002")

    def test_papers_come_from_the_published_list(self):
        """OS-09: what is outside the list is marked as a deviation."""
        dossier = self._new_dossier()
        self.assertEqual(dossier.component_ids.mapped("name"), ["Application", "Identity paper"])
        self.assertFalse(any(dossier.component_ids.mapped("is_deviation")))
        extra = (
            self.env["qms.dossier.component"]
            .with_user(self.user_clerk)
            .create({"dossier_id": dossier.id, "name": "Photo"})
        )
        self.assertTrue(extra.is_deviation)

    def test_the_form_lists_the_papers_of_the_chosen_procedure(self):
        model = self.env["qms.dossier"].with_user(self.user_clerk)
        with Form(model) as form:
            form.procedure_id = self.procedure
            form.holder_name = "Trần Văn Thử"
            self.assertEqual(len(form.component_ids), 2)
        self.assertEqual(len(form.record.component_ids), 2)

    def test_refusal_needs_a_reason(self):
        """OS-07, INV-04."""
        dossier = self._new_dossier()
        with self.assertRaises(UserError):
            dossier.action_refuse(reason="  ")
        dossier.action_refuse(reason="Not within our competence")
        self.assertEqual(dossier.state, "refused")
        self.assertFalse(dossier.code)
        self.assertEqual(dossier.event_ids[-1].reason, "Not within our competence")

    def test_non_territorial_clock_starts_at_the_competent_agency(self):
        """OS-03, INV-05: two stamps, the second starts the clock."""
        dossier = self._accepted_dossier(is_non_territorial=True)
        self.assertTrue(dossier.code)
        self.assertFalse(dossier.due_at)
        self.assertFalse(dossier.step_ids)
        self._go(at(days=1))
        dossier.action_receive_competent()
        self.assertEqual(dossier.accepted_at, NOW)
        self.assertEqual(dossier.clock_start_at, at(days=1))
        self.assertEqual(dossier.due_at, at(days=4))

    def test_transfer_deadline_never_moves_the_clock(self):
        """OS-05: same day before 15:00, start of the next working day after."""
        early = self._accepted_dossier()
        self.assertEqual(early.transfer_due_at, datetime.datetime(2026, 11, 9, 10, 0))
        self._go(datetime.datetime(2026, 11, 9, 8, 30))  # 15:30 in Hanoi
        late = self._accepted_dossier()
        self.assertEqual(late.transfer_due_at, datetime.datetime(2026, 11, 10, 0, 0))
        self.assertEqual(late.clock_start_at, datetime.datetime(2026, 11, 9, 8, 30))
        self.assertFalse(self._accepted_dossier(intake_channel="online").transfer_due_at)

    # === STEPS === #

    def _complete(self, dossier, user):
        self._as(dossier, user).action_complete_step()

    def test_every_hand_over_is_stamped_by_the_server(self):
        dossier = self._accepted_dossier()
        self._go(at(hours=1))
        self._complete(dossier, self.user_clerk)
        first, second = dossier.step_ids[:2]
        self.assertEqual(first.done_at, at(hours=1))
        self.assertEqual(first.done_by_name, self.user_clerk.name)
        self.assertEqual(first.hours_used, 1.0)
        self.assertEqual(second.state, "current")
        self.assertEqual(second.started_at, at(hours=1))
        self.assertEqual(dossier.state, "processing")
        self.assertEqual(dossier.transferred_at, at(hours=1))
        self.assertEqual(dossier.current_position_id, self.position_specialist)
        event = dossier.event_ids[-1]
        self.assertEqual(event.event_type, "step_completed")
        self.assertEqual(event.from_position_name, "Clerk at the counter")
        self.assertEqual(event.to_position_name, "Specialist")

    def test_to_the_end_on_time(self):
        dossier = self._accepted_dossier()
        self._complete(dossier, self.user_clerk)
        self._go(at(days=1))
        self._complete(dossier, self.user_specialist)
        self._go(at(days=3, hours=5))  # the due day, past the hour
        self._complete(dossier, self.user_head)
        self.assertEqual(dossier.state, "done")
        self.assertEqual(dossier.outcome, "on_time")
        self.assertEqual(dossier.legal_outcome, "early")
        self.assertEqual(dossier.done_at, at(days=3, hours=5))
        self._go(at(days=30))
        self._as(dossier, self.user_clerk).action_return_result()
        self.assertEqual(dossier.state, "returned")
        self.assertEqual(dossier.outcome, "on_time", "collecting late is not being late")
        self.assertEqual(
            dossier.event_ids.mapped("event_type"),
            ["submitted", "accepted", *["step_completed"] * 3, "done", "returned"],
        )

    def test_late_by_date(self):
        dossier = self._accepted_dossier()
        self._complete(dossier, self.user_clerk)
        self._complete(dossier, self.user_specialist)
        self._go(at(days=4))
        self.assertEqual(dossier.timeliness, "overdue")
        found = self.env["qms.dossier"].search([("timeliness", "=", "overdue")])
        self.assertIn(dossier, found)
        self._complete(dossier, self.user_head)
        self.assertEqual(dossier.outcome, "late")
        self.assertEqual(dossier.timeliness, "closed")

    def test_two_clerks_at_once_complete_nothing_twice(self):
        """The second gets a clear message: the step they saw is done."""
        dossier = self._accepted_dossier()
        step = dossier.current_step_id
        self.position_specialist.holder_ids |= self.user_clerk
        self._as(step, self.user_clerk).action_complete()
        with self.assertRaisesRegex(UserError, "already completed by"):
            self._as(step, self.user_clerk).action_complete()
        with self.assertRaisesRegex(UserError, "already completed by"):
            self._as(dossier, self.user_clerk).action_complete_step(expected_step_id=step.id)
        self.assertEqual(
            dossier.step_ids.mapped("state"), ["done", "current", "waiting", "waiting"]
        )

    def test_send_back_plans_the_steps_once_more(self):
        dossier = self._accepted_dossier()
        self._complete(dossier, self.user_clerk)
        self._complete(dossier, self.user_specialist)
        examine = dossier.step_ids.filtered(lambda step: step.name == "Examine")
        as_head = self._as(dossier, self.user_head)
        with self.assertRaises(UserError):
            as_head.action_send_back(examine.id, reason="")
        as_head.action_send_back(examine.id, reason="Figures do not match")
        self.assertEqual(dossier.current_step_id.name, "Examine")
        self.assertEqual(dossier.current_step_id.round, 2)
        self.assertEqual(
            dossier.step_ids.mapped("name"),
            ["Receive and hand over", "Examine", "Sign", "Examine", "Sign", "Return the result"],
        )
        self.assertEqual(examine.state, "done", "what was stamped stays")
        self._complete(dossier, self.user_specialist)
        self._complete(dossier, self.user_head)
        self.assertEqual(dossier.state, "done")
        self.assertIn("sent_back", dossier.event_ids.mapped("event_type"))

    def test_send_back_goes_only_to_a_completed_step(self):
        dossier = self._accepted_dossier()
        self._complete(dossier, self.user_clerk)
        later = dossier.step_ids[2]
        with self.assertRaises(UserError):
            self._as(dossier, self.user_specialist).action_send_back(later.id, reason="x")

    def test_only_the_assignee_handles_an_assigned_step(self):
        self.position_specialist.holder_ids |= self.user_colleague
        dossier = self._accepted_dossier()
        self._complete(dossier, self.user_clerk)
        self._as(dossier, self.user_head).action_assign(user_id=self.user_colleague.id)
        with self.assertRaises(UserError):
            self._complete(dossier, self.user_specialist)
        self._complete(dossier, self.user_colleague)
        self.assertEqual(dossier.step_ids[1].done_by_id, self.user_colleague)

    def test_my_work_shows_own_steps_with_the_nearest_deadline(self):
        dossier = self._accepted_dossier()
        steps = self.env["qms.dossier.step"]

        def work_of(user):
            return steps.with_user(user).search([("is_my_work", "=", True)])

        self.assertEqual(work_of(self.user_clerk), dossier.current_step_id)
        self.assertFalse(work_of(self.user_specialist))
        self._complete(dossier, self.user_clerk)
        self.assertFalse(work_of(self.user_clerk))
        self.assertEqual(work_of(self.user_specialist), dossier.current_step_id)

    # === PAUSES === #

    def test_supplement_restarts_the_clock(self):
        """§1.4 restart: the full duration from the moment the supplement is complete."""
        dossier = self._accepted_dossier()
        self._complete(dossier, self.user_clerk)
        self._as(dossier, self.user_specialist).action_request_supplement(
            reason="Plan missing", items="Site plan"
        )
        self.assertEqual(dossier.state, "supplement")
        self.assertEqual(dossier.timeliness, "paused")
        self._go(at(days=2))
        self._as(dossier, self.user_clerk).action_resume()
        self.assertEqual(dossier.state, "processing")
        # Wednesday 08:00 + three working days.
        self.assertEqual(dossier.due_at, at(days=7))
        self.assertEqual(dossier.judged_due_at, at(days=7))
        pause = dossier.interruption_ids
        self.assertEqual((pause.old_due_at, pause.new_due_at), (at(days=3), at(days=7)))

    def test_supplement_shifts_the_clock_by_setting(self):
        self.company.qms_supplement_clock_mode = "shift"
        dossier = self._accepted_dossier()
        self._complete(dossier, self.user_clerk)
        self._go(at(days=1))
        self._as(dossier, self.user_specialist).action_request_supplement(reason="Plan missing")
        self._go(at(days=2))
        self._as(dossier, self.user_clerk).action_resume()
        self.assertEqual(dossier.due_at, at(days=4))

    def test_a_second_supplement_needs_the_head(self):
        """OS-04: asked once and completely; a second is counted."""
        dossier = self._accepted_dossier()
        self._complete(dossier, self.user_clerk)
        as_specialist = self._as(dossier, self.user_specialist)
        as_specialist.action_request_supplement(reason="Plan missing")
        self._as(dossier, self.user_clerk).action_resume()
        self.assertFalse(as_specialist.can_request_supplement)
        with self.assertRaises(UserError):
            as_specialist.action_request_supplement(reason="One more")
        self._as(dossier, self.user_head).action_request_supplement(reason="Data were wrong")
        self.assertEqual(dossier.supplement_count, 2)

    def test_supplement_before_acceptance_starts_no_clock(self):
        dossier = self._new_dossier()
        dossier.action_request_supplement(reason="Signature missing")
        self.assertEqual(dossier.state, "supplement")
        dossier.component_ids[:1].original_qty = 1
        dossier.action_resume()
        self.assertEqual(dossier.state, "submitted")
        self.assertFalse(dossier.clock_start_at)

    def test_payment_always_shifts(self):
        dossier = self._accepted_dossier()
        self._complete(dossier, self.user_clerk)
        self._as(dossier, self.user_specialist).action_request_payment(reason="Land tax")
        self._go(at(days=1))
        self._as(dossier, self.user_clerk).action_resume()
        self.assertEqual(dossier.due_at, at(days=4))

    def test_temporary_stop_resumes_and_final_stop_does_not(self):
        first, second = self._accepted_dossier(), self._accepted_dossier()
        self._as(first, self.user_head).action_stop(reason="Court case", terminal=False)
        self._go(at(days=1))
        self._as(first, self.user_head).action_resume()
        self.assertEqual((first.state, first.due_at), ("accepted", at(days=4)))
        self._as(second, self.user_head).action_stop(reason="On request")
        self.assertTrue(second.is_terminal)
        self.assertEqual(second.timeliness, "closed")
        with self.assertRaises(UserError):
            self._as(second, self.user_head).action_resume()
        with self.assertRaises(UserError):
            self._as(second, self.user_head).action_withdraw(reason="x")

    # === EXTENSION, END === #

    def test_extension_is_limited_reasoned_and_judged_on_the_first_due_date(self):
        """INV-06 and extension_on_time_basis = first_due."""
        dossier = self._accepted_dossier()
        self._complete(dossier, self.user_clerk)
        as_head = self._as(dossier, self.user_head)
        with self.assertRaises(UserError):
            as_head.action_extend(new_due_at=at(days=2), reason="Earlier than before")
        as_head.action_extend(new_due_at=at(days=8), reason="Expert absent", apology="We apologise")
        self.assertEqual(dossier.due_at, at(days=8))
        self.assertEqual(dossier.first_due_at, at(days=3))
        self.assertEqual(dossier.extension_ids.old_due_at, at(days=3))
        self.assertEqual(dossier.extension_ids.signatory_name, self.user_head.name)
        with self.assertRaises(UserError):
            as_head.action_extend(new_due_at=at(days=9), reason="Once more")
        self._complete(dossier, self.user_specialist)
        self._go(at(days=7))
        self._complete(dossier, self.user_head)
        self.assertEqual(dossier.outcome, "late")

    def test_extension_judged_on_the_last_due_date_by_setting(self):
        self.company.qms_extension_on_time_basis = "last_due"
        dossier = self._accepted_dossier()
        self._as(dossier, self.user_head).action_extend(new_due_at=at(days=8), reason="x y")
        for user in (self.user_clerk, self.user_specialist):
            self._complete(dossier, user)
        self._go(at(days=7))
        self._complete(dossier, self.user_head)
        self.assertEqual(dossier.outcome, "early")

    def test_withdrawal_is_not_judged(self):
        dossier = self._accepted_dossier()
        dossier.action_withdraw(reason="The applicant has moved")
        self.assertEqual(dossier.state, "withdrawn")
        self.assertFalse(dossier.outcome)
        with self.assertRaises(UserError):
            dossier.action_withdraw(reason="again")

    # === SNAPSHOT === #

    def test_the_applicant_is_a_snapshot(self):
        partner = self.env["res.partner"].create({"name": "Công ty Thử", "phone": "000"})
        model = self.env["qms.dossier"].with_user(self.user_clerk)
        with Form(model) as form:
            form.procedure_id = self.procedure
            form.partner_id = partner
        partner.name = "Renamed"
        self.assertEqual(form.record.holder_name, "Công ty Thử")

    def test_catalogue_edits_do_not_reach_running_dossiers(self):
        """INV-01, INV-19: version, plan and due date are those of acceptance."""
        dossier = self._accepted_dossier()
        due = dossier.due_at
        draft = self.version.copy()
        draft.committed_hours = 8
        draft.effective_from = at(days=1).date()
        draft.step_ids.filtered(lambda step: step.hours > 8).hours = 3
        draft.action_publish()
        self.assertEqual(dossier.version_id, self.version)
        self.assertEqual(dossier.due_at, due)
        self._go(at(days=1))
        self.assertEqual(self._accepted_dossier().version_id, draft)

    def test_an_accepted_dossier_is_frozen(self):
        dossier = self._accepted_dossier()
        for vals in ({"holder_name": "Other"}, {"procedure_id": False}, {"intake_channel": "post"}):
            with self.assertRaises(ValidationError):
                dossier.write(vals)
        dossier.note = "Internal remark"
        with self.assertRaises(UserError):
            dossier.component_ids[:1].original_qty = 5
        with self.assertRaises(UserError):
            dossier.unlink()

    def test_clock_in_words(self):
        dossier = self._accepted_dossier()
        text = dossier.with_context(lang="en_US").clock_explanation
        self.assertIn("12/11/2026", text)
        self.env["res.lang"]._activate_lang("vi_VN")
        self.assertIn("12/11/2026", dossier.with_context(lang="vi_VN").clock_explanation)
