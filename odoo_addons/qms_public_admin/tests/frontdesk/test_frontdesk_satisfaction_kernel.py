import doctest

from odoo.tests import BaseCase, tagged

from ...tools import question_sets, satisfaction


@tagged("post_install", "-at_install")
class TestFrontdeskSatisfactionKernel(BaseCase):
    """Scores, grades and question sets without the ORM; vectors stand in the docstrings."""

    def test_doctests(self):
        for kernel in (satisfaction, question_sets):
            result = doctest.testmod(kernel)
            self.assertGreater(result.attempted, 10, kernel.__name__)
            self.assertEqual(result.failed, 0, kernel.__name__)

    def test_inv_17_each_limit_belongs_to_the_higher_grade(self):
        for limit, grade in satisfaction.NINE_GRADES:
            self.assertEqual(satisfaction.nine_grade(limit), grade)
            self.assertEqual(satisfaction.nine_grade(float(limit)), grade)
            if limit:
                self.assertNotEqual(satisfaction.nine_grade(limit - 0.01), grade)
