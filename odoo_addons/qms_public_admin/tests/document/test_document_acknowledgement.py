import re

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .. import common
from .common_document import DocumentCommon
from .test_document_flow import commit

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@tagged("post_install", "-at_install")
class TestDocumentAcknowledgement(DocumentCommon, HttpCase):
    """A document reaches its readers, and each confirms for themselves."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)
        self.page = self._effective_document()
        self.revision = self.page.qms_effective_id

    def _campaign(self, is_open=True, **vals):
        campaigns = self._as(self.env["qms.acknowledgement.campaign"], self.user_officer)
        campaign = campaigns.create(
            {
                "revision_id": self.revision.id,
                "date_due": "2026-11-20",
                "position_ids": [fields.Command.set(self.position_specialist.ids)],
                **vals,
            }
        )
        if is_open:
            campaign.action_open()
        return campaign

    def _row(self, campaign, user):
        row = campaign.sudo().acknowledgement_ids.filtered(lambda row: row.user_id == user)
        return self._as(row, user)

    def test_the_people_of_positions_and_units_are_asked(self):
        campaign = self._campaign(department_ids=[fields.Command.set(self.department.ids)])
        asked = campaign.acknowledgement_ids.user_id
        self.assertEqual(asked, self.user_specialist | self.user_clerk | self.user_head)
        everybody = self._campaign(is_for_all=True)
        asked = everybody.acknowledgement_ids.user_id
        self.assertIn(self.user_colleague, asked)
        self.assertFalse(asked & (self.user_officer_b | self.user_outsider))

    def test_each_confirms_for_themselves(self):
        campaign = self._campaign()
        mine = self._row(campaign, self.user_specialist)
        with self.assertRaises(UserError):
            self._as(mine, self.user_officer).action_acknowledge()
        with self.assertRaises(UserError):
            mine.sudo().with_user(self.user_head).sudo().action_acknowledge()
        self.assertEqual(campaign.coverage, 0)
        mine.action_acknowledge()
        self.assertEqual((campaign.asked_count, campaign.done_count), (1, 1))
        self.assertEqual(campaign.coverage, 1)
        with self.assertRaises(UserError):
            mine.action_acknowledge()

    def test_staff_see_their_own_rows(self):
        campaign = self._campaign(department_ids=[fields.Command.set(self.department.ids)])
        rows = self._as(self.env["qms.acknowledgement"], self.user_specialist).search([])
        self.assertEqual(rows.user_id, self.user_specialist)
        seen = self._as(campaign, self.user_auditor).acknowledgement_ids
        self.assertEqual(len(seen), 3)
        other = self._as(self.env["qms.acknowledgement"], self.user_officer_b)
        self.assertFalse(other.search([]))

    def test_substitutes_are_asked(self):
        delegation = self.env["qms.delegation"].create(
            {
                "company_id": self.company.id,
                "user_id": self.user_specialist.id,
                "substitute_id": self.user_colleague.id,
                "date_to": "2026-11-30",
                "reason": "Nghỉ phép",
            }
        )
        delegation.action_activate()
        campaign = self._campaign()
        row = self._row(campaign, self.user_colleague)
        self.assertTrue(row.is_substitute)
        without = self._campaign(with_substitutes=False)
        self.assertFalse(self._row(without, self.user_colleague))

    def test_newcomers_are_asked_while_it_is_open(self):
        campaign = self._campaign()
        newcomer = new_test_user(
            self.env,
            login="qms_newcomer",
            groups="qms_public_admin.group_qms_staff",
            company_id=self.company.id,
            company_ids=[fields.Command.set(self.company.ids)],
        )
        self.position_specialist.holder_ids |= newcomer
        campaign._follow_up(commit)
        self.assertTrue(self._row(campaign, newcomer).is_newcomer)
        campaign._follow_up(commit)
        self.assertEqual(campaign.asked_count, 2)
        campaign.action_close()
        self.position_specialist.holder_ids |= self.user_colleague
        campaign._follow_up(commit)
        self.assertEqual(campaign.asked_count, 2)
        with self.assertRaises(UserError):
            self._row(campaign, newcomer).action_acknowledge()

    def test_reminders_come_before_and_after_the_day_not_each_day(self):
        campaign = self._campaign()
        row = self._row(campaign, self.user_specialist)
        told = []
        for day in range(10, 28):
            with freeze_time(f"2026-11-{day:02d} 02:00:00"):
                campaign._follow_up(commit)
                if row.reminded_at and row.reminded_at.day == day:
                    told.append(day)
        self.assertEqual(told, [17, 20, 23, 26])
        messages = self.env["mail.message"].search(
            [("partner_ids", "in", self.user_specialist.partner_id.id)]
        )
        self.assertEqual(len(messages.filtered(lambda m: m.model == campaign._name)), len(told) + 1)

    def _quiz(self):
        return self.env["survey.survey"].create(
            {
                "title": "Câu hỏi",
                "scoring_type": "scoring_without_answers",
                "scoring_success_min": 50,
                "question_and_page_ids": [
                    fields.Command.create(
                        {
                            "title": "Nộp mấy bản?",
                            "question_type": "simple_choice",
                            "suggested_answer_ids": [
                                fields.Command.create(
                                    {"value": "1", "is_correct": True, "answer_score": 1}
                                ),
                                fields.Command.create({"value": "2"}),
                            ],
                        }
                    )
                ],
            }
        )

    def _answer(self, survey, user, **vals):
        """Return the right answers of a person to a quiz."""
        answer = survey.sudo()._create_answer(user=user, **vals)
        question = survey.question_ids
        answer._save_lines(question, str(question.suggested_answer_ids[0].id))
        answer._mark_done()
        self.assertTrue(answer.scoring_success)
        return answer

    def test_a_quiz_is_passed_before(self):
        survey = self._quiz()
        campaign = self._campaign(survey_id=survey.id)
        row = self._row(campaign, self.user_specialist)
        with self.assertRaisesRegex(UserError, "quiz"):
            row.action_acknowledge()
        self.assertIn(survey.access_token, row._quiz_url())
        self._answer(survey, self.user_specialist)
        row.action_acknowledge()
        self.assertEqual(row.score, 100)

    def test_only_the_own_quiz_since_one_was_asked_counts(self):
        survey = self._quiz()
        early = self._answer(survey, self.user_specialist)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE survey_user_input SET create_date = '2026-11-08' WHERE id = %s", early.ids
        )
        self.env.invalidate_all()
        row = self._row(self._campaign(survey_id=survey.id), self.user_specialist)
        self._answer(survey, self.user_colleague)
        self.assertFalse(row._passed_quiz())
        with self.assertRaisesRegex(UserError, "quiz"):
            row.action_acknowledge()
        own = self._answer(survey, self.user_specialist)
        self.assertEqual(row._passed_quiz(), own)
        row.action_acknowledge()

    def test_a_quiz_without_a_score_is_refused(self):
        survey = self._quiz()
        survey.scoring_type = "no_scoring"
        with self.assertRaisesRegex(UserError, "score"), self.cr.savepoint():
            self._campaign(survey_id=survey.id)
        survey.scoring_type = "scoring_without_answers"
        campaign = self._campaign(is_open=False, survey_id=survey.id)
        survey.scoring_type = "no_scoring"
        with self.assertRaisesRegex(UserError, "score"):
            campaign.action_open()

    def test_only_approved_revisions_of_the_own_agency_are_brought_to_people(self):
        draft = self._draft(self._new_document())
        with self.assertRaises(UserError):
            self._campaign(revision_id=draft.id)
        with self.assertRaises(UserError):
            self._campaign(position_ids=False)
        campaign = self._campaign(is_open=False)
        for user in (self.user_specialist, self.user_leader, self.user_officer_b):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._as(campaign, user).action_open()

    @mute_logger("odoo.http", "odoo.sql_db")
    def test_acknowledgements_are_facts_over_rpc(self):
        campaign = self._campaign()
        row = self._row(campaign, self.user_specialist)
        self.env.flush_all()
        for user in (self.user_officer, self.user_specialist, self.user_leader):
            self.authenticate(user.login, user.login)
            for method, args in (
                ("write", [row.ids, {"acknowledged_at": "2026-11-10 00:00:00"}]),
                ("unlink", [row.ids]),
                ("create", [[{"campaign_id": campaign.id, "user_id": user.id}]]),
                ("_complete", [row.ids, {"acknowledged_at": "2026-11-10 00:00:00"}]),
            ):
                with (
                    self.subTest(user=user.login, method=method),
                    self.assertRaises(JsonRpcException),
                ):
                    self.make_jsonrpc_request(
                        f"/web/dataset/call_kw/qms.acknowledgement/{method}",
                        {
                            "model": "qms.acknowledgement",
                            "method": method,
                            "args": args,
                            "kwargs": {"context": {"_qms_fact": True}},
                        },
                    )
        row.invalidate_recordset()
        self.assertFalse(row.acknowledged_at)

    def test_a_reader_confirms_on_the_page(self):
        campaign = self._campaign()
        row = self._row(campaign, self.user_specialist)
        self.env.flush_all()
        self.authenticate(self.user_specialist.login, self.user_specialist.login)
        url = f"/qms/documents/{self.page.id}"
        shown = self.url_open(url).text
        self.assertIn("o_qms_document_confirm", shown)
        confirm = f"/qms/documents/confirm/{row.id}"
        token = CSRF.search(shown)[1]
        response = self.url_open(confirm, data={"csrf_token": token}, allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        row.invalidate_recordset()
        self.assertTrue(row.acknowledged_at)
        self.assertNotIn("o_qms_document_confirm", self.url_open(url).text)
