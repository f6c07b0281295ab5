from odoo.tests import tagged

from .doctest_case import DoctestCase


@tagged("post_install", "-at_install")
class TestDoctests(DoctestCase):
    def test_examples_in_docstrings_hold(self):
        self._run_examples("qms_public_admin")
