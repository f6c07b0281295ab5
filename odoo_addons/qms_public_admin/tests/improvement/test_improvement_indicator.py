import base64
import datetime
import json

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from ..rpc_case import RpcCase
from .common_indicator import PROOF, IndicatorCommon


@tagged("post_install", "-at_install")
class TestImprovementIndicator(IndicatorCommon):
    """Indicators are counted from records or entered by hand, fixed, and restated openly."""

    # === COUNTING === #

    def test_each_period_is_counted_once_and_fixed_after_its_days(self):
        self._completed("2026-02-02", count=9)
        self._completed("2026-02-03", "late", count=3)
        self._completed("2026-04-02", count=4)
        self._night("2026-04-05")
        rows = self._figures()
        self.assertEqual([*rows], ["2026-01-01", "2026-04-01"])
        first = rows["2026-01-01"]
        self.assertEqual((first.part, first.whole, first.state), (9, 12, "provisional"))
        self.assertEqual((first.target_state, first.value), ("missed", 0.75))
        self._night("2026-04-11")
        self.assertEqual(self._figures()["2026-01-01"].state, "closed")
        self.assertEqual(self._figures()["2026-04-01"].state, "provisional")
        self.assertEqual(self._figures()["2026-04-01"].target_state, "met")

    def test_the_target_of_a_fixed_figure_is_that_of_its_time(self):
        self._completed("2026-02-02", count=9)
        self._night("2026-04-20")
        self.indicator.target = 1.0
        self.indicator.has_target = False
        self._night("2026-04-21")
        row = self._figures()["2026-01-01"]
        self.assertEqual((row.has_target, row.target, row.target_state), (True, 0.9, "met"))

    def test_a_period_without_cases_has_no_value_and_no_verdict(self):
        self._night("2026-04-20")
        row = self._figures()["2026-01-01"]
        self.assertFalse(row.has_value)
        self.assertEqual((row.value_text, row.target_state), ("–", "none"))
        self.assertFalse(self.indicator.last_measure_id)

    def test_measure_now_is_provisional(self):
        self._completed("2026-02-02", count=9)
        with freeze_time("2026-06-10"):
            self._as(self.indicator, self.user_officer).action_measure_now()
        self.assertEqual(set(self.indicator.measure_ids.mapped("state")), {"provisional"})
        self.assertEqual(self.indicator.last_measure_id.part, 9)

    def test_unit_and_procedure_bound_what_is_counted(self):
        other, _version = self._create_procedure("9.000002", self.company)
        self._completed("2026-02-02", count=2)
        self._completed("2026-02-02", count=5, procedure=other)
        units = self._indicator(code="A", department_id=self.department.id)
        procedures = self._indicator(code="B", procedure_id=other.id)
        self._night("2026-04-20")
        self.assertEqual(self._figures(units)["2026-01-01"].whole, 2)
        self.assertEqual(self._figures(procedures)["2026-01-01"].whole, 5)

    def test_many_indicators_of_one_measure_take_the_queries_of_one(self):
        def cost():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._night("2026-10-20")
            return self.env.cr.sql_log_count - before

        self._completed("2026-02-02", count=9)
        self._night("2026-10-20")
        few = cost()
        for number in range(12):
            self._indicator(code=f"X{number}")
        self._night("2026-10-20")
        self.assertLessEqual(cost(), few + 3)

    @mute_logger("odoo.sql_db")
    def test_one_figure_a_period_is_held_by_the_database(self):
        self._night("2026-04-20")
        row = self.indicator.measure_ids[0]
        vals = self.indicator._prepare_measure(row._figure(), row.period_from, row.period_to)
        with self.assertRaisesRegex(UniqueViolation, "one_a_period"), self.cr.savepoint():
            self.env["qms.indicator.measure"]._record([vals])

    # === DIFFERENCES AND RESTATEMENTS (INV-10) === #

    def _differing(self):
        kept = self._completed("2026-02-02", count=9)
        gone = self._completed("2026-02-02", "late")
        self._night("2026-04-20")
        late = self._completed("2026-02-05", "late", count=2)
        kept[0]._lifecycle_write({"outcome": "late"})
        gone._lifecycle_write({"done_at": datetime.datetime(2026, 5, 2, 2)})
        self._night("2026-04-21")
        return self._figures()["2026-01-01"], late, gone, kept[0]

    def test_late_entries_change_no_fixed_figure_and_are_named(self):
        row, late, gone, other = self._differing()
        self.assertEqual((row.part, row.whole, row.differs), (9, 10, True))
        self.assertEqual((row.today_part, row.today_whole), (8, 11))
        self.assertIn("8/11", row.today_text)
        found = self.env["qms.dossier"].search(row.action_open_difference()["domain"])
        self.assertEqual(found, late | gone | other)

    def test_a_difference_that_ends_is_no_longer_shown(self):
        row, late, gone, other = self._differing()
        other._lifecycle_write({"outcome": "on_time"})
        gone._lifecycle_write({"done_at": datetime.datetime(2026, 2, 2, 2)})
        late._lifecycle_write({"done_at": datetime.datetime(2026, 5, 2, 2)})
        self._night("2026-04-22")
        self.assertFalse(row.differs)

    def test_a_restatement_keeps_the_old_figure_with_its_reason(self):
        row, *_rest = self._differing()
        self._as(row, self.user_officer).action_restate(" Import of the paper files ")
        self.assertEqual((row.part, row.whole, row.state), (8, 11, "closed"))
        self.assertEqual((row.target_state, row.differs), ("missed", False))
        fact = row.restatement_ids
        self.assertEqual(
            (fact.old_part, fact.old_whole, fact.new_part, fact.new_whole), (9, 10, 8, 11)
        )
        self.assertEqual(fact.reason, "Import of the paper files")
        self.assertEqual(fact.user_name, self.user_officer.name)
        self._night("2026-04-22")
        self.assertEqual((row.part, row.differs), (8, False))

    def test_no_restatement_without_reason_difference_or_right(self):
        row, *_rest = self._differing()
        for words in (None, "", "   ", 7):
            with self.assertRaises(UserError):
                self._as(row, self.user_officer).action_restate(words)
        with self.assertRaises(UserError):
            self._as(row, self.user_head).action_restate("because")
        self._as(row, self.user_officer).action_restate("import")
        with self.assertRaises(UserError):
            self._as(row, self.user_officer).action_restate("again")

    # === BY HAND === #

    def test_who_is_in_charge_enters_with_evidence(self):
        with freeze_time("2026-04-02"):
            row = self._enter()
            self.assertEqual((row.part, row.whole, row.state), (9, 10, "provisional"))
            self.assertEqual(row.taken_by, self.user_specialist.name)
            self._enter(part=10)
        self.assertEqual(self._figures(self.by_hand)["2026-01-01"].part, 10)

    def test_files_go_with_the_value_and_are_kept(self):
        file = (
            self.env["ir.attachment"]
            .with_user(self.user_specialist)
            .create({"name": "list.txt", "datas": base64.b64encode(b"9 of 10")})
        )
        with freeze_time("2026-04-02"):
            self._as(self.by_hand, self.user_specialist).action_enter(
                "2026-03-01", {"part": 9, "whole": 10}, file.ids
            )
        kept = self._figures(self.by_hand)["2026-01-01"].attachment_ids
        self.assertEqual((kept.name, kept.raw), ("list.txt", b"9 of 10"))
        with self.assertRaises(UserError):
            kept.sudo().unlink()

    def test_no_value_without_evidence_by_others_or_of_the_future(self):
        enter = self._as(self.by_hand, self.user_specialist).action_enter
        vals = {"part": 9, "whole": 10}
        with freeze_time("2026-04-02"):
            for day, given in (
                ("2026-03-31", vals),
                ("2026-03-31", {**vals, "link": "javascript:alert(1)"}),
                ("2026-03-31", {**vals, **PROOF, "part": 11}),
                ("2026-03-31", {**vals, **PROOF, "part": -1}),
                ("2026-03-31", {**PROOF, "part": 0, "whole": 0}),
                ("2026-07-01", {**vals, **PROOF}),
            ):
                with self.subTest(given), self.assertRaises(UserError):
                    enter(day, given)
            for user in (self.user_colleague, self.user_head, self.user_leader):
                with self.assertRaises(UserError):
                    self._enter(user=user)
            foreign = self.env["ir.attachment"].create({"name": "x", "raw": b"x"})
            with self.assertRaises(AccessError):
                enter("2026-03-31", vals, foreign.ids)
            with self.assertRaises(UserError):
                self._as(self.indicator, self.user_officer).action_enter(
                    "2026-03-31", {**vals, **PROOF}
                )

    def test_files_are_those_of_who_enters(self):
        """A file that one merely reads, or a link to one, is no evidence handed in."""
        attachments = self.env["ir.attachment"]
        of_others = attachments.with_user(self.user_officer).create(
            {
                "name": "x",
                "raw": b"x",
                "res_model": self.by_hand._name,
                "res_id": self.by_hand.id,
            }
        )
        link = attachments.with_user(self.user_specialist).create(
            {"name": "x", "type": "url", "url": "https://example.org/x"}
        )
        enter = self._as(self.by_hand, self.user_specialist).action_enter
        for file in (of_others, link):
            file.with_user(self.user_specialist).check_access("read")
            with freeze_time("2026-04-02"), self.assertRaises(AccessError):
                enter("2026-03-31", {"part": 9, "whole": 10}, file.ids)

    def test_cases_are_whole_and_not_negative(self):
        count = self._indicator(
            code="C", measure_key="manual", kind="count", better="up", has_target=False
        )
        for part in (-1, 2.5):
            with freeze_time("2026-04-02"), self.assertRaises(UserError):
                count.action_enter("2026-03-31", {"part": part, **PROOF})

    def test_what_is_provisional_or_typed_is_neither_restated_nor_compared(self):
        self._completed("2026-02-02")
        with freeze_time("2026-04-02"):
            self.indicator._measure()
            typed = self._enter()
            counted = self._figures()["2026-01-01"]
            self._completed("2026-02-03", "late")
            with self.assertRaises(UserError):
                self._as(counted, self.user_officer).action_restate("because")
            for row in (typed, counted):
                with self.assertRaises(UserError):
                    row.action_open_difference()
            with self.assertRaises(UserError):
                typed.action_open_whole()

    def test_a_figure_is_searched_among_its_own_records(self):
        """The ids of another model are no ids of this one."""
        dossier = self._completed("2026-02-02")
        key = json.dumps(
            ["dossiers_on_time", False, "2026-01-01", "2026-03-31", self.company.id, 0, 0, False]
        )
        domain = [("qms_measure_key", "=", key)]
        self.assertEqual(self.env["qms.dossier"].search(domain), dossier)
        self.assertFalse(self.env["qms.dossier.step"].search_count(domain))

    def test_a_fixed_value_is_restated_by_the_officer_with_evidence(self):
        with freeze_time("2026-04-02"):
            row = self._enter()
        self._night("2026-04-20")
        self.assertEqual(row.state, "closed")
        with freeze_time("2026-04-21"):
            with self.assertRaises(UserError):
                self._enter(part=10)
            officer = self._as(row, self.user_officer)
            with self.assertRaises(UserError):
                officer.action_restate("counted wrongly", {"part": 8, "whole": 10})
            officer.action_restate("counted wrongly", {"part": 8, "whole": 10, **PROOF})
        self.assertEqual((row.part, row.restatement_ids.old_part), (8, 9))

    def test_a_mean_by_hand_has_an_interval_over_several_periods_only(self):
        points = self._indicator(
            code="CC", measure_key="manual", kind="mean", unit="points", better="up", target=80
        )
        with freeze_time("2026-04-02"):
            points.action_enter("2026-03-31", {"part": 82.5, **PROOF})
        row = points.measure_ids
        self.assertEqual((row.value, row.has_interval, row.target_state), (82.5, False, "met"))
        self.assertEqual(row.value_text, "82.5 points")

    def test_who_is_in_charge_is_asked_once_for_an_ended_period(self):
        for night in ("2026-04-02", "2026-04-03"):
            self._night(night)
        asked = self.by_hand.activity_ids
        self.assertEqual((len(asked), asked.user_id), (1, self.user_specialist))
        self.assertEqual(asked.date_deadline, datetime.date(2026, 4, 10))
        with freeze_time("2026-04-04"):
            self._enter()
        self.assertFalse(self.by_hand.activity_ids)
        self._night("2026-04-05")
        self.assertFalse(self.by_hand.activity_ids)

    # === WHAT STAYS === #

    def test_what_the_figures_mean_stays_once_they_are_fixed(self):
        self._completed("2026-02-02")
        with freeze_time("2026-04-05"):
            self.indicator._measure()
        officer = self._as(self.indicator, self.user_officer)
        officer.write({"frequency": "month"})
        self.assertFalse(officer.measure_ids, "provisional figures are counted anew")
        self._night("2026-04-20")
        for vals in (
            {"frequency": "year"},
            {"measure_key": "dossiers_late"},
            {"department_id": self.department.id},
            {"procedure_id": self.procedure.id},
        ):
            with self.subTest(vals), self.assertRaises(ValidationError):
                officer.write(vals)
        officer.write({"frequency": "month", "name": "Renamed", "target": 0.8})
        with self.assertRaises(UserError):
            officer.unlink()
        officer.action_archive()

    def test_an_indicator_without_fixed_figures_can_be_deleted(self):
        with freeze_time("2026-04-05"):
            self.indicator._measure()
        self._as(self.indicator, self.user_officer).unlink()
        self.assertFalse(self.indicator.exists())

    def test_kind_and_direction_of_a_counted_measure_are_its_own(self):
        for vals in ({"better": "down"}, {"kind": "count"}):
            with self.assertRaises(ValidationError):
                self._indicator(code="Z", **vals)
        with self.assertRaises(ValidationError):
            self._indicator(code="Z", target=95)

    # === SCREENS === #

    def test_the_form_follows_the_measure(self):
        with Form(self.env["qms.indicator"].with_user(self.user_officer)) as form:
            form.name = "Hours"
            form.measure_key = "dossier_hours"
            self.assertEqual((form.kind, form.better, form.unit), ("mean", "down", "hours"))
            form.measure_key = "complaints"
            self.assertEqual((form.kind, form.better), ("count", "down"))

    def test_chart_and_trend(self):
        self._completed("2025-11-02", "late", count=40)
        self._completed("2026-02-02", count=40)
        row = self._indicator(code="C", measured_from="2025-10-01")
        self._night("2026-04-20")
        chart = row.chart
        self.assertEqual(chart["labels"], ["Q4/2025", "Q1/2026", "Q2/2026"])
        self.assertEqual(chart["values"], [0.0, 1.0, None])
        self.assertEqual(chart["target"], 0.9)
        self.assertEqual(chart["provisional"], [False, False, True])
        self.assertEqual((row.trend, row.last_text, row.target_text), ("better", "100.0%", "≥ 90%"))

    def test_proposals_are_taken_over_once(self):
        self.env["qms.indicator"].search([]).write({"code": False})
        proposals = self.env["qms.indicator.template"].with_user(self.user_officer)
        proposals = proposals.with_context(allowed_company_ids=self.company.ids).search([])
        self.assertGreater(len(proposals), 12)
        proposals.action_take_over()
        made = self.env["qms.indicator"].search([("template_id", "in", proposals.ids)])
        self.assertEqual((len(made), made.company_id), (len(proposals), self.company))
        self.assertTrue(all(proposals.mapped("is_taken")))
        self.assertTrue(all(made.mapped("qms_clause_ids")))
        for row in made:
            template = row.template_id
            self.assertEqual((row.frequency, row.target), (template.frequency, template.target))
        with self.assertRaises(UserError):
            proposals.action_take_over()
        self._night("2026-04-20")

    def test_a_measured_indicator_is_evidence_of_its_clauses(self):
        clause = self.company._qms_standard().clause_ids.filtered(lambda row: row.number == "9.1.1")
        self.indicator.qms_clause_ids = clause
        links = self.env["qms.indicator"]._evidence_links
        self.assertFalse(links(clause, self.company))
        self._completed("2026-02-02")
        self._night("2026-04-20")
        ((_clause, row_id, day),) = links(clause, self.company)
        self.assertEqual((row_id, day), (self.indicator.id, datetime.date(2026, 3, 31)))


