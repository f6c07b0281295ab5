"""The index workbook of a set of documents, and the files that lie beside it.

An agency that has its documents in a folder lists them in a table: code, title, kind,
issue and revision, dates, file. Heads are Vietnamese or English; what a row lacks or says
wrongly has a code, so that the message names the row.

>>> sorted(columns(["Mã hiệu", "Tên tài liệu", "Loại", "Lần ban hành", "Tệp"]))
['code', 'file', 'issue', 'kind', 'title']
>>> read_number("02/03"), read_number("Lần 2"), read_number("")
((2, 3), (2, 0), (1, 0))
"""

import re
import unicodedata

from . import archive
from .catalogue import Row
from .catalogue import RowError as CellError
from .vietnamese import clean, fold

ARCHIVE_LIMITS = archive.Limits(members=3_000, size=512 * archive.MIB)
MAX_NUMBER = 999
TABLES = (".xlsx", ".csv", ".tsv")

_ALIASES = {
    fold(head): name
    for name, heads in {
        "code": ("code", "Mã hiệu", "Mã tài liệu", "Mã số", "Ký hiệu", "Mã"),
        "title": ("title", "name", "Tên tài liệu", "Tên quy trình", "Tiêu đề", "Tên"),
        "kind": ("kind", "Loại tài liệu", "Loại"),
        "issue": ("issue", "Lần ban hành"),
        "revision": ("revision", "Lần sửa đổi", "Lần soát xét"),
        "number": ("number", "Lần ban hành/sửa đổi", "Lần BH/SĐ", "Phiên bản"),
        "issued_on": ("issued_on", "Ngày ban hành", "Ngày ký"),
        "effective_from": ("effective_from", "Ngày hiệu lực", "Ngày áp dụng", "Hiệu lực từ"),
        "decision_no": ("decision_no", "Số quyết định", "Quyết định"),
        "decision_date": ("decision_date", "Ngày quyết định"),
        "file": ("file", "Tệp", "Tên tệp", "Tên file", "Tập tin", "File đính kèm"),
        "unit": ("unit", "Đơn vị", "Phòng", "Bộ phận", "Đơn vị soạn thảo", "Đơn vị chủ trì"),
        "positions": ("positions", "Vị trí", "Vị trí áp dụng", "Phân phối"),
        "confidentiality": ("confidentiality", "Mức độ bảo mật", "Độ mật"),
        "retention_years": ("retention_years", "Thời hạn lưu", "Thời gian lưu"),
        "review_by": ("review_by", "Ngày soát xét", "Ngày xem xét tiếp theo"),
        "external_no": ("external_no", "Số, ký hiệu văn bản", "Số ký hiệu"),
        "external_issuer": ("external_issuer", "Cơ quan ban hành"),
        "external_date": ("external_date", "Ngày văn bản"),
        "note": ("note", "Ghi chú"),
    }.items()
    for head in heads
}
REQUIRED = frozenset({"code", "title", "kind"})
DATES = ("issued_on", "effective_from", "decision_date", "review_by", "external_date")
CONFIDENTIALITIES = {
    fold(word): key
    for word, key in (
        ("public", "public"),
        ("công khai", "public"),
        ("internal", "internal"),
        ("nội bộ", "internal"),
        ("restricted", "restricted"),
        ("hạn chế", "restricted"),
    )
}
# What Vietnamese agencies call the kinds that the product brings along.
KINDS = {
    fold(word): key
    for key, words in {
        "policy": ("Chính sách chất lượng", "Chính sách"),
        "objectives": ("Mục tiêu chất lượng", "Mục tiêu"),
        "manual": ("Sổ tay chất lượng", "Sổ tay"),
        "system": ("Quy trình hệ thống", "Quy trình chung"),
        "operating": ("Quy trình tác nghiệp", "Quy trình"),
        "instruction": ("Hướng dẫn công việc", "Hướng dẫn"),
        "form": ("Biểu mẫu",),
        "external": ("Tài liệu bên ngoài", "Văn bản bên ngoài"),
        "record_list": ("Danh mục hồ sơ",),
    }.items()
    for word in words
}
_NUMBER = re.compile(r"\d+")


def _lt(text):
    """Mark a message for translation; the ORM side translates it."""
    return text


MESSAGES = {
    "cell_empty": _lt("The column “%(column)s” is empty."),
    "not_a_date": _lt("“%(value)s” in the column “%(column)s” is no date (day/month/year)."),
    "bad_number": _lt("“%(value)s” is no number of an issue or revision."),
    "bad_years": _lt("“%(value)s” is no number of years."),
    "bad_confidentiality": _lt("“%(value)s” is no level of confidentiality."),
    "code_twice": _lt("The code “%(code)s” stands in row %(row)s already."),
    "file_missing": _lt("The file “%(name)s” is not in the folder."),
    "file_double": _lt("The folder holds more than one file “%(name)s”."),
    "archive_damaged": _lt("“%(name)s” is not a readable ZIP file."),
    "archive_too_large": _lt("“%(name)s” is too large or packed suspiciously."),
}


