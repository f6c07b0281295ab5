"""Text of documents: what is searched, compared and shown of HTML, Word, PDF, workbooks.

Files are opened by their parts alone; nothing in them is run, no entity is resolved, and
what cannot be read gives no text instead of an error: the file itself is what counts.
Reading stops at a size that no document of an office has: a few kilobytes can unpack to
hours of work.

>>> html_text("<h2>1. Mục đích</h2><p>Quy định <b>cách</b> làm.</p>")
'1. Mục đích\\nQuy định cách làm.'
>>> html_blocks("<ul><li>một</li><li>hai</li></ul><table><tr><td>a</td><td>b</td></tr></table>")
['một', 'hai', 'a | b']
"""

import html
import io
import itertools
import logging
import zipfile

import lxml.etree
import lxml.html
import pypdf
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from pypdf.generic import DictionaryObject, NameObject

from . import tabular

_logger = logging.getLogger(__name__)

BLOCK_TAGS = frozenset(
    {
        *("address", "article", "blockquote", "caption", "dd", "div", "dl", "dt", "figcaption"),
        *("footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre"),
        *("section", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    }
)
_PREVIEWED = ("docx", "xlsx")
MAX_TEXT = 200_000  # characters that are read in a file
MAX_PREVIEW = 50_000  # characters of it that are shown
MAX_CELLS = 5_000  # paragraphs and cells that are shown, empty ones counted
MAX_UNPACKED = 8 * 2**20  # unpacked bytes of a Word file or a workbook
MAX_CONTENT = 2 * 2**20  # bytes of a PDF that draw text: at least 10 for each character
MAX_PAGES = 300
MAX_ROWS, MAX_COLUMNS = 200, 30
MAX_WORD_COLUMNS = 63  # Word itself takes no more
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WORD_BLOCKS = ("p", "tbl", "sdt", "customXml")
# What the libraries raise on damaged files, and they raise nearly anything.
_UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    lxml.etree.LxmlError,
    pypdf.errors.PyPdfError,
    tabular.TabularError,
    zipfile.BadZipFile,
)


# === HTML === #


def html_blocks(text):
    """Return the text of each block (heading, paragraph, list item, table row) in order."""
    if not (text or "").strip():
        return []
    try:
        root = lxml.html.fragment_fromstring(text, create_parent="div")
    except (lxml.etree.LxmlError, ValueError):
        return [" ".join(text.split())]
    blocks, current = [], []
    _walk(root, blocks, current)
    _close(blocks, current)
    return blocks


def _walk(node, blocks, current):
    if not isinstance(node.tag, str):
        return
    if node.tag == "tr":
        _close(blocks, current)
        cells = [" ".join(cell.text_content().split()) for cell in node if _is_cell(cell)]
        blocks.append(" | ".join(cells))
        return
    is_block = node.tag in BLOCK_TAGS or node.tag == "br"
    if is_block:
        _close(blocks, current)
    current.append(node.text or "")
    for child in node:
        _walk(child, blocks, current)
        current.append(child.tail or "")
    if is_block:
        _close(blocks, current)


def _is_cell(node):
    return node.tag in ("td", "th")


def _close(blocks, current):
    text = " ".join("".join(current).split())
    if text:
        blocks.append(text)
    current.clear()


def html_text(text):
    """Return the text of a page, a line for each block."""
    return "\n".join(html_blocks(text))


# === FILES === #
#
# A reader yields parts: ("p", [text]), ("h4", [title]), ("table", []) before the rows of a
# table, ("tr", cells), and ("cut", []) where it stops before the file ends.


def file_text(content, name):
    """Return the text of a Word, PDF or workbook file, '' when there is none.

    It ends after :data:`MAX_TEXT` characters.
    """
    reader = {"docx": _word_parts, "pdf": _pdf_parts, "xlsx": _sheet_parts}.get(_kind(name))
    if not reader:
        return ""
    try:
        parts = _within(MAX_TEXT, MAX_TEXT, reader(content))
        lines = (" | ".join(filter(None, cells)) for _sort, cells in parts)
        return "\n".join(filter(None, lines)).replace("\x00", "")
    except _UNREADABLE as error:
        _logger.info("No text read in a file of type %s: %s", _kind(name), type(error).__name__)
        return ""


