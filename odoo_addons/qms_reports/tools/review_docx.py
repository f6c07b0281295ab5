"""The pack of a management review as Word document.

No ORM: plain data goes in (``_pack_values`` of the review). Charts become tables with a bar
of letters, which any office program shows and prints.
"""

import io

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FONT = "Times New Roman"
JUDGEMENTS = {"better": "▲ tốt hơn", "worse": "▼ kém hơn", "unclear": "chưa rõ"}
CENTRE = WD_ALIGN_PARAGRAPH.CENTER


def build(pack, charts):
    """Return the document as bytes.

    :param charts: the kernel of the charts: ``table(chart)``, ``bar_text(value, maximum)``
    """
    document = Document()
    _set_page(document)
    _title_page(document, pack)
    _agenda(document, pack)
    _inputs(document, pack, charts)
    _outputs(document, pack)
    _people(document, pack)
    _sign_off(document, pack)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


# === PARTS === #


def _title_page(document, pack):
    left, right = document.add_table(rows=1, cols=2).rows[0].cells
    _line(left, pack["heading"]["superior"], size=12)
    _line(left, pack["heading"]["agency"], size=12, bold=True)
    _line(left, f"Số: {pack['reference']}", size=12)
    _line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True)
    _line(right, "Độc lập - Tự do - Hạnh phúc", size=13, bold=True)
    _line(right, pack["place_date"], size=12, italic=True)
    if pack["mark"]:
        _paragraph(document, pack["mark"], bold=True, align=CENTRE, colour=RGBColor(0xB0, 0, 0))
    _space(document, 4)
    _paragraph(document, "HỒ SƠ XEM XÉT CỦA LÃNH ĐẠO", bold=True, size=18, align=CENTRE)
    _paragraph(document, pack["title"], bold=True, size=15, align=CENTRE)
    _space(document, 2)
    rows = [
        ("Cơ quan", pack["agency"]),
        ("Tiêu chuẩn", pack["standard"]),
        ("Kỳ xem xét", f"từ {pack['period'][0]} đến {pack['period'][1]}"),
        ("Thời gian họp", pack["moment"]),
        ("Địa điểm", pack["place"]),
        ("Chủ trì", pack["chair"]),
        ("Thư ký", pack["secretary"]),
    ]
    _table(document, [], rows, [45, 125], bold_first=True)
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _agenda(document, pack):
    _heading(document, "I. CHƯƠNG TRÌNH")
    rows = [(each["letter"], each["name"], each["verdict"]) for each in pack["inputs"]]
    _table(document, ["Mục", "Nội dung", "Kết luận"], rows, [15, 115, 40])


def _inputs(document, pack, charts):
    _heading(document, "II. ĐẦU VÀO XEM XÉT")
    for each in pack["inputs"]:
        _paragraph(document, f"{each['letter']}) {each['name']}".strip(") "), bold=True, size=14)
        if not each["content"]["sections"]:
            _paragraph(document, "Không có ghi nhận trong hệ thống.", italic=True)
        for section in each["content"]["sections"]:
            _section(document, section, charts)
        _texts(document, "Nhận xét của Thư ký ISO", each["comment"]["lines"])
        _texts(document, "Ý kiến tại cuộc họp", each["minutes"]["lines"])
        if each["verdict"]:
            _texts(document, "Kết luận", [each["verdict"]])


def _section(document, section, charts):
    _paragraph(document, section["title"], bold=True, italic=True)
    if section["is_empty"]:
        _paragraph(document, "Không có ghi nhận trong kỳ.", italic=True)
        return
    if section["figures"]:
        rows = [
            (
                f"{row['label']} ({row['note']})" if row["note"] else row["label"],
                row["value"],
                row["previous"],
                row["interval"],
                JUDGEMENTS.get(row["judgement"], ""),
            )
            for row in section["figures"]
        ]
        head = ["Chỉ số", "Kỳ này", "Kỳ trước", "Khoảng tin cậy 95 %", "Thay đổi"]
        _table(document, head, rows, [66, 24, 24, 34, 22])
    for chart in section["charts"]:
        _chart(document, chart, charts)
    if section["table"]["rows"]:
        head = section["table"]["head"]
        _table(document, head, [row["cells"] for row in section["table"]["rows"]])
    for sentence in section["text"]:
        _paragraph(document, sentence)


