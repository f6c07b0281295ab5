import datetime
import re

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .rating_common import RatingHttpCase


@tagged("post_install", "-at_install")
class TestFrontdeskRatingPublic(RatingHttpCase):
    """The address of the receipt, opened by nobody, a citizen, a stranger."""

    def test_one_tap_and_sent(self):
        dossier = self._returned_dossier()
        page = self.url_open(self._path(dossier))
        self.assertEqual(page.status_code, 200)
        self.assertEqual(page.headers["Cache-Control"], "no-store, private")
        self.assertIn("frame-ancestors 'none'", page.headers["Content-Security-Policy"])
        self.assertIn(dossier.code, page.text)
        self.assertNotIn(dossier.holder_name, page.text)
        response = self._post(dossier)
        self.assertEqual(self._status(response), "thanks")
        answer = self._answer(dossier)
        self.assertEqual(answer.survey_id, self.three_levels)
        self.assertEqual(
            (answer.qms_channel, answer.qms_grade, answer.qms_is_satisfied, answer.qms_score),
            ("link", "very_satisfied", True, 100.0),
        )
        self.assertEqual(answer.user_input_line_ids.qms_answer, self._first_level())

    def _first_level(self):
        answer = self.three_levels.question_ids.suggested_answer_ids[0]
        installed = dict(self.env["res.lang"].get_installed())
        return answer.with_context(lang="vi_VN" if "vi_VN" in installed else "en_US").value

    def test_the_answer_keeps_who_handled_the_dossier(self):
        dossier = self._returned_dossier(intake_channel="post")
        self._post(dossier)
        answer = self._answer(dossier)
        self.assertEqual(answer.qms_procedure_id, self.procedure)
        self.assertEqual(answer.qms_department_name, "Budget division")
        self.assertEqual(answer.qms_officer_id, self.user_specialist)
        self.assertEqual(answer.qms_returner_id, self.user_clerk)
        self.assertEqual(answer.qms_intake_channel, "post")
        self.assertEqual(answer.qms_eligible_at, dossier.returned_at)

    def test_a_second_answer_stores_nothing(self):
        dossier = self._returned_dossier()
        self._post(dossier, 1)
        response = self._post(dossier, 3, reason="Changed my mind about all of it")
        self.assertEqual(self._status(response), "used")
        self.assertEqual(self._answer(dossier).qms_grade, "very_satisfied")
        self.assertEqual(self._status(self.url_open(self._path(dossier))), "used")

    def test_a_low_rating_asks_for_the_reason(self):
        dossier = self._returned_dossier()
        response = self._post(dossier, 3)
        self.assertEqual((response.status_code, self._status(response)), (422, "form"))
        self.assertFalse(self._answer(dossier))
        self._post(dossier, 3, reason="  Waited\x00 for <b>two</b> hours ")
        answer = self._answer(dossier)
        self.assertTrue(answer.qms_is_low)
        self.assertEqual(answer.qms_reason, "Waited for <b>two</b> hours")

    def test_an_agency_may_take_a_low_rating_without_reason(self):
        self.company.qms_rating_reason_required = False
        dossier = self._returned_dossier()
        self._post(dossier, 3)
        self.assertTrue(self._answer(dossier).qms_is_low)

    def test_too_early_too_late_and_without_result(self):
        early = self._accepted_dossier()
        self.assertEqual(self._status(self._post(early)), "early")
        refused = self._new_dossier()
        self._as(refused, self.user_clerk).action_refuse(reason="x")
        self.assertEqual(self._status(self._post(refused)), "never")
        late = self._returned_dossier()
        with freeze_time(self._in_days(29)):
            self.assertEqual(self._status(self.url_open(self._path(late))), "form")
        with freeze_time(self._in_days(31)):
            self.assertEqual(self._status(self._post(late)), "expired")
        self.assertFalse(self._answer(early | refused | late))

    def _answer(self, dossiers):
        answers = self.env["survey.user_input"].sudo()
        return answers.search([("qms_dossier_id", "in", dossiers.ids)])

    def test_an_agency_may_ask_when_handling_is_done(self):
        self.company.qms_rating_opens = "done"
        dossier = self._accepted_dossier()
        for user in (self.user_clerk, self.user_specialist, self.user_head):
            self._as(dossier, user).action_complete_step()
        self.assertEqual(dossier.state, "done")
        self._post(dossier)
        self.assertEqual(self._answer(dossier).qms_eligible_at, dossier.done_at)

    def test_unknown_tokens_tell_nothing(self):
        for token in ("x", "0" * 32, "%00", "..", "1 OR 1=1"):
            with self.subTest(token=token):
                response = self.url_open(f"/qms/rate/{token}", allow_redirects=False)
                self.assertEqual(response.status_code, 404)
        response = self.url_open(f"/qms/rate/{'0' * 32}", data={"q-1": "1"})
        self.assertEqual((response.status_code, self._status(response)), (404, "unknown"))

    def test_answers_of_other_forms_are_refused(self):
        dossier = self._returned_dossier()
        question = self.three_levels.question_ids
        foreign = self.nine_indices.question_ids[0].suggested_answer_ids[0]
        for value in (foreign.id, 0, 999999999, "x", "-1", "9" * 40):
            with self.subTest(value=value):
                response = self.url_open(self._path(dossier), data={f"q-{question.id}": value})
                self.assertEqual(self._status(response), "form")
        response = self.url_open(
            self._path(dossier), data={f"q-{number}": "1" for number in range(300)}
        )
        self.assertEqual(self._status(response), "form")
        response = self.url_open(self._path(dossier), data={"comment": "nothing chosen"})
        self.assertEqual((response.status_code, self._status(response)), (422, "form"))
        self.assertFalse(self._answer(dossier))

    def test_nothing_else_in_the_post_is_believed(self):
        dossier, other = self._returned_dossier(), self._returned_dossier()
        self._post(
            dossier,
            qms_dossier_id=other.id,
            dossier_id=other.id,
            qms_channel="paper",
            qms_officer_id=self.user_head.id,
            survey_id=self.nine_indices.id,
        )
        self.assertFalse(self._answer(other))
        answer = self._answer(dossier)
        self.assertEqual(answer.qms_channel, "link")
        self.assertEqual(answer.qms_officer_id, self.user_specialist)

    def test_texts_are_shown_as_text(self):
        dossier = self._returned_dossier()
        response = self._post(dossier, 3, comment="", reason="")
        self.assertEqual(response.status_code, 422)
        response = self._post(
            dossier, 2, comment="<script>alert(1)</script>", **{"q-0": "<img src=x>"}
        )
        self.assertNotIn("<script>alert", response.text)
        dossier = self._returned_dossier()
        question = self.three_levels.question_ids
        response = self.url_open(
            self._path(dossier),
            data={f"q-{question.id}": "x", "comment": "</textarea><script>alert(1)</script>"},
        )
        self.assertNotIn("<script>alert", response.text)
        self.assertIn("&lt;script&gt;alert", response.text)

    def test_long_texts_are_cut(self):
        dossier = self._returned_dossier()
        self._post(dossier, 2, comment="x" * 100000)
        self.assertEqual(len(self._answer(dossier).qms_comment), 1000)

    def test_a_logged_in_citizen_is_no_other_than_nobody(self):
        """The token is the right; whose session it is plays no part, nor does its lack."""
        portal = new_test_user(self.env, login="citizen", groups="base.group_portal")
        mine, foreign = self._returned_dossier(), self._returned_dossier()
        self.authenticate(portal.login, portal.login)
        self.assertEqual(self._status(self._post(mine)), "thanks")
        self.assertFalse(self._answer(mine).partner_id)
        for model in ("survey.user_input", "qms.rating.invitation", "survey.survey"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(portal).search([])
        self.assertEqual(self.url_open(f"/qms/rate/{foreign.id}").status_code, 404)

    def test_odoos_survey_pages_lead_nowhere(self):
        dossier = self._returned_dossier()
        self._post(dossier)
        answer = self._answer(dossier)
        survey, count = self.three_levels.access_token, self._count()
        for path in (
            f"/survey/start/{survey}",
            f"/survey/start/{survey}?answer_token={answer.access_token}",
            f"/survey/{survey}/{answer.access_token}",
            f"/survey/print/{survey}?answer_token={answer.access_token}",
            f"/survey/retry/{survey}/{answer.access_token}",
            f"/survey/test/{survey}",
            f"/survey/{survey}/get_background_image",
        ):
            with self.subTest(path=path):
                response = self.url_open(path)
                self.assertNotIn(dossier.code, response.text)
                self.assertNotIn(self.three_levels.title, response.text)
        for route in ("begin", "next_question", "submit"):
            with self.subTest(route=route):
                result = self.make_jsonrpc_request(
                    f"/survey/{route}/{survey}/{answer.access_token}",
                    {self.three_levels.question_ids.id: 1},
                )
                self.assertEqual(result[-1], {"error": "survey_wrong"})
        self.assertEqual(self._count(), count)

    def test_an_internal_user_neither_tests_nor_starts_a_set(self):
        self.authenticate(self.user_officer.login, self.user_officer.login)
        count = self._count()
        for action in ("start", "test", "results"):
            self.url_open(f"/survey/{action}/{self.three_levels.access_token}")
        self.assertEqual(self._count(), count)

    def _count(self):
        return self.env["survey.user_input"].search_count([])

    # === DOUBTS === #

    def test_haste_is_flagged_never_dropped(self):
        dossier = self._returned_dossier()
        self._post(dossier)
        answer = self._answer(dossier)
        self.assertTrue(answer.qms_is_flagged and answer.qms_is_fast)
        self.assertLess(answer.qms_seconds, 5)

    def test_a_forged_start_counts_as_haste(self):
        dossier = self._returned_dossier()
        self._post(dossier, started="1.abc")
        self.assertTrue(self._answer(dossier).qms_is_fast)

    def test_what_no_browser_sends_is_no_error(self):
        dossier = self._returned_dossier()
        huge = "9" * 5000  # more digits than Python takes for a number
        for forged in ({f"q-{huge}": "1"}, {f"other-{huge}": "x"}, {"comment": "a\x00b"}):
            response = self.url_open(self._path(dossier), data=forged)
            self.assertEqual(response.status_code, 422, str(forged)[:20])
        self.assertFalse(self._answer(dossier))
        self._post(dossier, started="1.é")
        self.assertTrue(self._answer(dossier).qms_is_fast)

    def test_a_patient_answer_is_not_flagged(self):
        dossier = self._returned_dossier()
        opened = dossier.returned_at.replace(microsecond=0)
        with freeze_time(opened):
            page = self.url_open(self._path(dossier)).text
        started = re.search(r'name="started" value="([^"]*)"', page).group(1)
        with freeze_time(opened + datetime.timedelta(seconds=20)):
            self._post(dossier, started=started)
        answer = self._answer(dossier)
        self.assertEqual(answer.qms_seconds, 20.0)
        self.assertFalse(answer.qms_is_flagged)

    def test_a_second_dossier_from_one_device_is_flagged(self):
        self.company.qms_rating_min_seconds = 0
        first, second = self._returned_dossier(), self._returned_dossier()
        self._post(first)
        self._post(second)
        self.assertFalse(self._answer(first).qms_is_flagged)
        answer = self._answer(second)
        self.assertTrue(answer.qms_is_same_device)
        key = answer.qms_device_key
        self.assertRegex(key, r"^[0-9a-f]{32}$", "a keyed hash, never the address")
