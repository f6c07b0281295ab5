import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rpc_case import RpcCase
from .common_review import ReviewCommon


class YearlyCommon(ReviewCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acts = cls._as(cls.env["qms.yearly.act"], cls.user_leader)
        cls.act_review = cls._act("review")
        cls.act_report = cls._act("report")

    @classmethod
    def _act(cls, name):
        return cls.env.ref(f"qms_public_admin.qms_yearly_act_{name}")

    def _row(self, act, year=2026):
        board = self.acts._qms_year_board(year)
        label = self._as(act, self.user_leader)._board_label()
        return next(row for row in board["rows"] if row["label"] == label)

    def _states(self, act, year=2026):
        return [bar["state"] for bar in self._row(act, year)["bars"]]

    def _found_by_an_inspection(self):
        return self.env["mgmtsystem.nonconformity"]._qms_raise(
            [
                {
                    "name": "x",
                    "company_id": self.company.id,
                    "qms_source": "inspection",
                    "qms_found_on": "2026-10-01",
                }
            ]
        )

    def _mark(self, act, **vals):
        entry = self._as(self.env["qms.yearly.mark.entry"], self.user_officer).create(
            {"act_id": act.id, "words": "Báo cáo 15/BC-STC", **vals}
        )
        entry.action_confirm()


class TestImprovementYearly(YearlyCommon):
    """The year of the whole system on one page; what is due, done and late."""

    # === BOARD === #

    def test_a_missing_review_is_planned_then_due_then_red(self):
        """At least once a year (ISO-03); missing is red (INV-12)."""
        for day, state in (
            ("2026-06-01", "planned"),
            ("2026-11-20", "due"),
            ("2027-01-02", "late"),
        ):
            with freeze_time(day):
                self.assertEqual(self._states(self.act_review), [state], day)

    def test_an_approved_review_proves_the_act(self):
        self._review()
        self.assertCountEqual(self._states(self.act_review), ["planned", "due"])
        review = self._approved()
        bars = self._row(self.act_review)["bars"]
        self.assertEqual({bar["state"] for bar in bars}, {"planned", "done"})
        done = next(bar for bar in bars if bar["state"] == "done")
        self.assertEqual((done["model"], done["id"]), ("mgmtsystem.review", review.id))
        self.assertEqual(done["from"], "2026-11-07")
        self.assertEqual(self._states(self.act_review, 2025), ["late"])

    def test_a_meeting_that_passed_without_minutes_is_late(self):
        self._review("2026-11-06 01:00:00")
        self.assertIn("late", self._states(self.act_review))

    def test_what_is_due_opens_the_act(self):
        [bar] = self._row(self.act_review)["bars"]
        self.assertEqual((bar["model"], bar["id"]), ("qms.yearly.act", self.act_review.id))
        self.assertEqual(bar["to"], "2026-12-31")

    def test_changes_of_the_law_stand_by_their_term(self):
        law = self.env["qms.legal.document"].create(
            {
                "number": "1/2026/NĐ-CP",
                "name": "x",
                "effective_date": "2026-07-01",
                "company_id": self.company.id,
            }
        )
        self._as(self.env["qms.change.request"], self.user_officer).create(
            {"legal_document_id": law.id}
        )
        [bar] = self._row(self._act("law"))["bars"]
        self.assertEqual(
            (bar["from"], bar["to"], bar["state"]), ("2026-07-01", "2026-10-01", "late")
        )

    def test_corrections_after_an_inspection_have_two_months(self):
        nonconformity = self._found_by_an_inspection()
        [bar] = self._row(self._act("correction"))["bars"]
        self.assertEqual((bar["to"], bar["state"]), ("2026-12-01", "due"))
        self.assertEqual(bar["id"], nonconformity.id)

    def _published(self, signed, **vals):
        return self.env["qms.procedure.publication"].create(
            {
                "procedure_id": self.procedure.id,
                "name": self.procedure.name,
                "action": "amended",
                "decision_no": "12/QĐ-UBND",
                "decision_date": signed,
                "company_id": self.company.id,
                **vals,
            }
        )

    def _posted_on(self, day, place="website"):
        with freeze_time(f"{day} 03:00:00"):
            entry = self._as(self.env["qms.posting.entry"], self.user_clerk).create(
                {
                    "procedure_ids": [(6, 0, self.procedure.ids)],
                    "place_kind": place,
                    "link": "https://stc.example.com/tthc",
                }
            )
            entry.action_post()

    def test_what_was_published_stands_on_the_website_within_five_working_days(self):
        """ISO-05: counted are working days after the signature."""
        line = self._published("2026-11-05")
        act = self._act("website")
        [bar] = self._row(act)["bars"]
        self.assertEqual((bar["from"], bar["to"], bar["state"]),
                         ("2026-11-05", "2026-11-12", "due"))  # fmt: skip
        self.assertEqual((bar["model"], bar["id"]), (line._name, line.id))
        self._posted_on("2026-11-06", "office")
        self.assertEqual(self._states(act), ["due"], "a board in the hall is no website")
        self._posted_on("2026-11-06")
        self.assertEqual(self._states(act), ["done"])

    def test_an_old_posting_does_not_prove_a_new_decision(self):
        self._posted_on("2026-10-01")
        self._published("2026-10-15")
        act = self._act("website")
        self.assertEqual(self._states(act), ["late"])
        self._mark(act, done_on="2026-10-20")
        self.assertEqual(self._states(act), ["done", "done"], "the decision, and the mark")
        self._published("2026-10-28", decision_no="15/QĐ-UBND")
        self.assertIn("late", self._states(act), "a mark says nothing of later decisions")

    def test_what_was_abolished_or_is_of_another_agency_is_not_asked_for(self):
        self._published("2026-10-15", action="abolished")
        self._published("2026-10-15", procedure_id=False)
        label = self._as(self._act("website"), self.user_leader)._board_label()
        board = self.acts._qms_year_board(2026)
        self.assertNotIn(label, [row["label"] for row in board["rows"]])
        self.assertIn(label, board["note"])

    def test_acts_of_the_lead_unit_are_for_it_alone(self):
        labels = [row["label"] for row in self.acts._qms_year_board(2026)["rows"]]
        self.assertNotIn(self.act_report._board_label(), labels)
        self.company.qms_is_lead_unit = True
        self.assertEqual(self._states(self.act_report), ["planned"])

    def test_a_row_for_each_agency(self):
        self.company_b.qms_is_lead_unit = True
        self._approved()
        both = self.company + self.company_b
        acts = self.env["qms.yearly.act"].with_context(allowed_company_ids=both.ids)
        rows = acts._qms_year_board(2026)["rows"]
        found = {
            row["group"]: {bar["state"] for bar in row["bars"]}
            for row in rows
            if row["label"] == self.act_review._board_label()
        }
        self.assertEqual(found, {self.company.name: {"done"}, self.company_b.name: {"due"}})
        reports = [row for row in rows if row["label"] == self.act_report._board_label()]
        self.assertEqual([row["group"] for row in reports], [self.company_b.name])

    def test_the_page_needs_no_scrolling(self):
        """At 1366 × 768 sixteen rows fit."""
        self.company.qms_is_lead_unit = True
        self.assertLessEqual(len(self.acts._qms_year_board(2026)["rows"]), 16)

    def test_what_is_done_when_it_arises_has_no_empty_row(self):
        """The row comes with the first case; until then the note below names the act."""
        act = self._as(self._act("correction"), self.user_leader)
        board = self.acts._qms_year_board(2026)
        self.assertFalse([row for row in board["rows"] if not row["bars"]])
        self.assertIn(act._board_label(), board["note"])
        self._found_by_an_inspection()
        board = self.acts._qms_year_board(2026)
        self.assertTrue(self._states(act))
        self.assertNotIn(act._board_label(), board["note"])

    def test_every_proof_can_be_asked(self):
        for key in self.acts._proof_labels():
            with self.subTest(proof=key):
                self.assertIsInstance(getattr(self.acts, f"_proof_{key}")(self.company, 2026), list)

    def test_staff_see_the_board_as_far_as_they_read(self):
        self._review()
        acts = self._as(self.env["qms.yearly.act"], self.user_colleague)
        bars = [bar for row in acts._qms_year_board(2026)["rows"] for bar in row["bars"]]
        self.assertNotIn("mgmtsystem.review", {bar["model"] for bar in bars})

    # === MARKS === #

    def test_an_act_without_records_is_marked_done_and_taken_back(self):
        self.company.qms_is_lead_unit = True
        self._mark(self.act_report)
        self.assertEqual(self._states(self.act_report), ["done"])
        self._mark(self.act_report, kind="revoked", words="Nhầm năm")
        self.assertEqual(self._states(self.act_report), ["planned"])
        self.assertEqual(len(self.act_report.mark_ids), 2)

    def test_marks_are_entered_by_officers_with_a_paper_of_the_year(self):
        entries = self.env["qms.yearly.mark.entry"]
        with self.assertRaises(AccessError):
            self._as(entries, self.user_leader).create({"act_id": self.act_review.id, "words": "x"})
        with self.assertRaisesRegex(UserError, "not concern"):
            self._mark(self.act_report)
        with self.assertRaisesRegex(UserError, "paper"):
            self._mark(self.act_review, words=" ")
        with self.assertRaisesRegex(UserError, "future"):
            self._mark(self.act_review, done_on="2026-12-01")
        with self.assertRaisesRegex(UserError, "year"):
            self._mark(self.act_review, year=2020)

    # === REMINDERS === #

    def _tasks(self, act):
        return (
            self.env["mail.activity"]
            .search([("res_model", "=", act._name), ("res_id", "=", act.id)])
            .filtered(lambda task: task.user_id == self.user_officer)
        )

    def _remind(self, day):
        with freeze_time(day):
            self.env["qms.yearly.reminder"]._remind_company(self.company)

    def test_the_officer_is_reminded_once_soon_and_once_late(self):
        self._remind("2026-06-01")
        self.assertFalse(self._tasks(self.act_review))
        self._remind("2026-11-09")
        task = self._tasks(self.act_review)
        self.assertEqual(task.date_deadline, datetime.date(2026, 12, 31))
        self._remind("2026-11-10")
        self.assertEqual(self._tasks(self.act_review), task)
        task.unlink()
        self._remind("2026-11-11")
        self.assertFalse(self._tasks(self.act_review), "told already")
        self._remind("2027-01-03")
        self.assertEqual(len(self._tasks(self.act_review)), 1)
        kinds = self.env["qms.yearly.reminder"].search(
            [("act_id", "=", self.act_review.id), ("year", "=", 2026),
             ("company_id", "=", self.company.id)]
        ).mapped("kind")  # fmt: skip
        self.assertEqual(sorted(kinds), ["due", "late"])

    def test_a_missed_night_is_made_up_for(self):
        self._remind("2026-12-15")
        self.assertEqual(len(self._tasks(self.act_review)), 1)

    def test_the_task_ends_with_the_act(self):
        self._remind("2026-11-09")
        self._approved()
        self._remind("2026-11-10")
        self.assertFalse(self._tasks(self.act_review))

    def test_one_agency_that_fails_does_not_hold_up_the_others(self):
        commits = []
        reminders = self.env["qms.yearly.reminder"]
        reminders._remind_all(lambda *args, **kwargs: commits.append(args) or 100)
        told = reminders.search([]).company_id
        self.assertTrue({self.company, self.company_b} <= {*told})

    # === DECLARATION === #

    def _declaration(self, **vals):
        return self._as(self.env["qms.declaration"], self.user_officer).create(
            {"head_name": "A", "documents_approved_on": "2026-08-03", **vals}
        )

    def test_a_declaration_takes_day_and_number_from_the_review(self):
        review = self._approved()
        draft = self._declaration()
        draft.action_fill_scope()
        self.assertEqual(draft.review_id, review)
        self.assertEqual(draft.reviewed_on.isoformat(), "2026-11-07")
        self.assertEqual(draft.review_ref, review.reference)

    def test_another_day_than_that_of_the_review_is_refused(self):
        draft = self._declaration()
        review = self._approved()
        with self.assertRaises(ValidationError):
            draft.write({"review_id": review.id, "reviewed_on": "2026-09-01"})
        with self.assertRaises(ValidationError):
            draft.write({"review_id": self._held().id, "reviewed_on": "2026-11-07"})

    def test_a_review_that_breaks_the_order_is_not_proposed(self):
        """INV-15: approval, audit, review, confirmation, declaration."""
        self._approved()
        draft = self._declaration(documents_approved_on="2026-11-08")
        draft.action_fill_scope()
        self.assertFalse(draft.review_id)


@tagged("post_install", "-at_install")
class TestImprovementYearlyAttacks(YearlyCommon, RpcCase):
    """What a login alone can send against the calendar of the year."""

    FORGED = ({"_qms_fact": True}, {"_qms_fact": "<object object>"})

    def test_marks_and_reminders_are_written_by_nobody(self):
        self._mark(self.act_review)
        mark = self.act_review.mark_ids
        self.env["qms.yearly.reminder"]._remind_company(self.company)
        reminder = self.env["qms.yearly.reminder"].search([], limit=1)
        self.env.flush_all()
        values = {
            "act_id": self.act_review.id, "company_id": self.company.id, "year": 2026,
            "kind": "done", "done_on": "2026-01-01", "words": "x", "user_name": "x",
            "marked_at": "2026-01-01 00:00:00",
        }  # fmt: skip
        for user in (self.user_officer, self.user_leader, self.user_specialist):
            for assault in (
                (mark._name, "create", [values]),
                (mark._name, "write", mark.ids, {"words": "x"}),
                (mark._name, "unlink", mark.ids),
                (mark._name, "_mark", [], []),
                (reminder._name, "unlink", reminder.ids),
                (reminder._name, "write", reminder.ids, {"kind": "late"}),
                ("qms.yearly.act", "write", self.act_review.ids, {"mark_ids": [[5]]}),
                ("qms.yearly.act", "write", self.act_review.ids, {"name": "x"}),
                ("qms.yearly.act", "create", [{"name": "x", "company_id": False}]),
            ):
                self._refused(user, *assault)

    def test_nobody_marks_for_another_agency(self):
        model, other = "qms.yearly.mark.entry", {"company_id": self.company_b.id}
        entry = {"act_id": self.act_review.id, "words": "x", **other}
        self._refused(self.user_officer, model, "create", [entry])
        own = {**entry, "company_id": self.company.id}
        mine = self._call(self.user_officer, model, "create", [own])
        self._refused(self.user_officer, model, "write", mine, other)
        self._refused(self.user_officer_b, model, "action_confirm", mine)
        with mute_logger("odoo.http"):
            self._refused(
                self.user_officer, model, "create", [entry],
                contexts=({"allowed_company_ids": [self.company_b.id]},),
            )  # fmt: skip
        self.assertFalse(
            self.env["qms.yearly.mark"].search([("company_id", "=", self.company_b.id)])
        )

    def test_an_officer_keeps_acts_of_the_own_agency_alone(self):
        model, values = "qms.yearly.act", {"name": "Họp giao ban", "company_id": self.company.id}
        own = self._call(self.user_officer, model, "create", [values])
        self._refused(self.user_officer, model, "write", own, {"company_id": False})
        self._refused(self.user_officer, model, "write", own, {"company_id": self.company_b.id})
        self._refused(self.user_officer_b, model, "write", own, {"name": "x"})
