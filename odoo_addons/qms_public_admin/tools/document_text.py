"""Text of documents: what is searched, compared and shown of HTML, Word, PDF, workbooks.

Files are opened by their parts alone; nothing in them is run, no entity is resolved, and
what cannot be read gives no text instead of an error: the file itself is what counts.

>>> html_text("<h2>1. Mục đích</h2><p>Quy định <b>cách</b> làm.</p>")
'1. Mục đích\\nQuy định cách làm.'
>>> html_blocks("<ul><li>một</li><li>hai</li></ul><table><tr><td>a</td><td>b</td></tr></table>")
['một', 'hai', 'a | b']
"""

import html
import io
import logging
import zipfile

import lxml.etree
import lxml.html
import openpyxl
import pypdf

from . import tabular

_logger = logging.getLogger(__name__)

BLOCK_TAGS = frozenset(
    {
        *("address", "article", "blockquote", "caption", "dd", "div", "dl", "dt", "figcaption"),
        *("footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre"),
        *("section", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    }
)
MAX_PART = 32 * 2**20  # bytes of the unpacked text of a Word file
MAX_PAGES = 300
MAX_ROWS, MAX_COLUMNS = 200, 30
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# What the libraries raise on damaged files, and they raise nearly anything.
_UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    RuntimeError,
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


def file_text(content, name):
    """Return the text of a Word, PDF, workbook or plain file, '' when there is none."""
    reader = {"docx": _word_blocks, "pdf": _pdf_blocks, "xlsx": _sheet_lines}.get(_kind(name))
    if not reader:
        return ""
    try:
        return "\n".join(block for block in reader(content) if block).replace("\x00", "")
    except _UNREADABLE as error:
        _logger.info("No text read in a file of type %s: %s", _kind(name), type(error).__name__)
        return ""


def preview_html(content, name):
    """Return a Word file or a workbook as plain HTML, False when it is neither."""
    kind = _kind(name)
    try:
        if kind == "docx":
            return "".join(_word_html(content)) or False
        if kind == "xlsx":
            return _sheet_html(content)
    except _UNREADABLE:
        return False
    return False


def _kind(name):
    return (name or "").rpartition(".")[2].lower()


def _word_body(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo("word/document.xml")
        if info.file_size > MAX_PART:
            raise ValueError("too large")
        parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True)
        return lxml.etree.fromstring(archive.read(info), parser).find(f"{_W}body")


def _word_line(node):
    return "".join(
        part.text or "" if part.tag == f"{_W}t" else " "
        for part in node.iter(f"{_W}t", f"{_W}tab", f"{_W}br")
    ).strip()


def _word_rows(table):
    for row in table.iter(f"{_W}tr"):
        yield [_word_line(cell) for cell in row.iterchildren(f"{_W}tc")]


def _word_blocks(content):
    for node in _word_body(content):
        if node.tag == f"{_W}tbl":
            yield from (" | ".join(row) for row in _word_rows(node))
        else:
            yield _word_line(node)


def _word_html(content):
    for node in _word_body(content):
        if node.tag == f"{_W}tbl":
            yield _table(_word_rows(node))
        elif text := _word_line(node):
            yield f"<p>{html.escape(text)}</p>"


def _pdf_blocks(content):
    reader = pypdf.PdfReader(io.BytesIO(content))
    for page in reader.pages[:MAX_PAGES]:
        yield page.extract_text() or ""


def _sheet_rows(content):
    table_limits = tabular.Limits()
    if len(content) > table_limits.max_bytes:
        raise ValueError("too large")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(info.file_size for info in archive.infolist()) > MAX_PART:
            raise ValueError("too large")
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    for sheet in book.worksheets:
        rows = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
        found = [[tabular.cell_text(value) for value in row] for row in rows]
        yield sheet.title, [row for row in found if any(row)]


def _sheet_lines(content):
    for title, rows in _sheet_rows(content):
        yield title
        yield from (" ".join(filter(None, row)) for row in rows)


def _sheet_html(content):
    parts = [f"<h4>{html.escape(title)}</h4>{_table(rows)}" for title, rows in _sheet_rows(content)]
    return "".join(parts) or False


def _table(rows):
    lines = (
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table class='table table-bordered table-sm'>{''.join(lines)}</table>"


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