def has_preview(name):
    """Tell from its name whether a file is shown as tables and paragraphs.

    >>> has_preview("quy-trinh.docx"), has_preview("quy-trinh.pdf")
    (True, False)
    """
    return _kind(name) in _PREVIEWED


def preview_html(content, name, cut=""):
    """Return a Word file or a workbook as plain HTML, False when it is neither.

    :param str cut: what is said where the preview ends before the file does
    """
    reader = {"docx": _word_parts, "xlsx": _sheet_parts}[_kind(name)] if has_preview(name) else None
    if not reader:
        return False
    try:
        return _parts_html(_within(MAX_PREVIEW, MAX_CELLS, reader(content)), cut) or False
    except _UNREADABLE:
        return False


def _kind(name):
    return (name or "").rpartition(".")[2].lower()


def _within(characters, cells_left, parts):
    """Yield parts until their text or their number is used up.

    >>> list(_within(3, 9, [("p", ["ab"]), ("p", ["cd"]), ("p", ["e"])]))
    [('p', ['ab']), ('p', ['c']), ('cut', [])]
    >>> list(_within(9, 3, [("p", ["a"]), ("tr", ["b", "c"])]))
    [('p', ['a']), ('p', ['b c']), ('cut', [])]
    """
    for sort, cells in parts:
        length = sum(map(len, cells))
        cells_left -= len(cells) + 1
        if length > characters or cells_left < 0:
            yield "p", [" ".join(cells)[:characters]]
            yield "cut", []
            return
        characters -= length
        yield sort, cells


def _parts_html(parts, cut):
    found, rows = [], []
    for sort, cells in parts:
        if sort == "tr":
            rows.append(cells)
            continue
        found += [_table(rows)] if rows else []
        rows = []
        found.append(_block(sort, cells, cut))
    return "".join([*found, _table(rows)] if rows else found)


def _block(sort, cells, cut):
    if sort == "cut":
        return f"<p><em>{html.escape(cut)}</em></p>" if cut else ""
    return f"<{sort}>{html.escape(cells[0])}</{sort}>" if cells and cells[0] else ""


