"""A report of headings, paragraphs and tables as Word document.

A report is a dictionary that knows nothing of its printer, so that PDF and Word say the same::

    {
        "superior": …, "agency": …, "number": …, "place_date": …,
        "title": …, "subtitle": …,
        "blocks": [
            {"kind": "heading", "text": …},
            {"kind": "subheading", "text": …},
            {"kind": "text", "text": …},               # lines of their own where it has some
            {"kind": "note", "text": …},               # small, in italics
            {"kind": "facts", "rows": [(label, value), …]},
            {"kind": "table", "columns": [(heading, share of the width in %), …],
             "rows": [[cell, …], …]},                  # a row of one cell is a section
        ],
        "signatures": [(title, name), …],
    }
"""

import io

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

FONT = "Times New Roman"
WIDTH = 172  # mm between the margins


def build(paper):
    """Return the report as bytes of a Word document.

    >>> content = build({"title": "BÁO CÁO", "blocks": [
    ...     {"kind": "text", "text": "Đạt"},
    ...     {
    ...         "kind": "table",
    ...         "columns": [("TT", 20), ("Nội dung", 80)],
    ...         "rows": [["Phần"], ["1", "a"]],
    ...     },
    ... ]})
    >>> document = Document(io.BytesIO(content))
    >>> [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    ['BÁO CÁO', 'Đạt']
    >>> [cell.text for cell in document.tables[1].rows[2].cells]
    ['1', 'a']
    """
    document = Document()
    _set_page(document)
    _add_head(document, paper)
    _add_line(document, paper.get("title"), bold=True, size=15, centre=True, before=8)
    _add_line(document, paper.get("subtitle"), italic=True, size=13, centre=True)
    for block in paper.get("blocks", ()):
        _WRITERS[block["kind"]](document, block)
    _add_signatures(document, paper.get("signatures") or [])
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


# === FRAME === #


def _set_page(document):
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(18)
    section.left_margin, section.right_margin = Mm(24), Mm(14)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(4)
    section.different_first_page_header_footer = True
    section.header_distance = Mm(8)
    _add_page_number(section.header.paragraphs[0])


def _add_page_number(paragraph):
    """In the middle of the upper margin, from the second page on (Decree 30/2020, annex I)."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, "Trang ", size=11)
    _add_field(paragraph, "PAGE")
    _run(paragraph, "/", size=11)
    _add_field(paragraph, "NUMPAGES")


def _add_field(paragraph, name):
    run = paragraph.add_run()
    run.font.size = Pt(11)
    for kind, text in (("begin", None), (None, name), ("end", None)):
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = text
        run._r.append(element)


def _add_head(document, paper):
    """The two columns at the top of an administrative document."""
    table = document.add_table(rows=1, cols=2)
    _set_widths(table, (41, 59))
    left, right = table.rows[0].cells
    lines = (
        (left, paper.get("superior"), {"size": 12}),
        (left, paper.get("agency"), {"size": 12, "bold": True}),
        (left, paper.get("number"), {"size": 12}),
        (right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", {"size": 12, "bold": True}),
        (right, "Độc lập - Tự do - Hạnh phúc", {"size": 13, "bold": True}),
        (right, paper.get("place_date"), {"size": 12, "italic": True}),
    )
    for cell, text, look in lines:
        if text:
            _write(_next_paragraph(cell), text, centre=True, **look)


def _add_signatures(document, signatures):
    if not signatures:
        return
    document.add_paragraph()
    table = document.add_table(rows=1, cols=len(signatures))
    _keep_together(table.rows[0])
    for cell, (title, name) in zip(table.rows[0].cells, signatures, strict=True):
        _write(_next_paragraph(cell), title, bold=True, size=12, centre=True)
        for _line in range(4):
            cell.add_paragraph()
        _write(cell.add_paragraph(), name, bold=True, centre=True)


# === BLOCKS === #


def _heading(document, block):
    paragraph = _add_line(document, block["text"], bold=True, size=13, before=10)
    paragraph.paragraph_format.keep_with_next = True


def _subheading(document, block):
    paragraph = _add_line(document, block["text"], bold=True, italic=True, before=4)
    paragraph.paragraph_format.keep_with_next = True


def _text(document, block):
    for line in (block["text"] or "").splitlines():
        if line.strip():
            paragraph = _add_line(document, line.strip())
            paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY


def _note(document, block):
    _add_line(document, block["text"], italic=True, size=11)


def _facts(document, block):
    for label, value in block["rows"]:
        paragraph = document.add_paragraph()
        _run(paragraph, f"{label}: ", bold=True)
        lines = str(value).splitlines() or [""]
        for number, line in enumerate(lines):
            if number:
                paragraph.add_run().add_break()
            _run(paragraph, line)


def _table(document, block):
    columns = block["columns"]
    table = document.add_table(rows=1, cols=len(columns))
    table.style = "Table Grid"
    size = 11 if len(columns) > 3 else 12
    for cell, (heading, _share) in zip(table.rows[0].cells, columns, strict=True):
        _write(cell.paragraphs[0], heading, bold=True, size=size, centre=True)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for values in block["rows"]:
        row = table.add_row()
        _keep_together(row)
        _fill(row, values, size)
    _set_widths(table, [share for _heading_text, share in columns])
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _set_widths(table, shares):
    """Give the columns their shares of the width: the grid first, which LibreOffice goes by.

    >>> table = Document().add_table(rows=1, cols=2)
    >>> _set_widths(table, (25, 75))
    >>> [round(column.width.mm) for column in table.columns]
    [43, 129]
    """
    table.autofit = False
    widths = [Mm(WIDTH * share / 100) for share in shares]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        if row._tr.tc_lst[0].grid_span == len(widths) > 1:
            row.cells[0].width = Mm(WIDTH)
            continue
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _fill(row, values, size):
    """Write the cells of a row; a single value goes over all of them, as a section."""
    if len(values) == 1:
        cell = row.cells[0].merge(row.cells[-1])
        _write(cell.paragraphs[0], values[0], bold=True, size=size)
        return
    for cell, value in zip(row.cells, values, strict=True):
        for number, line in enumerate(str(value or "").splitlines() or [""]):
            paragraph = cell.paragraphs[0] if not number else cell.add_paragraph()
            _write(paragraph, line, size=size)


_WRITERS = {
    "heading": _heading,
    "subheading": _subheading,
    "text": _text,
    "note": _note,
    "facts": _facts,
    "table": _table,
}


# === UTILITIES === #


def _add_line(document, text, before=0, **look):
    if not text:
        return None
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(before)
    return _write(paragraph, text, space=None, **look)


def _write(paragraph, text, centre=False, space=0, **look):
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if space is not None:
        paragraph.paragraph_format.space_after = Pt(space)
    _run(paragraph, text, **look)
    return paragraph


def _run(paragraph, text, bold=None, italic=None, size=None):
    run = paragraph.add_run(text or "")
    run.bold, run.italic = bold, italic
    if size:
        run.font.size = Pt(size)


def _next_paragraph(cell):
    first = cell.paragraphs[0]
    return first if not first.text and len(cell.paragraphs) == 1 else cell.add_paragraph()


def _keep_together(row):
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
