import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..rpc_case import RpcCase
from .common_indicator import PROOF, IndicatorCommon


class EffectivenessCommon(IndicatorCommon):
    """A late procedure, an action of a specialist that shortens a step, a check of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.row = cls.env["mgmtsystem.nonconformity"]._qms_raise(
            [
                {
                    "name": "Late",
                    "description": "Late",
                    "company_id": cls.company.id,
                    "qms_procedure_id": cls.procedure.id,
                    "responsible_user_id": cls.user_head.id,
                }
            ]
        )
        cls.action = cls._action()
        cls.check = cls._check()

    @classmethod
    def _action(cls):
        return cls.env["mgmtsystem.action"]._qms_assign(
            [
                {
                    "name": "Shorten the step",
                    "user_id": cls.user_specialist.id,
                    "date_deadline": "2026-06-30",
                    "company_id": cls.company.id,
                    "nonconformity_ids": [(4, cls.row.id)],
                }
            ],
            start=False,
        )

    @classmethod
    def _check(cls, user=None, **vals):
        return cls._as(cls.env["qms.effectiveness.check"], user or cls.user_officer).create(
            {
                "action_id": cls.action.id,
                "measure_key": "dossiers_on_time",
                "procedure_id": cls.procedure.id,
                **vals,
            }
        )

    def _start(self, day="2026-04-01"):
        with freeze_time(f"{day} 03:00:00"):
            self._as(self.action, self.user_officer).action_qms_start()

    def _done(self, day="2026-05-04"):
        with freeze_time(f"{day} 03:00:00"):
            self._as(self.action, self.user_specialist).action_qms_done("Four hours less")

    def _compute(self, day="2026-08-10"):
        with freeze_time(f"{day} 18:00:00"):
            self.env["qms.effectiveness.check"]._compute_company(self.company)
        self.env.invalidate_all()

    def _whole_way(self, before=(25, 15), after=(38, 2)):
        for day, (kept, late) in (("2026-03-02", before), ("2026-06-01", after)):
            self._completed(day, count=kept)
            self._completed(day, "late", count=late)
        self._start()
        self._done()
        self._compute()


@tagged("post_install", "-at_install")
class TestImprovementEffectiveness(EffectivenessCommon):
    """The same measure before and after, with its uncertainty; the verdict is a person's."""

    # === FIGURES === #

    def test_before_and_after_on_the_same_scope(self):
        other, _version = self._create_procedure("9.000002", self.company)
        self._completed("2026-06-01", "late", count=40, procedure=other)
        self._whole_way()
        check = self.check
        self.assertEqual((check.before_part, check.before_whole), (25, 40))
        self.assertEqual((check.after_part, check.after_whole), (38, 40))
        self.assertEqual((check.before_from, check.before_to),
                         (datetime.date(2026, 1, 1), datetime.date(2026, 3, 31)))  # fmt: skip
        self.assertEqual((check.after_from, check.due_date),
                         (datetime.date(2026, 5, 5), datetime.date(2026, 8, 2)))  # fmt: skip
        self.assertEqual((check.state, check.shown), ("due", "better"))
        self.assertAlmostEqual(check.difference, 0.325)
        self.assertGreater(check.difference_low, 0)
        self.assertIn("+32.5 points", check.shown_text)
        self.assertEqual([side["text"] for side in check.picture["sides"]], ["62.5%", "95%"])

    def test_a_look_that_shows_nothing_new_leaves_no_trace(self):
        """Everyone may look in between; the readings are not filled with what was known."""
        self._completed("2026-03-02", count=10)
        self._start()
        self._done()
        check = self._as(self.check, self.user_specialist)
        with freeze_time("2026-06-10 03:00:00"):
            check.action_compute_now()
            check.action_compute_now()
            self.assertEqual(len(check.reading_ids), 1)
            self._completed("2026-06-01", "late")
            check.action_compute_now()
        self.assertEqual(check.reading_ids.mapped("whole"), [1, 0])

    def test_a_small_difference_is_unclear_and_none_is_few(self):
        self._whole_way((8, 2), (9, 1))
        self.assertEqual(self.check.shown, "unclear")
        for vals, shown in (({"measure_key": "complaints_on_time"}, "few"),):
            check = self._check(**vals)
            self._compute()
            self.assertEqual(check.shown, shown)

    def test_what_was_before_is_counted_at_the_start_and_not_again(self):
        self._completed("2026-03-02", count=10)
        self._start()
        self.assertEqual((self.check.state, self.check.before_whole), ("running", 10))
        self._completed("2026-03-03", "late", count=30)
        self._done()
        self._compute()
        self.assertEqual(self.check.before_whole, 10)

    def test_a_check_added_later_counts_from_the_start_of_the_action(self):
        self._completed("2026-03-02", count=10)
        self._start()
        self._done()
        with freeze_time("2026-05-20"):
            check = self._check(measure_key="dossiers_late", days_before=30, pause_days=10)
        self.assertEqual((check.state, check.before_whole), ("running", 10))
        self.assertEqual(check.after_from, datetime.date(2026, 5, 15))

    def test_an_action_sent_back_begins_its_days_anew(self):
        self._start()
        self._done()
        with freeze_time("2026-05-20"):
            self._as(self.action, self.user_officer).action_qms_send_back("Not whole")
        self.assertFalse(self.check.after_from)
        self._done("2026-06-01")
        self.assertEqual(self.check.after_from, datetime.date(2026, 6, 2))

    def test_a_cancelled_action_has_no_effect_to_judge(self):
        self._as(self.action, self.user_officer).action_qms_cancel("Not needed")
        self.assertEqual(self.check.state, "cancelled")

    def test_an_indicator_gives_measure_and_scope(self):
        form = Form(self._as(self.env["qms.effectiveness.check"], self.user_officer))
        form.action_id = self.action
        form.indicator_id = self._indicator(code="P", procedure_id=self.procedure.id)
        check = form.save()
        self.assertEqual((check.measure_key, check.procedure_id),
                         ("dossiers_on_time", self.procedure))  # fmt: skip
        with self.assertRaises(ValidationError):
            check.measure_key = "complaints"

    def test_a_value_by_hand_is_taken_from_its_periods(self):
        self._check(
            indicator_id=self.by_hand.id,
            measure_key="manual",
            procedure_id=False,
            days_before=95,
            days_after=95,
        )
        for day, part in (("2026-03-31", 6), ("2026-06-30", 10)):
            with freeze_time("2026-07-01"):
                self._as(self.by_hand, self.user_specialist).action_enter(
                    day, {"part": part, "whole": 10, **PROOF}
                )
        self._start("2026-04-01")
        self._done("2026-03-31")
        self._compute()
        check = self.check.search([("indicator_id", "=", self.by_hand.id)])
        self.assertEqual((check.before_part, check.after_part, check.shown), (6, 10, "better"))

    def test_who_judges_is_asked_when_the_days_have_passed(self):
        self._whole_way()
        asked = self.check.activity_ids
        self.assertEqual(asked.user_id, self.company._qms_officers()[:1])
        self._compute()
        self.assertEqual(self.check.activity_ids, asked)

    # === VERDICT === #

    def test_a_person_judges_with_a_reason(self):
        self._whole_way()
        check = self._as(self.check, self.user_auditor)
        for words in (None, " "):
            with self.assertRaises(UserError):
                check.action_judge("effective", words)
        with self.assertRaises(UserError):
            check.action_judge("splendid", "x")
        check.action_judge("effective", "On time since the step is shorter")
        self.assertEqual((check.state, check.judged_by), ("effective", self.user_auditor.name))
        self.assertFalse(check.activity_ids)
        reading = check.reading_ids
        self.assertEqual(
            (reading.verdict, reading.user_name), ("effective", self.user_auditor.name)
        )
        with self.assertRaises(UserError):
            check.action_judge("not_effective", "x")

    def test_the_verdict_may_differ_from_the_figures(self):
        self._whole_way()
        check = self._as(self.check, self.user_leader)
        check.action_judge("not_effective", "There were fewer dossiers than usual")
        self.assertEqual((check.state, check.shown), ("not_effective", "better"))

    def test_looking_longer_keeps_what_was_read(self):
        self._whole_way()
        self._as(self.check, self.user_leader).action_judge("extend", "A holiday month", 60)
        self.assertEqual((self.check.state, self.check.due_date),
                         ("running", datetime.date(2026, 10, 1)))  # fmt: skip
        self._completed("2026-09-01", "late", count=38)
        self._compute("2026-10-05")
        self.assertEqual((self.check.state, self.check.after_whole), ("due", 78))
        self.assertEqual(self.check.reading_ids.mapped("verdict"), [False, "extend"])
        self.assertEqual(self.check.reading_ids[1].whole, 40)

    def test_not_effective_takes_the_nonconformity_up_again_and_plans(self):
        self._whole_way((20, 20), (20, 20))
        self.row._lifecycle_write({"state": "verified"})
        dialog = self._as(self.env["qms.effectiveness.verdict"], self.user_officer).create(
            {"check_id": self.check.id, "verdict": "not_effective", "words": "As before"}
        )
        action = dialog.action_confirm()
        self.assertEqual(self.row.state, "analysis")
        self.assertEqual(action["res_model"], "mgmtsystem.action")
        self.assertEqual(self.check.state, "not_effective")

    def test_a_nonconformity_is_not_closed_before_the_effect_is_judged(self):
        self._whole_way()
        self._as(self.action, self.user_officer).action_qms_verify("Seen")
        self.row._lifecycle_write({"state": "verified"})
        close = self._as(self.row, self.user_leader).action_qms_close
        with self.assertRaises(UserError):
            close("Better")
        self._as(self.check, self.user_leader).action_judge("effective", "Better")
        close("Better")
        self.assertEqual(self.row.state, "done")

    def test_records_of_both_sides_open(self):
        self._whole_way()
        dossiers = self.env["qms.dossier"]
        check = self._as(self.check, self.user_officer)
        self.assertEqual(dossiers.search_count(check.action_open_before()["domain"]), 40)
        self.assertEqual(dossiers.search_count(check.action_open_after()["domain"]), 40)


