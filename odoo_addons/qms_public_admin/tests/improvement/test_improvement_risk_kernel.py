import doctest

from odoo.tests import BaseCase, tagged

from ...tools import name_list, risk_matrix


@tagged("post_install", "-at_install")
class TestImprovementRiskKernel(BaseCase):
    def test_doctests(self):
        for module in (risk_matrix, name_list):
            self.assertEqual(doctest.testmod(module).failed, 0, module.__name__)
