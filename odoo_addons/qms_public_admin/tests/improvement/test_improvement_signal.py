import datetime

from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ...tools import signals as kernel
from ...tools.signals import ACCEPTED, DISMISSED, PROPOSED, Past
from ..rpc_case import RpcCase
from .common_objective import ObjectiveCommon

START = datetime.date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestImprovementSignalKernel(BaseCase):
    """Folding without the ORM."""

    @given(
        st.lists(
            st.tuples(
                st.sets(st.sampled_from("abc")),
                st.dictionaries(
                    st.sampled_from("abc"),
                    st.sampled_from(["accept", "dismiss", "end"]),
                ),
            ),
            max_size=30,
        ),
        st.integers(1, 10),
    )
    @settings(max_examples=200, deadline=None)
    def test_whatever_people_decide_there_is_one_open_signal_a_name(self, nights, quiet):
        """No night doubles what is open, and none proposes within the quiet days."""
        rows, number = {}, 0
        for night, (found, decisions) in enumerate(nights):
            today = START + datetime.timedelta(days=night)
            new, again, left = kernel.fold(found, rows, today)
            self.assertEqual(set(new) | set(again.values()) | set(left), found)
            self.assertEqual(len(new) + len(again) + len(left), len(found))
            for name in new:
                blocked = [row for row in rows.get(name, []) if row.quiet_until]
                self.assertFalse([row for row in blocked if row.quiet_until >= today])
                number += 1
                rows.setdefault(name, []).append(Past(number, PROPOSED))
            for name, decision in decisions.items():
                until = today + datetime.timedelta(days=quiet)
                rows[name] = [self._decided(row, decision, until) for row in rows.get(name, [])]
            for past in rows.values():
                alive = [row for row in past if row.state == PROPOSED or row.is_open]
                self.assertLessEqual(len(alive), 1)

    def _decided(self, row, decision, until):
        if decision == "end":
            return row._replace(is_open=False, quiet_until=until) if row.is_open else row
        if row.state != PROPOSED:
            return row
        if decision == "accept":
            return row._replace(state=ACCEPTED, is_open=True, quiet_until=until)
        return row._replace(state=DISMISSED, quiet_until=until)

    @given(st.lists(st.sampled_from("abcdef")))
    @settings(max_examples=100, deadline=None)
    def test_what_was_never_seen_is_new_once(self, found):
        new, again, quiet = kernel.fold(found, {}, START)
        self.assertEqual((sorted(new), again, quiet), (sorted(set(found)), {}, []))


