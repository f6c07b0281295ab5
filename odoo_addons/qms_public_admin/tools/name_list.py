"""Read a pasted list of people: one a line, columns as a spreadsheet or a person types them.

``Nguyễn Văn A; Phòng Ngân sách; Chuyên viên`` or the same with tabs. A number in front
("12.", "12)", a column of its own) is that of the list. An address with @ is an e-mail,
wherever it stands.
"""

import re
from dataclasses import dataclass

from .vietnamese import clean, fold

_NUMBER = re.compile(r"^\s*\d{1,4}\s*[.)]?\s*(?:[\t;,|]\s*|\s+)")
_SEPARATOR = re.compile(r"[\t;|]")
MAX_PEOPLE = 5000
#: Heads of columns as lists have them; folded.
HEADS = {
    "name": ("họ và tên", "họ tên", "tên", "name", "full name", "học viên"),
    "unit": ("đơn vị", "phòng", "phòng ban", "cơ quan", "unit", "đơn vị công tác"),
    "title": ("chức vụ", "vị trí", "chức danh", "position"),
    "email": ("email", "e-mail", "thư điện tử", "tài khoản", "login"),
    "attended": ("tham dự", "có mặt", "attended"),
    "result": ("kết quả", "result"),
    "score": ("điểm", "điểm số", "score"),
    "certificate": ("số chứng chỉ", "số chứng nhận", "chứng chỉ", "certificate"),
}
_COLUMN = {fold(head): name for name, heads in HEADS.items() for head in heads}
_YES = {"x", "có", "1", "yes", "đạt", "true", "v", "✓"}
_PASSED = {"đạt", "passed", "pass", "giỏi", "khá", "trung bình", "hoàn thành"}
_FAILED = {"không đạt", "failed", "fail", "chưa đạt"}


@dataclass(frozen=True)
class Person:
    """A line of the list; what it does not say is empty."""

    name: str
    unit: str = ""
    title: str = ""
    email: str = ""
    attended: bool | None = None
    result: str = ""
    score: float | None = None
    certificate: str = ""


def read_lines(text):
    """Return the persons of a pasted list, in order, empty lines left out.

    >>> read_lines("1. Nguyễn  Văn A; Phòng Ngân sách; Chuyên viên")
    [Person(name='Nguyễn Văn A', unit='Phòng Ngân sách', title='Chuyên viên', email='', \
attended=None, result='', score=None, certificate='')]
    >>> [row.email for row in read_lines("2\\tTrần B\\tb@x.vn\\tVăn phòng")]
    ['b@x.vn']
    >>> read_lines(" \\n12\\n;;")
    []
    """
    people = []
    for line in (text or "").splitlines()[: MAX_PEOPLE * 2]:
        cells = [clean(cell) for cell in _SEPARATOR.split(_NUMBER.sub("", line, count=1))]
        email = next((cell for cell in cells if "@" in cell), "")
        cells = [cell for cell in cells if cell != email or not email]
        name, unit, title = (*cells, "", "", "")[:3]
        if name and not name.isdigit():
            people.append(Person(name, unit, title, email))
    return people[:MAX_PEOPLE]


def columns_of(header):
    """Return ``{field: position}`` of the columns a list is known to have.

    >>> columns_of(["STT", "Họ và tên", "Đơn vị", "Kết quả"])
    {'name': 1, 'unit': 2, 'result': 3}
    """
    found = {}
    for place, head in enumerate(header):
        field = _COLUMN.get(fold(head or ""))
        if field and field not in found:
            found[field] = place
    return found


def read_row(columns, cells):
    """Return the person of a row of a table, None for a row without a name.

    >>> read_row({"name": 0, "result": 1, "score": 2}, ["Lê C", "Không đạt", "45,5"])
    Person(name='Lê C', unit='', title='', email='', attended=True, result='failed', \
score=45.5, certificate='')
    """

    def text(field):
        place = columns.get(field)
        value = cells[place] if place is not None and place < len(cells) else ""
        return clean(str(value if value is not None else ""))

    name = text("name")
    if not name or name.isdigit():
        return None
    result = _result(text("result"))
    score = _number(text("score"))
    attended = fold(text("attended")) in _YES if "attended" in columns else None
    if result or score is not None:
        attended = True
    return Person(
        name,
        text("unit"),
        text("title"),
        text("email"),
        attended,
        result,
        score,
        text("certificate"),
    )


def _result(text):
    key = fold(text)
    return "failed" if key in _FAILED else "passed" if key in _PASSED else ""


def _number(text):
    """Return a score between 0 and 100, None where there is none; both decimal marks."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value <= 100 else None