@tagged("post_install", "-at_install")
class TestImprovementEffectivenessSecurity(EffectivenessCommon, RpcCase):
    def test_who_plans_the_action_plans_its_check(self):
        planners = {"officer", "leader", "head"}
        for role, user in self.users_by_role.items():
            with self.subTest(role):
                if role in planners:
                    check = self._check(user)
                    check.days_after = 60
                    check.unlink()
                    continue
                with self.assertRaises(AccessError):
                    self._check(user)
                with self.assertRaises(AccessError):
                    self._as(self.check, user).write({"days_after": 60})
                with self.assertRaises(AccessError):
                    self._as(self.check, user).unlink()
        with self.assertRaises(AccessError):
            self._check(self.user_officer_b)

    def test_a_check_moves_to_no_action_of_others(self):
        foreign = self.env["mgmtsystem.action"]._qms_assign(
            [{"name": "x", "user_id": self.user_officer_b.id, "date_deadline": "2026-06-30",
              "company_id": self.company_b.id}], start=False)  # fmt: skip
        self.env.flush_all()
        self._refused(
            self.user_officer, self.check._name, "write", self.check.ids, {"action_id": foreign.id}
        )

    def test_the_owner_does_not_judge_and_nobody_forges_figures(self):
        self._whole_way()
        self.env.flush_all()
        check, model = self.check, self.check._name
        self._refused(self.user_specialist, model, "action_judge", check.ids, "effective", "mine")
        for user in (self.user_colleague, self.user_clerk, self.user_head, self.user_provincial,
                     self.user_officer_b):  # fmt: skip
            self._refused(user, model, "action_judge", check.ids, "effective", "x", contexts=({},))
        reading = check.reading_ids
        assaults = (
            (model, "write", check.ids, {"after_part": 40}),
            (model, "write", check.ids, {"state": "effective"}),
            (model, "write", check.ids, {"before_part": 0, "shown": "better"}),
            (model, "write", check.ids, {"days_after": 10}),
            (model, "write", check.ids, {"measure_key": "complaints"}),
            (model, "web_save", check.ids, {"verdict_reason": "x"}, {}),
            (model, "unlink", check.ids),
            (model, "create", [{"action_id": self.action.id, "measure_key": "dossiers_late",
                                "before_part": 1, "before_whole": 9}]),
            (model, "create", [{"action_id": self.action.id, "measure_key": "dossiers_late",
                                "state": "effective"}]),
            (reading._name, "write", reading.ids, {"verdict": "effective"}),
            (reading._name, "unlink", reading.ids),
            (reading._name, "create", [{"check_id": check.id}]),
        )  # fmt: skip
        for user in (self.user_officer, self.user_leader):
            for assault in assaults:
                self._refused(user, *assault, contexts=({}, *self.FORGED, {"_qms_fact": True}))
        self.env.invalidate_all()
        self.assertEqual((check.after_part, check.before_part, check.state), (38, 25, "due"))

    def test_an_owner_who_is_an_officer_does_not_judge_either(self):
        self.action.user_id = self.user_officer
        self._completed("2026-03-02", count=10)
        self._start()
        with freeze_time("2026-05-04 03:00:00"):
            self._as(self.action, self.user_officer).action_qms_done("Done")
        self._compute()
        check = self._as(self.check, self.user_officer)
        self.assertFalse(check.can_judge)
        with self.assertRaises(UserError):
            check.action_judge("effective", "Mine was good")
        self._as(self.check, self.user_leader).action_judge("effective", "Seen")

    def test_the_check_of_a_confidential_action_is_read_by_few(self):
        self.row.qms_is_confidential = True
        self._whole_way()
        self.env.flush_all()
        for role, user in self.users_by_role.items():
            with self.subTest(role):
                seen = self._as(self.env["qms.effectiveness.check"], user).search([])
                readings = self._as(self.env["qms.effectiveness.reading"], user).search([])
                # The specialist owns the action, the head is responsible.
                expected = role in ("officer", "leader", "auditor", "staff", "head")
                self.assertEqual(self.check in seen, expected)
                self.assertEqual(bool(readings), expected)
        foreign = self._as(self.env["qms.effectiveness.check"], self.user_officer_b)
        self.assertFalse(foreign.search([]))
