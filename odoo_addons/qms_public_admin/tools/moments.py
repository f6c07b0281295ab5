"""Dates and times as strangers write them, to naive UTC.

A column has one format; it is detected from its values and shown before an
import runs, because 03/04/2026 is two different days. Values with an offset are
instants whatever the time zone of the mapping; values without one are local.
Milliseconds are kept. A spreadsheet's zero (1899, 1900) is an error, never a date.
"""

import datetime
import functools
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from .xlsx import ErrorCell, FormulaCell

UTC = datetime.timezone.utc
#: what a mapping may say of a column; ``auto`` is resolved before running
FORMATS = ("iso", "dmy", "hm_dmy", "mdy", "ymd", "compact", "serial")
#: years an administrative record can have; outside lie the fillers of software
FIRST_YEAR, LAST_YEAR = 1950, 2100
_EPOCH = datetime.datetime(1899, 12, 30)

_CLOCK = (
    r"(?P<H>\d{1,2})(?:[:hg]|\s*giờ\s*)(?P<M>\d{1,2})?(?:\s*phút)?"
    r"(?::(?P<S>\d{1,2})(?:[.,](?P<f>\d{1,9}))?)?(?:\s*(?P<ap>[AP]M))?"
)
_OFFSET = r"\s*(?P<tz>Z|UTC|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
_LATER = rf"(?:[T ,]+{_CLOCK}{_OFFSET})?"
_D, _M, _Y = r"(?P<d>\d{1,2})", r"(?P<m>\d{1,2})", r"(?P<y>\d{4})"
_PATTERNS = {
    "iso": rf"{_Y}-{_M}-{_D}{_LATER}",
    "dmy": rf"{_D}[/.-]{_M}[/.-]{_Y}{_LATER}",
    "hm_dmy": rf"{_CLOCK}[ ,]+(?:ngày )?{_D}[/.-]{_M}[/.-]{_Y}",
    "mdy": rf"{_M}[/.-]{_D}[/.-]{_Y}{_LATER}",
    "ymd": rf"{_Y}[/.]{_M}[/.]{_D}{_LATER}",
    "compact": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"
    r"(?:T?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?(?P<f>)(?P<ap>))?",
}
_COMPILED = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _PATTERNS.items()}
# What most systems write, read without the pattern of everything they might write.
_USUAL = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_SERIAL = re.compile(r"\d{1,7}(?:[.,]\d+)?")


class MomentError(ValueError):
    """A value that is no moment: ``code`` is a key of ``mapping.MESSAGES``."""

    def __init__(self, code, value):
        self.code = code
        self.value = value
        super().__init__(f"{code}: {value}")


@dataclass(frozen=True)
class Detection:
    """What the values of a column look like.

    ``name`` is a format, or empty when no format reads every value;
    ``is_ambiguous`` when day and month could be exchanged; ``has_offset``,
    ``has_time`` describe the values; ``unread`` gives the first value that the
    best format cannot read.
    """

    name: str
    is_ambiguous: bool = False
    has_offset: bool = False
    has_time: bool = False
    unread: str = ""


def detect(values):
    """Detect the format of a column from some of its values.

    >>> detect(["31/12/2026 16:30", "01/02/2026 07:00"]).name
    'dmy'
    >>> detect(["01/02/2026"]).is_ambiguous
    True
    >>> detect(["2011-10-11 13:45:40.276000+02:00"])
    Detection(name='iso', is_ambiguous=False, has_offset=True, has_time=True, unread='')
    """
    texts = [v.strip() for v in values if isinstance(v, str) and v.strip()]
    cells = [v for v in values if not isinstance(v, str) and v is not None]
    return _detect_texts(tuple(dict.fromkeys(texts))) if texts else _detect_cells(cells)


@functools.lru_cache(maxsize=32)  # a file is guessed, completed and shown in turn
def _detect_texts(texts):
    reads = {name: _count_reads(name, texts) for name in FORMATS}
    best = max(FORMATS, key=lambda name: reads[name])
    if not reads[best]:
        return Detection("", unread=texts[0])
    unread = next((t for t in texts if not _can_read(best, t)), "")
    matches = [m for t in texts if (m := _match(best, t))]
    return Detection(
        name=best,
        is_ambiguous=best == "dmy" and reads["mdy"] == reads["dmy"],
        has_offset=any(m.groupdict().get("tz") for m in matches),
        has_time=any(m.group("H") for m in matches) or best == "serial",
        unread=unread,
    )


def _detect_cells(cells):
    """Workbook cells that are dates already need no format."""
    has_time = any(
        isinstance(cell, datetime.datetime) and cell.time() != datetime.time() for cell in cells
    )
    if any(isinstance(cell, int | float) for cell in cells):
        return Detection("serial", has_time=True)
    return Detection("iso", has_time=has_time) if cells else Detection("")


