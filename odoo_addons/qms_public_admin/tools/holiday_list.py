"""Lists of days off: read from a file, proposed from a library, compared with what is.

Public holidays are fixed by yearly notices (Labour Code 2019, art. 112.3; days worked
in lieu by dispatches of the Prime Minister's office). The ``holidays`` package computes
a good guess; it is only ever a *proposal*. An official row replaces a proposal of the
same date, a proposal never replaces an official row.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

import holidays

from .tabular import cell_text

CATEGORIES = ("holiday", "compensation", "swap_off", "swap_work", "agency")
STATUSES = ("official", "proposed")
MIN_YEAR, MAX_YEAR = 1900, 2199
LIBRARY = "PyPI holidays"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# Header names a list may use; the first is ours.
COLUMNS = {
    "date": ("date", "ngày"),
    "weekday": ("weekday", "thứ"),
    "name": ("name", "tên", "tên ngày nghỉ", "nội dung"),
    "category": ("kind", "category", "loại"),
    "status": ("status", "trạng thái"),
    "pair_date": ("pair_date", "pair date", "hoán đổi với"),
    "option": ("option", "phương án"),
    "source": ("source", "nguồn", "căn cứ"),
    "note": ("note", "ghi chú"),
}
REQUIRED = ("date", "name", "category")
_DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S")
_PAIR = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
# Values that make two rows of one date the same.
_COMPARED = ("name", "category", "status", "pair_date", "source", "note")


def _lt(text):
    """Mark a message for translation; the ORM side translates it."""
    return text


MESSAGES = {
    # of a list
    "no_rows": _lt("The list has no row."),
    "missing_columns": _lt(
        "These columns are missing: %(columns)s. A list has the columns date, name and kind; "
        "weekday, status, pair_date, option, source and note may follow."
    ),
    # of a row
    "bad_date": _lt("“%(value)s” is not a date (dd/mm/yyyy or yyyy-mm-dd)."),
    "date_out_of_range": _lt("%(value)s is outside the years 1900 to 2199."),
    "no_name": _lt("The day has no name."),
    "bad_category": _lt("Unknown kind “%(value)s”; known: %(known)s."),
    "bad_status": _lt("Unknown status “%(value)s”; known: %(known)s."),
    "pair_is_itself": _lt("The day is swapped with itself."),
    "bad_weekday": _lt("%(date)s is not “%(value)s”."),
    "duplicate_date": _lt("The date stands in row %(row)s already."),
    "formula_cell": _lt("“%(value)s” is a formula; save values instead."),
    "error_cell": _lt("The cell holds the error %(value)s."),
}


class HolidayListError(ValueError):
    """What is wrong with a list, or with one of its rows.

    :param code: key of :data:`MESSAGES`
    :param params: values of the message's placeholders
    """

    def __init__(self, code, **params):
        self.code, self.params = code, params
        self.template = MESSAGES[code]
        super().__init__(self.template % params)


@dataclass
class Day:
    """One row of a list. ``error`` says why the row cannot be used, if so."""

    row: int = 0
    date: date = None
    name: str = ""
    category: str = "holiday"
    status: str = "official"
    pair_date: date = None
    option: str = ""
    source: str = ""
    note: str = ""
    error: HolidayListError = None

    @property
    def kind(self):
        return "working_day" if self.category == "swap_work" else "holiday"


# === READING === #


def read_days(table):
    """Rows of a table as days; a row that cannot be used keeps its error.

    :param table: ``header``, ``rows`` and ``numbers`` as ``tabular.read_table`` gives
        them, formulas marked.
    :raise HolidayListError: a required column is missing, or there is no row.
    """
    columns = _columns(table.header)
    days = [
        _read_day(number, _cells(row, columns))
        for number, row in zip(table.numbers, table.rows, strict=True)
        if any(cell_text(cell) for cell in row)
    ]
    if not days:
        raise HolidayListError("no_rows")
    _mark_duplicates(days)
    return days


def _columns(header):
    names = [cell_text(name).casefold() for name in header]
    found = {
        column: names.index(alias)
        for column, aliases in COLUMNS.items()
        for alias in reversed(aliases)
        if alias in names
    }
    missing = [COLUMNS[column][0] for column in REQUIRED if column not in found]
    if missing:
        raise HolidayListError("missing_columns", columns=", ".join(missing))
    return found


def _cells(row, columns):
    return {column: row[i] for column, i in columns.items() if i < len(row)}


def _read_day(number, cells):
    """One row; the first thing wrong with it is its error."""
    texts = {column: cell_text(value) for column, value in cells.items()}
    day = Day(
        row=number,
        name=texts["name"],
        category=texts["category"].casefold(),
        status=texts.get("status", "").casefold() or "official",
        option=texts.get("option", ""),
        source=texts.get("source", ""),
        note=texts.get("note", ""),
    )
    day.date = _read_date(cells["date"])
    day.pair_date = _read_date(cells.get("pair_date"))
    day.error = _row_error(day, cells, texts)
    return day


def _row_error(day, cells, texts):
    marked = next((c for c in cells.values() if getattr(c, "code", "")), None)
    if marked is not None:
        return HolidayListError(marked.code, value=str(marked))
    if not day.date:
        return HolidayListError("bad_date", value=texts["date"])
    if not MIN_YEAR <= day.date.year <= MAX_YEAR:
        return HolidayListError("date_out_of_range", value=f"{day.date:%d/%m/%Y}")
    if not day.name:
        return HolidayListError("no_name")
    return _word_error(day, texts) or _pair_error(day, texts)


def _word_error(day, texts):
    for name, code, known in (
        ("category", "bad_category", CATEGORIES),
        ("status", "bad_status", STATUSES),
    ):
        if getattr(day, name) not in known:
            return HolidayListError(code, value=texts[name], known=", ".join(known))
    weekday = texts.get("weekday", "").casefold()[:3]
    if weekday in WEEKDAYS and weekday != WEEKDAYS[day.date.weekday()]:
        date_text = f"{day.date:%d/%m/%Y}"
        return HolidayListError("bad_weekday", value=texts["weekday"], date=date_text)
    return None


def _pair_error(day, texts):
    if texts.get("pair_date") and not day.pair_date:
        return HolidayListError("bad_date", value=texts["pair_date"])
    return HolidayListError("pair_is_itself") if day.pair_date == day.date else None


def _read_date(value):
    """A date cell, or text in ISO or day-first form; None when it is neither."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = cell_text(value)
    for pattern in _DATE_FORMATS:
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return None


