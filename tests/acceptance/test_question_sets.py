"""The question sets agencies publish load without loss; their defects are flagged (§4)."""

import base64
import csv
from collections import Counter
from pathlib import Path

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data" / "surveys"
IS_FULL = (SHARED / "questions.csv").is_file()
FOLDER = SHARED if IS_FULL else ROOT / "tests" / "data" / "surveys"
SETS, QUESTIONS = (9, 77) if IS_FULL else (6, 14)
FINDINGS = (
    {"no_scale": 21, "incomplete": 3, "na_scored": 1}
    if IS_FULL
    else {"no_scale": 1, "incomplete": 2, "na_scored": 1}
)


@tagged("post_install", "-at_install")
class TestQuestionSets(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Survey acceptance"})
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        with (FOLDER / "questions.csv").open(encoding="utf-8", newline="") as source:
            cls.rows = list(csv.DictReader(source))
        cls.tried = cls._import(is_dry_run=True)
        cls.found_after_trial = len(cls._sets())
        cls.job = cls._import(is_dry_run=False)

    @classmethod
    def _import(cls, **options):
        def file(name):
            return base64.b64encode((FOLDER / name).read_bytes())

        job = cls.env["qms.question.set.import"].create(
            {
                "company_id": cls.company.id,
                "file": file("questions.csv"),
                "file_name": "questions.csv",
                "sets_file": file("surveys.csv"),
                "sets_file_name": "surveys.csv",
                **options,
            }
        )
        job.action_import()
        return job

    @classmethod
    def _sets(cls):
        return cls.env["survey.survey"].search([("qms_company_id", "=", cls.company.id)])

    def _set(self, code):
        return self._sets().filtered(lambda survey: survey.qms_code == code)

    def test_every_question_is_there_word_for_word(self):
        self.assertEqual((self.job.created_count, self.job.question_count), (SETS, QUESTIONS))
        self.assertEqual(self.job.error_count, 0)
        for code, rows in self._by_set().items():
            survey = self._set(code)
            self.assertEqual(survey.question_ids.mapped("title"), [row["question"] for row in rows])
            self.assertEqual(survey.question_ids.mapped("qms_number"), [r["order"] for r in rows])
            self.assertEqual(survey.survey_type, "qms_satisfaction")
            self.assertTrue(survey.qms_source)
            for question, row in zip(survey.question_ids, rows, strict=True):
                options = [part.strip() for part in row["options"].split("|") if part.strip()]
                self.assertEqual(question.suggested_answer_ids.mapped("value"), options)

    def _by_set(self):
        sets = {}
        for row in self.rows:
            sets.setdefault(row["survey"], []).append(row)
        return sets

    def test_defects_are_flagged_row_by_row(self):
        questions = self._sets().question_ids
        found = Counter(filter(None, questions.mapped("qms_finding")))
        self.assertEqual(dict(found), FINDINGS)
        self.assertEqual(len(self.job.line_ids), sum(FINDINGS.values()))
        self.assertTrue(all(self.job.line_ids.mapped("row")))

    def test_not_applicable_has_no_points(self):
        question = self._set("COMMUNE_HAM_THUAN_UBND").question_ids.filtered(
            lambda row: row.qms_number == "4"
        )
        late = question.suggested_answer_ids[-1]
        self.assertEqual(late.value, "Không bị trễ hẹn")
        self.assertTrue(late.qms_is_not_applicable and not late.qms_has_score)
        self.assertEqual(question.qms_finding, "na_scored")
        self.assertEqual(question._qms_range(), (25.0, 100.0))

    def test_a_set_with_missing_scales_is_not_used_until_it_has_them(self):
        survey = self._set("HUE_12")
        self.assertFalse(survey.qms_is_ready)
        use = {"company_id": self.company.id, "survey_id": survey.id}
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.env["qms.satisfaction.assignment"].create(use)
        survey.question_ids.qms_scale_id = self.env.ref(
            "qms_public_admin.satisfaction_scale_five_levels"
        )
        self.assertTrue(survey.qms_is_ready)
        self.assertFalse(survey.qms_finding_count)
        self.env["qms.satisfaction.assignment"].create(use)

    def test_indices_and_overall_questions_are_known(self):
        nine = self._set("NINE_INDEX").question_ids
        indices = [index for index in nine.mapped("qms_index") if index]
        self.assertEqual(indices, list(range(1, 10)) if IS_FULL else [3])
        self.assertEqual(nine.filtered("qms_is_overall").qms_number, "11")

    def test_a_question_follows_its_answer(self):
        questions = self._set("BAC_GIANG_ONE_STOP_V2").question_ids
        question = questions.filtered(lambda row: row.qms_number == "7.1")
        self.assertEqual(question.triggering_answer_ids.value, "Trễ hẹn")
        self.assertEqual(question.triggering_answer_ids.question_id.qms_number, "7")
        several = questions.filtered(lambda row: row.qms_number == "8.1")
        self.assertEqual(several.question_type, "multiple_choice")
        self.assertTrue(several.comments_allowed)

    def test_a_try_changes_nothing(self):
        self.assertEqual(self.found_after_trial, 0)
        self.assertEqual(self.tried.created_count, SETS)

    def test_a_second_run_changes_nothing(self):
        before = self._sets().question_ids
        again = self._import(is_dry_run=False)
        self.assertEqual((again.created_count, again.updated_count), (0, 0))
        self.assertEqual(again.unchanged_count, SETS)
        self.assertEqual(self._sets().question_ids, before)

    def test_a_changed_set_is_brought_up_to_date(self):
        survey = self._set("MIC")
        survey.question_ids[0].title = "Changed by hand"
        again = self._import(is_dry_run=False)
        self.assertEqual((again.updated_count, again.unchanged_count), (1, SETS - 1))
        self.assertNotEqual(survey.question_ids[0].title, "Changed by hand")
