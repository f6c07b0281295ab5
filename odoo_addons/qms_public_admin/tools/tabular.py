"""Read tables that strangers send us: CSV in any encoding, and XLSX.

A file from a one-stop system is untrusted input. Everything that can be told
apart before the first row is used is told here, in one place, without the ORM:
which encoding and delimiter, which sheet, where the header is, whether the file
is a bomb, whether a cell is a formula. The reader never guesses silently: what
it found is on the object it returns, what it refuses has a code.

Rows keep the number they have in the file (as a spreadsheet shows it), because
every later message names it.
"""

import codecs
import contextlib
import csv
import datetime
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field

import charset_normalizer
import xlsxwriter

from .xlsx import ErrorCell, FormulaCell, Sheets

MIB = 1024 * 1024
#: the last row a spreadsheet can have; a larger number is forged
LAST_ROW = 1_048_576
DELIMITERS = ",;\t|"
#: rows looked at to find the delimiter and the header
SAMPLE_ROWS = 30
EXTENSIONS = {"csv": "text", "tsv": "text", "txt": "text", "xlsx": "xlsx"}
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: characters with which a spreadsheet starts a formula when it reads text
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def _lt(text):
    """Mark a message for translation; the ORM side translates it."""
    return text


MESSAGES = {
    "empty_file": _lt("The file is empty."),
    "too_large": _lt("The file is too large: %(size).1f MB, at most %(limit).0f MB are read."),
    "wrong_type": _lt("“%(name)s” cannot be read: the file must be XLSX or CSV (also TXT, TSV)."),
    "content_mismatch": _lt("“%(name)s” is not what its name says: the content is %(found)s."),
    "legacy_xls": _lt(
        "“%(name)s” is an old Excel workbook (XLS) or is protected by a password. "
        "Open it and save it as XLSX without a password."
    ),
    "html_file": _lt(
        "“%(name)s” is a web page saved as a spreadsheet. "
        "Open it in a spreadsheet program and save it as XLSX."
    ),
    "encrypted": _lt("The workbook is protected by a password."),
    "macros": _lt("The workbook contains macros. Save it as XLSX without macros."),
    "damaged_file": _lt("The workbook is damaged and cannot be read."),
    "zip_entries": _lt("The workbook has too many parts (%(count)d)."),
    "unpacked_too_large": _lt(
        "The workbook unpacks to %(size).0f MB; at most %(limit).0f MB are read."
    ),
    "zip_ratio": _lt(
        "The workbook is compressed %(ratio)d times, as no real workbook is. It is refused."
    ),
    "external_entity": _lt(
        "The workbook declares entities in “%(part)s”, as no real workbook does. It is refused."
    ),
    "huge_dimension": _lt(
        "The sheet “%(sheet)s” claims to hold %(dimension)s. "
        "Delete the empty rows and columns and save it again."
    ),
    "too_many_columns": _lt("Row %(row)d has %(count)d columns; at most %(limit)d are read."),
    "too_many_rows": _lt("The table has more than %(limit)d rows. Split the file."),
    "no_sheet": _lt("The workbook has no visible sheet with cells."),
    "unknown_sheet": _lt("The workbook has no sheet “%(sheet)s”."),
    "unknown_encoding": _lt("The encoding of the text cannot be told. Save the file as UTF-8."),
    "bad_encoding": _lt("The file is not %(encoding)s: byte %(position)d cannot be read."),
    "binary_text": _lt("The file is not a text file."),
    "bad_quoting": _lt("Row %(row)d: a quotation mark is not closed or stands in a wrong place."),
    "cell_too_long": _lt(
        "Row %(row)d: a cell has more than %(limit)d characters. "
        "Probably a quotation mark is not closed."
    ),
    "no_header": _lt("The file has no header row."),
    "empty_header": _lt("Column %(column)s has no name in the header (row %(row)d)."),
    "duplicate_header": _lt(
        "The header has the name “%(name)s” twice: columns %(first)s and %(column)s."
    ),
    "formula_cell": _lt("Cell %(cell)s is a formula. Save the values instead of the formulas."),
    "error_cell": _lt("Cell %(cell)s holds the error %(value)s."),
    "row_too_long": _lt("Row %(row)d has more cells (%(count)d) than the header (%(limit)d)."),
}


class TabularError(ValueError):
    """A table that is not read.

    :param code: key of :data:`MESSAGES`
    :param params: values of the message's placeholders
    """

    def __init__(self, code, params=None):
        self.code = code
        self.params = dict(params or {})
        self.template = MESSAGES[code]
        super().__init__(self.template % self.params)


