import base64
import io

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.frontdesk.qms_dossier_rating import RatingError
from ...tools import tabular
from .rating_common import RatingCommon


@tagged("post_install", "-at_install")
class TestFrontdeskRatingBatch(RatingCommon):
    """Paper forms: each row is stored or says why not, and nothing is lost."""

    def _batch(self, *rows, user=None, **vals):
        batches = self._as(self.env["qms.rating.batch"], user or self.user_clerk)
        return batches.create({"line_ids": [(0, 0, row) for row in rows], **vals})

    def test_rows_are_stored_or_say_why_not(self):
        dossiers = self._returned_dossier() | self._returned_dossier()
        early = self._accepted_dossier()
        batch = self._batch(
            {"dossier_code": f" {dossiers[0].code} ", "answer_1": 1},
            {"dossier_code": dossiers[1].code, "answer_1": 3, "reason": "Waited long"},
            {"dossier_code": dossiers[0].code, "answer_1": 2},
            {"dossier_code": early.code, "answer_1": 2},
            {"dossier_code": "H99-none", "answer_1": 2},
            {"dossier_code": False, "answer_1": 2},
        )
        batch.action_save()
        self.assertEqual((batch.saved_count, batch.error_count), (2, 4))
        self.assertEqual(len(batch.line_ids), 4)
        answers = [self._answer(dossier) for dossier in dossiers]
        self.assertEqual([row.qms_channel for row in answers], ["paper", "paper"])
        self.assertEqual([row.qms_is_satisfied for row in answers], [True, False])
        self.assertEqual(answers[0].qms_entered_by_id, self.user_clerk)
        self.assertEqual(answers[0].qms_entered_by_name, self.user_clerk.name)
        self.assertFalse(answers[0].qms_is_flagged, "typing is not haste")

    def test_a_mended_row_is_stored(self):
        dossier = self._returned_dossier()
        batch = self._batch({"dossier_code": dossier.code, "answer_1": 4})
        batch.action_save()
        self.assertIn("1 to 3", batch.line_ids.with_context(lang="en_US").error)
        batch.line_ids.answer_1 = 3
        self.assertFalse(batch.line_ids.error)
        batch.action_save()
        self.assertTrue(batch.line_ids.error, "the reason is missing")
        batch.line_ids.reason = "Waited long"
        batch.action_save()
        self.assertFalse(batch.line_ids)
        self.assertTrue(self._answer(dossier))

    def test_a_form_of_before_the_result_or_of_tomorrow_is_refused(self):
        dossier = self._returned_dossier()
        for days in (-3, 2):
            batch = self._batch(
                {
                    "dossier_code": dossier.code,
                    "answer_1": 1,
                    "rated_on": self._in_days(days).date(),
                }
            )
            batch.action_save()
            self.assertTrue(batch.line_ids.error)
        self.assertFalse(self._answer(dossier))

    def test_a_workbook_fills_the_grid(self):
        dossiers = self._returned_dossier() | self._returned_dossier()
        stream = io.BytesIO()
        header = ["Mã hồ sơ", "1", "Lý do", "Ý kiến"]
        rows = [
            [dossiers[0].code, 1, "", "=1+1"],
            [dossiers[1].code, "tốt", "", ""],
            ["", "", "", ""],
        ]
        tabular.write_workbook(stream, [("x", header, rows)])
        batch = self._batch(file=base64.b64encode(stream.getvalue()), file_name="x.xlsx")
        batch.action_read_file()
        self.assertEqual(len(batch.line_ids), 2)
        batch.action_save()
        self.assertEqual(self._answer(dossiers[0]).qms_comment, "=1+1")
        self.assertIn("tốt", batch.line_ids.error)

    def test_the_empty_workbook_can_be_read_again(self):
        batch = self._batch()
        batch.action_template()
        batch.action_read_file()
        self.assertFalse(batch.line_ids)

    def test_a_workbook_without_codes_is_refused(self):
        stream = io.BytesIO()
        tabular.write_workbook(stream, [("x", ["1", "2"], [[1, 2]])])
        batch = self._batch(file=base64.b64encode(stream.getvalue()), file_name="x.xlsx")
        with self.assertRaises(UserError):
            batch.action_read_file()

    def test_the_form_on_paper_may_be_another_than_online(self):
        dossier = self._returned_dossier()
        row = {f"answer_{number}": 1 for number in range(1, 7)}
        batch = self._batch({"dossier_code": dossier.code, **row}, survey_id=self.nine_indices.id)
        self.assertEqual(batch.question_count, 6)
        batch.action_save()
        self.assertEqual(self._answer(dossier).survey_id, self.nine_indices)

    def test_only_a_satisfaction_set_of_the_agency_is_entered(self):
        dossier = self._returned_dossier()
        question = self.three_levels.question_ids
        foreign = self.three_levels.copy({"qms_company_id": self.company_b.id})
        other = self.env["survey.survey"].create({"title": "Canteen", "survey_type": "survey"})
        for survey in (foreign, other):
            with self.assertRaises(RatingError) as refusal:
                dossier._rate(
                    {question.id: question.suggested_answer_ids[0].ids}, "paper", survey=survey
                )
            self.assertEqual(refusal.exception.key, "wrong")
        self.assertFalse(self._answer(dossier))

    def test_who_enters_paper_forms(self):
        for role, user in self.users_by_role.items():
            with self.subTest(role=role):
                if role in ("clerk", "officer"):
                    self._batch(user=user)
                else:
                    with self.assertRaises(AccessError):
                        self._batch(user=user)

    def test_nobody_enters_forms_of_another_agency(self):
        dossier = self._returned_dossier()
        batch = self._batch({"dossier_code": dossier.code, "answer_1": 1}, user=self.user_clerk_b)
        batch.action_save()
        self.assertTrue(batch.line_ids.error)
        with self.assertRaises(AccessError):
            self._batch(user=self.user_clerk_b, company_id=self.company.id)
        mine = self._batch({"dossier_code": dossier.code, "answer_1": 1})
        with self.assertRaises(AccessError):
            self._as(mine, self.user_officer).read(["survey_id"])
        self.assertFalse(self._answer(dossier))
