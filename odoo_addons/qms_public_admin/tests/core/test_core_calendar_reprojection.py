import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .. import common
from .test_core_calendar_exception import CalendarCommon

NOW = common.NOW  # Monday 9 November 2026, 08:00 in Hanoi
ONE_DAY = datetime.timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCoreCalendarReprojection(CalendarCommon):
    """INV-01: a calendar edit moves nothing; a confirmed, reasoned act does, and is logged."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(NOW)
        freezer.start()
        self.addCleanup(freezer.stop)
        self.dossier = self._accepted_dossier()
        self.due = self.dossier.due_at  # Thursday 12 November, 08:00

    def _wizard(self, user=None, **vals):
        user = user or self.user_officer
        model = self.env["qms.calendar.reprojection"].with_user(user)
        return model.with_context(allowed_company_ids=user.company_ids.ids).create(vals)

    def _preview(self, user=None, **vals):
        wizard = self._wizard(user, **vals)
        wizard.action_preview()
        return wizard

    def test_calendar_edit_alone_moves_nothing(self):
        """INV-01, INV-19: the date and the calendar it was counted with stay."""
        fingerprint = self.dossier.calendar_fingerprint
        self._day("2026-11-10")
        self.dossier.invalidate_recordset()
        self.assertEqual(self.dossier.due_at, self.due)
        self.assertEqual(self.dossier.calendar_fingerprint, fingerprint)
        self.assertNotEqual(self.clock.fingerprint, fingerprint)

    def test_preview_lists_old_and_new_date(self):
        self._day("2026-11-10")
        wizard = self._preview()
        self.assertEqual((wizard.examined_count, wizard.line_count), (1, 1))
        line = wizard.line_ids
        self.assertEqual(line.dossier_id, self.dossier)
        self.assertEqual((line.old_due_at, line.new_due_at), (self.due, self.due + ONE_DAY))
        self.assertEqual(line.shift_days, 1)
        self.assertFalse(line.is_past)
        self.assertEqual(self.dossier.due_at, self.due)

    def test_nothing_to_move(self):
        self._day("2026-12-10")
        wizard = self._preview()
        self.assertEqual((wizard.examined_count, wizard.line_count), (1, 0))

    def test_apply_moves_with_a_reason_and_leaves_a_row_with_the_old_date(self):
        self._day("2026-11-10")
        wizard = self._preview(reason="Notice 1/TB-BNV: 10/11 off")
        wizard.action_apply()
        self.assertEqual(wizard.moved_count, 1)
        self.assertEqual(self.dossier.due_at, self.due + ONE_DAY)
        self.assertEqual(self.dossier.calendar_fingerprint, self.clock.fingerprint)
        event = self.dossier.event_ids.filtered(lambda e: e.event_type == "reprojected")
        self.assertIn("Notice 1/TB-BNV", event.reason)
        self.assertIn("2026-11-12", event.reason)
        self.assertEqual(event.user_id, self.user_officer)
        self.assertEqual(event.due_at, self.due + ONE_DAY)

    def test_the_deadline_of_the_current_step_moves_with_it(self):
        """Else a step would be late by a day that was made a holiday."""
        with freeze_time(NOW):
            self._as(self.dossier, self.user_clerk).action_complete_step()
        step = self.dossier.current_step_id
        before = step.due_at
        self.assertTrue(step.hours and before)
        self._day("2026-11-10")
        self._preview(reason="x").action_apply()
        self.assertEqual(step.due_at, self.clock.due(step.started_at, step.hours))
        self.assertGreater(step.due_at, before)

    def test_a_pause_stays_out_of_the_deadline_of_the_step(self):
        clerk = self._as(self.dossier, self.user_clerk)
        clerk.action_complete_step()
        specialist = self._as(self.dossier, self.user_specialist)
        step = self.dossier.current_step_id
        specialist.action_request_supplement(reason="Thiếu giấy tờ", items="- Đơn")
        with freeze_time("2026-11-11 01:00:00"):
            clerk.action_resume()
            resumed = fields.Datetime.now()
            self.assertEqual(step.due_at, self.clock.due(resumed, step.hours))
            self._day("2026-11-12")
            self._preview(reason="x").action_apply()
        self.assertEqual(step.due_at, self.clock.due(resumed, step.hours))

    def test_reason_is_required(self):
        self._day("2026-11-10")
        for reason in (False, "   "):
            with self.assertRaisesRegex(UserError, "why"):
                self._preview(reason=reason).action_apply()
        self.assertEqual(self.dossier.due_at, self.due)

    def test_unticked_dossiers_stay(self):
        other = self._accepted_dossier()
        self._day("2026-11-10")
        wizard = self._preview(reason="x")
        wizard.line_ids.filtered(lambda line: line.dossier_id == other).is_applied = False
        wizard.action_apply()
        self.assertEqual(self.dossier.due_at, self.due + ONE_DAY)
        self.assertEqual(other.due_at, self.due)

    def test_closed_dossiers_never_move(self):
        self._as(self.dossier, self.user_clerk).action_withdraw(reason="No longer needed")
        self._day("2026-11-10")
        self.assertEqual(self._preview().examined_count, 0)

    def test_forged_lines_do_not_move_anything_else(self):
        """The date written is the one the calendar gives, not the one sent."""
        self._day("2026-11-10")
        wizard = self._preview(reason="x")
        wizard.line_ids.new_due_at = self.due + 30 * ONE_DAY
        with self.assertRaisesRegex(UserError, "changed since the preview"):
            wizard.action_apply()
        self.assertEqual(self.dossier.due_at, self.due)

    def test_preview_that_no_longer_holds_is_refused(self):
        self._day("2026-11-10")
        wizard = self._preview(reason="x")
        self._day("2026-11-11")
        with self.assertRaisesRegex(UserError, "changed since the preview"):
            wizard.action_apply()

    def test_apply_needs_a_preview(self):
        with self.assertRaises(UserError):
            self._wizard(reason="x").action_apply()

    def test_officer_only(self):
        for role, user in self.users_by_role.items():
            if role != "officer":
                with self.subTest(role=role), self.assertRaises(AccessError):
                    self._wizard(user)

    def test_work_of_a_colleague_is_not_readable(self):
        self._day("2026-11-10")
        wizard = self._preview()
        for records in (wizard, wizard.line_ids):
            with self.subTest(model=records._name), self.assertRaises(AccessError):
                self._as(records, self.user_province).read(["create_uid"])

    def test_other_agencies_are_out_of_reach(self):
        self._day("2026-11-10")
        with self.assertRaises(AccessError):
            self._wizard(self.user_officer_b, company_ids=self.company.ids)
        # an agency allowed to the user but not chosen in the switcher stays out as well
        wizard = self._wizard(self.user_province, company_ids=self.company.ids)
        wizard.with_context(allowed_company_ids=self.company_b.ids).action_preview()
        self.assertEqual((wizard.examined_count, wizard.line_count), (0, 0))

    def test_day_in_lieu_shortens_and_a_past_date_is_marked(self):
        self._day("2026-11-07", kind="working_day")
        with freeze_time("2026-11-06 09:00:00"):  # Friday 16:00 in Hanoi
            early = self._accepted_dossier()
        self.assertEqual(early.due_at, datetime.datetime(2026, 11, 10, 9, 0))
        self.exceptions.search([]).kind = "holiday"
        line = self._preview().line_ids
        self.assertEqual(line.dossier_id, early)
        self.assertEqual(line.new_due_at, datetime.datetime(2026, 11, 11, 9, 0))

    # === WARNING === #

    def test_company_is_warned_when_open_dossiers_reach_a_year_without_rows(self):
        """§1.10: a computation reaching a year without rows must warn."""
        self.assertIn("2026", self.company.qms_calendar_warning)
        self._day("2026-01-01")
        self.company.invalidate_recordset()
        self.assertFalse(self.company.qms_calendar_warning)
        with freeze_time("2026-12-30 01:00:00"):
            self._accepted_dossier()
            self.company.invalidate_recordset()
            self.assertIn("2027", self.company.qms_calendar_warning)
            self.assertIn("2027", self._wizard().calendar_warning)
            holiday_wizard = self.env["qms.holiday.wizard"].with_user(self.user_officer)
            self.assertIn("2027", holiday_wizard.new({}).calendar_warning)

    def test_agency_without_open_dossiers_is_not_warned(self):
        self.assertFalse(self.company_b.qms_calendar_warning)

    def test_form(self):
        wizard = Form(self.env["qms.calendar.reprojection"].with_user(self.user_officer)).save()
        self.assertEqual(wizard.company_ids, self.company)
        self.assertEqual(wizard.action_preview()["res_id"], wizard.id)
