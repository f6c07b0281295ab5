import datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_change import ChangeCommon


@tagged("post_install", "-at_install")
class TestDocumentChange(ChangeCommon):
    """A change of the law: term, impact on documents, lines, states."""

    # === TERM === #

    def test_the_term_is_three_calendar_months_after_effect(self):
        change = self._change()
        self.assertEqual(change.state, "open")
        self.assertEqual(str(change.due_date), "2027-01-15")
        self.assertEqual(change.code, "TD-2026-001")
        self.assertEqual(change.law_kind, "replacing")
        self.assertEqual(change.owner_id, self.user_officer)

    def test_the_term_follows_the_setting_and_the_register(self):
        self.company.qms_legal_update_months = 1
        change = self._change()
        self.assertEqual(str(change.due_date), "2026-11-15")
        self.new.effective_date = "2026-11-30"
        self.assertEqual(str(change.due_date), "2026-12-30")
        self.assertEqual(set(change.line_ids.mapped("due_date")), {change.due_date})

    def test_the_day_of_effect_is_that_of_the_register(self):
        change = self._change()
        with self.assertRaises(ValidationError):
            change.effective_date = "2027-10-15"

    def test_the_term_cannot_be_typed(self):
        change = self._change()
        change.write({"due_date": "2030-01-01"})
        self.assertEqual(str(change.due_date), "2027-01-15")

    def test_a_closed_change_keeps_its_term(self):
        change = self._change()
        self._settle_all(change)
        change.action_close()
        self.new.effective_date = "2026-11-30"
        self.assertEqual(str(change.due_date), "2027-01-15")

    def test_other_causes_have_a_day_of_their_own(self):
        with Form(self._as(self.env["qms.change.request"], self.user_officer)) as form:
            form.cause = "audit"
            form.name = "Finding 3"
            form.target_date = "2026-12-01"
        change = form.save()
        self.assertEqual(str(change.due_date), "2026-12-01")
        change.action_open()
        self.assertFalse(change.line_ids)
        change.action_close()
        self.assertEqual(change.state, "closed")

    def test_codes_are_counted_by_agency_and_year(self):
        first = self._change()
        second = self._change(self._law("2/2020/NĐ-CP"))
        other = self.env["qms.change.request"].create(
            {"name": "x", "cause": "other", "company_id": self.company_b.id}
        )
        self.assertEqual(
            (first.code, second.code, other.code), ("TD-2026-001", "TD-2026-002", "TD-2026-001")
        )

    # === LATE === #

    def test_timeliness_and_its_search_agree(self):
        requests = self.env["qms.change.request"]
        days = {"late": "2026-11-08", "soon": "2026-11-09", "in_time": "2026-12-10"}
        made = {
            kind: requests.create({"name": kind, "cause": "other", "target_date": day})
            for kind, day in days.items()
        }
        made["undated"] = requests.create({"name": "undated", "cause": "other"})
        ended = requests.create({"name": "x", "cause": "other", "target_date": "2026-01-01"})
        ended = self._as(ended, self.user_officer)
        ended.action_cancel("Nhầm")
        whole = requests.union(*made.values()) | ended
        for kind in (*days, False):
            expected = {row for row in whole if row.timeliness == kind}
            found = requests.search([("timeliness", "=", kind), ("id", "in", whole.ids)])
            self.assertEqual(set(found), expected, kind)
        self.assertEqual({kind: made[kind].timeliness for kind in days}, {k: k for k in days})
        self.assertEqual(made["undated"].timeliness, "in_time")
        self.assertFalse(ended.timeliness)

    def test_late_changes_of_the_law_are_red(self):
        """INV-12: not applied three months after effect."""
        change = self._change()
        requests = self._as(self.env["qms.change.request"], self.user_leader)
        self.assertNotIn(change, requests.search([("timeliness", "=", "late")]))
        with freeze_time(datetime.datetime(2027, 1, 16, 1)):
            self.assertEqual(requests.search([("timeliness", "=", "late")]), change)
            lines = change.line_ids.search([("is_late", "=", True)])
            self.assertEqual(lines, change.line_ids)
            self._settle_all(change)
            self.assertFalse(lines.search([("is_late", "=", True)]))
            change.action_close()
            self.assertFalse(requests.search([("timeliness", "=", "late")]))

    # === IMPACT === #

    def test_documents_resting_on_the_law_and_their_forms_are_found(self):
        change = self._change()
        found = change.line_ids.page_id
        self.assertEqual(found, self.page | self.form | self.iso)
        line = self._line(change, self.page)
        self.assertIn("9901/2018/NĐ-CP", line.why)
        self.assertIn("99/2026/NĐ-CP", line.why)
        self.assertEqual((line.item_kind, line.expected), ("document", "revise"))
        self.assertEqual(line.department_id, self.department)
        self.assertEqual(line.owner_id, self.user_head)
        self.assertEqual(line.base_revision_id, self.page.qms_effective_id)
        form = self._line(change, self.form)
        self.assertEqual(form.item_kind, "form")
        self.assertIn(self.page.qms_code, form.why)

    def test_each_effect_is_named(self):
        for kind in ("repeals", "repeals_part", "amends"):
            law, other = self._law(f"{kind}/1"), self._law(f"{kind}/2")
            self.page.qms_legal_ids = other
            self._act(law, kind, other)
            line = self._line(self._change(law), self.page)
            self.assertIn(f"{kind}/2".lower(), line.why.lower())
            self.assertEqual(
                line.request_id.law_kind, {"repeals": "abolishing"}.get(kind, "amending")
            )

    def test_guidance_touches_nothing(self):
        law, other = self._law("g/1"), self._law("g/2")
        self._act(law, "guides", other)
        self.page.qms_legal_ids = other
        self.assertNotIn(self.page, self._change(law).line_ids.page_id)

    def test_withdrawn_documents_and_those_of_others_are_left_out(self):
        self._as(self.page.qms_effective_id, self.user_leader).action_withdraw("Bỏ")
        shared = self._law("5/2020/NĐ-CP", company_id=False)
        self._act(self._law("6/2020/NĐ-CP", company_id=False), "amends", shared)
        other = self._new_document(
            user=self.user_officer_b, qms_kind_id=self.kind.id, qms_legal_ids=shared.ids
        )
        self.assertNotIn(self.page, self._change().line_ids.page_id)
        law = self.env["qms.legal.document"].search([("number", "=", "6/2020/NĐ-CP")])
        self.assertNotIn(other, self._change(law).line_ids.page_id)

    def test_one_change_for_a_text_and_agency(self):
        change = self._change()
        self.assertEqual(self._change(), change)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.env["qms.change.request"].create(
                {"cause": "law", "legal_document_id": self.new.id, "name": "x"}
            )
        change.action_cancel("Nhầm văn bản")
        self.assertNotEqual(self._change(), change)

    # === LINES === #

    def test_an_approved_revision_settles_the_line(self):
        change = self._change()
        line = self._line(change, self.page)
        line.action_start()
        self.assertEqual((line.state, line.revision_id.qms_state), ("in_work", "draft"))
        self.assertIn(change.code, line.revision_id.reason)
        self.assertIn("99/2026/NĐ-CP", line.revision_id.reason)
        again = line.action_start()
        self.assertEqual(again["res_id"], line.revision_id.id)
        revision = line.revision_id
        self._approved(revision)
        self.assertEqual((line.state, line.revision_id), ("done", revision))
        self.assertEqual(line.outcome, revision.display_name)

    def test_a_revision_from_before_settles_nothing(self):
        change = self._change()
        change.action_recompute()
        self.assertEqual(self._line(change, self.page).state, "open")

    def test_a_revision_in_preparation_counts_once_it_is_approved(self):
        draft = self._next_revision(self.page)
        change = self._change()
        line = self._line(change, self.page)
        self.assertEqual((line.state, line.revision_id), ("in_work", draft))
        self._approved(draft)
        self.assertEqual(line.state, "done")

    def test_a_withdrawn_document_is_settled(self):
        change = self._change()
        self._as(self.form.qms_effective_id, self.user_leader).action_withdraw("Không dùng nữa")
        self.assertEqual(self._line(change, self.form).state, "done")

    def test_abolishing_takes_the_withdrawal(self):
        change = self._change()
        line = self._line(change, self.form)
        line.expected = "abolish"
        self._approved(self._next_revision(self.form))
        self.assertNotEqual(line.state, "done")
        self._as(self.form.qms_effective_id, self.user_leader).action_withdraw("Không dùng nữa")
        self.assertEqual(line.state, "done")

    def test_a_draft_thrown_away_opens_the_line_again(self):
        change = self._change()
        line = self._line(change, self.page)
        line.action_start()
        line.revision_id.unlink()
        self.env["qms.change.request"]._follow_all(lambda *args, **kwargs: 1)
        self.assertEqual(line.state, "open")

    def test_justified_with_words_and_taken_back(self):
        change = self._change()
        line = self._line(change, self.form)
        dialog = line.action_justify("  ")
        self.assertEqual(dialog["res_model"], "qms.document.words")
        words = self._as(self.env["qms.document.words"], self.user_officer)
        words = words.with_context(**dialog["context"]).create({"words": "Mẫu không đổi"})
        words.action_confirm()
        self.assertEqual((line.state, line.justification), ("justified", "Mẫu không đổi"))
        self.assertEqual(line.settled_by_id, self.user_officer)
        line.action_reopen()
        self.assertEqual((line.state, line.justification), ("open", False))

    def test_a_line_added_by_hand(self):
        change = self._change()
        other = self._effective_document(name="Khác")
        line = change.line_ids.create({"request_id": change.id, "page_id": other.id})
        self.assertFalse(line.is_computed)
        self.assertEqual((line.why, line.owner_id), ("Added by hand", self.user_head))
        self.assertEqual(line.base_revision_id, other.qms_effective_id)
        line.unlink()
        with self.assertRaises(UserError):
            self._line(change, self.page).unlink()

    def test_recompute_adds_and_never_drops(self):
        """Property: whatever happens to the links, settled lines stay as they are."""
        change = self._change()
        self._line(change, self.form).action_justify("Mẫu không đổi")
        draft = self._next_revision(self.page)
        self._approved(draft)
        settled = change.line_ids.filtered(lambda line: line.state in ("done", "justified"))
        before = settled.read(["state", "why", "outcome", "justification", "settled_on"])
        self.page.write({"qms_legal_ids": [(5,)], "qms_form_ids": [(5,)]})
        another = self._effective_document(name="Khác", qms_legal_ids=self.new.ids)
        for _round in range(3):
            change.action_recompute()
        self.assertEqual(settled.read(list(before[0])), before)
        self.assertIn(another, change.line_ids.page_id)
        self.assertEqual(len(change.line_ids), 5)

    # === STATES === #

    def test_closes_only_when_each_item_is_settled(self):
        change = self._change()
        self.assertFalse(change.can_close)
        with self.assertRaisesRegex(UserError, "neither revised nor justified"):
            change.action_close()
        self._settle_all(change)
        self.assertTrue(change.can_close)
        change.action_close()
        self.assertEqual((change.state, change.closed_by_id), ("closed", self.user_officer))
        self.assertEqual(change.progress, 100)

    def test_waits_for_a_text_and_goes_on(self):
        change = self._change()
        dialog = change.action_wait()
        words = self._as(self.env["qms.document.words"], self.user_officer)
        words.with_context(**dialog["context"]).create(
            {"words": "Chưa có mức thu", "awaited": "Nghị quyết của HĐND"}
        ).action_confirm()
        self.assertEqual((change.state, change.awaited), ("waiting", "Nghị quyết của HĐND"))
        self.assertTrue(change.can_resume)
        with self.assertRaises(UserError):
            change.action_close()
        change.action_resume()
        self.assertEqual((change.state, change.waiting_reason), ("open", False))

    def test_waiting_does_not_stop_the_term(self):
        change = self._change()
        change.action_wait("Chờ")
        with freeze_time(datetime.datetime(2027, 1, 16, 1)):
            change.invalidate_recordset()
            self.assertEqual(change.timeliness, "late")

    def test_cancelled_with_a_reason_and_without_done_work(self):
        change = self._change()
        self._approved(self._next_revision(self.page))
        with self.assertRaisesRegex(UserError, "closed, not cancelled"):
            change.action_cancel("Nhầm")
        other = self._change(self._law("7/2020/NĐ-CP"))
        self.assertEqual(other.action_cancel()["res_model"], "qms.document.words")
        other.action_cancel("Nhầm")
        self.assertEqual((other.state, other.cancel_reason), ("cancelled", "Nhầm"))

    def test_kept_as_evidence(self):
        change, other = self._change(), self._effective_document(name="Khác")
        with self.assertRaises(UserError):
            change.unlink()
        self._settle_all(change)
        change.action_close()
        for vals in ({"name": "x"}, {"reason": "x"}, {"owner_id": self.user_head.id}):
            with self.assertRaises(ValidationError):
                change.write(vals)
        with self.assertRaises(UserError):
            change.line_ids[:1].write({"why": "x"})
        with self.assertRaises(UserError):
            change.line_ids.create({"request_id": change.id, "page_id": other.id})
        with self.assertRaises(UserError):
            change.line_ids[:1].action_reopen()
        draft = self.env["qms.change.request"].create({"name": "x", "cause": "other"})
        self._as(draft, self.user_officer).unlink()
        self.assertFalse(draft.exists())

    def test_the_items_of_an_ended_change_stay(self):
        change, other = self._change(), self._effective_document(name="Khác")
        line = self._line(change, self.page)
        change.action_cancel("Nhầm")
        place = {"request_id": change.id, "page_id": other.id, "why": "x"}
        for act in (
            lambda: line.write({"why": "x"}),
            lambda: line.action_justify("x"),
            lambda: line.action_start(),
            lambda: change.line_ids.create(place),
        ):
            with self.assertRaises(UserError):
                act()
        self._approved(self._next_revision(self.page))
        self.assertEqual(line.state, "open")

    # === PEOPLE === #

    def test_each_owner_has_one_activity_with_a_deadline(self):
        change = self._change()
        mine = change.activity_ids.filtered(lambda row: row.user_id == self.user_head)
        self.assertEqual(len(mine), 1)
        self.assertEqual(mine.date_deadline, change.due_date)
        change.action_recompute()
        self.assertEqual(len(change.activity_ids), len(change.line_ids.owner_id))
        line = self._line(change, self.page)
        line.owner_id = self.user_specialist
        self.assertIn(self.user_specialist, change.activity_ids.user_id)
        line.action_justify("Không đổi")
        self.assertNotIn(self.user_specialist, change.activity_ids.user_id)
        self._settle_all(change)
        self.assertFalse(change.activity_ids)

    def test_the_head_justifies_for_the_own_unit(self):
        change = self._change()
        line = self._as(self._line(change, self.page), self.user_head)
        self.assertTrue(line.can_justify)
        line.action_justify("Không đổi")
        self.assertEqual(line.settled_by_id, self.user_head)
        other = self._as(self._line(change, self.form), self.user_head)
        self.form.qms_owner_id = self.env["hr.department"].create(
            {"name": "Other", "company_id": self.company.id}
        )
        self.env.invalidate_all()
        self.assertFalse(other.can_justify)
        with self.assertRaises(UserError):
            other.action_justify("Không đổi")

    def test_readers_only_read(self):
        change = self._change()
        for user in (self.user_specialist, self.user_auditor, self.user_leader):
            with self.subTest(user=user.login):
                seen = self._as(change, user)
                self.assertEqual(len(seen.line_ids), len(change.line_ids))
                self.assertFalse(
                    any(seen.line_ids.mapped("can_justify"))
                    or seen.can_close
                    or seen.can_cancel
                    or seen.can_wait
                )
                with self.assertRaises(UserError):
                    seen.action_wait("x")
                with self.assertRaises(UserError):
                    seen.action_recompute()
                with self.assertRaises(UserError):
                    seen.line_ids[:1].action_justify("x")
                with self.assertRaises(AccessError):
                    self._as(self.new, user).action_open_change()

    def test_the_nightly_job_changes_nothing_twice(self):
        change = self._change()
        self._approved(self._next_revision(self.page))
        follow = self.env["qms.change.request"]._follow_all
        follow(lambda *args, **kwargs: 1)
        before = (change.line_ids.mapped("state"), change.activity_ids.ids, change.message_ids.ids)
        follow(lambda *args, **kwargs: 1)
        after = (change.line_ids.mapped("state"), change.activity_ids.ids, change.message_ids.ids)
        self.assertEqual(before, after)


