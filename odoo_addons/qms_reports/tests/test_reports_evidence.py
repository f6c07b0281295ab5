import io

import openpyxl
from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.qms_public_admin.tests import common


@tagged("post_install", "-at_install")
class TestReportsEvidence(common.QmsCommon):
    """The workbook of clauses and evidence says what the screen says."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    def _clause(self, number):
        return self.env.ref(f"qms_public_admin.qms_clause_2015_{number.replace('.', '_')}")

    def _rows(self, matrix, user):
        prints = self._as(self.env["ir.actions.report"], user)
        content, _kind = prints._render_xlsx("qms_reports.evidence_matrix_xlsx", matrix.ids, None)
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        rows = list(sheet.iter_rows())
        start = next(i for i, row in enumerate(rows) if row[0].value == "Clause")
        head = [cell.value for cell in rows[start]]
        return head, {row[0].value: row for row in rows[start + 1 :] if row[0].value}

    def test_each_clause_with_its_evidence(self):
        self.env["qms.legal.document"].create(
            {
                "number": "=1/2020/QĐ-X",
                "name": "x",
                "effective_date": "2020-01-01",
                "company_id": self.company.id,
                "qms_clause_ids": self._clause("7.2").ids,
            }
        )
        self.procedure.qms_clause_ids = self._clause("7.2") | self._clause("8.1")
        matrix = self._as(self.env["qms.evidence.matrix"], self.user_auditor).create({})
        head, rows = self._rows(matrix, self.user_auditor)
        self.assertEqual(len(rows), len(matrix.standard_id.clause_ids))
        self.assertEqual(list(rows), matrix.standard_id.clause_ids.mapped("number"))
        states = {number: rows[number][2].value for number in ("7.2", "8.1", "7.3")}
        self.assertEqual(states, {"7.2": "Fresh", "8.1": "Ageing", "7.3": "Missing"})
        column = head.index("Administrative procedure")
        self.assertEqual([rows[n][column].value for n in ("7.2", "8.1", "7.3")], [1, 1, 0])
        named = rows["7.2"][head.index("What stands for it")]
        self.assertIn("=1/2020/QĐ-X", named.value)
        self.assertIn("9.000001", named.value)
        self.assertEqual(rows["7.2"][2].fill.fgColor.rgb, "FFC6EFCE")

    def test_no_cell_is_a_formula(self):
        self.env["qms.legal.document"].create(
            {
                "number": "=1+1",
                "name": "x",
                "effective_date": "2020-01-01",
                "company_id": self.company.id,
                "qms_clause_ids": self._clause("7.2").ids,
            }
        )
        matrix = self._as(self.env["qms.evidence.matrix"], self.user_auditor).create({})
        head, rows = self._rows(matrix, self.user_auditor)
        cell = rows["7.2"][head.index("What stands for it")]
        self.assertEqual((cell.data_type, cell.value), ("s", "=1+1"))
        self.assertTrue(cell.quotePrefix)