@dataclass(frozen=True)
class Limits:
    """What a table may cost. Sizes in bytes."""

    max_bytes: int = 64 * MIB
    max_unpacked_bytes: int = 768 * MIB
    #: a ratio is only judged above this unpacked size: small files may be regular
    ratio_from_bytes: int = 4 * MIB
    max_ratio: int = 150
    max_parts: int = 2_000
    max_columns: int = 256
    max_rows: int = LAST_ROW
    #: cells a sheet may *declare*; the rows themselves are counted while reading
    max_declared_cells: int = 64 * LAST_ROW
    max_cell_chars: int = 32_767


LIMITS = Limits()


@dataclass
class Table:
    """A table read whole. ``numbers[i]`` is the file's row number of ``rows[i]``."""

    header: list
    rows: list
    numbers: list
    kind: str
    header_row: int = 1
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: list = field(default_factory=list)

    def records(self):
        """Yield ``(row number, {header name: value})``."""
        for number, row in zip(self.numbers, self.rows, strict=True):
            yield number, dict(zip(self.header, row, strict=False))


# === PUBLIC FUNCTIONS === #


def iter_table(content, filename, **options):
    """Open a table for reading row by row, without holding the rows.

    The result has ``header``, ``header_row``, ``kind``, ``encoding``,
    ``delimiter``, ``sheet`` and ``sheets``; iterating it yields
    ``(row number, cells)`` and can be done more than once.

    :param bytes content: the file
    :param str filename: its name; the ending must fit the content
    :param Limits limits: what it may cost
    :param str encoding: of a text file; told from the bytes when not given
    :param str delimiter: of a text file; told from the first rows when not given
    :param str sheet: of a workbook; the first visible one with cells when not given
    :param int header_row: row number of the header; when not given, the first row
        that is not a title
    :param str formulas: ``refuse`` raises at the first formula or error cell,
        ``mark`` returns it as :class:`FormulaCell` or :class:`ErrorCell`
    :raises TabularError: for anything that cannot be read safely, also while
        iterating
    """
    kind = _kind(content, filename, options.get("limits", LIMITS))
    reader_class = XlsxReader if kind == "xlsx" else TextReader
    return reader_class(content, **options)


def read_table(content, filename, **options):
    """Read a whole table; see :func:`iter_table` for the options.

    :rtype: Table
    """
    reader = iter_table(content, filename, **options)
    numbers, rows = [], []
    for number, cells in reader:
        numbers.append(number)
        rows.append(cells)
    return Table(
        header=reader.header,
        rows=rows,
        numbers=numbers,
        kind=reader.kind,
        header_row=reader.header_row,
        encoding=reader.encoding,
        delimiter=reader.delimiter,
        sheet=reader.sheet,
        sheets=reader.sheets,
    )


def cell_text(value):
    """Give a cell's value as text: whole floats without ``.0``, dates as ISO.

    >>> cell_text(12.0), cell_text(None), cell_text(" a "), cell_text(True)
    ('12', '', 'a', 'TRUE')
    """
    if type(value) is str:
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip()


def column_letter(index):
    """Name the column with the 0-based ``index`` as a spreadsheet does.

    >>> column_letter(0), column_letter(25), column_letter(26), column_letter(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def write_workbook(target, sheets, *, title=""):
    """Write tables to an XLSX in which no text can act as a formula.

    Text is stored as text whatever it starts with; where a spreadsheet would
    take it for a formula once it is edited, the cell carries Excel's own quote
    prefix. Rows are written in order with flat memory.

    :param target: file name or binary stream
    :param sheets: iterable of ``(sheet name, header, iterable of rows)``
    :param str title: title in the workbook's properties
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "dd/mm/yyyy hh:mm:ss",
    }
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": title})
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        quoted = book.add_format({"quote_prefix": True})
        for name, header, rows in sheets:
            sheet = book.add_worksheet(_sheet_name(name))
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, max(len(header) - 1, 0), 18)
            _write_row(sheet, 0, header, bold, bold)
            for index, row in enumerate(rows, 1):
                _write_row(sheet, index, row, None, quoted)


def _sheet_name(name):
    """Excel allows 31 characters without brackets, slashes, stars, colons."""
    return re.sub(r"[\[\]:*?/\\']", " ", name)[:31] or "Sheet"


