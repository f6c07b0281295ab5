import io
import zipfile
import zlib
from unittest.mock import patch

import openpyxl

from odoo.tests import BaseCase, tagged

from ...tools import document_text
from .common_document import DocumentCommon

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
PARAGRAPH = "<w:p><w:r><w:t>%s</w:t></w:r></w:p>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica%s>>"


def docx(body):
    """Return a Word file of this body."""
    text = f"<w:document {WORD}><w:body>{body}</w:body></w:document>"
    return archive({"word/document.xml": text})


def archive(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return out.getvalue()


def stream(data, head=b""):
    packed = zlib.compress(data, 9)
    return b"<<%s/Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (head, len(packed), packed)


def pdf(content, pages=1, font=b"", more=(), resources=b""):
    """Return a PDF whose pages all show the same content."""
    kids = b" ".join(b"%d 0 R" % (5 + len(more) + place) for place in range(pages))
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R"
        b"/Resources<</Font<</F1 3 0 R>>%s>>>>" % resources
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages),
        FONT % font,
        stream(content),
        *more,
        *[page] * pages,
    ]
    out, places = io.BytesIO(b"%PDF-1.4\n"), []
    out.seek(0, io.SEEK_END)
    for number, text in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, text))
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table))
    out.write(b"trailer<</Root 1 0 R/Size %d>>\n" % (len(objects) + 1))
    out.write(b"startxref\n%d\n%%%%EOF" % end)
    return out.getvalue()


def xlsx(rows, change=None):
    """Return a workbook; ``change`` gives its parts other texts."""
    out = io.BytesIO()
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(out)
    with zipfile.ZipFile(out) as file:
        parts = {name: file.read(name).decode() for name in file.namelist()}
    return archive({**parts, **(change(parts) if change else {})})