class IndexProblem(ValueError):
    """What is wrong with a row or an archive, with the words for it."""

    def __init__(self, key, **params):
        super().__init__(key)
        self.key = key
        self.template = MESSAGES[key]
        self.params = params


# === FILES === #


def unpack(content, name):
    """Return ``[(path, bytes)]`` of an upload: what a ZIP holds, or the file itself.

    :raise IndexProblem: when the archive is damaged or costs too much to open
    """
    try:
        return archive.unpack(content, name, ARCHIVE_LIMITS)
    except archive.ArchiveError as error:
        raise IndexProblem(error.code, **error.params) from error


class Folder:
    """The files of a set, found by their path or by their bare name, however spelt."""

    def __init__(self, members):
        self._by_key = {}
        for path, content in members:
            for key in {_key(path), _key(path.rsplit("/", 1)[-1])}:
                self._by_key.setdefault(key, []).append((path.rsplit("/", 1)[-1], content))

    def find(self, name):
        """Return ``(file name, bytes)``.

        :raise IndexProblem: when there is none, or more than one

        >>> Folder([("QT/Quy trình.pdf", b"x")]).find("quy trình.pdf")
        ('Quy trình.pdf', b'x')
        """
        found = self._by_key.get(_key(name), [])
        if not found:
            raise IndexProblem("file_missing", name=name)
        if len(found) > 1:
            raise IndexProblem("file_double", name=name)
        return found[0]


def _key(path):
    path = unicodedata.normalize("NFC", path).replace("\\", "/").strip().lower()
    return path.removeprefix("./").strip("/")


# === ROWS === #


def columns(header):
    """Return ``{column: place}`` of the heads that are known; the first of a name counts."""
    found = {}
    for place, head in enumerate(header):
        name = _ALIASES.get(fold(clean(str(head or ""))))
        if name:
            found.setdefault(name, place)
    return found


def is_index(header):
    """Whether a table with these heads lists documents.

    >>> is_index(["STT", "Mã hiệu", "Tên tài liệu", "Loại tài liệu"]), is_index(["a", "b"])
    (True, False)
    """
    return columns(header).keys() >= REQUIRED


def rows(table):
    """Return the rows of an index (``tabular.Table``) with known column names."""
    places = columns(table.header)
    return [
        Row(number, {name: cells[place] for name, place in places.items() if place < len(cells)})
        for number, cells in zip(table.numbers, table.rows, strict=True)
    ]


def read_row(row):
    """Return what a row says about a document, as plain values; names stand for links.

    :raise IndexProblem: when something required is missing or cannot be read
    """
    values = {name: clean(row.text(name)) for name in set(_ALIASES.values()) - {*DATES}}
    for name in ("code", "title", "kind"):
        if not values[name]:
            raise IndexProblem("cell_empty", column=name)
    try:
        values.update({name: row.date(name) or False for name in DATES})
    except CellError as error:
        raise IndexProblem("not_a_date", **error.params) from error
    values["issue_no"], values["revision_no"] = _row_number(values)
    values["retention_years"] = _years(values["retention_years"])
    values["confidentiality"] = _confidentiality(values["confidentiality"])
    values["files"] = _split(row.text("file"))
    values["positions"] = _split(values["positions"])
    return values


def _row_number(values):
    if values["number"]:
        return read_number(values["number"])
    issue_no, _rest = read_number(values["issue"])
    revision = values["revision"]
    return issue_no, _one_number(revision) if revision else 0


def read_number(text):
    """Return ``(issue, revision)`` of “02/03”, “1.0”, “Lần 2”; empty is the first issue."""
    if not text:
        return 1, 0
    numbers = [int(found) for found in _NUMBER.findall(text)]
    if not 1 <= len(numbers) <= 2 or max(numbers) > MAX_NUMBER or not numbers[0]:
        raise IndexProblem("bad_number", value=text)
    return (*numbers, 0)[:2]


def _one_number(text):
    numbers = _NUMBER.findall(text)
    if len(numbers) != 1 or int(numbers[0]) > MAX_NUMBER:
        raise IndexProblem("bad_number", value=text)
    return int(numbers[0])


def _years(text):
    if not text:
        return None
    found = _NUMBER.match(text)
    if not found or int(found[0]) > MAX_NUMBER:
        raise IndexProblem("bad_years", value=text)
    return int(found[0])


def _confidentiality(text):
    if not text:
        return None
    key = CONFIDENTIALITIES.get(fold(text))
    if not key:
        raise IndexProblem("bad_confidentiality", value=text)
    return key


def _split(text):
    return [part for part in (clean(part) for part in re.split(r"[;\n]", text or "")) if part]
