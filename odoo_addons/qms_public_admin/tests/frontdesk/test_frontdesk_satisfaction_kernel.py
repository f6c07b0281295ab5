from odoo.tests import BaseCase, tagged

from ...tools import satisfaction


@tagged("post_install", "-at_install")
class TestFrontdeskSatisfactionKernel(BaseCase):
    """Scores, grades and question sets without the ORM; vectors stand in the docstrings."""

    def test_inv_17_each_limit_belongs_to_the_higher_grade(self):
        for limit, grade in satisfaction.NINE_GRADES:
            self.assertEqual(satisfaction.nine_grade(limit), grade)
            self.assertEqual(satisfaction.nine_grade(float(limit)), grade)
            if limit:
                self.assertNotEqual(satisfaction.nine_grade(limit - 0.01), grade)