def _count_reads(name, texts):
    return sum(1 for text in texts if _can_read(name, text))


def _match(name, text):
    return _COMPILED[name].fullmatch(text) if name != "serial" else None


def _can_read(name, text):
    try:
        _read_text(name, text)
    except MomentError as error:
        return error.code in ("date_too_early", "date_too_late")
    return True


class MomentReader:
    """Read the values of one column.

    :param str name: one of :data:`FORMATS`
    :param str tz: IANA name of the zone of values without an offset
    """

    def __init__(self, name, tz):
        if name not in FORMATS:
            raise ValueError(f"unknown format of dates: {name!r}")
        self.name = name
        self._zone = ZoneInfo(tz)
        self._memo = {}

    def read(self, value):
        """Give ``(naive UTC or None, has a time of day)``.

        :raises MomentError: for anything that is not a moment
        """
        result = self._memo.get(value)
        if result is not None:
            return result
        result = self._read(value)
        if len(self._memo) > 200_000:
            self._memo.clear()
        self._memo[value] = result
        return result

    def _read(self, value):
        if value is None or value == "":
            return None, False
        moment, has_time = _read_value(self.name, value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._zone)
        _check_year(moment, value)
        return moment.astimezone(UTC).replace(tzinfo=None), has_time


def _read_value(name, value):
    if isinstance(value, FormulaCell | ErrorCell):
        raise MomentError(value.code, value)
    if isinstance(value, str):
        return _read_text(name, value.strip())
    if isinstance(value, bool):
        raise MomentError("bad_date", value)
    if isinstance(value, datetime.datetime):
        return value, value.time() != datetime.time()
    if isinstance(value, datetime.date):
        return datetime.datetime.combine(value, datetime.time()), False
    if isinstance(value, int | float):
        if name == "compact":
            return _read_text(name, str(int(value)))
        return _from_serial(value, value)
    if isinstance(value, datetime.time | datetime.timedelta):
        raise MomentError("date_too_early", value)
    raise MomentError("bad_date", value)


def _read_text(name, text):
    if name == "serial":
        if not _SERIAL.fullmatch(text):
            raise MomentError("bad_date", text)
        return _from_serial(float(text.replace(",", ".")), text)
    if name == "iso" and len(text) in (19, 26, 32):
        try:  # the form software writes; five times as fast as the pattern
            return _checked(datetime.datetime.fromisoformat(text), text), True
        except ValueError as error:
            if isinstance(error, MomentError):
                raise
    if name in ("dmy", "mdy") and (usual := _USUAL.fullmatch(text)):
        return _from_usual(name, usual, text)
    match = _COMPILED[name].fullmatch(text)
    if not match:
        raise MomentError("bad_date", text)
    return _from_match(match, text)


def _from_usual(name, match, text):
    first, second, year, hour, minute, second_of = map(int, match.groups("0"))
    day, month = (first, second) if name == "dmy" else (second, first)
    try:
        moment = datetime.datetime(year, month, day, hour, minute, second_of)
    except ValueError as error:
        raise MomentError("bad_date", text) from error
    return _checked(moment, text), True


def _from_match(match, text):
    parts = match.groupdict()
    hour = int(parts["H"] or 0)
    if parts.get("ap"):
        hour = hour % 12 + (12 if parts["ap"].upper() == "PM" else 0)
    fraction = (parts.get("f") or "").ljust(6, "0")[:6]
    try:
        moment = datetime.datetime(
            int(parts["y"]),
            int(parts["m"]),
            int(parts["d"]),
            hour,
            int(parts["M"] or 0),
            int(parts["S"] or 0),
            int(fraction),
            tzinfo=_offset(parts.get("tz")),
        )
    except ValueError as error:
        raise MomentError("bad_date", text) from error
    return _checked(moment, text), parts["H"] is not None


def _offset(text):
    if not text:
        return None
    if text.upper() in ("Z", "UTC"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    delta = datetime.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return datetime.timezone(-delta if text[0] == "-" else delta)


def _from_serial(number, value):
    """A spreadsheet counts days from 1899-12-30; a fraction is the time of day."""
    try:
        moment = _EPOCH + datetime.timedelta(days=number)
    except (OverflowError, ValueError) as error:
        raise MomentError("bad_date", value) from error
    milliseconds = round(moment.microsecond / 1000)
    moment = moment.replace(microsecond=0)
    moment += datetime.timedelta(milliseconds=milliseconds)
    return _checked(moment, value), float(number) % 1 != 0


def _checked(moment, value):
    _check_year(moment, value)
    return moment


def _check_year(moment, value):
    if moment.year < FIRST_YEAR:
        raise MomentError("date_too_early", value)
    if moment.year > LAST_YEAR:
        raise MomentError("date_too_late", value)