class SignalCommon(ObjectiveCommon):
    """Late dossiers of a procedure; the shipped rules as they come."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.signals = cls.env["qms.signal"]
        cls.rule = cls.env.ref("qms_public_admin.signal_rule_late_procedure")
        cls.by_unit = cls.env.ref("qms_public_admin.signal_rule_late_unit")
        cls.by_unit.active = False

    def _search(self, day="2026-03-20"):
        """The nightly job as it runs on a day; returns the signals of the agency."""
        with freeze_time(f"{day} 18:00:00"):
            job = self.env["qms.signal.job"]
            found = job._find(self.company | self.company_b)
            for company in self.company | self.company_b:
                job._propose(company, found.get(company.id, []))
        self.env.invalidate_all()
        return self.signals.search([("company_id", "=", self.company.id)], order="id")

    def _late(self, late=12, rest=20, day="2026-03-02"):
        self._completed(day, count=rest)
        return self._completed(day, "late", count=late)

    def _close(self, row):
        """Close a nonconformity with a cause, without walking its way."""
        with freeze_time("2026-04-01"):
            row._lifecycle_write(
                {
                    "state": "done",
                    "analysis": "Too few people",
                    "evaluation_comments": "Better",
                    "closing_date": datetime.datetime(2026, 4, 1, 8),
                    "responsible_user_id": self.user_head.id,
                    "qms_closed_by_id": self.user_leader.id,
                }
            )


@tagged("post_install", "-at_install")
class TestImprovementSignal(SignalCommon):
    """The system proposes with evidence, folds, flags recurrence; a person decides."""

    # === FINDING === #

    def test_too_many_late_dossiers_are_proposed_with_these_dossiers(self):
        late = self._late()
        signal = self._search()
        self.assertEqual((signal.procedure_id, signal.state), (self.procedure, "proposed"))
        self.assertEqual((signal.part, signal.whole, signal.evidence_count), (12, 32, 12))
        self.assertEqual(set(signal.evidence_ids.mapped("res_id")), set(late.ids))
        self.assertEqual(set(signal.evidence_ids.mapped("res_model")), {"qms.dossier"})
        action = self._as(signal, self.user_officer).action_open_records()
        self.assertEqual(self.env["qms.dossier"].search(action["domain"]), late)
        self.assertIn("12/32", signal.summary)

    def test_too_few_cases_say_nothing(self):
        """Nine late of nineteen are many, but fewer than the rule wants to see."""
        self._late(9, 10)
        self.assertFalse(self._search())

    def test_the_interval_decides_not_the_share(self):
        """14 % of 50 may be chance when 10 % are allowed; 14 % of 1,000 are not."""
        self._late(7, 43)
        self.assertFalse(self._search())
        self._late(133, 817)
        self.assertEqual(self._search().whole, 1000)

    def test_what_lies_before_the_window_is_not_counted(self):
        self._late(day="2025-11-03")
        self.assertFalse(self._search())

    def test_a_unit_is_judged_by_its_own_dossiers(self):
        below = self.env["hr.department"].create(
            {"name": "Team", "parent_id": self.department.id, "company_id": self.company.id}
        )
        other, _version = self._create_procedure("9.000002", self.company)
        other.department_id = below
        self.rule.active, self.by_unit.active = False, True
        late = self._late(20, 20)
        self._completed("2026-03-02", count=60, procedure=other)
        signal = self._search()
        self.assertEqual(signal.department_id, self.department)
        self.assertEqual((signal.part, signal.whole), (20, 40))
        records = self.env["qms.dossier"].search(signal.action_open_records()["domain"])
        self.assertEqual(records, late)

    def test_a_second_supplement_is_one_too_many(self):
        self._completed("2026-03-02", supplement_count=1, count=5)
        second = self._completed("2026-03-02", supplement_count=2)
        signal = self._search()
        self.assertEqual(
            signal.rule_id, self.env.ref("qms_public_admin.signal_rule_second_supplement")
        )
        self.assertEqual(signal.evidence_ids.res_id, second.id)

    def test_an_overdue_action_and_a_missed_objective(self):
        with freeze_time("2026-02-01"):
            self._approve()
        self.objective._lifecycle_write({"status": "missed", "missed_on": "2026-03-10"})
        with freeze_time("2026-07-10"):
            found = self._search("2026-07-10")
        about = {row.rule_kind: (row.res_model, row.res_id) for row in found}
        self.assertEqual(
            about,
            {
                "objective": ("qms.objective", self.objective.id),
            },
        )
        found = self._search("2026-07-20")
        action = self.objective.task_ids.action_id
        one = found.filtered(lambda row: row.rule_kind == "action")
        self.assertEqual((one.res_model, one.res_id), (action._name, action.id))
        self.assertEqual(one.evidence_ids.res_id, action.id)

    def test_an_action_against_a_confidential_risk_is_not_named(self):
        """Heads and auditors read the signals, few the risk."""
        with freeze_time("2026-02-01"):
            risk = self.env["qms.risk"].create(
                {"name": "Bribes", "company_id": self.company.id, "is_confidential": True}
            )
            action = self.env["mgmtsystem.action"].create(
                {
                    "name": "Watch the counter",
                    "type_action": "prevention",
                    "company_id": self.company.id,
                    "user_id": self.user_specialist.id,
                    "date_deadline": "2026-03-01",
                    "qms_risk_id": risk.id,
                }
            )
            action.action_qms_start()
        self.assertNotIn(action._name, self._search("2026-07-20").mapped("res_model"))
        risk.is_confidential = False
        self.assertIn(action._name, self._search("2026-07-21").mapped("res_model"))

    def test_an_overdue_change_of_the_law(self):
        law = self.env["qms.legal.document"].create(
            {"number": "991/2026/NĐ-CP", "name": "New decree", "effective_date": "2026-01-01"}
        )
        change = self.env["qms.change.request"]._lifecycle_create(
            [{"name": "New decree", "cause": "law", "company_id": self.company.id,
              "state": "open", "legal_document_id": law.id}])  # fmt: skip
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE qms_change_request SET due_date = '2026-03-01' WHERE id = %s", [change.id]
        )
        self.env.invalidate_all()
        signal = self._search("2026-03-05")
        self.assertEqual((signal.res_model, signal.res_id), (change._name, change.id))
        self.assertEqual(signal.severity, "major")

    def test_rules_of_one_measure_cost_one_query_for_all_agencies(self):
        self.by_unit.active = True

        def cost(companies):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["qms.signal.job"]._find(companies)
            return self.env.cr.sql_log_count - before

        companies = self.company | self.company_b
        cost(companies)
        few = cost(self.company)
        self.assertLessEqual(cost(companies), few + 2)

    def test_a_rule_that_fails_does_not_stop_the_others(self):
        self._late()
        broken = self.env.ref("qms_public_admin.signal_rule_low_ratings_unit")
        self.env.cr.execute(
            "UPDATE qms_signal_rule SET measure_key = 'gone' WHERE id = %s", [broken.id]
        )
        self.env.invalidate_all()
        with self.assertLogs("odoo.addons.qms_public_admin.models.improvement.qms_signal_job"):
            found = self._search()
        self.assertEqual(found.rule_id, self.rule)

    # === FOLDING === #

    def test_what_is_found_again_is_noted_not_doubled(self):
        self._late()
        first = self._search()
        self._late(4, 0, "2026-03-20")
        again = self._search("2026-03-21")
        self.assertEqual(again, first)
        self.assertEqual((again.part, again.whole, again.nights), (16, 36, 2))
        self.assertEqual((again.first_seen, again.last_seen),
                         (datetime.date(2026, 3, 21), datetime.date(2026, 3, 22)))  # fmt: skip
        self.assertEqual(len(again.evidence_ids), 16)

    @mute_logger("odoo.sql_db")
    def test_the_database_holds_one_open_signal(self):
        self._late()
        signal = self._search()
        vals = {name: signal[name] for name in ("name", "scope_key", "severity", "rule_kind",
                                                "first_seen", "last_seen")}  # fmt: skip
        with self.assertRaisesRegex(UniqueViolation, "one_open"), self.cr.savepoint():
            self.signals._record(
                [{**vals, "company_id": self.company.id, "rule_id": self.rule.id,
                  "root_id": self.rule.id, "state": "proposed"}])  # fmt: skip

    def test_an_open_nonconformity_takes_what_is_found_again(self):
        self._late()
        signal = self._search()
        with freeze_time("2026-03-22"):
            self._as(signal, self.user_officer).action_accept()
        self._late(4, 0, "2026-03-20")
        again = self._search("2026-03-25")
        self.assertEqual(again, signal)
        self.assertEqual((again.state, again.part), ("accepted", 16))

    def test_a_closed_cause_that_comes_back_is_flagged(self):
        self._late()
        signal = self._search()
        with freeze_time("2026-03-22"):
            self._as(signal, self.user_officer).action_accept()
        row = signal.nonconformity_id
        self._close(row)
        self.assertEqual(self._search("2026-05-01"), signal, "the same cases say nothing new")
        self._late(day="2026-07-06")
        again = self._search("2026-07-20") - signal
        self.assertEqual((again.is_recurrence, again.recurrence_of_id), (True, row))
        with freeze_time("2026-07-21"):
            self._as(again, self.user_leader).action_accept()
        self.assertEqual(again.nonconformity_id.qms_recurrence_of_id, row)

    def test_a_dismissed_one_stays_quiet_until_its_window_has_moved_on(self):
        self._late()
        signal = self._search()
        with freeze_time("2026-03-22"):
            self._as(signal, self.user_leader).action_dismiss("A day without power", 5)
        self.assertEqual(signal.quiet_until, datetime.date(2026, 6, 20))
        self._late(day="2026-04-06")
        self.assertEqual(self._search("2026-04-20"), signal)
        self._late(day="2026-06-08")
        self.assertEqual(len(self._search("2026-06-25")), 2)

    # === DECIDING === #

    def test_accepting_raises_a_nonconformity_with_the_evidence(self):
        late = self._late()
        signal = self._search()
        action = self._as(signal, self.user_officer).action_accept()
        row = self.env["mgmtsystem.nonconformity"].browse(action["res_id"])
        self.assertEqual((row.qms_source, row.qms_procedure_id), ("signal", self.procedure))
        self.assertEqual(set(row.qms_evidence_ids.mapped("res_id")), set(late.ids))
        self.assertEqual((signal.state, signal.nonconformity_id), ("accepted", row))
        self.assertEqual(signal.decided_by, self.user_officer.name)
        with self.assertRaises(UserError):
            self._as(signal, self.user_officer).action_accept()

    def test_dismissing_takes_a_reason_which_is_kept(self):
        self._late()
        signal = self._search()
        officer = self._as(signal, self.user_officer)
        for words in (None, "", "  ", 3):
            with self.assertRaises(UserError):
                officer.action_dismiss(words)
        action = officer.action_open_dismissal()
        dialog = self._as(self.env["qms.signal.dismissal"], self.user_officer)
        dialog = dialog.with_context(**action["context"]).create({"words": "One-off"})
        dialog.action_confirm()
        self.assertEqual((signal.state, signal.reason), ("dismissed", "One-off"))

    def test_officers_are_told_once_a_night(self):
        self._late()
        self._completed("2026-03-02", supplement_count=2)
        found = self._search()
        self.assertEqual(len(found), 2)
        notices = found.activity_ids
        self.assertEqual(notices.user_id, self.company._qms_officers())
        self.assertEqual(len(notices), len(self.company._qms_officers()))
        self._search("2026-03-21")
        self.assertEqual(found.activity_ids, notices)
        self._as(found[0], self.user_officer).action_dismiss("x")
        self.assertEqual(set(found.activity_ids.mapped("res_id")), {found[1].id})
        self._as(found[1], self.user_officer).action_dismiss("x")
        self.assertFalse(found.activity_ids.exists())

    # === RULES === #

    def test_an_agency_adjusts_a_shared_rule_and_takes_its_place(self):
        self._late()
        rule = self._as(self.rule, self.user_officer)
        own = self.env["qms.signal.rule"].browse(rule.action_adjust()["res_id"])
        self.assertEqual((own.parent_id, own.company_id), (self.rule, self.company))
        self._as(own, self.user_officer).limit = 0.6
        self.assertFalse(self._search())
        self._as(own, self.user_officer).limit = 0.1
        signal = self._search()
        self.assertEqual((signal.rule_id, signal.root_id), (own, self.rule))
        self._as(own, self.user_officer).active = False
        again = self._search("2026-03-21")
        self.assertEqual(again.last_seen, signal.last_seen)
        self.assertEqual(self.rule.action_adjust()["res_id"], own.id)

    def test_a_rule_in_the_place_of_another_looks_for_the_same(self):
        own = self.env["qms.signal.rule"].browse(
            self._as(self.rule, self.user_officer).action_adjust()["res_id"]
        )
        with self.assertRaises(ValidationError):
            own.measure_key = "complaints"
        with self.assertRaises(ValidationError):
            own.limit = 95


@tagged("post_install", "-at_install")
class TestImprovementSignalSecurity(SignalCommon, RpcCase):
    def setUp(self):
        super().setUp()
        self._late()
        self.signal = self._search()
        self.env.flush_all()

    def test_roles_and_operations(self):
        readers = {"head", "officer", "auditor", "leader", "provincial"}
        for role, user in self.users_by_role.items():
            for record in (self.signal, self.signal.evidence_ids):
                for operation in ("read", "write", "create", "unlink"):
                    with self.subTest(role=role, model=record._name, operation=operation):
                        expected = operation == "read" and role in readers
                        self.assertEqual(self._as(record, user).has_access(operation), expected)
            if role in readers:
                can = self._as(self.signal, user).can_decide
                self.assertEqual(can, role in ("officer", "leader"), role)

    def test_staff_and_others_decide_nothing(self):
        model, ids = self.signal._name, self.signal.ids
        people = (self.user_specialist, self.user_clerk, self.user_head, self.user_auditor,
                  self.user_provincial, self.user_officer_b)  # fmt: skip
        for user in people:
            for call in (("action_accept", ids), ("action_dismiss", ids, "because"),
                         ("action_open_dismissal", ids)):  # fmt: skip
                self._refused(user, model, *call, contexts=({}, {"_qms_fact": True}))
        self.env.invalidate_all()
        self.assertEqual(self.signal.state, "proposed")

    def test_nobody_makes_or_rewrites_a_signal(self):
        signal, evidence = self.signal, self.signal.evidence_ids[0]
        vals = {"name": "x", "company_id": self.company.id, "rule_id": self.rule.id}
        assaults = (
            (signal._name, "create", [vals]),
            (signal._name, "write", signal.ids, {"state": "dismissed"}),
            (signal._name, "write", signal.ids, {"part": 0}),
            (signal._name, "web_save", signal.ids, {"reason": "x"}, {}),
            (signal._name, "unlink", signal.ids),
            (signal._name, "copy", signal.ids),
            (signal._name, "_fold", 1, []),
            (evidence._name, "write", evidence.ids, {"res_id": 1}),
            (evidence._name, "create", [{"signal_id": signal.id, "name": "x"}]),
            (evidence._name, "unlink", evidence.ids),
        )
        for user in (self.user_officer, self.user_leader, self.user_specialist):
            for assault in assaults:
                self._refused(user, *assault, contexts=({}, {"_qms_fact": True}, *self.FORGED))
        self.env.invalidate_all()
        self.assertEqual((signal.part, signal.state), (12, "proposed"))

    def test_evidence_opens_to_who_reads_the_record_and_names_nothing_confidential(self):
        row = self.env["mgmtsystem.nonconformity"]._qms_raise(
            [
                {
                    "name": "Gifts at the counter",
                    "company_id": self.company.id,
                    "qms_is_confidential": True,
                    "responsible_user_id": self.user_officer.id,
                }
            ]
        )
        evidence = self.env["qms.signal.evidence"]._note([(self.signal, row._name, row.id)])
        self.assertEqual(evidence.name, row.ref)
        self.assertEqual(self._as(evidence, self.user_officer).action_open()["res_id"], row.id)
        with self.assertRaises(AccessError):
            self._as(evidence, self.user_head).action_open()

    def test_another_agency_sees_nothing(self):
        for model in ("qms.signal", "qms.signal.evidence"):
            foreign = self._as(self.env[model], self.user_officer_b)
            self.assertFalse(foreign.search([]).filtered(
                lambda row: row.company_id == self.company))  # fmt: skip
        with self.assertRaises(AccessError):
            self._as(self.signal, self.user_officer_b).action_accept()

    def test_shared_rules_are_for_who_works_for_all(self):
        rule = self.rule
        for user in (self.user_officer, self.user_leader, self.user_head):
            self._refused(user, rule._name, "write", rule.ids, {"limit": 1}, contexts=({},))
            self._refused(user, rule._name, "unlink", rule.ids, contexts=({},))
        self._refused(
            self.user_officer, rule._name, "create",
            [{"name": "x", "company_id": False, "measure_key": "complaints"}], contexts=({},),
        )  # fmt: skip
        own = self.env["qms.signal.rule"].browse(
            self._as(rule, self.user_officer).action_adjust()["res_id"]
        )
        self.env.flush_all()
        self._refused(
            self.user_officer_b, rule._name, "write", own.ids, {"limit": 1}, contexts=({},)
        )
        self._refused(
            self.user_officer, rule._name, "write", own.ids, {"company_id": self.company_b.id},
            contexts=({},),
        )  # fmt: skip
