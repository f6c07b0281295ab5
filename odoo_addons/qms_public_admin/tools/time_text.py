"""Read the time limits that Vietnamese decisions and portals print in words.

The printed text stays the evidence; what is read from it is either certain or
carries issues that a person has to settle. Nothing is guessed in silence:

>>> parse("0,25 ngày làm việc").hours
2.0
>>> parse("1/2 ngày").hours
4.0
>>> parse("04 giờ").hours
4.0
>>> parse("Giờ hành chính").state
'not_counted'
>>> parse("1").issues
('missing_unit',)
>>> parse("15 ngày").kind
'calendar'

Durations are hours, ``hours_per_day`` (8 by default) hours make one day, for
working days and calendar days alike, as the provincial systems store them.
"""

import re
import unicodedata
from dataclasses import dataclass, replace

HOURS_PER_DAY = 8.0

# Issues that make a time uncertain: they stop publication until a person has
# settled them.
BLOCKING_ISSUES = frozenset(
    {
        "missing",
        "missing_unit",
        "ambiguous_day",
        "ambiguous_hour",
        "mixed_units",
        "several_values",
        "several_totals",
        "unparsed",
    }
)

# (printed unit, key, days or hours it stands for, kind). Longer names first:
# "ngày làm việc" starts with "ngày".
_UNITS = (
    ("giờ làm việc", "working_hour", "hour", 1.0, "working"),
    ("giờ hành chính", "working_hour", "hour", 1.0, "working"),
    ("ngày làm việc", "working_day", "day", 1.0, "working"),
    ("ngày lv", "working_day", "day", 1.0, "working"),
    ("buổi làm việc", "half_day", "day", 0.5, "working"),
    ("buổi", "half_day", "day", 0.5, "working"),
    ("phút", "minute", "hour", 1 / 60, "working"),
    ("giờ", "hour", "hour", 1.0, "working"),
    ("ngày", "day", "day", 1.0, "calendar"),
    ("tuần", "week", "day", 7.0, "calendar"),
    ("tháng", "month", "day", 30.0, "calendar"),
    ("năm", "year", "day", 365.0, "calendar"),
)
_UNIT_BY_NAME = {name: (key, base, factor, kind) for name, key, base, factor, kind in _UNITS}
_UNIT_BY_KEY = {key: (base, factor, kind) for _name, key, base, factor, kind in _UNITS}
_UNIT_BY_KEY["calendar_day"] = ("day", 1.0, "calendar")

_NUMBER = r"\d+\s*/\s*\d+|\d+(?:[.,]\d+)?"
_QUANTITY = re.compile(
    # "15 (mười lăm) ngày", "mười (10) ngày", "0,5 ngày", "1/4 ngày"
    rf"(?<![\d/.,])(?P<number>{_NUMBER})\s*\)?\s*(?:\([^()\d]*\)\s*)?"
    rf"(?P<unit>{'|'.join(re.escape(name) for name, *_rest in _UNITS)})(?!\w)"
)
_BARE_NUMBER = re.compile(rf"(?:{_NUMBER})")
# What is said in brackets about another figure is not the time limit itself.
_ASIDE = re.compile(r"\([^()]*(?:cắt giảm|tương đương|tỷ lệ)[^()]*\)")
# "after 15:00" is a moment of the day, not a duration.
_MOMENT = re.compile(rf"(?:sau|trước|lúc|từ)\s+(?:{_NUMBER})\s*(?:giờ|h)(?!\s*làm việc)\b")

_NOT_COUNTED = (
    (re.compile(r"không tính (?:vào )?thời gian|không tính$"), "not_counted"),
    (re.compile(r"^(?:trong )?giờ hành chính"), "office_hours"),
    (re.compile(r"^không (?:quy định|xác định|giới hạn)"), "not_specified"),
    (re.compile(r"^(?:trả kết quả )?ngay\b|^trong ngày\b|^ngay trong\b"), "immediate"),
)