def _write_row(sheet, index, row, plain, quoted):
    for column, value in enumerate(row):
        if value is None or value is False or value == "":
            continue
        if isinstance(value, str):
            is_formula_like = value.startswith(FORMULA_STARTS)
            style = quoted if is_formula_like else plain
            sheet.write_string(index, column, value[:32_767], style)
        elif isinstance(value, datetime.datetime | datetime.date):
            sheet.write_datetime(index, column, value)
        else:
            sheet.write(index, column, value, plain)


# === KIND OF FILE === #


def _kind(content, filename, limits):
    """Tell ``text`` or ``xlsx`` from name and content, which must agree."""
    name = (filename or "").strip()
    if not content:
        raise TabularError("empty_file")
    if len(content) > limits.max_bytes:
        params = {"size": len(content) / MIB, "limit": limits.max_bytes / MIB}
        raise TabularError("too_large", params)
    if content.startswith(OLE_MAGIC):
        raise TabularError("legacy_xls", {"name": name})
    expected = EXTENSIONS.get(name.rpartition(".")[2].lower())
    head = content[:2048].lstrip(codecs.BOM_UTF8 + b" \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta")):
        raise TabularError("html_file", {"name": name})
    if expected is None:
        raise TabularError("wrong_type", {"name": name})
    found = "xlsx" if content.startswith(b"PK\x03\x04") else "text"
    if found != expected:
        label = "a ZIP archive" if found == "xlsx" else "not a workbook"
        raise TabularError("content_mismatch", {"name": name, "found": label})
    return found


# === HEADER === #


def _find_header(sample):
    """Give the index in ``sample`` of the header row.

    Exports of one-stop systems start with title lines: one cell in the middle
    of nothing. They are skipped when a row with at least three names follows.
    """
    counts = [sum(1 for cell in cells if cell_text(cell)) for _number, cells in sample]
    if any(count >= 3 for count in counts):
        return next(i for i, count in enumerate(counts) if count >= 2)
    return next((i for i, count in enumerate(counts) if count), None)


