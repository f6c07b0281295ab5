import io
import zipfile

import openpyxl

from odoo.tests import tagged

from odoo.addons.qms_public_admin.tools.tabular import FORMULA_STARTS

from ..wizards import qms_dossier_register
from .common import ReportsCommon

HOSTILE = [f"{start}cmd|' /C calc'!A0" for start in FORMULA_STARTS] + [
    '=HYPERLINK("http://127.0.0.1/"&A1,"x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "http://127.0.0.1/",
    "0912345678",
    "1e9",
    "<b>&",
]


@tagged("post_install", "-at_install")
class TestReportsXlsx(ReportsCommon):
    """What citizens wrote is shown as they wrote it, in every workbook of ours."""

    def _content(self, report, records, user):
        prints = self._as(self.env["ir.actions.report"], user)
        content, _kind = prints._render_xlsx(f"qms_reports.{report}", records.ids, None)
        return content

    def _register(self):
        registers = self._as(self.env["qms.dossier.register"], self.user_clerk)
        return registers.create({"date_from": "2026-01-01", "date_to": "2026-01-31"})

    def test_hostile_names_come_back_as_text(self):
        for text in HOSTILE:
            self._accept("2026-01-05 08:00", holder_name=text, content=text, holder_address=text)
        self.patch(qms_dossier_register, "BATCH", 4)  # several slices, in order
        content = self._content("dossier_register_xlsx", self._register(), self.user_clerk)
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        rows = [row for row in sheet.iter_rows() if isinstance(row[0].value, int)]
        self.assertEqual(len(rows), len(HOSTILE))
        for row, text in zip(rows, HOSTILE, strict=True):
            for cell in (row[2], row[4], row[5]):
                with self.subTest(text=text, cell=cell.coordinate):
                    self.assertEqual(cell.data_type, "s")
                    # A carriage return is written as what XML reads back.
                    self.assertEqual(cell.value.replace("_x000D_", "\r"), text)
                    self.assertIsNone(cell.hyperlink)
                    self.assertEqual(cell.quotePrefix, text.startswith(FORMULA_STARTS))

    def test_a_name_of_a_group_is_quoted_too(self):
        self.procedure.name = "=1+1"
        self.procedure.code = "=1+1"
        self._accept("2026-01-05 08:00")
        report = self._report("2026-01-01", "2026-01-31")
        content = self._content("period_report_xlsx", report, self.analyst)
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        [cell] = [c for row in sheet.iter_rows() for c in row if "=1+1" in str(c.value)]
        self.assertEqual(cell.data_type, "s")
        self.assertEqual(cell.quotePrefix, str(cell.value).startswith("="))

    def test_no_workbook_holds_a_formula(self):
        self._accept("2026-01-05 08:00", holder_name="=1+1")
        report = self._report("2026-01-01", "2026-01-31")
        for name, records, user in (
            ("dossier_register_xlsx", self._register(), self.user_clerk),
            ("period_report_xlsx", report, self.analyst),
        ):
            content = self._content(name, records, user)
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for part in archive.namelist():
                    if part.startswith("xl/worksheets/"):
                        self.assertNotIn(b"<f>", archive.read(part))

    def test_every_workbook_of_reports_streams(self):
        models = [
            self.env[name]
            for name in self.registry
            if name.startswith("report.qms_reports.") and name.endswith("_xlsx")
        ]
        self.assertGreaterEqual(len(models), 2)
        for model in models:
            with self.subTest(model=model._name):
                options = model.get_workbook_options()
                self.assertTrue(options["constant_memory"])
                for name in ("strings_to_formulas", "strings_to_urls", "strings_to_numbers"):
                    self.assertFalse(options[name])
