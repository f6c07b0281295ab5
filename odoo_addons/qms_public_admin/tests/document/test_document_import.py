import base64
import io
import zipfile

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_document import PDF, DocumentCommon

HEAD = (
    "Mã hiệu", "Tên tài liệu", "Loại tài liệu", "Lần ban hành", "Lần sửa đổi",
    "Ngày ban hành", "Ngày hiệu lực", "Số quyết định", "Đơn vị", "Vị trí", "Tệp",
)  # fmt: skip
OPERATING, SYSTEM = 178, 10  # reference case B, Long Châu commune


@tagged("post_install", "-at_install")
class TestDocumentImport(DocumentCommon):
    """An existing set: a ZIP, or a folder's files, with an index workbook."""

    @staticmethod
    def _workbook(rows, head=HEAD):
        book = openpyxl.Workbook()
        sheet = book.active
        for row in (head, *rows):
            sheet.append(row)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def _row(self, code, **vals):
        row = {
            "title": f"Quy trình {code}",
            "kind": "Quy trình tác nghiệp",
            "issue": 1,
            "revision": 0,
            "issued": "30/12/2016",
            "from": "01/01/2017",
            "decision": "537/QĐ-UBND",
            "unit": "TC",
            "position": "",
            "file": f"{code}.pdf",
            **vals,
        }
        return [code, *row.values()]

    def _zip(self, rows, files=None, head=HEAD):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("Bo tai lieu/index.xlsx", self._workbook(rows, head))
            names = files if files is not None else [row[-1] for row in rows if row[-1]]
            for name in names:
                archive.writestr(f"Bo tai lieu/{name}", PDF + name.encode())
        return [("set.zip", stream.getvalue())]

    def _import(self, files, user=None, **vals):
        user = user or self.user_officer
        attachments = (
            self.env["ir.attachment"]
            .with_user(user)
            .create([{"name": name, "datas": base64.b64encode(content)} for name, content in files])
        )
        return self._as(self.env["qms.document.import"], user).create(
            {"attachment_ids": attachments.ids, "company_id": self.company.id, **vals}
        )

    def _pages(self):
        return self._as(self.env["document.page"], self.user_officer).search(
            [("qms_kind_id", "!=", False)]
        )

    def test_the_set_of_case_b_loads_in_one_go(self):
        rows = [self._row(f"QT-{n:03d}") for n in range(1, OPERATING + 1)]
        rows += [self._row(f"QTC-{n:02d}", kind="Quy trình hệ thống") for n in range(1, SYSTEM + 1)]
        job = self._import(self._zip(rows), take_over="effective")
        job.action_check()
        self.assertEqual((job.created_count, job.error_count), (188, 0))
        self.assertFalse(self._pages())
        job.action_import()
        self.assertEqual((job.created_count, job.error_count), (188, 0))
        pages = self._pages()
        self.assertEqual(len(pages), 188)
        self.assertEqual(set(pages.mapped("qms_status")), {"effective"})
        self.assertEqual(
            len(pages.filtered(lambda page: page.qms_kind_id.key == "operating")), OPERATING
        )
        self.assertTrue(all(file._is_intact() for file in pages.qms_effective_id.file_ids))
        again = self._import(self._zip(rows), take_over="effective")
        again.action_import()
        self.assertEqual((again.created_count, again.unchanged_count), (0, 188))
        self.assertEqual(len(self._pages()), 188)

    def test_what_is_taken_over_keeps_its_number_dates_and_decision(self):
        row = self._row("QT-01", issue=2, revision="03", position="Specialist")
        job = self._import(self._zip([row]), take_over="effective")
        job.action_import()
        page = self._pages()
        revision = page.qms_effective_id
        self.assertEqual((page.qms_code, page.name), ("QT-01", "Quy trình QT-01"))
        self.assertEqual(page.qms_owner_id, self.department)
        self.assertEqual(page.qms_position_ids, self.position_specialist)
        self.assertEqual((revision.issue_no, revision.revision_no), (2, 3))
        self.assertEqual(str(revision.issued_on), "2016-12-30")
        self.assertEqual(str(revision.effective_from), "2017-01-01")
        self.assertTrue(revision.is_imported)
        self.assertEqual(revision.sign_off_ids.mapped("role"), ["imported", "effective"])
        self.assertIn("537/QĐ-UBND", revision.sign_off_ids[0].words)
        self.assertEqual(revision.sign_off_ids[0].user_id, self.user_officer)
        following = self._next_revision(page)
        self.assertEqual((following.issue_no, following.revision_no), (2, 4))

    def test_drafts_wait_for_review_and_approval(self):
        job = self._import(self._zip([self._row("QT-01", decision="", issued="")]))
        job.action_import()
        page = self._pages()
        self.assertEqual(page.qms_status, "draft")
        self.assertEqual(page.qms_open_revision_id.qms_state, "draft")
        self._approved(page.qms_open_revision_id)
        self.assertEqual(page.qms_status, "effective")

    def test_each_bad_row_says_why_and_leaves_nothing(self):
        rows = [
            self._row("QT-01"),
            self._row("", file="QT-01.pdf"),
            self._row("QT-03", kind="Loại lạ", file=""),
            self._row("QT-04", file="khong-co.pdf"),
            self._row("QT-05", issued="31/02/2020", file=""),
            self._row("QT-06", issue="hai", file=""),
            self._row("QT-01"),
            self._row("QT-08", decision="", file="QT-01.pdf"),
            self._row("QT-09", file="xau.exe"),
            self._row("QT-10", unit="Phòng lạ", file="QT-01.pdf"),
        ]
        job = self._import(self._zip(rows, ["QT-01.pdf", "xau.exe"]), take_over="effective")
        job.action_import()
        levels = job.line_ids.sorted("row").mapped("level")
        self.assertEqual(levels, ["created", *["error"] * 8, "warning"])
        self.assertEqual(job.line_ids.sorted("row").mapped("row"), list(range(2, 12)))
        self.assertTrue(all(job.line_ids.filtered(lambda r: r.level == "error").mapped("message")))
        self.assertEqual(set(self._pages().mapped("qms_code")), {"QT-01", "QT-10"})

    def test_loose_files_are_a_folder(self):
        files = [
            ("Danh muc.xlsx", self._workbook([self._row("QT-01", file="Quy trình.PDF")])),
            ("quy trình.pdf", PDF),
        ]
        job = self._import(files)
        job.action_import()
        self.assertEqual(self._pages().qms_open_revision_id.file_ids.name, "quy trình.pdf")

    def test_a_set_without_an_index_is_refused(self):
        for files in (
            [("a.pdf", PDF)],
            [("a.zip", b"PK no zip")],
            [("a.xlsx", self._workbook([], ["x", "y"]))],
        ):
            with self.subTest(files=files[0][0]), self.assertRaises(UserError):
                self._import(files).action_import()

    def test_only_officers_import_into_their_own_agency(self):
        files = self._zip([self._row("QT-01")])
        for user in (self.user_specialist, self.user_leader):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._import(files, user).action_import()
        job = self._import(files)
        with self.assertRaises(AccessError):
            self._as(job, self.user_officer_b).action_import()
        with self.assertRaises(AccessError), self.cr.savepoint():
            job.company_id = self.company_b
            job.action_import()

    def test_a_bomb_is_not_unpacked(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.pdf", b"\0" * (40 * 2**20))
        with self.assertRaisesRegex(UserError, "suspicious"):
            self._import([("a.zip", stream.getvalue())]).action_import()
