import base64
import io

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.qms_public_admin.tools import tabular

from .test_document_evidence import EvidenceCommon

HEADER = ("STT", "Số ký hiệu", "Trích yếu", "Ngày ban hành", "Ngày hiệu lực", "Thay thế", "Link")
ROWS = [
    [1, "Nghị định số 61/2031/NĐ-CP", "Về một cửa", "23/04/2031", "21/06/2031", "", ""],
    [2, "118/2035/NĐ-CP", "Về một cửa", "09/06/2035", "01/07/2035", "61/2031/NĐ-CP", ""],
    [3, "684/UBND-KSTTHC", "Lộ trình", "07/03/2018", "", "", "https://example.org/684"],
]


@tagged("post_install", "-at_install")
class TestDocumentLegalImport(EvidenceCommon):
    """A workbook becomes the register: tried first, each refused row with its reason."""

    def _import(self, rows, header=HEADER, user=None, **vals):
        stream = io.BytesIO()
        tabular.write_workbook(stream, [("x", header, rows)])
        screens = self._as(self.env["qms.legal.document.import"], user or self.user_officer)
        screen = screens.create(
            {
                "file": base64.b64encode(stream.getvalue()),
                "file_name": "danh-muc.xlsx",
                "is_dry_run": False,
                **vals,
            }
        )
        screen.action_import()
        return screen

    def _counts(self, screen):
        return tuple(
            screen[f"{name}_count"] for name in ("created", "updated", "unchanged", "error")
        )

    def _own(self):
        return self.env["qms.legal.document"].search([("company_id", "=", self.company.id)])

    def test_a_try_changes_nothing(self):
        screen = self._import(ROWS, is_dry_run=True)
        self.assertEqual(self._counts(screen), (3, 0, 0, 0))
        self.assertEqual(screen.link_count, 1)
        self.assertFalse(self._own())

    def test_rows_become_documents(self):
        screen = self._import(ROWS)
        self.assertEqual(self._counts(screen), (3, 0, 0, 0))
        by_number = {one.number: one for one in self._own()}
        decree = by_number["61/2031/NĐ-CP"]
        self.assertEqual((decree.kind, str(decree.effective_date)), ("decree", "2031-06-21"))
        self.assertEqual(by_number["684/UBND-KSTTHC"].kind, "letter")
        self.assertEqual(by_number["684/UBND-KSTTHC"].url, "https://example.org/684")
        link = decree.incoming_ids
        self.assertEqual((link.kind, str(link.effective_date)), ("replaces", "2035-07-01"))
        self.assertEqual(screen.columns_left, "STT")

    def test_the_same_file_twice_changes_nothing(self):
        self._import(ROWS)
        screen = self._import(ROWS)
        self.assertEqual(self._counts(screen), (0, 0, 3, 0))
        self.assertEqual(screen.link_count, 0)
        self.assertEqual(len(self._own()), 3)

    def test_a_changed_cell_is_taken_and_an_empty_one_takes_nothing_away(self):
        self._import(ROWS)
        changed = [list(row) for row in ROWS]
        changed[0][2], changed[0][3] = "Về cơ chế một cửa", ""
        self.assertEqual(self._counts(self._import(changed)), (0, 1, 2, 0))
        decree = self._own().filtered(lambda one: one.number == "61/2031/NĐ-CP")
        self.assertEqual((decree.name, str(decree.issued_on)), ("Về cơ chế một cửa", "2031-04-23"))

    def test_each_refused_row_says_why_and_holds_up_no_other(self):
        rows = [
            *ROWS,
            [4, "", "x", "", "", "", ""],
            [5, "5/2020/NĐ-CP", "", "", "", "", ""],
            [6, "6/2020/NĐ-CP", "x", "31/02/2020", "", "", ""],
            [7, "7/2020/NĐ-CP", "x", "02/01/2020", "01/01/2020", "", ""],
            [8, "061/2031/NĐ-CP", "x", "", "", "", ""],
            [9, "9/2020/NĐ-CP", "x", "", "", "", "javascript:alert(1)"],
            [10, "10/2020/NĐ-CP", "x", "", "", "77/1977/NĐ-CP", ""],
        ]
        screen = self._import(rows)
        self.assertEqual(self._counts(screen), (4, 0, 0, 6))
        messages = {line.row: line.message for line in screen.line_ids}
        self.assertIn("number is empty", messages[5])
        self.assertIn("title is empty", messages[6])
        self.assertIn("31/02/2020", messages[7])
        self.assertIn("order", messages[8])
        self.assertIn("row 2", messages[9])
        self.assertIn("javascript", messages[10])
        self.assertIn("77/1977/NĐ-CP", messages[11])

    def test_the_result_names_every_row(self):
        screen = self._import([*ROWS, [4, "=1+1", "x", "", "", "", ""]])
        content = base64.b64decode(screen.result_file)
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        rows = list(sheet.iter_rows(min_row=2))
        self.assertEqual([row[0].value for row in rows], [2, 3, 4, 5])
        self.assertEqual(rows[3][1].data_type, "s")

    def test_a_formula_is_refused(self):
        book = openpyxl.Workbook()
        book.active.append(HEADER[1:4])
        book.active.append(["1/2020/NĐ-CP", "x", "=TODAY()"])
        stream = io.BytesIO()
        book.save(stream)
        screens = self._as(self.env["qms.legal.document.import"], self.user_officer)
        screen = screens.create(
            {
                "file": base64.b64encode(stream.getvalue()),
                "file_name": "x.xlsx",
                "is_dry_run": False,
            }
        )
        screen.action_import()
        self.assertEqual(self._counts(screen), (0, 0, 0, 1))

    def test_csv_is_read_too(self):
        text = "Số ký hiệu;Trích yếu;Loại văn bản\n1/2020/X;Một;Công văn\n2/2020/X;Hai;Gì đó\n"
        screens = self._as(self.env["qms.legal.document.import"], self.user_officer)
        screen = screens.create(
            {
                "file": base64.b64encode(text.encode()),
                "file_name": "x.csv",
                "is_dry_run": False,
            }
        )
        screen.action_import()
        self.assertEqual(self._counts(screen), (1, 0, 0, 1))
        self.assertEqual(self._own().kind, "letter")

    def test_a_file_that_is_none_is_refused(self):
        for name, content in (("x.xlsx", b"PK\x03\x04"), ("x.pdf", b"%PDF"), ("x.csv", b"a;b;c\n")):
            screens = self._as(self.env["qms.legal.document.import"], self.user_officer)
            screen = screens.create({"file": base64.b64encode(content), "file_name": name})
            with self.subTest(name=name), self.assertRaises(UserError):
                screen.action_import()

    def test_the_shared_register_takes_who_works_for_all(self):
        screen = self._import(ROWS, is_shared=True)
        self.assertEqual(self._counts(screen), (0, 0, 0, 3))
        self.assertIn("only an ISO officer", screen.line_ids[0].message)
        self.user_officer.company_ids = self.env["res.company"].sudo().search([])
        self.assertEqual(self._counts(self._import(ROWS, is_shared=True)), (3, 0, 0, 0))

    def test_another_agency_is_refused(self):
        with self.assertRaises(AccessError):
            self._import(ROWS, company_id=self.company_b.id)

    def test_only_officers_import(self):
        for role, user in self.users_by_role.items():
            if role != "officer":
                with self.subTest(role=role), self.assertRaises(AccessError):
                    self._import(ROWS, user=user)