def _mark_duplicates(days):
    """The same date twice in one option, with the same status, is an error."""
    seen = {}
    for day in days:
        if day.error:
            continue
        key = (day.date, day.option, day.status)
        if key in seen:
            day.error = HolidayListError("duplicate_date", row=seen[key])
        else:
            seen[key] = day.row


# === PROPOSING === #


def propose(years):
    """Days off and days worked in lieu of ``years`` as the library computes them."""
    calendar = holidays.country_holidays("VN", years=list(years), language="vi")
    source = f"{LIBRARY} {holidays.__version__}"
    days = []
    for day, name in sorted(calendar.items()):
        pair = _pair_of(name)
        days.append(
            Day(
                date=day,
                name=name,
                category=_category_of(name, pair),
                status="proposed",
                pair_date=pair,
                source=source,
            )
        )
    days += _worked_in_lieu(calendar, days, years, source)
    return sorted(days, key=lambda day: day.date)


def _worked_in_lieu(calendar, days, years, source):
    swaps = {day.pair_date: day.date for day in days if day.pair_date}
    return [
        Day(
            date=worked,
            name=f"Làm bù ({swaps[worked]:%d/%m/%Y})" if worked in swaps else "Làm bù",
            category="swap_work",
            status="proposed",
            pair_date=swaps.get(worked),
            source=source,
        )
        for worked in sorted(getattr(calendar, "weekend_workdays", ()))
        if worked.year in set(years)
    ]


