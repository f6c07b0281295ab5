import doctest

from odoo.tests import BaseCase, tagged

from ...tools import risk_matrix


@tagged("post_install", "-at_install")
class TestImprovementRiskKernel(BaseCase):
    def test_doctests(self):
        self.assertEqual(doctest.testmod(risk_matrix).failed, 0)
