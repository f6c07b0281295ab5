"""Rows of a register of legal documents, as agencies keep it in a workbook.

Columns are known by their Vietnamese or English heads, whatever their order; numbers
tell the kind where no column does; several numbers stand in one cell.

>>> columns(["STT", "Số, ký hiệu", "Trích yếu", "Ngày ban hành", "Ngày hiệu lực", "Thay thế"])
{'number': 1, 'name': 2, 'issued_on': 3, 'effective_date': 4, 'replaces': 5}
>>> row = read({"number": "Nghị định số 61/2018/NĐ-CP", "name": "Một cửa",
...             "effective_date": "21/06/2018", "replaces": "09/2015/QĐ-TTg; 5/2018/QĐ-TTg"})
>>> row["number"], row["kind"], row["effective_date"]
('61/2018/NĐ-CP', 'decree', datetime.date(2018, 6, 21))
>>> row["links"]
[('replaces', '09/2015/QĐ-TTg'), ('replaces', '5/2018/QĐ-TTg')]
"""

import datetime
import re

from . import legal_number, moments
from .tabular import cell_text
from .vietnamese import clean, fold

DATES = ("issued_on", "effective_date", "expiry_date")
LINKS = ("replaces", "repeals", "repeals_part", "amends", "guides")
TEXTS = ("name", "summary", "issuer", "url", "note")
REQUIRED = ("number", "name")
_HEADS = {
    "number": ("number", "số hiệu", "số ký hiệu", "số, ký hiệu", "số văn bản", "số/ký hiệu", "số"),
    "name": ("title", "name", "tên văn bản", "tên", "trích yếu", "trích yếu nội dung"),
    "summary": ("summary", "tóm tắt", "nội dung", "nội dung chính"),
    "kind": ("kind", "type", "loại văn bản", "loại", "hình thức văn bản"),
    "issuer": ("issuer", "cơ quan ban hành", "nơi ban hành"),
    "issued_on": ("issued on", "issued", "date", "ngày ban hành", "ngày ký", "ngày, tháng, năm"),
    "effective_date": (
        ("effective", "takes effect on", "effective date", "ngày hiệu lực", "ngày có hiệu lực")
        + ("hiệu lực từ", "hiệu lực từ ngày")
    ),
    "expiry_date": ("ends on", "expiry", "expiry date", "ngày hết hiệu lực", "hết hiệu lực"),
    "replaces": ("replaces", "thay thế", "thay thế văn bản", "văn bản bị thay thế"),
    "repeals": ("repeals", "bãi bỏ", "văn bản bị bãi bỏ"),
    "repeals_part": ("repeals parts of", "bãi bỏ một phần"),
    "amends": ("amends", "sửa đổi", "sửa đổi, bổ sung", "văn bản được sửa đổi"),
    "guides": ("guides", "hướng dẫn", "quy định chi tiết", "văn bản được hướng dẫn"),
    "url": ("link", "url", "đường dẫn", "liên kết"),
    "note": ("note", "ghi chú"),
}
_BY_HEAD = {fold(head): name for name, heads in _HEADS.items() for head in heads}
_KINDS = {
    fold(word): kind
    for kind, words in {
        "law": ("luật", "bộ luật", "law"),
        "ordinance": ("pháp lệnh", "ordinance"),
        "resolution": ("nghị quyết", "resolution"),
        "decree": ("nghị định", "decree"),
        "decision": ("quyết định", "decision"),
        "directive": ("chỉ thị", "directive"),
        "circular": ("thông tư", "circular"),
        "joint_circular": ("thông tư liên tịch", "joint circular"),
        "consolidated": ("văn bản hợp nhất", "consolidated text"),
        "letter": ("công văn", "official letter", "letter"),
        "other": ("khác", "văn bản khác", "other"),
    }.items()
    for word in words
}
# Dates of workbooks; a moment at noon is on the same day in every zone of the country.
_DATES = tuple(moments.MomentReader(name, "UTC") for name in ("iso", "dmy", "ymd"))


def _lt(text):
    """Mark a message for translation; the ORM side translates it."""
    return text


MESSAGES = {
    "no_number": _lt("The number is empty."),
    "no_name": _lt("The title is empty."),
    "bad_date": _lt("“%(value)s” in “%(column)s” is not a date."),
    "bad_order": _lt("The dates of issue, effect and end are not in this order."),
    "unknown_kind": _lt("“%(value)s” is no kind of document."),
    "bad_url": _lt("“%(value)s” is not a link: it begins with http:// or https://."),
    "repeated": _lt("The number stands in row %(row)s already."),
    "unknown_target": _lt("%(number)s is not in the register; the effect on it is not noted."),
}


class RowError(ValueError):
    """A row that is not taken: ``template`` and ``params`` say why."""

    def __init__(self, key, **params):
        super().__init__(key)
        self.key = key
        self.template = MESSAGES[key]
        self.params = params


def columns(header):
    """Return ``{field: index}`` of the columns that are known by their heads."""
    found = {}
    for index, head in enumerate(header):
        name = _BY_HEAD.get(fold(head))
        if name:
            found.setdefault(name, index)
    return found


def missing(found):
    """Return the fields without which nothing can be read.

    >>> missing({"number": 0})
    ['name']
    """
    return [name for name in REQUIRED if name not in found]


def read(cells):
    """Return the values of one row.

    :param dict cells: ``{field: cell}``
    :raise RowError: when the row is not taken
    :return: fields of the register; ``links`` are ``(kind, number)``
    """
    texts = {name: clean(cell_text(value)) for name, value in cells.items()}
    number = _number(texts.get("number", ""))
    values = {name: texts.get(name, "") for name in TEXTS}
    if not values["name"]:
        raise RowError("no_name")
    if values["url"] and not re.match(r"https?://", values["url"], re.IGNORECASE):
        raise RowError("bad_url", value=values["url"])
    dates = {name: _date(cells.get(name), name) for name in DATES}
    known = [day for day in dates.values() if day]
    if known != sorted(known):
        raise RowError("bad_order")
    kind = _kind(texts.get("kind", ""), number)
    return {"number": number, "kind": kind, **values, **dates, "links": _links(texts)}


def _number(text):
    """Take the number out of “Nghị định số 61/2018/NĐ-CP”; another sign stays as it is."""
    found = legal_number.find(text)
    if not text:
        raise RowError("no_number")
    return found[0] if found else text


def _kind(text, number):
    if not text:
        return legal_number.kind(number)
    kind = _KINDS.get(fold(text))
    if not kind:
        raise RowError("unknown_kind", value=text)
    return kind


def _date(value, column):
    """Return a date or None; a year alone or a word is refused."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    for reader in _DATES:
        try:
            moment, _has_time = reader.read(value if isinstance(value, str) else cell_text(value))
        except moments.MomentError:
            continue
        return moment.date()
    raise RowError("bad_date", value=cell_text(value), column=_HEADS[column][0])


def _links(texts):
    return [(kind, number) for kind in LINKS for number in (legal_number.find(texts.get(kind, "")))]