@tagged("post_install", "-at_install")
class TestImprovementIndicatorSecurity(IndicatorCommon, RpcCase):
    """Who reads, keeps and measures, and what a login alone can send."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._completed("2026-02-02", count=9)
        cls._night("2026-04-20")
        cls.row = cls._figures()["2026-01-01"]

    def test_roles_and_operations(self):
        may_keep = {"officer"}
        for role, user in self.users_by_role.items():
            indicators = self._as(self.indicator, user)
            for operation in ("read", "write", "create", "unlink"):
                expected = operation == "read" or role in may_keep
                with self.subTest(role=role, operation=operation):
                    self.assertEqual(indicators.has_access(operation), expected)
                    for model in ("qms.indicator.measure", "qms.indicator.restatement"):
                        rows = self.env[model].with_user(user)
                        self.assertEqual(rows.has_access(operation), operation == "read")
        outsider = self.env["qms.indicator"].with_user(self.user_outsider)
        self.assertFalse(outsider.has_access("read"))

    def test_measuring_is_for_the_officer_and_who_is_in_charge(self):
        for role, user in self.users_by_role.items():
            row = self._as(self.indicator, user)
            with self.subTest(role):
                self.assertEqual(row.can_measure, role == "officer")
                if role == "officer":
                    row.action_measure_now()
                else:
                    with self.assertRaises(UserError):
                        row.action_measure_now()
        self.indicator.owner_id = self.user_head
        self._as(self.indicator, self.user_head).action_measure_now()

    @users("qms_officer_b")
    def test_another_agency_sees_nothing(self):
        env = self.env(context={"allowed_company_ids": self.company_b.ids})
        for model in ("qms.indicator", "qms.indicator.measure", "qms.indicator.restatement"):
            self.assertFalse(env[model].search([("company_id", "=", self.company.id)]))
        with self.assertRaises(AccessError):
            env["qms.indicator"].browse(self.indicator.id).action_measure_now()
        with self.assertRaises(AccessError):
            env["qms.indicator.measure"].browse(self.row.id).action_restate("x")

    def test_an_indicator_is_not_handed_to_another_agency(self):
        fresh = self._indicator(code="N")
        with self.assertRaises(AccessError):
            self._as(fresh, self.user_officer).write({"company_id": self.company_b.id})

    def test_fixed_figures_are_rewritten_by_nobody(self):
        model, ids = self.row._name, self.row.ids
        self.env.flush_all()
        assaults = (
            (model, "write", ids, {"part": 0}),
            (model, "write", ids, {"state": "provisional"}),
            (model, "web_save", ids, {"value": 1}, {}),
            (model, "unlink", ids),
            (model, "copy", ids),
            (model, "create", [{"indicator_id": self.indicator.id, "part": 1, "whole": 1}]),
            (model, "action_restate", ids),
            (model, "action_restate", ids, " "),
            (model, "_record", [{"indicator_id": self.indicator.id}]),
            ("qms.indicator", "write", self.indicator.ids, {"measure_ids": [[5]]}),
            ("qms.indicator", "write", self.indicator.ids,
             {"measure_ids": [[1, self.row.id, {"part": 0}]]}),
            ("qms.indicator", "write", self.indicator.ids, {"measure_key": "complaints"}),
            ("qms.indicator", "unlink", self.indicator.ids),
            ("qms.indicator.restatement", "create", [{"measure_id": self.row.id}]),
        )  # fmt: skip
        for user in (self.user_officer, self.user_leader, self.user_specialist):
            for assault in assaults:
                contexts = (
                    ({}, *self.FORGED, {"_qms_fact": True}) if user == self.user_officer else ({},)
                )
                self._refused(user, *assault, contexts=contexts)
        self.env.invalidate_all()
        self.assertEqual((self.row.part, self.row.whole, self.row.state), (9, 9, "closed"))
        self.assertFalse(self.row.restatement_ids)

    def test_what_follows_from_figures_is_not_written_by_a_client(self):
        last = self.indicator.last_measure_id
        self._call(
            self.user_officer, "qms.indicator", "write", self.indicator.ids,
            {"last_measure_id": False},
        )  # fmt: skip
        self.env.invalidate_all()
        self.assertEqual(self.indicator.last_measure_id, last)

    def test_what_is_entered_is_a_number(self):
        """“NaN” is no JSON: one in a figure would close every list it is shown in."""
        mean = self._indicator(
            code="M", measure_key="manual", kind="mean", better="up", has_target=False,
            owner_id=self.user_specialist.id,
        )  # fmt: skip
        self.env.flush_all()
        for value in (float("nan"), float("inf"), -float("inf")):
            for indicator in (mean, self.by_hand):
                vals = {"part": value, "whole": 10, **PROOF}
                with self.assertRaises(UserError):
                    self._as(indicator, self.user_specialist).action_enter("2026-03-31", vals)

    def test_a_search_of_figures_costs_what_a_few_cost(self):
        dossiers = self.env["qms.dossier"].with_user(self.user_specialist)
        key = ["dossiers_on_time", False, "2026-01-01", "2026-03-31", self.company.id, 0, 0, False]
        keys = [json.dumps([*key[:3], f"2026-03-{day:02d}", *key[4:]]) for day in range(1, 13)]
        self.assertTrue(dossiers.search_count([("qms_measure_key", "=", json.dumps(key))]))
        with self.assertRaises(UserError):
            dossiers.search_count([("qms_measure_key", "in", keys)])
        for place, value in ((0, []), (2, "0001-01-01"), (3, "9999-12-31"), (4, 1e400)):
            forged = json.dumps([*key[:place], value, *key[place + 1 :]])
            self.assertFalse(dossiers.search_count([("qms_measure_key", "=", forged)]), forged)
        deep = "[" * 100_000
        self.assertFalse(dossiers.search_count([("qms_measure_key", "=", deep)]))

    def test_elevated_code_rewrites_no_figure(self):
        with self.assertRaises(AccessError):
            self.row.sudo().write({"part": 1})
        with self.assertRaises(AccessError):
            self.row.sudo().unlink()

    def test_proposals_are_changed_by_nobody(self):
        template = self.env["qms.indicator.template"].search([], limit=1)
        self._refused(self.user_officer, template._name, "write", template.ids, {"target": 0})
        self._refused(self.user_specialist, template._name, "action_take_over", template.ids)
        self._refused(self.user_head, template._name, "action_take_over", template.ids)