def _pair_of(name):
    """The other day a swapped day off names: "thay cho ngày 22/08/2026"."""
    match = _PAIR.search(name)
    return date(*map(int, reversed(match.groups()))) if match else None


def _category_of(name, pair):
    if pair:
        return "swap_off"
    return "compensation" if "nghỉ bù" in name else "holiday"


# === OPTIONS === #


def options(days):
    """Overlapping proposals to choose from: ``{(year, option): days}``, in order."""
    found = {}
    for day in days:
        if day.option and not day.error:
            found.setdefault((day.date.year, day.option), []).append(day)
    return dict(sorted(found.items()))


# === COMPARING === #


def compare(days, chosen, existing, shared=None):
    """Say of each day what applying it would do; one word a day, in order.

    :param chosen: ``{year: option}`` of the overlapping proposals
    :param existing: ``{date: Day}`` recorded in the same scope
    :param shared: ``{date: Day}`` of the province when the scope is one agency
    :return: ``new``, ``overrides`` (the province's row), ``changed``, ``confirmed``,
        ``unchanged``, ``kept`` (the recorded row is better than this proposal),
        ``dropped`` (a proposal no longer chosen), ``left_out`` or ``error``
    """
    taken = {day.date for day in days if _counts(day, chosen)}
    official = {d.date for d in days if _counts(d, chosen) and d.status == "official"}
    result = []
    for day in days:
        if day.error:
            result.append("error")
        elif not _counts(day, chosen):
            result.append(_left_out(day, taken, existing))
            taken.add(day.date)
        elif day.status == "proposed" and day.date in official:
            result.append("kept")
        else:
            result.append(_change(day, existing.get(day.date), (shared or {}).get(day.date)))
    return result


def _counts(day, chosen):
    return not day.error and (not day.option or chosen.get(day.date.year) == day.option)


def _left_out(day, taken, existing):
    recorded = existing.get(day.date)
    if day.date in taken or recorded is None or recorded.status == "official":
        return "left_out"
    return "dropped"


def _change(day, recorded, shared):
    if recorded is None:
        if shared is None:
            return "new"
        if shared.status == "official" and day.status == "proposed":
            return "kept"
        return "unchanged" if shared.kind == day.kind else "overrides"
    if recorded.status == "official" and day.status == "proposed":
        return "kept"
    if recorded.status != day.status:
        return "confirmed"
    if not day.row and recorded.kind == day.kind:
        return "kept"  # the library knows no better than the proposal recorded
    same = all(_same(recorded, day, name) for name in _COMPARED)
    return "unchanged" if same else "changed"


def _same(recorded, day, name):
    return (getattr(recorded, name) or "") == (getattr(day, name) or "")


def missing(days, existing, is_proposal):
    """Recorded days of the same years that the list does not have.

    :param is_proposal: the list comes from the library, which says nothing about
        official rows
    :return: ``(date, applied)``: proposals of a year whose official rows are in the list
        (or of the library itself) go by default, everything else only when ticked
    """
    listed = {day.date for day in days if not day.error}
    years = {day.year for day in listed}
    final = {day.date.year for day in days if not day.error and day.status == "official"}
    result = []
    for moment, recorded in sorted(existing.items()):
        if moment in listed or moment.year not in years:
            continue
        if recorded.status == "official":
            if not is_proposal:
                result.append((moment, False))
        else:
            own = recorded.source.startswith(LIBRARY)
            result.append((moment, own if is_proposal else moment.year in final))
    return result


def is_applied(change, day, official_years):
    """Whether a line is ticked from the start.

    What the library adds to a year that already has official rows is only shown: such
    a proposal would make a complete year look unfinished.
    """
    if change not in ("new", "overrides", "changed", "confirmed", "dropped"):
        return False
    return bool(day.row) or day.date.year not in official_years
