import base64
import io

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...tools import tabular
from .rating_common import RatingCommon

HEADER = ["survey", "order", "question", "type", "options", "score"]


@tagged("post_install", "-at_install")
class TestFrontdeskQuestionSets(RatingCommon):
    """Import of question sets from a workbook: rows that cannot be read are named."""

    def _import(self, *rows, user=None, **vals):
        stream = io.BytesIO()
        tabular.write_workbook(stream, [("Sets", HEADER, rows)])
        job = self._as(self.env["qms.question.set.import"], user or self.user_officer).create(
            {
                "file": base64.b64encode(stream.getvalue()),
                "file_name": "sets.xlsx",
                "is_dry_run": False,
                **vals,
            }
        )
        job.action_import()
        return job

    def _sets(self):
        return self.env["survey.survey"].search([("qms_company_id", "=", self.company.id)])

    def test_bad_rows_are_named_and_the_others_loaded(self):
        job = self._import(
            ["S", "1", "How was it?", "single", "Good | Bad", "1 | 0"],
            ["S", "2", "", "single", "Good | Bad", "1 | 0"],
            ["S", "3", "How long?", "single", "Short | Long", "1"],
            ["S", "4", "Which?", "essay", "A | B", ""],
            ["S", "5", "Points?", "single", "A | B", "x | y"],
            ["", "6", "Whose?", "single", "A | B", ""],
        )
        errors = job.line_ids.filtered(lambda line: line.level == "error")
        self.assertEqual(errors.mapped("row"), [3, 4, 5, 6, 7])
        self.assertEqual(self._sets().question_ids.mapped("title"), ["How was it?"])

    def test_an_answered_set_stays(self):
        row = ["S", "1", "Satisfied?", "single", "Hài lòng | Không hài lòng", ""]
        self._import(row)
        self._use(self._sets())
        self._rate(self._returned_dossier(), 1)
        job = self._import([*row[:2], "Another question?", *row[3:]])
        self.assertEqual(job.unchanged_count, 1)
        self.assertEqual(job.line_ids.level, "error")
        self.assertEqual(self._sets().question_ids.title, "Satisfied?")

    def test_a_file_that_is_none_is_refused_in_words(self):
        with self.assertRaises(UserError):
            self._import().write({"file": base64.b64encode(b"\x00\x01"), "file_name": "x.xlsx"})
            job = self.env["qms.question.set.import"].search([], limit=1, order="id desc")
            job.action_import()

    def test_only_officers_import_and_only_for_their_agency(self):
        for role, user in self.users_by_role.items():
            if role != "officer":
                with self.subTest(role=role), self.assertRaises(AccessError):
                    self._import(user=user)
        with self.assertRaises(AccessError):
            self._import(["S", "1", "x", "", "A | B", ""], company_id=self.company_b.id)
