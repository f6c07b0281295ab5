"""The cells of an XLSX sheet, read in one pass.

openpyxl knows the workbook: its parts, sheets, number formats and the way dates
are counted. Its own cell objects cost about 0.4 ms a row, which an import of
100,000 dossiers would feel; so the rows are read here straight from the XML.
The archive has been checked before (``tabular``): no DTD, bounded sizes.
"""

import io
import re
import unicodedata

from lxml import etree
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import from_excel, from_ISO8601

SHARED_STRINGS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\s[^>]*?ref=\"([A-Z0-9:]+)\"")


class FormulaCell(str):
    """Text of a formula cell, kept so that its row can be refused by name."""

    code = "formula_cell"


class ErrorCell(str):
    """Text of a cell holding a spreadsheet error such as ``#REF!``."""

    code = "error_cell"


class Sheets:
    """A workbook opened for reading: ``names`` of its visible sheets, rows of one."""

    def __init__(self, content):
        reader = ExcelReader(io.BytesIO(content), read_only=True, keep_links=False)
        reader.read_manifest()
        reader.read_workbook()
        apply_stylesheet(reader.archive, reader.wb)
        self._archive = reader.archive
        self._book = reader.wb
        self._paths = {
            sheet.name: relation.target
            for sheet, relation in reader.parser.find_sheets()
            if sheet.state == "visible"
            and "chartsheet" not in relation.Type
            and relation.target in reader.valid_files
        }
        part = reader.package.find(SHARED_STRINGS)
        self._strings_path = part and part.PartName[1:]
        self._strings = None

    @property
    def names(self):
        return list(self._paths)

    def dimension(self, name):
        """Give ``(rows, columns)`` the sheet declares, (0, 0) when it does not."""
        with self._archive.open(self._paths[name]) as stream:
            match = _DIMENSION.search(stream.read(8192))
        if not match:
            return 0, 0
        last = match.group(1).decode().rpartition(":")[2]
        letters = last.rstrip("0123456789")
        return int(last[len(letters) :] or 0), column_index_from_string(letters)

    def rows(self, name):
        """Yield ``(row number, cells)`` of the rows that are in the file.

        Cells: text (NFC, stripped), int, float, bool, date, datetime, time,
        timedelta, :class:`FormulaCell`, :class:`ErrorCell`, ``""`` for none.
        """
        if self._strings is None:
            self._strings = self._read_strings()
        number = 0
        with self._archive.open(self._paths[name]) as stream:
            for row in _elements(stream, "{*}row"):
                number = int(row.get("r") or number + 1)
                yield number, self._row(row)

    # === HELPERS === #

    def _read_strings(self):
        if not self._strings_path:
            return []
        with self._archive.open(self._strings_path) as stream:
            return [_rich_text(item) for item in _elements(stream, "{*}si")]

    def _row(self, row):
        cells = []
        for cell in row:
            reference = cell.get("r")
            if reference:
                column = _column(reference.rstrip("0123456789"))
                if column < len(cells):
                    continue
                while len(cells) < column:
                    cells.append("")
            cells.append(self._cell(cell))
        while cells and cells[-1] == "":
            cells.pop()
        return cells

    def _cell(self, cell):
        kind, text = cell.get("t", "n"), None
        for child in cell:
            name = child.tag.rpartition("}")[2]
            if name == "f":
                return FormulaCell("=" + (child.text or ""))
            if name == "v":
                text = child.text
            elif name == "is":
                return _rich_text(child)
        if not text:
            return ""
        if kind == "s":
            return self._strings[int(text)]
        if kind == "n":
            return self._number(text, int(cell.get("s") or 0))
        if kind == "b":
            return text.strip() == "1"
        if kind == "e":
            return ErrorCell(text)
        if kind == "d":
            return from_ISO8601(text)
        return _clean(text)

    def _number(self, text, style):
        number = float(text) if {".", "E", "e"} & set(text) else int(text)
        book = self._book
        if style not in book._date_formats and style not in book._timedelta_formats:
            return number
        try:
            is_span = style in book._timedelta_formats
            return from_excel(number, book.epoch, timedelta=is_span)
        except (OverflowError, ValueError):
            return ErrorCell(f"#DATE {text}")


def _elements(stream, tag):
    """Yield the elements named ``tag`` and free them behind the caller."""
    parser = etree.iterparse(
        stream, events=("end",), tag=tag, resolve_entities=False, no_network=True
    )
    for _event, element in parser:
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _rich_text(element):
    """Join the runs of a text; phonetic guides are not part of it."""
    texts = []
    for child in element:
        name = child.tag.rpartition("}")[2]
        if name == "t":
            texts.append(child.text or "")
        elif name == "r":
            texts.extend(node.text or "" for node in child.iterfind("{*}t"))
    return _clean("".join(texts))


def _clean(text):
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


_COLUMNS = {}


def _column(letters):
    """Give the 0-based index of a column; at most 18,278 of them exist."""
    index = _COLUMNS.get(letters)
    if index is None:
        index = _COLUMNS[letters] = column_index_from_string(letters) - 1
    return index