def _check_header(number, cells, limits):
    names = [" ".join(cell_text(cell).split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise TabularError("no_header")
    if len(names) > limits.max_columns:
        params = {"row": number, "count": len(names), "limit": limits.max_columns}
        raise TabularError("too_many_columns", params)
    seen = {}
    for index, name in enumerate(names):
        column = column_letter(index)
        if isinstance(cells[index], FormulaCell | ErrorCell):
            params = {"cell": f"{column}{number}", "value": name}
            raise TabularError(cells[index].code, params)
        if not name:
            raise TabularError("empty_header", {"column": column, "row": number})
        first = seen.setdefault(name.casefold(), column)
        if first != column:
            params = {"name": name, "first": first, "column": column}
            raise TabularError("duplicate_header", params)
    return names


class _Reader:
    """What both readers share: the header, the limits, the treatment of rows."""

    kind = ""

    def __init__(
        self,
        content,
        *,
        limits=LIMITS,
        encoding=None,
        delimiter=None,
        sheet=None,
        header_row=None,
        formulas="refuse",
    ):
        if formulas not in ("refuse", "mark"):
            raise ValueError(f"formulas must be refuse or mark, not {formulas!r}")
        self._content = content
        self._limits = limits
        self._refuse = formulas == "refuse"
        self.encoding = encoding or ""
        self.delimiter = delimiter or ""
        self.sheet = sheet or ""
        self.sheets = []
        self._open()
        self.header_row, self.header = self._read_header(header_row)

    def _open(self):
        """Check the container and find encoding and delimiter, or the sheet."""
        raise NotImplementedError

    def _raw_rows(self):
        """Yield ``(number, cells)`` of all rows, blank ones included."""
        raise NotImplementedError

    def _read_header(self, header_row):
        if header_row:
            for number, cells in self._raw_rows():
                if number == header_row:
                    return number, _check_header(number, cells, self._limits)
            raise TabularError("no_header")
        sample = self._sample()
        index = _find_header(sample)
        if index is None:
            raise TabularError("no_header")
        number, cells = sample[index]
        return number, _check_header(number, cells, self._limits)

    def _sample(self):
        sample = []
        for row in self._raw_rows():
            sample.append(row)
            if len(sample) >= SAMPLE_ROWS:
                break
        return sample

    def __iter__(self):
        width, limit, count = len(self.header), self._limits.max_rows, 0
        for number, cells in self._raw_rows():
            if number <= self.header_row or not any(cell not in (None, "") for cell in cells):
                continue
            count += 1
            if count > limit:
                raise TabularError("too_many_rows", {"limit": limit})
            if self._refuse:
                self._refuse_marked(number, cells)
            yield number, self._fit(cells, width)

    def _fit(self, cells, width):
        """Give the row the header's width; surplus text stays, to be refused."""
        if len(cells) < width:
            return cells + [""] * (width - len(cells))
        while len(cells) > width and cells[-1] in (None, ""):
            cells.pop()
        return cells

    def _refuse_marked(self, number, cells):
        for index, cell in enumerate(cells):
            if isinstance(cell, FormulaCell | ErrorCell):
                address = f"{column_letter(index)}{number}"
                raise TabularError(cell.code, {"cell": address, "value": cell})


# === TEXT === #


class TextReader(_Reader):
    """CSV and its relatives, in the encodings Vietnamese offices still write."""

    kind = "csv"

    def _open(self):
        if not self.encoding:
            self.encoding = detect_encoding(self._content)
        self._skip_first = False
        self._check_decodes()
        if not self.delimiter:
            self.delimiter = self._detect_delimiter()

    def _check_decodes(self):
        decoder = codecs.getincrementaldecoder(self.encoding)()
        try:
            for start in range(0, len(self._content), MIB):
                text = decoder.decode(self._content[start : start + MIB])
                if "\x00" in text:
                    raise TabularError("binary_text")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            params = {"encoding": self.encoding, "position": error.start}
            raise TabularError("bad_encoding", params) from error

    def _lines(self):
        stream = io.TextIOWrapper(io.BytesIO(self._content), encoding=self.encoding, newline="")
        for line in stream:
            yield line if line.isascii() else unicodedata.normalize("NFC", line)

    def _detect_delimiter(self):
        """Take the delimiter that cuts the first rows most evenly."""
        lines = self._lines()
        first = next(lines, "").lstrip("\ufeff")
        if match := re.fullmatch(r"sep=(.)\s*", first):
            self._skip_first = True
            return match.group(1)
        sample = [first]
        for line in lines:
            sample.append(line)
            if len(sample) >= SAMPLE_ROWS:
                break
        return max(DELIMITERS, key=lambda sign: _evenness(sample, sign))

    def _raw_rows(self):
        reader = csv.reader(self._lines(), delimiter=self.delimiter, strict=True)
        number, memo = 0, {}
        try:
            for number, cells in enumerate(reader, 1):
                if number == 1 and self._skip_first:
                    continue
                yield number, self._clean(number, cells, memo)
        except csv.Error as error:
            code = "cell_too_long" if "field larger" in str(error) else "bad_quoting"
            params = {"row": number + 1, "limit": self._limits.max_cell_chars}
            raise TabularError(code, params) from error

    def _clean(self, number, cells, memo):
        """Strip the cells, share equal texts, mark formulas, keep to the limits."""
        limits = self._limits
        if len(cells) > limits.max_columns:
            params = {"row": number, "count": len(cells), "limit": limits.max_columns}
            raise TabularError("too_many_columns", params)
        if cells and max(map(len, cells)) > limits.max_cell_chars:
            params = {"row": number, "limit": limits.max_cell_chars}
            raise TabularError("cell_too_long", params)
        if len(memo) > 100_000:
            memo.clear()
        keep = memo.setdefault
        cells = [keep(cell, cell) for cell in map(str.strip, cells)]
        if any(cell[:1] == "=" for cell in cells):
            cells = [FormulaCell(cell) if cell[:1] == "=" else cell for cell in cells]
        return cells


def _evenness(lines, delimiter):
    """Score a delimiter: (share of rows with the commonest width, the width)."""
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return (0, 0)
    if not widths:
        return (0, 0)
    common = max(set(widths), key=lambda width: (width > 1, widths.count(width)))
    if common == 1:
        return (0, 0)
    return (widths.count(common) / len(widths), common)


def detect_encoding(content):
    """Name the encoding of a text: BOM, UTF-8, UTF-16 without BOM, Vietnamese
    code page 1258, else what charset-normalizer finds.

    >>> detect_encoding("Họ và tên".encode("utf-8-sig"))
    'utf-8-sig'
    >>> import unicodedata
    >>> detect_encoding("H\\u1ecd".encode("utf-16"))
    'utf-16'
    """
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = content[:65_536]
    if b"\x00" in sample:
        return _utf16_without_bom(sample)
    try:
        content.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        _refuse_broken_utf8(content, error)
    if _looks_like_cp1258(sample):
        return "cp1258"
    best = charset_normalizer.from_bytes(sample).best()
    if best is None:
        raise TabularError("unknown_encoding")
    return best.encoding


def _refuse_broken_utf8(content, error):
    """Text that is UTF-8 but for a few bytes is damaged, not another encoding."""
    text = content.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    foreign = sum(1 for sign in text[:MIB] if not sign.isascii())
    if broken * 10 < foreign:
        params = {"encoding": "utf-8", "position": error.start}
        raise TabularError("bad_encoding", params) from error


def _utf16_without_bom(sample):
    """In UTF-16 text every second byte of the ASCII letters is zero."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    if even > 4 * odd:
        return "utf-16-be"
    raise TabularError("binary_text")


#: marks that follow a vowel in code page 1258: grave, acute, tilde, hook, dot
_MARKS = "\u0300\u0301\u0303\u0309\u0323"
_VOWELS = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"


def _looks_like_cp1258(sample):
    """Code page 1258 writes tones as marks of their own after the vowel.

    In a text of another code page the same bytes are letters and stand after
    anything, so nearly all of them after a vowel tell 1258.
    """
    try:
        text = sample.decode("cp1258", errors="ignore")
    except LookupError:
        return False
    marks = [i for i, sign in enumerate(text) if sign in _MARKS]
    if not marks:
        return False
    placed = sum(1 for i in marks if i and text[i - 1] in _VOWELS)
    return placed >= 0.9 * len(marks)


# === WORKBOOK === #


class XlsxReader(_Reader):
    """XLSX, after the archive was checked."""

    kind = "xlsx"

    def _open(self):
        try:
            with zipfile.ZipFile(io.BytesIO(self._content)) as archive:
                _check_archive(archive, self._limits)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
            raise TabularError("damaged_file") from error
        except RuntimeError as error:  # zipfile asks for a password
            raise TabularError("encrypted") from error
        with _damage_reported():
            self._book = Sheets(self._content)
            self.sheets = self._book.names
        self._choose_sheet()

    def _choose_sheet(self):
        """Take the sheet asked for, else the first that has cells."""
        if self.sheet and self.sheet not in self.sheets:
            raise TabularError("unknown_sheet", {"sheet": self.sheet})
        for name in [self.sheet] if self.sheet else self.sheets:
            with _damage_reported():
                rows, columns = self._book.dimension(name)
            if rows * columns > self._limits.max_declared_cells or rows > LAST_ROW:
                params = {"sheet": name, "dimension": f"{rows} × {columns}"}
                raise TabularError("huge_dimension", params)
            self.sheet = name
            if any(cells for _number, cells in self._raw_rows()):
                return
        raise TabularError("no_sheet")

    def _raw_rows(self):
        limit = self._limits.max_columns
        with _damage_reported():
            for number, cells in self._book.rows(self.sheet):
                if number > LAST_ROW:
                    raise TabularError("too_many_rows", {"limit": LAST_ROW})
                if len(cells) > limit:
                    params = {"row": number, "count": len(cells), "limit": limit}
                    raise TabularError("too_many_columns", params)
                yield number, cells


@contextlib.contextmanager
def _damage_reported():
    """A workbook made by a stranger can break a reader in any way: say so."""
    try:
        yield
    except (TabularError, GeneratorExit):
        raise
    except Exception as error:
        raise TabularError("damaged_file") from error


def _check_archive(archive, limits):
    """Refuse bombs, passwords, macros and entity declarations.

    ``zipfile`` never gives more bytes of a part than its directory declares,
    so the declared sizes bound what reading can cost.
    """
    parts = archive.infolist()
    if len(parts) > limits.max_parts:
        raise TabularError("zip_entries", {"count": len(parts)})
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    if unpacked > limits.max_unpacked_bytes:
        params = {"size": unpacked / MIB, "limit": limits.max_unpacked_bytes / MIB}
        raise TabularError("unpacked_too_large", params)
    if unpacked > limits.ratio_from_bytes and unpacked > packed * limits.max_ratio:
        raise TabularError("zip_ratio", {"ratio": unpacked // packed})
    names = {part.filename for part in parts}
    if not any(name.endswith("workbook.xml") for name in names):
        raise TabularError("damaged_file")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise TabularError("macros")
    for part in parts:
        if part.flag_bits & 0x1:
            raise TabularError("encrypted")
        if part.filename.lower().endswith((".xml", ".rels", ".vml")):
            _check_xml_part(archive, part)


def _check_xml_part(archive, part):
    """A workbook has no DTD: any declaration is an attack, as is odd encoding.

    Outside a DTD both words can only stand escaped, so searching them is exact.
    """
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(MIB):
            if not tail and chunk[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                raise TabularError("external_entity", {"part": part.filename})
            text = tail + chunk
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\x00" in text:
                raise TabularError("external_entity", {"part": part.filename})
            tail = chunk[-16:]
