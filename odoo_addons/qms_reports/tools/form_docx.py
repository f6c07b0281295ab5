"""A form as Word document: the template made from its texts, checked and filled.

The agency edits one text and gets both files from it; who wants another layout in Word
downloads the template made here, changes it and hands it in.
"""

import copy
import io
import re
import zipfile

import lxml.html
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate, InlineImage
from jinja2.exceptions import TemplateError
from lxml import etree

from .form_text import FormEnvironment, FormError

FONT = "Times New Roman"
MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 40 * 1024 * 1024
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# Relations inside the file that are run or taken in when it is opened.
ACTIVE_RELATIONS = frozenset({"aFChunk", "attachedTemplate", "control", "oleObject", "package"})
_INSTRUCTION = qn("w:instrText")
_SIMPLE_FIELD, _SIMPLE_INSTRUCTION = qn("w:fldSimple"), qn("w:instr")
_ACTIVE_FIELD = re.compile(r"\b(?:DATABASE|DDE|DDEAUTO|IMPORT|INCLUDE\w*|LINK|RD)\b", re.IGNORECASE)
_TAG = re.compile(r"(\{%.*?%\})", re.DOTALL)
_WHOLE_IF = re.compile(r"^\s*(\{%\s*if\s[^%]*%\})(.*)(\{%\s*endif\s*%\})\s*$", re.DOTALL)
_BLOCK = re.compile(r"^\s*\{\{\s*(\w+_(?:table|block))\s*\}\}\s*$")
_INLINE_BLOCK = re.compile(r"\{\{\s*(\w+_(?:table|block))\s*\}\}")
_ALIGNMENTS = {
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
# Pictures of a form: file size on paper in millimetres.
PICTURES = {"qr_lookup": 24, "qr_rating": 24, "qr_code": 24, "barcode": 62}
# The blocks of a form as Word has them: tables (list, [(heading, width, cell)]) …
TABLES = {
    "components_table": (
        "components",
        [
            ("TT", 10, "{{ row.number }}"),
            ("Thành phần hồ sơ", 98, "{{ row.name }}"),
            ("Bản chính", 19, "{{ row.original }}"),
            ("Bản chứng thực", 22, "{{ row.certified }}"),
            ("Bản photo", 19, "{{ row.copies }}"),
        ],
    ),
    "hand_over_table": (
        "hand_overs",
        [
            ("TÊN CƠ QUAN", 50, "1. Giao: {{ row.giver }}\n2. Nhận: {{ row.receiver }}"),
            (
                "THỜI GIAN GIAO, NHẬN HỒ SƠ",
                56,
                "{{ row.moment }}\nNgười giao: {{ row.giver_name }}\n"
                "Người nhận: {{ row.receiver_name }}",
            ),
            ("KẾT QUẢ GIẢI QUYẾT HỒ SƠ (Trước hạn/Đúng hạn/Quá hạn)", 28, "{{ row.result }}"),
            ("GHI CHÚ", 34, "{{ row.note }}"),
        ],
    ),
    "register_table": (
        "register",
        [
            ("STT", 10, "{{ row.number }}"),
            ("Mã hồ sơ", 26, "{{ row.code }}"),
            ("Nội dung hồ sơ", 40, "{{ row.content }}"),
            ("Số lượng (bộ)", 13, "{{ row.set_qty }}"),
            ("Họ tên chủ hồ sơ", 28, "{{ row.holder_name }}"),
            ("Địa chỉ", 32, "{{ row.holder_address }}"),
            ("Số điện thoại", 20, "{{ row.holder_phone }}"),
            ("Nhận hồ sơ", 19, "{{ row.accepted }}"),
            ("Hẹn trả kết quả", 19, "{{ row.due }}"),
            ("Ngày nhận kết quả", 19, "{{ row.done }}"),
            ("Trả kết quả: Bên giao (ký)", 17, ""),
            ("Trả kết quả: Bên nhận (ký)", 19, "{{ row.returned }}"),
            ("Ghi chú", 15, "{{ row.note }}"),
        ],
    ),
    "declared_documents_table": (
        "declared_documents",
        [
            ("TT", 11, "{{ row.number }}"),
            ("Mã hiệu", 34, "{{ row.code }}"),
            ("Tên tài liệu", 76, "{{ row.name }}"),
            ("Lần ban hành/sửa đổi", 26, "{{ row.mark }}"),
            ("Hiệu lực từ", 25, "{{ row.effective }}"),
        ],
    ),
    "declared_procedures_table": (
        "declared_procedures",
        [
            ("TT", 11, "{{ row.number }}"),
            ("Mã", 34, "{{ row.code }}"),
            ("Tên thủ tục, quy trình", 76, "{{ row.name }}"),
            ("Phiên bản", 26, "{{ row.mark }}"),
            ("Hiệu lực từ", 25, "{{ row.effective }}"),
        ],
    ),
    "sign_off_table": (
        "sign_offs",
        [
            ("Vai trò", 30, "{{ row.role }}"),
            ("Họ tên, chức vụ", 50, "{{ row.name }}\n{{ row.title }}"),
            ("Ngày", 24, "{{ row.date }}"),
            ("Kiểm tra tại", 68, "{{ row.url }}"),
        ],
    ),
}
LISTS = {
    "declared_documents": ("number", "code", "name", "mark", "effective"),
    "declared_procedures": ("number", "code", "name", "mark", "effective"),
    "sign_offs": ("role", "name", "title", "date", "hash", "url"),
    "components": ("number", "name", "original", "certified", "copies"),
    "hand_overs": (
        "giver",
        "receiver",
        "moment",
        "giver_name",
        "receiver_name",
        "result",
        "note",
    ),
    "register": (
        "number",
        "code",
        "content",
        "set_qty",
        "holder_name",
        "holder_address",
        "holder_phone",
        "accepted",
        "due",
        "done",
        "returned",
        "note",
    ),
}
# … and blocks: lines of text and pictures.
BLOCKS = {
    "lookup_block": [
        "{{ qr_lookup }}",
        "Tra cứu hồ sơ: quét mã hoặc mở {{ lookup_url }}",
        "Mã tra cứu: {{ lookup_key }}",
    ],
    "rating_block": ["{{ qr_rating }}", "Đánh giá sự phục vụ: quét mã hoặc mở {{ rating_url }}"],
    "qr_block": ["{{ qr_code }}"],
    "barcode_block": ["{{ barcode }}", "{{ dossier_code }}"],
}


# === TEMPLATE === #


def build_template(pieces):
    """Return the Word template of a form made from its texts.

    :param dict pieces: ``header``, ``body``, ``footer`` (HTML with placeholders),
        ``signatures`` (list of title, note, name), ``is_landscape``
    """
    document = Document()
    _set_page(document, pieces["is_landscape"])
    codes = document.add_paragraph()
    codes.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _add_text(codes, "{{ legal_code }} – {{ legal_instrument }}{{ iso_line }}", size=11)
    _add_heading(document, pieces)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_text(title, "{{ title }}", bold=True, size=15)
    _add_html(document, pieces["body"])
    _add_signatures(document, pieces["signatures"])
    _add_html(document, pieces["footer"], size=11)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_page(document, is_landscape):
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    if is_landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin = section.bottom_margin = Mm(12 if is_landscape else 15)
    section.left_margin = Mm(10 if is_landscape else 22)
    section.right_margin = Mm(10 if is_landscape else 14)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(3)
    style.paragraph_format.space_before = Pt(0)


def _add_heading(document, pieces):
    """The two columns at the top of an administrative document."""
    left, right = document.add_table(rows=1, cols=2).rows[0].cells
    lines = [
        (left, "{{ superior_name }}", {}),
        (left, "{{ agency_upper }}", {"bold": True}),
        (right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", {"bold": True, "size": 12}),
        (right, "Độc lập - Tự do - Hạnh phúc", {"bold": True}),
        (right, "{{ place_date }}", {"italic": True}),
    ]
    for cell, text, look in lines:
        _cell_line(cell, text, **{"size": 12, **look})
    for node in _top_nodes(pieces["header"]):
        if isinstance(node, str):
            continue
        block = _BLOCK.match(node.text_content())
        if block:
            for line in BLOCKS.get(block.group(1), ()):
                _cell_line(left, line, size=11)
        else:
            paragraph = _cell_paragraph(left)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _add_inline(paragraph, node, size=12)


def _cell_paragraph(cell):
    first = cell.paragraphs[0]
    return first if not first.text and len(cell.paragraphs) == 1 else cell.add_paragraph()


def _cell_line(cell, text, **look):
    paragraph = _cell_paragraph(cell)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(0)
    _add_text(paragraph, text, **look)


def _add_signatures(document, signatures):
    if not signatures:
        return
    cells = document.add_table(rows=1, cols=len(signatures)).rows[0].cells
    for cell, (title, note, name) in zip(cells, signatures, strict=True):
        _cell_line(cell, title, bold=True, size=12)
        _cell_line(cell, note, italic=True, size=11)
        for _line in range(3):
            cell.add_paragraph()
        _cell_line(cell, name, bold=True)


def _add_html(document, html, **look):
    for node in _top_nodes(html):
        if isinstance(node, str):
            _add_loose(document, node, **look)
            continue
        text = node.text_content()
        block = _BLOCK.match(text)
        whole = _WHOLE_IF.match(text)
        if block:
            _add_block(document, block.group(1))
        elif node.tag == "table":
            _add_plain_table(document, node, **look)
        elif node.tag in ("ul", "ol", "div") and len(node):
            inner = "".join(etree.tostring(child, encoding="unicode") for child in node)
            _add_html(document, inner, **look)
        elif whole:
            _add_text(document.add_paragraph(), whole.group(1).replace("{%", "{%p", 1))
            _add_paragraph(document, node, **look)
            _add_text(document.add_paragraph(), "{%p endif %}")
        else:
            _add_paragraph(document, node, **look)


def _top_nodes(html):
    if not (html or "").strip():
        return []
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    found = [root.text or ""]
    for child in root:
        tail, child.tail = child.tail, None
        found += [child, tail or ""]
    return [node for node in found if not isinstance(node, str) or node.strip()]


def _add_loose(document, text, **look):
    """Text between paragraphs: conditions that hold over several of them."""
    for part in _TAG.split(text):
        if part.startswith("{%"):
            _add_text(document.add_paragraph(), part.replace("{%", "{%p", 1))
        elif part.strip():
            _add_text(document.add_paragraph(), part.strip(), **look)


def _add_paragraph(document, node, **look):
    paragraph = document.add_paragraph()
    style = node.get("style") or ""
    align = re.search(r"text-align\s*:\s*(\w+)", style)
    paragraph.alignment = _ALIGNMENTS.get(align.group(1)) if align else None
    if node.tag == "li":
        _add_text(paragraph, "- ", **look)
    if node.tag in ("h1", "h2", "h3", "h4"):
        look = {**look, "bold": True}
    _add_inline(paragraph, node, **look)


def _add_inline(paragraph, node, **look):
    _add_text(paragraph, node.text, **look)
    for child in node:
        if child.tag == "br":
            paragraph.add_run().add_break()
        else:
            extra = {
                "strong": {"bold": True},
                "b": {"bold": True},
                "em": {"italic": True},
                "i": {"italic": True},
                "u": {"underline": True},
            }.get(child.tag, {})
            _add_inline(paragraph, child, **{**look, **extra})
        _add_text(paragraph, child.tail, **look)


def _inline_block(match):
    """A block inside a line: its picture, or nothing for a table."""
    return BLOCKS.get(match.group(1), [""])[0]


def _add_text(paragraph, text, bold=None, italic=None, underline=None, size=None):
    text = _INLINE_BLOCK.sub(_inline_block, re.sub(r"\s+", " ", text or ""))
    if not text:
        return
    run = paragraph.add_run(text)
    run.bold, run.italic, run.underline = bold, italic, underline
    if size:
        run.font.size = Pt(size)


def _add_plain_table(document, node, **look):
    rows = [row.xpath("./td|./th") for row in node.iter("tr")]
    columns = max((len(cells) for cells in rows), default=0)
    if not columns:
        return
    table = document.add_table(rows=0, cols=columns)
    if "q-grid" in (node.get("class") or ""):
        table.style = "Table Grid"
    for cells in rows:
        added = table.add_row().cells
        for cell, source in zip(added, cells, strict=False):
            block = _BLOCK.match(source.text_content())
            if block and block.group(1) in BLOCKS:
                _set_lines(cell, BLOCKS[block.group(1)], 11)
                continue
            extra = {"bold": True} if source.tag == "th" else {}
            _add_inline(cell.paragraphs[0], source, **{**look, **extra})


def _add_block(document, name):
    if name in TABLES:
        _add_list_table(document, *TABLES[name])
        return
    for line in BLOCKS.get(name, ()):
        _add_text(document.add_paragraph(), line, size=11)


def _add_list_table(document, list_name, columns):
    """A table whose one row is repeated for each row of the list."""
    table = document.add_table(rows=4, cols=len(columns))
    table.style = "Table Grid"
    table.autofit = False
    small = 10 if len(columns) > 6 else 12
    for index, (heading, width, text) in enumerate(columns):
        for row in table.rows:
            row.cells[index].width = Mm(width)
        head = table.rows[0].cells[index].paragraphs[0]
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _add_text(head, heading, bold=True, size=small)
        _set_lines(table.rows[2].cells[index], text.split("\n"), small)
    _repeat_on_each_page(table.rows[0])
    for number, tag in ((1, f"{{%tr for row in {list_name} %}}"), (3, "{%tr endfor %}")):
        _add_text(table.rows[number].cells[0].paragraphs[0], tag)
    document.add_paragraph()


def _set_lines(cell, lines, size):
    for number, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if not number else cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        _add_text(paragraph, line, size=size)


def _repeat_on_each_page(row):
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


# === CHECK AND FILL === #


def check_docx(content, names, values):
    """Raise :class:`FormError` unless ``content`` is a safe Word template that can be filled.

    Codes beside those of the texts: ``file`` (no Word document), ``size``, ``active``
    (macros, embedded objects, links to files outside).
    """
    check_archive(content)
    fill_docx(content, names, values)


def check_archive(content):
    """Raise :class:`FormError` when a Word file holds what acts, by its parts alone."""
    if len(content) > MAX_BYTES:
        raise FormError("size")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive)
    # Encrypted, packed in an unknown way, or no archive at all.
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise FormError("file") from error


def _check_parts(archive):
    if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED:
        raise FormError("size")
    for info in archive.infolist():
        name = info.filename.lower()
        if "vbaproject" in name or "/embeddings/" in name or "/activex/" in name:
            raise FormError("active", info.filename)
        if name.endswith((".rels", ".xml")):
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            try:
                root = etree.fromstring(archive.read(info), parser)
            except etree.XMLSyntaxError as error:
                raise FormError("file", info.filename) from error
            _check_relations(root, info.filename)
            _check_fields(root)


def _check_relations(root, name):
    for relation in root.iter(RELATIONS):
        kind = (relation.get("Type") or "").rpartition("/")[2]
        if relation.get("TargetMode") == "External" or kind in ACTIVE_RELATIONS:
            raise FormError("active", relation.get("Target") or name)


def _check_fields(root):
    """Refuse fields by which Word fetches a file or starts a program."""
    # A field may be split over any number of runs.
    codes = ["".join(node.text or "" for node in root.iter(_INSTRUCTION))]
    codes += [node.get(_SIMPLE_INSTRUCTION) or "" for node in root.iter(_SIMPLE_FIELD)]
    for code in codes:
        active = _ACTIVE_FIELD.search(code)
        if active:
            raise FormError("active", active.group(0))


def fill_docx(content, names, values):
    """Return the Word document of a form filled with ``values``.

    :param dict values: texts, the lists of :data:`LISTS`, and PNG bytes of :data:`PICTURES`
    """
    texts = {name: values.get(name, "") for name in names}
    lists = {
        name: [dict.fromkeys(columns, "") | row for row in values.get(name) or []]
        for name, columns in LISTS.items()
    }
    try:
        template = DocxTemplate(io.BytesIO(content))
        template.init_docx()
        pictures = {
            name: _picture(template, values.get(name), width) for name, width in PICTURES.items()
        }
        environment = FormEnvironment({*names, *PICTURES}, LISTS)
        context = {**texts, **copy.deepcopy(lists), **pictures}
        template.render(context, environment, autoescape=True)
        stream = io.BytesIO()
        template.save(stream)
    except FormError:
        raise
    except TemplateError as error:
        raise FormError("syntax", str(error)) from error
    except (KeyError, ValueError, etree.LxmlError, zipfile.BadZipFile) as error:
        raise FormError("file", str(error)) from error
    return stream.getvalue()


def _picture(template, content, width):
    return InlineImage(template, io.BytesIO(content), width=Mm(width)) if content else ""
