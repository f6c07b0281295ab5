"""The loop closes (reference cases K and Q): every figure counted again from the raw records."""

import hashlib
import math

from freezegun import freeze_time

from odoo.tests import TransactionCase, tagged

from ..scenarios import (
    corrective,
    improvement,
    internal_audit,
    recent,
    slow_procedure,
    world,
)

# An ordinary Wednesday afternoon in Hanoi.
NOW = world.utc("2026-11-18 15:20")
# The thirteen points of Circular 26/2014, art. 36.
POINTS = ("1a", "1b", "1c", "1d", "1đ", "1e", "1g", "2a", "2b", "2c", "2d", "2đ", "2e")
GOOD = ("early", "on_time")


def local_day(moment):
    """The day of a moment in Hanoi."""
    return (moment + world.HANOI).date()


def wilson(part, whole):
    """The 95 % interval of a share, written out here on its own."""
    z, share = 1.959963984540054, part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole**2)) / (1 + z * z / whole)
    return middle - half, middle + half


@tagged("post_install", "-at_install")
class TestImprovementLoop(TransactionCase):
    """The year is played once, by its verbs; each test counts for itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clock = freeze_time(NOW)
        clock.start()
        cls.addClassCleanup(clock.stop)
        cls.scene = world.enter(cls.env)
        cls.loop = improvement.load(cls.env)
        cls.review = improvement.look_back(cls.env)
        cls.company = cls.scene.company

    def _rows(self, first, last, procedure=None):
        """The dossiers completed on these days, as ``(id, outcome)``."""
        found = self.env["qms.dossier"].search(
            [("company_id", "=", self.company.id), ("outcome", "!=", False)]
        )
        return [
            (dossier.id, dossier.outcome)
            for dossier in found
            if first <= local_day(dossier.done_at) <= last
            and (not procedure or dossier.procedure_id == procedure)
        ]

    def _good(self, rows):
        return sum(outcome in GOOD for _number, outcome in rows)

    # === THE SAMPLE === #

    def _population(self, sample):
        """Numbers of the dossiers drawn from, and of these the late ones, on that day."""
        numbers, late = [], set()
        for dossier in self.loop.dossiers:
            if dossier.procedure_id != self.loop.procedure or dossier.accepted_at > sample.drawn_at:
                continue
            if not sample.date_from <= local_day(dossier.accepted_at) <= sample.date_to:
                continue
            numbers.append(dossier.id)
            if dossier.done_at <= sample.drawn_at:
                is_late = dossier.outcome == "late"
            else:
                is_late = dossier.first_due_at < sample.drawn_at
            if is_late:
                late.add(dossier.id)
        return numbers, late

    def test_the_sample_is_drawn_again_from_its_seed(self):
        sample = self.loop.sample
        numbers, late = self._population(sample)

        def rank(number):
            return hashlib.sha256(f"{internal_audit.SEED}:{number}".encode()).digest()

        drawn = sorted(late, key=rank)[: internal_audit.LATE_SIZE]
        rest = sorted(set(numbers) - set(drawn), key=rank)
        drawn += rest[: internal_audit.SIZE - len(drawn)]
        self.assertEqual(sample.line_ids.mapped("dossier_id").ids, drawn)
        self.assertEqual((sample.population, sample.population_late), (len(numbers), len(late)))
        text = ",".join(str(number) for number in sorted(numbers))
        self.assertEqual(sample.population_sha256, hashlib.sha256(text.encode()).hexdigest())
        self.assertEqual(sample.action_verify()["params"]["type"], "success")

    def test_another_seed_draws_others(self):
        numbers, _late = self._population(self.loop.sample)
        mine = sorted(numbers, key=lambda one: hashlib.sha256(f"7:{one}".encode()).digest())
        self.assertNotEqual(set(mine[: internal_audit.SIZE]), set(self.loop.sample.line_ids.ids))

    def test_the_late_ones_lay_in_the_examination(self):
        rows = self.loop.sample.line_ids.filtered(lambda row: row.outcome == "late")
        self.assertGreaterEqual(len(rows), internal_audit.LATE_SIZE)
        for dossier in rows.dossier_id:
            step = dossier.step_ids.filtered(lambda one: one.kind == "process")
            self.assertGreater(step.done_at, dossier.first_due_at)
            self.assertGreater(local_day(dossier.done_at), local_day(dossier.first_due_at))

    # === FROM THE FINDING TO THE EFFECT (CASE K) === #

    def test_the_finding_says_what_was_counted_and_names_the_dossiers(self):
        finding, sample = self.loop.finding, self.loop.sample
        late = sample.line_ids.filtered(lambda row: row.outcome == "late")
        self.assertIn(f"{len(late)}/{len(sample.line_ids)} hồ sơ", finding.name)
        self.assertEqual((finding.grade, finding.state), ("minor", "verified"))
        evidence = self.loop.nonconformity.qms_evidence_ids.filtered(
            lambda row: row.res_model == "qms.dossier"
        )
        self.assertEqual(set(evidence.mapped("res_id")), set(late.dossier_id.ids))

    def test_the_cause_is_looked_for_in_two_ways(self):
        row = self.loop.nonconformity
        self.assertEqual(len(row.qms_why_ids), 5)
        self.assertEqual(len(row.qms_branch_ids.filtered("is_root")), 2)
        self.assertIn(self.scene.record("cause_step_untimed"), row.cause_ids)

    def test_the_step_is_shorter_and_the_promise_is_kept(self):
        old, new = self.loop.procedure.version_ids.sorted("number")
        self.assertEqual(new, self.loop.version)
        hours = [
            version.step_ids.filtered(lambda step: step.kind == "process").hours
            for version in (old, new)
        ]
        self.assertEqual(hours, [corrective.HOURS, corrective.FEWER_HOURS])
        self.assertEqual(old.committed_hours, new.committed_hours)
        mine = self.loop.dossiers.filtered(lambda row: row.procedure_id == self.loop.procedure)
        for dossier in mine:
            is_later = local_day(dossier.accepted_at) >= new.effective_from
            self.assertEqual(dossier.version_id, new if is_later else old)

    def test_before_and_after_are_what_the_rows_say(self):
        check, procedure = self.loop.check, self.loop.procedure
        before = self._rows(check.before_from, check.before_to, procedure)
        after = self._rows(check.after_from, check.due_date, procedure)
        self.assertEqual((check.before_part, check.before_whole), (self._good(before), len(before)))
        self.assertEqual((check.after_part, check.after_whole), (self._good(after), len(after)))
        self.assertEqual(check.procedure_id, procedure, "the same scope")
        self.assertGreater(min(len(before), len(after)), 30)
        gained = self._good(after) / len(after) - self._good(before) / len(before)
        self.assertAlmostEqual(check.difference, gained)
        self.assertGreater(check.difference_low, 0)
        self.assertEqual(check.shown, "better")

    def test_the_intervals_are_those_of_wilson(self):
        check = self.loop.check
        for side in ("before", "after"):
            found = check._side(side).comparable()
            low, high = wilson(check[f"{side}_part"], check[f"{side}_whole"])
            self.assertAlmostEqual(found[1], low, 4)
            self.assertAlmostEqual(found[2], high, 4)

    def test_nobody_judges_their_own_work(self):
        row, check, finding = self.loop.nonconformity, self.loop.check, self.loop.finding
        head, auditor, leader = (
            self.scene.ref(f"user_{login}") for login in ("truongphong", "danhgia", "lanhdao")
        )
        self.assertEqual((row.responsible_user_id, self.loop.actions[0].user_id), (head, head))
        self.assertEqual(self.loop.actions.qms_verified_by_id, auditor)
        self.assertEqual((check.judged_by_id, check.state), (auditor, "effective"))
        self.assertEqual((row.qms_verified_by_id, row.qms_closed_by_id), (auditor, leader))
        self.assertEqual((finding.answered_by_id, finding.verified_by_id), (head, auditor))
        self.assertEqual(self.loop.audit.approval_decision_id.user_id, leader)

    def test_the_order_of_the_loop(self):
        loop = self.loop
        action = loop.actions[0]
        moments = [
            loop.programme.approval_decision_id.at,
            loop.audit.qms_notified_at,
            loop.sample.drawn_at,
            loop.audit.qms_started_at,
            loop.audit.qms_ended_at,
            loop.audit.closing_date,
            loop.finding.answered_at,
            action.date_open,
            loop.version.published_at,
            action.qms_done_at,
            action.qms_verified_at,
            loop.check.after_at,
            loop.check.judged_at,
            loop.nonconformity.closing_date,
        ]
        self.assertEqual(moments, sorted(moments))
        self.assertLess(moments[-1], NOW)

    # === ONE VISIT, TWO REPORTS (CASE Q) === #

    def test_the_visit_serves_both_purposes(self):
        lines = self.loop.audit.line_ids
        self.assertEqual(set(lines.mapped("qms_purpose")), {"internal", "reform"})
        self.assertTrue(all(lines.mapped("qms_is_complete")))
        states = {row.grade: row.state for row in self.loop.audit.qms_finding_ids}
        self.assertEqual(
            states,
            {"minor": "verified", "observation": "verified", "opportunity": "answered"},
        )

    def test_the_report_speaks_to_each_of_the_thirteen_points(self):
        reform = self.loop.audit.line_ids.filtered(lambda line: line.qms_purpose == "reform")
        self.assertEqual(sorted(set(reform.mapped("qms_point"))), sorted(POINTS))
        paper = str(self.loop.audit._qms_report("reform"))
        for line in reform:
            self.assertIn(line.with_context(lang="vi_VN").qms_point, POINTS)
            self.assertIn(line.name[:40], paper)
        self.assertIn(internal_audit.REFORM_CONCLUSION, paper)
        self.assertNotIn(internal_audit.REFORM_CONCLUSION, str(self._internal_paper()))

    def test_the_internal_report_names_seed_and_dossiers(self):
        paper = str(self._internal_paper())
        self.assertIn(internal_audit.SEED, paper)
        for row in self.loop.sample.line_ids:
            self.assertIn(row.code, paper)
        self.assertIn(internal_audit.CONCLUSION, paper)

    def _internal_paper(self):
        return self.loop.audit._qms_report("internal")

    def test_the_programme_was_proposed_with_reasons(self):
        programme = self.loop.programme
        self.assertEqual(programme.state, "approved")
        first = programme.proposal_ids.filtered("procedure_id")[:1]
        self.assertEqual(first.procedure_id, self.loop.procedure, "late dossiers come first")
        rows = [
            row
            for row in self.loop.dossiers
            if row.procedure_id == self.loop.procedure
            and row.done_at
            and row.done_at < programme.ranked_at
        ]
        self.assertEqual(first.late_count, sum(row.outcome == "late" for row in rows))
        units = self.env["hr.department"].search([("company_id", "=", self.company.id)])
        self.assertEqual(programme.line_ids.department_id, units, "every unit in the year")

    # === SIGNALS, OBJECTIVES, TRAINING === #

    def test_signals_are_folded_dismissed_and_accepted(self):
        late, low = self.loop.dismissed, self.loop.accepted
        self.assertEqual(set(late.mapped("state")), {"dismissed"})
        self.assertTrue(all(late.mapped("reason")))
        self.assertEqual(set(late.mapped("nights")), {2}, "the second night was folded in")
        rows = self._rows(late[:1].date_from, late[:1].date_to, self.loop.procedure)
        self.assertEqual((late[:1].part, late[:1].whole), (len(rows) - self._good(rows), len(rows)))
        self.assertEqual((len(low), low.state), (1, "accepted"))
        self.assertEqual(low.nonconformity_id.qms_source, "signal")
        self.assertEqual(low.nonconformity_id.state, "analysis")

    def test_the_missed_objective_is_what_the_rows_say(self):
        missed = self.loop.objectives.objective_ids.filtered(lambda row: row.status == "missed")
        self.assertEqual(missed.indicator_id.code, "CS-02")
        year = self.loop.objectives.year
        rows = self._rows(
            missed.due_date.replace(year=year, month=1, day=1),
            missed.due_date,
            self.loop.procedure,
        )
        self.assertEqual((missed.part, missed.whole), (self._good(rows), len(rows)))
        self.assertLess(missed.part / missed.whole, missed.target)
        signals = self.env["qms.signal"].search(
            [("company_id", "=", self.company.id), ("res_model", "=", "qms.objective")]
        )
        self.assertEqual(signals.res_id, missed.id)

    def test_four_quarters_of_each_indicator_are_fixed(self):
        for indicator in self.loop.indicators:
            fixed = indicator.measure_ids.filtered(lambda row: row.state == "closed")
            self.assertEqual(len(fixed), 4, indicator.code)
        on_time = self.loop.indicators.filtered(lambda row: row.code == "CS-01")
        for row in on_time.measure_ids:
            rows = self._rows(row.period_from, min(row.period_to, local_day(NOW)))
            self.assertEqual((row.part, row.whole), (self._good(rows), len(rows)))

    def test_three_classes_and_about_two_hundred_learners(self):
        """The figures of reference case B."""
        self.assertEqual(len(self.loop.trainings), 3)
        learners = self.loop.trainings.participant_ids
        self.assertAlmostEqual(len(learners), 200, delta=10)
        self.assertEqual(
            sum(self.loop.trainings.mapped("attended_count")), len(learners.filtered("attended"))
        )

    # === THE MANAGEMENT REVIEW === #

    def _sections(self, letter):
        row = self.review.qms_input_ids.filtered(lambda one: one.letter == letter)
        return row, row.content["sections"]

    def _cells(self, letter):
        _row, sections = self._sections(letter)
        return [line["cells"] for found in sections for line in found["table"]["rows"]]

    def test_the_pack_shows_before_and_after(self):
        check = self.loop.check.with_context(lang=self.env["res.lang"]._qms_of_papers())
        cells = [row for row in self._cells("c4") if check.before_text in row]
        self.assertEqual(len(cells), 1)
        self.assertIn(check.after_text, cells[0])

    def test_the_figures_of_the_pack_are_those_of_the_rows(self):
        row, sections = self._sections("c3")
        rows = self._rows(self.review.qms_date_from, self.review.qms_date_to)
        figure = sections[0]["figures"][0]
        action = row.action_open_figure(figure["opens"])
        found = self.env["qms.dossier"].search(action["domain"])
        self.assertEqual(set(found.ids), {number for number, _outcome in rows})
        self.assertIn(str(self._good(rows)), figure["note"])
        self.assertIn(str(len(rows)), figure["note"])

    def test_the_pack_tells_what_became_of_last_years_decisions(self):
        last = self.loop.last_review
        self.assertEqual((last.state, self.review.qms_previous_id), ("done", last))
        self.assertEqual(last.qms_output_ids.mapped("status"), ["done", "done", "late"])
        words = [row[0] for row in self._cells("a")]
        for decision in last.qms_output_ids:
            self.assertIn(decision.name, words)

    def test_the_review_is_invited_and_every_topic_compiled(self):
        self.assertEqual(self.review.state, "invited")
        self.assertTrue(all(self.review.qms_input_ids.mapped("compiled_at")))

    # === THE YEAR AND THE STORY === #

    def test_the_year_shows_what_is_done_and_due(self):
        acts = self.scene.as_login("lanhdao")["qms.yearly.act"]._of(self.company)
        standings = {act.proof: act.standing for act in acts}
        self.assertEqual(standings["programme"], "done")
        self.assertEqual(standings["audits"], "done")
        self.assertIn(standings["reviews"], ("planned", "due"))

    def test_the_committee_is_in_force_and_risks_moved(self):
        committee = self.env["qms.committee"].search([("company_id", "=", self.company.id)])
        self.assertEqual((committee.state, len(committee.member_ids)), ("in_force", 5))
        late, pressure, online = self.loop.risks
        self.assertLess(late.score, late.first_score)
        self.assertEqual(
            (late.state, pressure.state, online.kind), ("treated", "assessed", "opportunity")
        )

    def test_the_story_is_played_once(self):
        self.assertIsNone(improvement.load(self.env))
        self.assertFalse(improvement.look_back(self.env))

    def test_the_last_weeks_are_left_to_another_story(self):
        before = self.loop.dossiers
        self.assertGreater(len(recent.load(self.env)), 50)
        self.assertFalse(recent.load(self.env) & before)

    def test_as_many_came_in_as_were_planned(self):
        wanted = sum(row[3] for row in (*slow_procedure.BEFORE, *slow_procedure.AFTER))
        self.assertEqual(len(self.loop.dossiers), wanted)
        self.assertFalse(any(self.loop.dossiers._verify_chain().values()))