def _chart(document, chart, charts):
    _paragraph(document, chart["title"], italic=True, size=12)
    head, rows = charts.table(chart)
    lines = chart["rows"] if chart["kind"] == "bars" else chart["points"]
    highest = chart.get("maximum") or max((line["value"] or 0 for line in lines), default=0)
    shown = [
        [*row, charts.bar_text(line["value"], highest)]
        for row, line in zip(rows, lines, strict=True)
    ]
    widths = [60, 30, 30, 50] if len(head) == 3 else [70, 40, 60]
    _table(document, [*head, ""], shown, widths, size=11)


def _outputs(document, pack):
    _heading(document, "III. ĐẦU RA: QUYẾT ĐỊNH")
    if not pack["outputs"]:
        _paragraph(document, "Không có quyết định.", italic=True)
    else:
        rows = [
            (str(number), row["kind"], row["name"], row["owner"], row["due"])
            for number, row in enumerate(pack["outputs"], 1)
        ]
        head = ["TT", "Loại", "Nội dung", "Người thực hiện", "Thời hạn"]
        _table(document, head, rows, [10, 30, 70, 36, 24])
    _texts(document, "Kết luận chung", pack["conclusion"]["lines"])


def _people(document, pack):
    _heading(document, "IV. THÀNH PHẦN THAM DỰ")
    rows = [
        (str(number), row["name"], row["title"], row["role"], row["attendance"], row["note"])
        for number, row in enumerate(pack["attendance"], 1)
    ]
    head = ["TT", "Họ tên", "Chức vụ", "Vai trò", "Tham dự", "Ghi chú"]
    _table(document, head, rows, [10, 44, 40, 26, 26, 24])


def _sign_off(document, pack):
    _heading(document, "V. PHÊ DUYỆT")
    rows = [
        (row["role"], "\n".join(filter(None, (row["name"], row["title"]))), row["date"], row["url"])
        for row in pack["sign_offs"]
    ]
    if rows:
        _table(document, ["Vai trò", "Họ tên, chức vụ", "Ngày", "Kiểm tra tại"], rows,
               [30, 50, 26, 64])  # fmt: skip
    else:
        _paragraph(document, "Chưa trình phê duyệt.", italic=True)
    if pack["fingerprint"]:
        _paragraph(document, f"Mã băm nội dung (SHA-256): {pack['fingerprint']}", size=9)


# === WORD === #


def _set_page(document):
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(18)
    section.left_margin, section.right_margin = Mm(24), Mm(14)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(4)
    _page_numbers(section.footer.paragraphs[0])


def _page_numbers(paragraph):
    """“Trang 1/9” at the foot of each page, counted by the office program."""
    paragraph.alignment = CENTRE
    for part in ("Trang ", "PAGE", "/", "NUMPAGES"):
        run = paragraph.add_run("" if part.isupper() else part)
        run.font.size = Pt(10)
        if part.isupper():
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), part)
            run._r.addnext(field)


def _heading(document, text):
    paragraph = _paragraph(document, text, bold=True, size=14)
    paragraph.paragraph_format.space_before = Pt(12)
    paragraph.paragraph_format.keep_with_next = True


def _space(document, lines):
    for _line_number in range(lines):
        document.add_paragraph()


def _texts(document, title, lines):
    if not lines:
        return
    paragraph = document.add_paragraph()
    _run(paragraph, f"{title}: ", bold=True)
    _run(paragraph, lines[0])
    for line in lines[1:]:
        _paragraph(document, line)


def _paragraph(document, text, align=None, **look):
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    _run(paragraph, text, **look)
    return paragraph


def _line(cell, text, **look):
    first = cell.paragraphs[0]
    paragraph = first if not first.text else cell.add_paragraph()
    paragraph.alignment = CENTRE
    paragraph.paragraph_format.space_after = Pt(0)
    _run(paragraph, text, **look)


def _run(paragraph, text, bold=None, italic=None, size=None, colour=None):
    run = paragraph.add_run(str(text or ""))
    run.bold, run.italic = bold, italic
    if size:
        run.font.size = Pt(size)
    if colour is not None:
        run.font.color.rgb = colour


def _table(document, head, rows, widths=None, bold_first=False, size=12):
    columns = len(head) or len(rows[0])
    widths = widths or [170 / columns] * columns
    table = document.add_table(rows=0, cols=columns)
    if head:
        table.style = "Table Grid"
        added = table.add_row()
        for cell, text in zip(added.cells, head, strict=True):
            _line(cell, text, bold=True, size=size)
        added._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in rows:
        for number, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=False)):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            _run(paragraph, text, size=size, bold=bold_first and not number or None)
    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    document.add_paragraph().paragraph_format.space_after = Pt(2)