@tagged("post_install", "-at_install")
class TestDocumentChangeProposal(ChangeCommon):
    """Who is told when a text changes the law, once."""

    def setUp(self):
        super().setUp()
        self.company.qms_change_proposal = "activity"

    def _asked(self, law):
        return law.activity_ids.filtered(lambda row: row.user_id == self.user_officer)

    def test_officers_are_told_once(self):
        law = self._law("100/2026/NĐ-CP")
        self._act(law, "amends", self.old)
        self.assertEqual(len(self._asked(law)), 1)
        law.effective_date = "2026-12-01"
        self._act(law, "repeals_part", self.old)
        self.assertEqual(len(self._asked(law)), 1)
        self._asked(law).action_feedback()
        law.effective_date = "2026-12-02"
        self.assertFalse(self._asked(law))

    def test_a_text_entered_with_its_effects_tells_the_one_who_enters_it(self):
        """The form saves both at once; whoever saves follows the text, and is told, too."""
        laws = self._as(self.env["qms.legal.document"], self.user_officer)
        effect = Command.create({"kind": "replaces", "to_id": self.old.id})
        for proposal in ("activity", "open"):
            self.company.qms_change_proposal = proposal
            law = laws.create({"number": proposal, "name": "Mới", "outgoing_ids": [effect]})
            self.assertEqual(len(self._asked(law)), proposal == "activity")
            self.assertEqual(len(law.change_ids), proposal == "open")

    def test_the_law_of_earlier_years_starts_nothing(self):
        """A register is filled with what has long been followed; a change may be opened."""
        for vals in (
            {"number": "1/2020/NĐ-CP"},
            {"number": "2/NĐ-CP", "issued_on": "2024-01-01"},
            {"number": "3/2026/NĐ-CP", "effective_date": "2025-11-01"},
        ):
            law = self._law(**vals)
            self._act(law, "amends", self.old)
            self.assertFalse(self._asked(law), vals)
        self.assertEqual(self._change(law).state, "open")

    def test_opening_ends_the_request(self):
        law = self._law("100/2026/NĐ-CP")
        self._act(law, "amends", self.old)
        self._change(law)
        self.assertFalse(self._asked(law))

    def test_nothing_rests_on_it_nobody_is_told(self):
        law, other = self._law("100/2026/NĐ-CP"), self._law("3/2019/NĐ-CP")
        self._act(law, "amends", other)
        self._act(law, "guides", self.old)
        self.assertFalse(self._asked(law))

    def test_many_texts_at_once_cost_no_query_each(self):
        """An import of the register asks once what rests on all of its texts."""
        laws = self.env["qms.legal.document"].union(
            *(self._law(f"{number}/2025/TT-X") for number in range(30))
        )
        others = self.env["qms.legal.document"].union(
            *(self._law(f"{number}/2015/TT-X") for number in range(30))
        )
        links = self.env["qms.legal.document.link"].create(
            [
                {"from_id": law.id, "kind": "guides", "to_id": other.id}
                for law, other in zip(laws, others, strict=True)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(15):
            links.kind = "amends"
            self.env.flush_all()
        self.assertFalse(laws.activity_ids)

    def test_by_setting_the_change_is_opened(self):
        self.company.qms_change_proposal = "open"
        law = self._law("100/2026/NĐ-CP")
        self._act(law, "amends", self.old)
        change = law.change_ids
        self.assertEqual((change.state, change.owner_id), ("open", self.user_officer))
        self.assertIn(self.page, change.line_ids.page_id)
        law.effective_date = "2026-12-01"
        self.assertEqual(law.change_ids, change)
        self.assertEqual(str(change.due_date), "2027-03-01")

    def test_by_setting_nobody_is_told(self):
        self.company.qms_change_proposal = "none"
        law = self._law("100/2026/NĐ-CP")
        self._act(law, "amends", self.old)
        self.assertFalse(self._asked(law) or law.change_ids)

    def test_a_shared_text_concerns_each_agency(self):
        shared = self._law("5/2020/NĐ-CP", company_id=False)
        self._new_document(user=self.user_officer_b, qms_legal_ids=shared.ids)
        self.company_b.qms_change_proposal = "open"
        law = self._law("6/2026/NĐ-CP", company_id=False)
        self._act(law, "replaces", shared)
        self.assertEqual(law.change_ids.company_id, self.company_b)
        self.assertEqual(law.change_ids.owner_id, self.user_officer_b)

    def test_proposals_are_facts(self):
        law = self._law("100/2026/NĐ-CP")
        self._act(law, "amends", self.old)
        row = self.env["qms.change.proposal"].search([("legal_document_id", "=", law.id)])
        self.assertEqual(row.company_id, self.company)
        with self.assertRaises(AccessError):
            row.unlink()


@tagged("post_install", "-at_install")
class TestDocumentChangePerformance(ChangeCommon):
    def test_forms_of_many_documents(self):
        """The number of queries does not grow with what is affected."""
        pages = self.env["document.page"].browse()
        for number in range(30):
            pages |= self._new_document(
                name=f"QT {number}", qms_legal_ids=self.old.ids, qms_form_ids=self.form.ids
            )
        change = self._change()
        self.assertLessEqual(pages, change.line_ids.page_id)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(60):
            change.action_recompute()
            self.env.flush_all()