def _table(rows):
    lines = (
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table class='table table-bordered table-sm'>{''.join(lines)}</table>"


class _Archive(zipfile.ZipFile):
    """A file of parts of which no more than ``left`` bytes are unpacked in all."""

    def __init__(self, content, left):
        super().__init__(io.BytesIO(content))
        self.left = left

    def open(self, *args, **options):
        return _Part(super().open(*args, **options), self)


class _Part(io.RawIOBase):
    """A part of an :class:`_Archive`; it seems to end when that is used up."""

    def __init__(self, stream, archive):
        super().__init__()
        self._stream = stream
        self._archive = archive

    def read(self, size=-1):
        left = self._archive.left
        data = self._stream.read(left if size is None or size < 0 else min(size, left))
        self._archive.left -= len(data)
        return data

    def close(self):
        self._stream.close()
        return super().close()


# === FILES: WORD === #


def _word_parts(content):
    with _Archive(content, MAX_UNPACKED) as archive, archive.open("word/document.xml") as stream:
        try:
            for node in _word_nodes(stream):
                if node.tag == f"{_W}tbl":
                    yield "table", []
                    yield from _word_rows(node)
                else:
                    yield "p", [_word_line(node)]
        except SyntaxError:  # of lxml, and of the parser of openpyxl
            if archive.left:
                raise
            yield "cut", []


def _word_nodes(stream):
    """Yield what stands right in the body, and free it behind the caller."""
    nodes = lxml.etree.iterparse(
        stream, tag=[f"{_W}{name}" for name in _WORD_BLOCKS], resolve_entities=False,
        no_network=True,
    )  # fmt: skip
    for _event, node in nodes:
        parent = node.getparent()
        if parent is None or parent.tag != f"{_W}body":
            continue
        yield node
        node.clear()
        while node.getprevious() is not None:
            del parent[0]


def _word_line(node):
    return "".join(
        part.text or "" if part.tag == f"{_W}t" else " "
        for part in node.iter(f"{_W}t", f"{_W}tab", f"{_W}br")
    ).strip()


def _word_rows(table):
    """Yield the rows of a table; of one within a cell the text is that of the cell."""
    for row in table.iter(f"{_W}tr"):
        if next(row.iterancestors(f"{_W}tbl")) is table:
            cells = itertools.islice(row.iterchildren(f"{_W}tc"), MAX_WORD_COLUMNS)
            yield "tr", [_word_line(cell) for cell in cells]


# === FILES: PDF === #


def _pdf_parts(content):
    left = MAX_CONTENT
    for page in itertools.islice(pypdf.PdfReader(io.BytesIO(content)).pages, MAX_PAGES):
        _leave_out_forms(page)
        left -= _pdf_size(page)
        if left < 0:
            yield "cut", []
            return
        yield "p", [page.extract_text() or ""]


def _leave_out_forms(page):
    """Let the page draw no forms: they may draw one another times without end."""
    resources = page.get("/Resources", {}).get_object()
    drawn = resources.get("/XObject")
    if drawn:
        nothing = DictionaryObject({NameObject("/Subtype"): NameObject("/Image")})
        resources[NameObject("/XObject")] = DictionaryObject(
            {NameObject(name): nothing for name in drawn.get_object()}
        )


def _pdf_size(page):
    """Return the bytes of a page that have to be worked through, its fonts included."""
    fonts = page.get("/Resources", {}).get_object().get("/Font", {}).get_object().values()
    maps = [font.get_object().get("/ToUnicode") for font in fonts]
    streams = [page.get_contents(), *(found.get_object() for found in maps if found)]
    return sum(len(one.get_data()) for one in streams if hasattr(one, "get_data"))


# === FILES: WORKBOOKS === #


class _Sheet(ReadOnlyWorksheet):
    """A sheet that is not asked for its size: one that does not say it is read to the end."""

    def _get_size(self):
        pass


def _sheet_parts(content):
    reader = ExcelReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    reader.archive = _Archive(content, MAX_UNPACKED)
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    try:
        for sheet, part in reader.parser.find_sheets():
            if part.target in reader.valid_files and "chartsheet" not in part.Type:
                yield "h4", [sheet.name]
                yield from _sheet_rows(_Sheet(reader.wb, sheet.name, part.target,
                                              reader.shared_strings))  # fmt: skip
    except SyntaxError:  # of lxml, and of the parser of openpyxl
        if reader.archive.left:
            raise
        yield "cut", []


def _sheet_rows(sheet):
    rows = sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True)
    for number, row in enumerate(rows, 1):
        if number > MAX_ROWS:
            yield "cut", []
            return
        cells = [tabular.cell_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield "tr", cells


# === PARTS OF A PAGE === #


def replace_block(text, name, inner):
    """Return the page with ``inner`` in each block of class ``name``, None without such a block.

    >>> replace_block("<p>a</p><div class='x'>old</div>", "x", "<p>new</p>")
    '<p>a</p><div class="x"><p>new</p></div>'
    """
    root = _page(text)
    blocks = root.xpath(_OF_CLASS, name=name)
    for block in blocks:
        for child in list(block):
            block.remove(child)
        block.text = None
        for part in lxml.html.fragment_fromstring(inner, create_parent="div"):
            block.append(part)
    return _inner(root) if blocks else None


def block_text(text, name):
    """Return the text of the blocks of class ``name``.

    >>> block_text("<p>a</p><div class='x'>old <b>one</b></div>", "x")
    'old one'
    """
    blocks = _page(text).xpath(_OF_CLASS, name=name)
    return "\n".join(html_text(lxml.html.tostring(block, encoding="unicode")) for block in blocks)


def with_anchors(text):
    """Return the page with an id at each heading, and ``[(id, heading)]``.

    >>> with_anchors("<h2>1. Mục đích</h2><p>x</p>")
    ('<h2 id="q1">1. Mục đích</h2><p>x</p>', [('q1', '1. Mục đích')])
    """
    root = _page(text)
    found = []
    for number, head in enumerate(root.xpath(".//h1 | .//h2 | .//h3"), 1):
        title = " ".join(head.text_content().split())
        if title:
            head.set("id", f"q{number}")
            found.append((f"q{number}", title))
    return _inner(root), found


_OF_CLASS = ".//*[contains(concat(' ', normalize-space(@class), ' '), concat(' ', $name, ' '))]"


def _page(text):
    return lxml.html.fragment_fromstring(text or "", create_parent="div")


def _inner(root):
    parts = [html.escape(root.text, quote=False)] if root.text else []
    parts += [lxml.html.tostring(child, encoding="unicode") for child in root]
    return "".join(parts)
