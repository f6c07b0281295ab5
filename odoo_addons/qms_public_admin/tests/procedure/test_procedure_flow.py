import datetime

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .. import common

TODAY = datetime.date(2026, 11, 9)


@tagged("post_install", "-at_install")
class TestProcedureFlow(common.QmsCommon):
    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    def _officer(self, record):
        return self._as(record, self.user_officer)

    def _draft(self, **vals):
        version = self._officer(self.version)
        draft = version.copy({"effective_from": TODAY, **vals})
        return draft

    # === PUBLISHING === #

    def test_publishing_freezes_and_ends_the_version_before(self):
        draft = self._draft()
        self.assertEqual((draft.number, draft.state), (2, "draft"))
        draft.action_publish()
        self.assertEqual(draft.state, "published")
        self.assertEqual(self.version.state, "retired")
        self.assertEqual(self.version.effective_to, TODAY - datetime.timedelta(days=1))
        self.assertEqual(self.procedure.current_version_id, draft)
        self.assertEqual(draft.publisher_name, self.user_officer.name)

    def test_a_later_version_waits_for_its_day(self):
        start = TODAY + datetime.timedelta(days=10)
        draft = self._draft(effective_from=start)
        draft.action_publish()
        self.assertEqual(self.version.state, "published")
        self.assertEqual(self.procedure.current_version_id, self.version)
        self.assertEqual(self.procedure._version_at(TODAY), self.version)
        self.assertEqual(self.procedure._version_at(start), draft)
        with freeze_time("2026-11-20 01:00:00"):
            self.env.invalidate_all()
            self.env["qms.procedure.version"]._cron_retire_expired()
            self.assertEqual(self.version.state, "retired")
            self.assertEqual(self.procedure.current_version_id, draft)

    def test_the_version_of_a_moment_follows_the_local_day(self):
        """18:00 UTC of the day before is 01:00 of the new day in Hanoi."""
        draft = self._draft()
        draft.action_publish()
        evening = datetime.datetime(2026, 11, 8, 16, 0)
        night = datetime.datetime(2026, 11, 8, 18, 0)
        self.assertEqual(self.procedure._version_at(evening), self.version)
        self.assertEqual(self.procedure._version_at(night), draft)

    def test_no_version_begins_before_the_one_in_force(self):
        draft = self._draft(effective_from="2017-01-01")
        with self.assertRaises(UserError):
            draft.action_publish()
        self.assertEqual(draft.state, "draft")

    def test_inv02_a_version_with_errors_is_not_published(self):
        draft = self._draft()
        draft.step_ids[1].hours = 30
        self.assertEqual(draft.check_level, "error")
        with self.assertRaisesRegex(UserError, "more than the committed"):
            draft.action_publish()
        self.assertIn("steps_exceed_committed", str(draft.check_report))
        self.assertIn("Shorten steps", draft.check_html)

    def test_publishing_several_is_all_or_none(self):
        good = self._draft()
        _procedure, bad = self._create_procedure("9.000002", self.company, publish=False)
        bad.step_ids.unlink()
        with self.assertRaises(UserError), self.cr.savepoint():
            (good | self._officer(bad)).action_publish()
        self.env.invalidate_all()
        self.assertEqual(good.state, "draft")

    def test_an_empty_date_means_today(self):
        draft = self._draft(effective_from=False)
        draft.action_publish()
        self.assertEqual(draft.effective_from, TODAY)

    def test_retiring_ends_the_procedure_from_today_on(self):
        self._officer(self.version).action_retire()
        self.assertEqual(self.version.state, "retired")
        self.assertEqual(self.procedure.state, "retired")
        self.assertFalse(self.procedure._version_at(TODAY))
        self.assertTrue(self.procedure._version_at(TODAY - datetime.timedelta(days=1)))

    def test_a_retired_version_does_not_come_back(self):
        version = self._officer(self.version)
        version.action_retire()
        for verb in ("action_publish", "action_retire"):
            with self.subTest(verb=verb), self.assertRaises(UserError):
                getattr(version, verb)()

    def test_the_state_of_the_procedure_follows_its_versions(self):
        procedure, version = self._create_procedure("9.000003", self.company, publish=False)
        self.assertEqual(procedure.state, "draft")
        version.action_publish()
        self.assertEqual(procedure.state, "published")
        version.action_retire()
        self.assertEqual(procedure.state, "retired")

    # === NEW VERSION, COMPARISON === #

    def test_a_new_version_is_a_deep_copy(self):
        _procedure, version = self._create_procedure("9.000004", self.company, publish=False)
        case = version.case_ids.create({"version_id": version.id, "name": "a"})
        version.step_ids[1].case_id = case
        version.channel_ids.create(
            {"version_id": version.id, "intake_channel": "online", "case_id": case.id}
        )
        action = self._officer(version).action_new_version()
        copy = version.browse(action["res_id"])
        for name in ("case_ids", "channel_ids", "component_ids", "step_ids"):
            self.assertEqual(len(copy[name]), len(version[name]), name)
            self.assertFalse(copy[name] & version[name], name)
        self.assertEqual(copy.step_ids.case_id, copy.case_ids)
        self.assertEqual(copy.channel_ids.case_id, copy.case_ids)
        self.assertEqual(copy.state, "draft")

    def test_comparison_shows_what_changed_side_by_side(self):
        draft = self._draft()
        draft.committed_hours = 32
        draft.step_ids[1].hours = 24
        draft.component_ids[1].unlink()
        draft.step_ids.create(
            {"version_id": draft.id, "name": "Archive", "hours": 1, "sequence": 9}
        )
        wizard = self.env["qms.procedure.compare"].browse(draft.action_compare()["res_id"])
        lines = {(line.item, line.change): line for line in wizard.line_ids}
        self.assertIn(("Identity paper", "removed"), lines)
        self.assertIn(("Archive", "added"), lines)
        changed = lines["Examine", "changed"]
        self.assertEqual((changed.old_text, changed.new_text), ("20 h (2.5 d)", "24 h (3 d)"))
        self.assertEqual(wizard.old_version_id, self.version)

    def test_equal_versions_have_no_difference(self):
        draft = self._draft(effective_from=self.version.effective_from)
        wizard = self.env["qms.procedure.compare"].browse(draft.action_compare()["res_id"])
        self.assertEqual(wizard.change_count, 0)

    def test_versions_of_different_procedures_are_not_compared(self):
        _procedure, other = self._create_procedure("9.000005", self.company, publish=False)
        with self.assertRaises(ValidationError):
            self.env["qms.procedure.compare"].create(
                {"old_version_id": self.version.id, "new_version_id": other.id}
            )

    # === CONTENT === #

    def test_terms_go_from_the_specific_to_the_general(self):
        _procedure, version = self._create_procedure("9.000006", self.company, publish=False)
        case = version.case_ids.create(
            {"version_id": version.id, "name": "a", "committed_hours": 16}
        )
        other = version.case_ids.create({"version_id": version.id, "name": "b"})
        channels = version.channel_ids
        channels.create(
            {"version_id": version.id, "intake_channel": "online", "committed_hours": 12}
        )
        channels.create(
            {
                "version_id": version.id,
                "intake_channel": "online",
                "case_id": case.id,
                "committed_hours": 8,
            }
        )

        def committed(*place):
            return version._term(*place)["committed_hours"]

        self.assertEqual(committed(case, "online"), 8)
        self.assertEqual(committed(case, "direct"), 16)
        self.assertEqual(committed(other, "online"), 12)
        self.assertEqual(committed(other, "direct"), 24)
        self.assertEqual(version._term(case, "online")["legal_hours"], 40)

    def test_steps_of_a_case_include_the_common_ones_in_order(self):
        _procedure, version = self._create_procedure("9.000007", self.company, publish=False)
        case, other = version.case_ids.create(
            [{"version_id": version.id, "name": name} for name in ("a", "b")]
        )
        version.step_ids[1].case_id = case
        version.step_ids[2].case_id = other
        steps = version._steps_for(case)
        self.assertEqual(steps.case_id, case)
        self.assertEqual(len(steps), 3)

    def test_substeps_without_a_unit_are_part_of_another_step(self):
        _procedure, version = self._create_procedure("9.000008", self.company, publish=False)
        sub = {"version_id": version.id, "name": "sub", "is_substep": True, "sequence": 3}
        version.step_ids.create([sub, {**sub, "unit_position": "Văn thư"}])
        names = version._steps_for().mapped("unit_position")
        self.assertEqual(len(names), 5)
        self.assertIn("Văn thư", names)

    def test_the_single_case_of_a_version_applies_unnamed(self):
        _procedure, version = self._create_procedure("9.000009", self.company, publish=False)
        case = version.case_ids.create(
            {"version_id": version.id, "name": "a", "committed_hours": 8}
        )
        version.step_ids.case_id = case
        self.assertEqual(version._term()["committed_hours"], 8)
        self.assertEqual(len(version._steps_for()), 4)

    def test_the_flow_has_a_box_for_each_step(self):
        boxes = self.version.flow
        self.assertEqual([box["hours"] for box in boxes], [1, 20, 3, 0])
        self.assertEqual(boxes[0]["position"], self.position_clerk.name)
        self.assertEqual({box["state"] for box in boxes}, {"planned"})

    def test_doubtful_times_are_settled_by_a_person(self):
        draft = self._draft()
        draft.step_ids[1].time_issue = "missing_unit"
        self.assertEqual(draft.check_level, "error")
        self.assertTrue(draft.has_doubtful_times)
        draft.step_ids[1].hours = 16
        self.assertFalse(draft.step_ids[1].time_issue)
        draft.time_issue = "ambiguous_day"
        draft.action_confirm_times()
        self.assertFalse(draft.time_issue)

    def test_the_form_reads_printed_times(self):
        draft = self._draft()
        with Form(draft) as form, form.step_ids.edit(1) as step:
            step.time_text = "1,5 ngày làm việc"
        self.assertEqual(draft.step_ids[1].hours, 12)
        with Form(draft) as form, form.channel_ids.new() as channel:
            channel.intake_channel = "online"
            channel.time_text = "3"
        self.assertEqual(draft.channel_ids.time_issue, "missing_unit")

    def test_a_part_belongs_to_a_case_of_its_own_version(self):
        _procedure, other = self._create_procedure("9.000010", self.company, publish=False)
        foreign = other.case_ids.create({"version_id": other.id, "name": "x"})
        draft = self._draft()
        with self.assertRaises(ValidationError):
            draft.step_ids[0].case_id = foreign

    # === CATALOGUE === #

    @mute_logger("odoo.sql_db")
    def test_codes_are_unique_in_an_agency(self):
        with self.assertRaises(psycopg2.errors.UniqueViolation), self.cr.savepoint():
            self.env["qms.procedure"].create(
                {"name": "x", "code": " 9.000001 ", "company_id": self.company.id}
            )
        self.env["qms.procedure"].create(
            {"name": "x", "code": "9.000001", "company_id": self.company_b.id}
        )

    def test_an_agency_adopts_a_shared_procedure(self):
        (self.position_clerk | self.position_specialist | self.position_head).write(
            {"company_id": False, "department_id": False}
        )
        shared, _version = self._create_procedure("9.000011", self.env["res.company"])
        action = self._officer(shared).action_adopt()
        own = shared.browse(action["res_id"])
        self.assertEqual((own.company_id, own.code), (self.company, shared.code))
        self.assertEqual(len(own.version_ids.step_ids), 4)
        self.assertEqual(own.state, "draft")
        self.assertEqual(self._officer(shared).action_adopt()["res_id"], own.id)

    def test_a_procedure_with_published_versions_stays_with_its_agency(self):
        with self.assertRaises(ValidationError):
            self.procedure.company_id = self.company_b
        draft_only = self.env["qms.procedure"].create({"name": "x"})
        draft_only.company_id = self.company_b

    def test_counts_lead_to_records(self):
        self._accepted_dossier()
        self.assertEqual(self.procedure.version_count, 1)
        self.assertEqual(self.procedure.dossier_count, 1)
        self.assertEqual(self.version.dossier_count, 1)
        action = self.procedure.action_view_dossiers()
        self.assertEqual(len(self.env["qms.dossier"].search(action["domain"])), 1)

    def test_under_the_qms_is_a_matter_of_dates(self):
        procedures = self.env["qms.procedure"]
        self.assertFalse(self.procedure.is_in_qms)
        self._officer(self.procedure).action_add_to_qms()
        self.assertTrue(self.procedure.is_in_qms)
        self.assertIn(self.procedure, procedures.search([("is_in_qms", "=", True)]))
        self._officer(self.procedure).action_remove_from_qms()
        self.assertEqual(self.procedure.qms_to, TODAY)
        with freeze_time("2026-11-11 01:00:00"):
            self.env.invalidate_all()
            self.assertFalse(self.procedure.is_in_qms)
            self.assertIn(self.procedure, procedures.search([("is_in_qms", "!=", True)]))

    def test_versions_in_force_can_be_searched(self):
        procedures = self.env["qms.procedure"]
        idle, _version = self._create_procedure("9.000013", self.company, publish=False)
        in_force = procedures.search([("current_version_id", "!=", False)])
        self.assertIn(self.procedure, in_force)
        self.assertNotIn(idle, in_force)
        self.assertIn(idle, procedures.search([("current_version_id", "=", False)]))
        self.assertIn(
            self.procedure, procedures.search([("current_version_id", "=", self.version.id)])
        )

    # === COVERAGE === #

    def _coverage(self, **vals):
        screens = self._officer(self.env["qms.procedure.coverage"])
        screen = screens.create(vals)
        screen.action_refresh()
        return screen

    def test_case_k_coverage_is_complete_when_all_published_are_covered(self):
        """Reference case K: 11 of 11 published procedures are under the QMS."""
        for number in range(10):
            self._create_procedure(f"9.0001{number:02}", self.company)
        self.env["qms.procedure"].search(
            [("company_id", "=", self.company.id)]
        ).qms_from = "2018-01-01"
        screen = self._coverage()
        self.assertEqual((screen.covered_count, screen.published_count), (11, 11))
        self.assertEqual(screen.coverage, 100.0)

    def test_the_parts_of_coverage_add_up_and_open(self):
        self._create_procedure("9.000020", self.company, publish=False)
        covered, _version = self._create_procedure("9.000021", self.company)
        covered.write({"qms_from": "2020-01-01", "department_id": self.department.id})
        screen = self._coverage()
        self.assertEqual(screen.catalogue_count, 3)
        self.assertEqual(screen.published_count + screen.unpublished_count, screen.catalogue_count)
        self.assertEqual(screen.covered_count + screen.uncovered_count, screen.published_count)
        self.assertEqual((screen.covered_unit_count, screen.unit_count), (1, 1))
        for record in (screen, screen.line_ids):
            for key in ("catalogue", "published", "covered", "uncovered", "unpublished"):
                with self.subTest(record=record._name, key=key):
                    action = getattr(record, f"action_open_{key}")()
                    found = self._officer(self.env["qms.procedure"]).search_count(action["domain"])
                    self.assertEqual(found, record[f"{key}_count"])

    def test_coverage_of_a_past_day_is_that_of_the_day(self):
        """INV-10: what was in force then counts, not what is in force now."""
        self.procedure.qms_from = "2020-01-01"
        self._officer(self.version).action_retire()
        past = self._coverage(date="2021-06-30")
        before = self._coverage(date="2019-06-30")
        self.assertEqual((past.covered_count, past.published_count), (1, 1))
        self.assertEqual((before.covered_count, before.published_count), (0, 1))
        self.assertEqual(self._coverage().published_count, 0)

    def test_coverage_by_field_and_unit(self):
        field = self.env["qms.procedure.field"].create({"name": "Budget"})
        self.procedure.write({"field_id": field.id, "department_id": self.department.id})
        by_field = self._coverage(group_by="field_id")
        self.assertEqual(by_field.line_ids.mapped("name"), ["Budget"])
        by_unit = self._coverage(group_by="department_id")
        self.assertEqual(by_unit.line_ids.mapped("name"), [self.department.display_name])

    def test_lines_of_decisions_find_their_procedure(self):
        line = self.env["qms.procedure.publication"].create(
            {
                "code": "9.000030",
                "name": "Thủ tục mới",
                "action": "abolished",
                "decision_no": "5/QĐ-UBND",
                "company_id": self.company.id,
            }
        )
        self.assertFalse(line.procedure_id)
        line.action_create_procedures()
        self.assertEqual(line.procedure_id.code, "9.000030")
        version = self.env["qms.procedure.version"].create(
            {"procedure_id": line.procedure_id.id, "legal_hours": 8}
        )
        self.assertIn("procedure_abolished", str(version.check_report))

    @mute_logger("odoo.sql_db")
    def test_times_of_a_version_are_not_negative(self):
        with self.assertRaises(psycopg2.errors.CheckViolation), self.cr.savepoint():
            self._draft(legal_hours=-1)
        with self.assertRaises(psycopg2.errors.CheckViolation), self.cr.savepoint():
            self._draft().step_ids[0].hours = -1
            self.env.flush_all()

    def test_a_draft_can_be_deleted_a_published_version_not(self):
        draft = self._draft()
        draft.unlink()
        with self.assertRaises(UserError):
            self.version.unlink()

    def test_commands_on_a_draft_reach_its_parts(self):
        draft = self._draft()
        draft.write({"step_ids": [Command.update(draft.step_ids[0].id, {"hours": 2})]})
        self.assertEqual(draft.step_hours, 25)