@dataclass(frozen=True)
class TimeText:
    """A printed time limit as read; ``hours`` is None when it is not certain.

    ``state`` is ``timed``, ``not_counted`` (the text says that no time is
    counted) or ``missing`` (no usable time).
    """

    text: str
    value: float | None = None
    unit: str = ""
    hours: float | None = None
    kind: str = ""
    state: str = "missing"
    issues: tuple[str, ...] = ()

    @property
    def blocking_issues(self):
        return tuple(issue for issue in self.issues if issue in BLOCKING_ISSUES)


def parse(text, hours_per_day=HOURS_PER_DAY, default_unit=""):
    """Read one printed time limit.

    :param str text: the cell as printed
    :param float hours_per_day: hours that make one day
    :param str default_unit: unit key of the column head, for a bare number
    :rtype: TimeText
    """
    printed = (text or "").strip()
    plain = _plain(printed)
    if not plain:
        return TimeText(printed, issues=("missing",))
    for pattern, issue in _NOT_COUNTED:
        if pattern.search(plain):
            return TimeText(printed, state="not_counted", issues=(issue,))
    found = quantities(printed, hours_per_day)
    if not found:
        return _parse_bare(printed, plain, hours_per_day, default_unit)
    if len({(item.hours, item.kind) for item in found}) > 1:
        return TimeText(printed, issues=("several_values",))
    return replace(found[0], text=printed)


def quantities(text, hours_per_day=HOURS_PER_DAY):
    """Return every duration named in a text, in its order (list of TimeText)."""
    plain = _MOMENT.sub(" ", _ASIDE.sub(" ", _plain(text)))
    return [
        _timed(match.group(0), _number(match["number"]), match["unit"], hours_per_day)
        for match in _QUANTITY.finditer(plain)
    ]


def from_columns(value, unit, text="", hours_per_day=HOURS_PER_DAY):
    """Read a time given as two cells, a number and a unit key."""
    if unit not in _UNIT_BY_KEY or value is None:
        return parse(text, hours_per_day)
    base, factor, kind = _UNIT_BY_KEY[unit]
    return _build(text, value, unit, base, factor, kind, hours_per_day)


def _parse_bare(printed, plain, hours_per_day, default_unit):
    if not _BARE_NUMBER.fullmatch(plain):
        return TimeText(printed, issues=("unparsed",))
    value = _number(plain)
    if default_unit not in _UNIT_BY_KEY:
        return TimeText(printed, value=value, issues=("missing_unit",))
    base, factor, kind = _UNIT_BY_KEY[default_unit]
    return _build(printed, value, default_unit, base, factor, kind, hours_per_day)


def _timed(text, value, unit_name, hours_per_day):
    key, base, factor, kind = _UNIT_BY_NAME[unit_name]
    return _build(text, value, key, base, factor, kind, hours_per_day)


def _build(text, value, unit, base, factor, kind, hours_per_day):
    hours = value * factor * (hours_per_day if base == "day" else 1.0)
    issues = []
    if unit == "day" and value != int(value):
        # A calendar term counts whole days: half a "ngày" cannot be one.
        issues.append("ambiguous_day")
    if unit == "hour" and value > hours_per_day:
        # "24 giờ" is one day round the clock or three working days.
        issues.append("ambiguous_hour")
    if unit in ("month", "year"):
        issues.append("approximate")
    return TimeText(text, value, unit, round(hours, 4), kind, state="timed", issues=tuple(issues))


def _number(text):
    """Return a printed number: decimal comma or point, or a fraction."""
    numerator, slash, denominator = text.replace(" ", "").replace(",", ".").partition("/")
    if not slash:
        return float(numerator)
    return float(numerator) / (float(denominator) or 1.0)


def _plain(text):
    text = unicodedata.normalize("NFC", text or "").replace("½", "1/2").replace("¼", "1/4")
    return re.sub(r"\s+", " ", text).strip().strip(".;:").lower()
