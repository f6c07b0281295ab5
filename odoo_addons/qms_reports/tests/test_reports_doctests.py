from odoo.tests import tagged

from odoo.addons.qms_public_admin.tests.doctest_case import DoctestCase


@tagged("post_install", "-at_install")
class TestReportsDoctests(DoctestCase):
    def test_examples_in_docstrings_hold(self):
        self._run_examples("qms_reports")