@tagged("post_install", "-at_install")
class TestDocumentText(BaseCase):
    """What is read in a file ends at a size, however small the file is."""

    def _limit(self, **limits):
        for name, value in limits.items():
            patcher = patch.object(document_text, name, value)
            patcher.start()
            self.addCleanup(patcher.stop)

    # === WORD === #

    def test_a_word_file_is_read_in_order(self):
        inner = f"<w:tbl><w:tr><w:tc>{PARAGRAPH % 'c'}</w:tc></w:tr></w:tbl>"
        cells = f"<w:tc>{PARAGRAPH % 'b'}</w:tc><w:tc>{inner}</w:tc>"
        control = f"<w:sdt><w:sdtContent>{PARAGRAPH % 'd'}</w:sdtContent></w:sdt>"
        content = docx(f"{PARAGRAPH % 'a'}<w:tbl><w:tr>{cells}</w:tr></w:tbl>{control}")
        self.assertEqual(document_text.file_text(content, "a.docx"), "a\nb | c\nd")
        preview = document_text.preview_html(content, "a.docx", "cut")
        self.assertIn("<tr><td>b</td><td>c</td></tr>", preview)
        self.assertNotIn("cut", preview)

    def test_a_word_file_of_thirty_megabytes_is_cut(self):
        content = docx(PARAGRAPH % "a" * 900_000)
        self.assertLess(len(content), 100_000)
        preview = document_text.preview_html(content, "a.docx", "cut")
        self.assertLess(len(preview), 8 * document_text.MAX_CELLS)
        self.assertTrue(preview.endswith("<em>cut</em></p>"))
        text = document_text.file_text(content, "a.docx")
        self.assertLessEqual(len(text), 2 * document_text.MAX_TEXT)

    def test_no_more_is_unpacked(self):
        self._limit(MAX_UNPACKED=4_000)
        content = docx(PARAGRAPH % "abcde" * 1_000)
        text = document_text.file_text(content, "a.docx")
        self.assertTrue(text.startswith("abcde\nabcde\n"))
        self.assertLess(len(text), 1_000)
        preview = document_text.preview_html(content, "a.docx", "cut")
        self.assertTrue(preview.endswith("<em>cut</em></p>"))

    def test_rows_without_text_count(self):
        self._limit(MAX_CELLS=100)
        row = "<w:tr>" + "<w:tc/>" * 500 + "</w:tr>"
        preview = document_text.preview_html(docx(f"<w:tbl>{row * 9}</w:tbl>"), "a.docx", "cut")
        self.assertLessEqual(preview.count("<td>"), 100)
        self.assertIn("cut", preview)

    def test_a_damaged_word_file_gives_nothing(self):
        content = archive({"word/document.xml": f"<w:document {WORD}><w:body>{PARAGRAPH % 'a'}"})
        self.assertEqual(document_text.file_text(content, "a.docx"), "")
        self.assertFalse(document_text.preview_html(content, "a.docx", "cut"))

    # === PDF === #

    def test_pages_that_share_a_text_are_not_all_read(self):
        line = b"BT /F1 12 Tf (hello) Tj ET\n"
        content = pdf(line + b"q Q\n" * 1_000, pages=9)
        self.assertEqual(document_text.file_text(content, "a.pdf").count("hello"), 9)
        self._limit(MAX_CONTENT=10_000)
        self.assertEqual(document_text.file_text(content, "a.pdf").count("hello"), 2)

    def test_fonts_count(self):
        line = b"BT /F1 12 Tf (hello) Tj ET\n"
        letters = stream(b"1 beginbfchar <01> <0041> endbfchar\n" * 200)
        content = pdf(line, pages=9, font=b"/ToUnicode 5 0 R", more=[letters])
        self.assertEqual(document_text.file_text(content, "a.pdf").count("hello"), 9)
        self._limit(MAX_CONTENT=16_000)
        self.assertEqual(document_text.file_text(content, "a.pdf").count("hello"), 2)

    def test_text_ends(self):
        self._limit(MAX_TEXT=12)
        content = pdf(b"BT /F1 12 Tf (hello) Tj ET\n", pages=9)
        self.assertEqual(document_text.file_text(content, "a.pdf"), "hello\nhello\nhe")

    def test_forms_are_not_drawn(self):
        form = stream(
            b"BT /F1 12 Tf (form) Tj ET\n" * 9,
            b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</F1 3 0 R>>>>",
        )
        content = pdf(
            b"BT /F1 12 Tf (hello) Tj ET\n/X1 Do\n/X1 Do\n",
            more=[form],
            resources=b"/XObject<</X1 5 0 R>>",
        )
        with self.assertNoLogs("pypdf", "WARNING"):
            self.assertEqual(document_text.file_text(content, "a.pdf").strip(), "hello")

    # === WORKBOOKS === #

    def test_a_workbook_is_cut_after_its_first_rows(self):
        rows = [[number, "x"] for number in range(document_text.MAX_ROWS)]
        preview = document_text.preview_html(xlsx(rows), "a.xlsx", "cut")
        self.assertNotIn("cut", preview)
        self.assertIn("<tr><td>199</td><td>x</td></tr>", preview)
        preview = document_text.preview_html(xlsx([*rows, ["last"]]), "a.xlsx", "cut")
        self.assertNotIn("last", preview)
        self.assertTrue(preview.endswith("<em>cut</em></p>"))

    def test_a_sheet_is_not_read_to_its_end(self):
        """Neither rows that all say to be the first nor a sheet that hides its size are."""
        self._limit(MAX_UNPACKED=60_000)
        row = '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'

        def change(parts):
            name = "xl/worksheets/sheet1.xml"
            head = parts[name].partition("<dimension")[0]
            return {name: f"{head}<sheetData>{row * 9_000}</sheetData></worksheet>"}

        content = xlsx([["x"]], change)
        preview = document_text.preview_html(content, "a.xlsx", "cut")
        self.assertTrue(preview.endswith("<em>cut</em></p>"))
        self.assertEqual(document_text.file_text(content, "a.xlsx"), "Sheet\nx")

    def test_no_part_of_a_workbook_is_unpacked_without_end(self):
        self._limit(MAX_UNPACKED=60_000)

        def change(parts):
            return {"xl/styles.xml": f"{parts['xl/styles.xml']}<!--{'y' * 60_000}-->"}

        self.assertIn("x", document_text.file_text(xlsx([["x"]]), "a.xlsx"))
        self.assertEqual(document_text.file_text(xlsx([["x"]], change), "a.xlsx"), "")


@tagged("post_install", "-at_install")
class TestDocumentPreview(DocumentCommon):
    """The preview of a file says where it ends."""

    def test_a_long_file_says_that_its_preview_ends(self):
        revision = self._draft(self._new_document())
        short = self._add_file(revision, "a.docx", docx(PARAGRAPH % "Một dòng"))
        long = self._add_file(revision, "b.docx", docx(PARAGRAPH % "Một dòng" * 9_000))
        self.assertIn("Một dòng", short.preview)
        self.assertNotIn("ends here", short.preview)
        self.assertIn("The preview ends here", long.preview)
        self.assertLessEqual(len(long.preview), 2 * document_text.MAX_PREVIEW)
