from odoo import fields
from odoo.exceptions import UserError, ValidationError

from .. import common
from .common_review import DAY, ReviewCommon


class TestImprovementReview(ReviewCommon):
    """A management review from the planning to what became of its decisions."""

    # === PLANNING === #

    def test_number_of_agency_and_year(self):
        first, second = self._review(), self._review()
        self.assertEqual(first.reference, "XXLĐ-2026-01")
        self.assertEqual(second.reference, "XXLĐ-2026-02")
        foreign = self._as(self.env["mgmtsystem.review"], self.user_officer_b)
        self.assertEqual(foreign.create({"name": "B"}).reference, "XXLĐ-2026-01")
        self.assertEqual(first.qms_year, 2026)

    def test_a_given_number_counts_for_nothing(self):
        self.assertEqual(self._review(reference="XXLĐ-2026-77").reference, "XXLĐ-2026-01")

    def test_creating_leaves_the_values_of_the_caller_alone(self):
        """The base writes its number into the dictionaries it is given."""
        vals = {"name": "Xem xét", "date": common.NOW}
        self._as(self.env["mgmtsystem.review"], self.user_officer).create([vals])
        self.assertNotIn("reference", vals)

    def test_the_agenda_is_that_of_the_edition(self):
        """Clause 9.3.2: a to f with c1 to c7 in 2015, a to h in 2026."""
        review = self._review()
        letters = review.qms_input_ids.mapped("letter")
        self.assertEqual(
            letters, ["a", "b", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "d", "e", "f"]
        )
        edition = self.env.ref("qms_public_admin.qms_standard_iso9001_2026")
        later = self._review(qms_standard_id=edition.id)
        letters = later.qms_input_ids.mapped("letter")
        self.assertEqual(letters[:4] + letters[-4:], ["a", "b", "c", "d1", "e", "f", "g", "h"])

    def test_an_agency_adds_a_topic_of_its_own(self):
        self._as(self.env["qms.review.topic"], self.user_officer).create(
            {
                "name": "Cải cách hành chính",
                "letter": "x",
                "standard_id": self.company._qms_standard().id,
                "company_id": self.company.id,
            }
        )
        self.assertIn("x", self._review().qms_input_ids.mapped("letter"))
        foreign = self._as(self.env["mgmtsystem.review"], self.user_officer_b)
        self.assertNotIn("x", foreign.create({"name": "B"}).qms_input_ids.mapped("letter"))

    def test_period_follows_the_review_before(self):
        self._approved()
        draft = self._as(self.env["mgmtsystem.review"], self.user_officer).new({})
        self.assertEqual(draft.qms_date_from, fields.Date.to_date("2026-11-01"))

    # === COMPILING === #

    def _figures(self, review, letter):
        row = review.qms_input_ids.filtered(lambda row: row.letter == letter)
        return [figure for found in row.content["sections"] for figure in found["figures"]]

    def test_figures_are_those_of_the_records(self):
        review = self._review()
        review.action_compile()
        on_time = self._figures(review, "c3")[0]
        self.assertIn("75", on_time["value"])
        self.assertEqual(on_time["previous"], "–")
        row = review.qms_input_ids.filtered(lambda row: row.letter == "c3")
        action = row.action_open_figure(on_time["opens"])
        dossiers = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(len(dossiers), 8)
        late = self._figures(review, "c3")[1]
        action = row.action_open_figure(late["opens"])
        dossiers = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(set(dossiers.mapped("outcome")), {"late"})
        self.assertEqual(len(dossiers), 2)

    def test_the_table_names_the_late_procedures_and_opens_their_dossiers(self):
        review = self._review()
        review.action_compile()
        row = review.qms_input_ids.filtered(lambda row: row.letter == "c3")
        line = row.content["sections"][0]["table"]["rows"][0]
        self.assertEqual(line["cells"][1:3], ["8", "2"])
        action = row.action_open_figure(line["opens"])
        late = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(set(late.mapped("outcome")), {"late"})

    def test_extensions_open_the_dossiers_that_were_extended(self):
        dossier = self._completed("2026-05-05")
        self.env["qms.dossier.extension"]._record(
            [
                {
                    "dossier_id": dossier.id,
                    "company_id": self.company.id,
                    "decided_at": "2026-05-04 03:00:00",
                    "old_due_at": "2026-05-05 03:00:00",
                    "new_due_at": "2026-05-08 03:00:00",
                    "reason": "x",
                    "signatory_name": "x",
                    "is_notice_late": True,
                }
            ]
        )
        review = self._review()
        review.action_compile()
        row = review.qms_input_ids.filtered(lambda row: row.letter == "c3")
        figure = row.content["sections"][1]["figures"][0]
        self.assertEqual((figure["value"], figure["previous"]), ("1", "0"))
        self.assertTrue(figure["note"])
        action = row.action_open_figure(figure["opens"])
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), dossier)

    def test_every_compiler_is_there_and_gives_a_section(self):
        review = self._review()
        for key in review._compiler_labels():
            with self.subTest(compiler=key):
                found = getattr(review._for_compiling(), f"_compile_{key}")()
                self.assertEqual(set(found), {"title", "figures", "charts", "table", "text"})

    def test_every_figure_with_records_is_a_link(self):
        review = self._review()
        review.action_compile()
        row = review.qms_input_ids.filtered(lambda row: row.letter == "c3")
        for number in range(len(row.content["opens"])):
            self.assertIn(f'data-figure="{number}"', row.content_html)
        self.assertNotIn("data-figure", row._render_content(is_screen=False))

    def test_providers_stand_with_their_last_review_and_what_went_wrong(self):
        post = self.env["qms.interested.party"].create(
            {"name": "Post", "kind": "provider", "company_id": self.company.id}
        )
        self.env["qms.interested.party"].create({"name": "Staff", "kind": "staff"})
        post.action_review("changed", "Two letters a week came late")
        self.env["mgmtsystem.nonconformity"]._qms_raise(
            [
                {
                    "name": "Dossiers delivered late",
                    "company_id": self.company.id,
                    "qms_found_on": "2026-05-05",
                    "qms_provider_id": post.id,
                }
            ]
        )
        review = self._review()
        review.action_compile()
        row = review.qms_input_ids.filtered(lambda row: row.letter == "c7")
        [section] = row.content["sections"]
        self.assertEqual([figure["value"] for figure in section["figures"]], ["1", "0"])
        [line] = section["table"]["rows"]
        self.assertEqual(line["cells"][0], "Post")
        self.assertEqual(line["cells"][2:], ["Two letters a week came late", "1"])
        action = row.action_open_figure(section["figures"][0]["opens"])
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.qms_provider_id, post)

    def test_what_has_no_records_says_so(self):
        review = self._review()
        review.action_compile()
        empty = review.qms_input_ids.filtered(lambda row: row.letter == "c7")
        self.assertTrue(empty.is_empty)
        self.assertIn("q-none", empty.content_html)

    def test_compiling_again_keeps_what_people_wrote(self):
        review = self._review()
        review.action_compile()
        row = review.qms_input_ids.filtered(lambda row: row.letter == "c3")
        row.write({"comment": "<p>Mùa cao điểm</p>", "verdict": "watch"})
        self._completed("2026-05-04", "late")
        review.action_compile()
        self.assertIn("Mùa cao điểm", row.comment)
        self.assertEqual(row.verdict, "watch")
        self.assertEqual(row.content["sections"][0]["table"]["rows"][0]["cells"][2], "3")

    def test_figures_are_those_of_the_agency_alone(self):
        review = self._as(self.env["mgmtsystem.review"], self.user_officer_b).create(
            {"name": "B", "qms_date_from": "2026-01-01", "qms_date_to": "2026-10-31"}
        )
        review.action_compile()
        self.assertFalse(self._figures(review, "c3"))

    # === VERBS === #

    def test_an_invitation_reaches_the_participants_with_a_calendar_file(self):
        review = self._review()
        review.action_invite()
        self.assertEqual(review.state, "invited")
        message = self.env["mail.message"].search(
            [("partner_ids", "in", self.user_guest.partner_id.ids)], order="id desc", limit=1
        )
        self.assertEqual(message.attachment_ids.name, "meeting.ics")
        self.assertIn(b"BEGIN:VEVENT", message.attachment_ids.raw)
        self.assertIn(self.user_guest, review.activity_ids.user_id)
        self.assertEqual(review.qms_attendance_ids.mapped("role"), ["chair", "secretary", "member"])

    def test_no_meeting_is_held_before_its_time(self):
        with self.assertRaisesRegex(UserError, "not begun"):
            self._review().action_hold()

    def test_minutes_are_complete_before_they_are_submitted(self):
        review = self._review(common.NOW - DAY)
        review.action_hold()
        with self.assertRaisesRegex(UserError, "Compile"):
            review.action_submit()
        review.action_compile()
        with self.assertRaisesRegex(UserError, "attended"):
            review.action_submit()
        review.action_all_present()
        with self.assertRaisesRegex(UserError, "no conclusion"):
            review.action_submit()
        review.qms_input_ids.write({"verdict": "good"})
        with self.assertRaisesRegex(UserError, "decided"):
            review.action_submit()
        review.qms_output_ids = [fields.Command.create({"name": "x"})]
        with self.assertRaisesRegex(UserError, "owner"):
            review.action_submit()
        review.qms_output_ids.write(self._decision_vals())
        review.action_submit()
        self.assertEqual((review.state, review.approval_state), ("approval", "running"))

    def test_the_secretary_does_not_approve_the_own_minutes(self):
        review = self._submitted()
        with self.assertRaises(UserError):
            review.action_approve()
        self._as(review, self.user_leader).action_approve()
        self.assertEqual(review.state, "done")

    def test_rejected_minutes_are_open_again(self):
        review = self._submitted()
        self._as(review, self.user_leader).action_reject("Bổ sung số liệu")
        self.assertEqual(review.state, "held")
        review.qms_input_ids[0].minutes = "<p>x</p>"
        review.action_submit()
        self.assertEqual(review.state, "approval")

    # === CLOSED === #

    def test_a_closed_review_stays_closed(self):
        """The base leaves a closed review open to everybody who may write (its defect)."""
        review = self._approved().sudo()
        for values in (
            {"name": "x"},
            {"conclusion": "x"},
            {"state": "open"},
            {"date": "2026-01-01"},
            {"line_ids": [fields.Command.create({"name": "x"})]},
            {"qms_content_sha256": "0"},
        ):
            with self.assertRaises(ValidationError, msg=str(values)):
                review.write(values)
        for rows in (review.qms_input_ids, review.qms_output_ids, review.qms_attendance_ids):
            with self.assertRaises(ValidationError):
                rows[0].write({"sequence": 5})
        with self.assertRaises(ValidationError):
            review.qms_output_ids.unlink()
        with self.assertRaises(UserError):
            review.action_compile()
        with self.assertRaises(UserError):
            review.unlink()

    def test_the_way_of_the_base_to_close_is_shut(self):
        review = self._review()
        with self.assertRaises(UserError):
            review.button_close()
        with self.assertRaises(ValidationError):
            review.write({"state": "done"})

    def test_the_fingerprint_holds(self):
        review = self._approved()
        self.assertEqual(review._approval_digest(), review.qms_content_sha256)
        self.assertEqual(review.action_verify_content()["params"]["type"], "success")
        self.user_specialist.name = "Somebody else"
        self.user_leader.name = "Renamed"
        self.env.invalidate_all()
        self.assertEqual(review._approval_digest(), review.qms_content_sha256)
        self.env.cr.execute("UPDATE qms_review_input SET comment = 'x'")
        self.env.invalidate_all()
        self.assertEqual(review.action_verify_content()["params"]["type"], "danger")

    def test_a_new_edition_still_links_an_approved_review(self):
        review = self._approved()
        clause = self.env.ref("qms_public_admin.qms_clause_2026_9_3")
        review._link_clauses_like(self.env.ref("qms_public_admin.qms_clause_2015_9_3"), clause)
        self.assertIn(clause, review.qms_clause_ids)

    def test_an_approved_review_is_evidence_of_its_clause(self):
        clause = self.env.ref("qms_public_admin.qms_clause_2015_9_3_3")
        review = self._held()
        links = review._evidence_links(clause, self.company)
        self.assertFalse(links)
        review.action_submit()
        self._as(review, self.user_leader).action_approve()
        links = review._evidence_links(clause, self.company)
        self.assertEqual([record_id for _clause, record_id, _day in links], review.ids)

    # === DECISIONS === #

    def test_an_action_of_a_decision_by_one_click(self):
        review = self._submitted()
        decision = review.qms_output_ids
        with self.assertRaisesRegex(UserError, "approved"):
            decision.action_make_action()
        self._as(review, self.user_leader).action_approve()
        self.assertEqual(decision.status, "open")
        review.action_make_actions()
        action = decision.sudo().action_id
        self.assertEqual((action.user_id, action.company_id), (self.user_specialist, self.company))
        self.assertEqual(action.date_deadline, decision.due_date)
        with self.assertRaises(UserError):
            decision.action_make_action()
        decisions = self.env["qms.review.decision"]
        for state, status in (("done", "done"), ("cancelled", "dropped"), ("open", "open")):
            stamp = {"qms_done_at": common.NOW, "qms_cancel_reason": "x"}
            action._lifecycle_write({"qms_state": state, **stamp})
            self.env.invalidate_all()
            self.assertEqual(decision.status, status)
            self.assertEqual(decisions.search([("status", "=", status)]), decision)

    def test_a_nonconformity_of_a_decision_carries_it_as_evidence(self):
        decision = self._approved().qms_output_ids
        decision.action_raise_nonconformity()
        found = decision.nonconformity_id
        self.assertEqual((found.qms_source, found.user_id), ("review", self.user_officer))
        self.assertEqual(found.qms_evidence_ids.mapped("res_model"), [decision._name])
        self.assertEqual(decision.status, "open")

    def test_a_change_of_the_system_becomes_a_change_request(self):
        review = self._approved()
        review.qms_output_ids.action_make_change()
        change = review.qms_output_ids.change_request_id
        self.assertEqual(change.cause, "improvement")
        self.assertEqual(change.target_date.isoformat(), "2026-12-31")

    def test_a_decision_without_a_record_is_reported_by_its_owner(self):
        decision = self._approved().qms_output_ids
        with self.assertRaises(UserError):
            self._as(decision, self.user_colleague).action_report_done("x")
        with self.assertRaisesRegex(UserError, "what was done"):
            self._as(decision, self.user_specialist).action_report_done(" ")
        self._as(decision, self.user_specialist).action_report_done("Đã mua máy quét")
        self.assertEqual(decision.status, "done")

    def test_status_is_searched_as_it_is_shown(self):
        decision = self._approved().qms_output_ids
        decisions = self.env["qms.review.decision"]
        self.assertEqual(decisions.search([("status", "=", "open")]), decision)
        with self.subTest("late"):
            decision.flush_recordset()
            self.env.cr.execute("UPDATE qms_review_decision SET due_date = '2026-11-01'")
            self.env.invalidate_all()
            self.assertEqual(decision.status, "late")
            self.assertEqual(decisions.search([("status", "=", "late")]), decision)
        self.assertFalse(decisions.search([("status", "in", ("planned", "done"))]))

    def test_the_next_review_begins_with_the_decisions_of_the_last(self):
        first = self._approved()
        self._as(first.qms_output_ids, self.user_specialist).action_report_done("Xong")
        second = self._review(name="Xem xét lần 2")
        second.action_compile()
        row = second.qms_input_ids[0]
        self.assertEqual(row.letter, "a")
        cells = row.content["sections"][0]["table"]["rows"][0]["cells"]
        self.assertEqual(cells[0], "Rút ngắn bước thẩm định")
        self.assertEqual(second.qms_previous_id, first)
