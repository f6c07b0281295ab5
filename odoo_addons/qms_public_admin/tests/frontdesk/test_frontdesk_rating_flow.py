from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...models.frontdesk.qms_dossier_rating import RatingError
from .rating_common import RatingCommon


@tagged("post_install", "-at_install")
class TestFrontdeskRatingFlow(RatingCommon):
    """What an answer says, which set applies, and what makes it look odd."""

    # === SETS IN USE === #

    def test_the_set_of_the_procedure_comes_before_that_of_the_agency(self):
        dossier = self._returned_dossier()
        self.assertEqual(dossier._rating_set(), self.three_levels)
        five = self.env.ref("qms_public_admin.survey_five_levels")
        self._use(five)
        self.assertEqual(dossier._rating_set(), five)
        self._use(self.nine_indices, self.procedure)
        self.assertEqual(dossier._rating_set(), self.nine_indices)

    def test_the_set_is_that_of_the_day(self):
        dossier = self._returned_dossier()
        five = self.env.ref("qms_public_admin.survey_five_levels")
        self._use(five, date_from=self._in_days(2).date())
        self.assertEqual(dossier._rating_set(), self.three_levels)

    def test_a_set_of_another_agency_or_without_answers_is_not_used(self):
        foreign = self.env["survey.survey"].create(
            {
                "title": "Theirs",
                "survey_type": "qms_satisfaction",
                "qms_company_id": self.company_b.id,
            }
        )
        empty = self.env["survey.survey"].create(
            {"title": "Empty", "survey_type": "qms_satisfaction"}
        )
        other = self.env["survey.survey"].create({"title": "A quiz", "survey_type": "assessment"})
        for survey in (foreign, empty, other):
            with self.subTest(survey=survey.title), self.assertRaises(ValidationError):
                self._use(survey)

    # === MEANING === #

    def test_not_applicable_leaves_the_averages(self):
        """INV-08: “it was not late” is no zero."""
        survey = self._scored_set()
        self._use(survey)
        answer = self._rate(self._returned_dossier(), 1, 3)
        self.assertEqual((answer.qms_score, answer.qms_is_satisfied), (100.0, True))
        self.assertTrue(answer.qms_is_valid)
        answer = self._rate(self._returned_dossier(), 2, 2, reason="No letter of apology")
        self.assertEqual((answer.qms_score, answer.qms_is_satisfied), (0.0, False))
        answer = self._rate(self._returned_dossier(), 3, 3)
        self.assertFalse(answer.qms_has_score or answer.qms_is_valid)

    def _scored_set(self):
        def question(title):
            answers = (("Yes", 100, False), ("No", 0, False), ("It was not late", 0, True))
            return {
                "title": title,
                "question_type": "simple_choice",
                "suggested_answer_ids": [
                    (
                        0,
                        0,
                        {
                            "value": value,
                            "answer_score": score,
                            "qms_has_score": not is_na,
                            "qms_is_not_applicable": is_na,
                        },
                    )
                    for value, score, is_na in answers
                ],
            }

        return self.env["survey.survey"].create(
            {
                "title": "Apology",
                "survey_type": "qms_satisfaction",
                "qms_company_id": self.company.id,
                "question_and_page_ids": [
                    (0, 0, question("Were you satisfied?")),
                    (0, 0, question("Was there an apology?")),
                ],
            }
        )

    def test_the_nine_indices_keep_their_points(self):
        self._use(self.nine_indices)
        answer = self._rate(self._returned_dossier(), 1, 2, 1, 3, 2, 1, reason="Rude")
        points = {line.qms_index: line.qms_score for line in answer.user_input_line_ids}
        self.assertEqual({index: points[index] for index in (3, 4, 6, 7)}, {3: 2, 4: 1, 6: 2, 7: 0})
        self.assertEqual(answer.qms_grade, "very_satisfied", "by the overall question")

    def test_a_question_left_out_is_named(self):
        self._use(self.nine_indices)
        dossier = self._returned_dossier()
        with self.assertRaises(RatingError) as raised:
            self._rate(dossier, 1, 0, 1, 1, 1, 1)
        self.assertEqual(raised.exception.key, "missing")
        self.assertEqual(raised.exception.field, self.nine_indices.question_ids[1].id)

    def test_a_question_is_asked_only_after_its_answer(self):
        survey = self._scored_set()
        first, second = survey.question_ids
        second.constr_mandatory = True
        second.triggering_answer_ids = first.suggested_answer_ids[1]
        self._use(survey)
        answer = self._rate(self._returned_dossier(), 1, 2)
        self.assertEqual(answer.user_input_line_ids.question_id, first, "what was not asked")
        with self.assertRaises(RatingError):
            self._rate(self._returned_dossier(), 2, 0, reason="x")

    # === DOUBTS === #

    def test_the_same_text_three_times_is_flagged(self):
        text = "Cán bộ rất nhiệt tình, chu đáo"
        answers = [
            self._rate(self._returned_dossier(), 1, comment=text + end) for end in ("", "!", " .")
        ]
        self.assertEqual([answer.qms_is_same_text for answer in answers], [True] * 3)
        self.assertEqual([answer.qms_is_flagged for answer in answers], [True] * 3)
        short = [self._rate(self._returned_dossier(), 1, comment="Tốt") for _time in range(3)]
        self.assertFalse(any(answer.qms_is_flagged for answer in short))

    def test_two_of_a_kind_are_no_pattern(self):
        text = "Cán bộ rất nhiệt tình, chu đáo"
        answers = [self._rate(self._returned_dossier(), 1, comment=text) for _time in range(2)]
        self.assertFalse(any(answer.qms_is_flagged for answer in answers))

    def test_the_reason_of_a_flag_is_told(self):
        answer = self._rate(self._returned_dossier(), 1, seconds=1)
        self.assertEqual(answer.with_context(lang="en_US").qms_flag_reason, "Answered too fast")

    # === COST === #

    def test_a_rating_costs_the_same_for_many_questions(self):
        self._rate(self._returned_dossier(), 1)
        self._use(self.nine_indices)
        dossier = self._returned_dossier()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(60):
            self._rate(dossier, 1, 1, 1, 1, 1, 1)
            self.env.flush_all()

    # === TABLET === #

    def test_what_the_clerk_hands_over_is_shown_on_the_tablet(self):
        kiosk = self.env["qms.rating.kiosk"].create(
            {"name": "Desk 1", "company_id": self.company.id, "user_ids": self.user_clerk.ids}
        )
        dossier = self._returned_dossier()
        self.assertEqual(kiosk._shown(), dossier)
        self._rate(dossier, 1, channel="kiosk", seconds=0)
        self.assertFalse(kiosk._shown())
        self.assertFalse(self._answer(dossier).qms_is_flagged, "a tap takes a second")
        other = self._returned_dossier()
        kiosk._clear()
        self._as(other, self.user_clerk).action_ask_rating()
        self.assertEqual(kiosk._shown(), other)
        with self.assertRaises(UserError):
            self._as(other, self.user_head).action_ask_rating()
