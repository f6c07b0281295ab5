"""The legal clock: due dates and elapsed working time, exact to the second.

One definition of time for slips, lists, statistics and scores. The rules are those
of the one-stop decree (ND 118/2025, art. 17.3: handling time runs from the
acceptance of a complete dossier) and of the Labour Code 2019, art. 111-112 (public
holidays, compensation, working days in lieu):

* a day is open when it is marked as worked in lieu, or when its weekday has slots
  and it is no day off;
* slots are half-open ``[start, end)``; a dossier received outside them counts from
  the next open instant;
* the due time is the *earliest* instant at which the duration is used up: it may be
  the end of a slot, never the start of the next one.

All moments are naive UTC (as Odoo stores them), all durations hours, 8 h being one
working day. Inside, everything is whole seconds since 1970. The open intervals of a
year are computed once, with the working seconds before each of them; every question
is then a binary search, without a query and without walking through the days.

>>> from datetime import datetime
>>> office = [(7 * 60, 11 * 60 + 30), (13 * 60 + 30, 17 * 60)]
>>> clock = WorkingTime({day: office for day in range(5)}, "Asia/Ho_Chi_Minh")
>>> clock.due(datetime(2026, 11, 20, 9, 0), 8)  # Friday 16:00 in Hanoi
datetime.datetime(2026, 11, 23, 9, 0)
>>> clock.elapsed(datetime(2026, 11, 20, 9, 0), datetime(2026, 11, 23, 9, 0))
8.0
"""

import hashlib
import json
import math
from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from . import working_time_text

KINDS = ("working", "calendar")
# Stored durations are hours of a day of eight hours, whatever the agency's slots.
STORED_HOURS_PER_DAY = 8
MIN_YEAR, MAX_YEAR = 1900, 2200
MAX_HOURS = 1e6  # 125,000 days: longer is a typing error, not a term

_EPOCH = datetime(1970, 1, 1)
_EPOCH_DAY = _EPOCH.toordinal()
_DAY = 86400


def _lt(text):
    """Mark a message for translation; the ORM side translates it."""
    return text


MESSAGES = {
    "bad_slot": _lt("“%(value)s” is not a slot of a day."),
    "bad_closure": _lt("A closure ends before it starts."),
    "bad_hours": _lt("“%(value)s” is no number of hours that can be counted."),
    "bad_hours_per_day": _lt("A working day has more than 0 hours and up to 24."),
    "negative_hours": _lt("The time limit is negative."),
    "calendar_not_whole_days": _lt("A time limit in calendar days must be whole days."),
    "unknown_kind": _lt("Unknown kind of time limit: %(value)s."),
    "unknown_mode": _lt("Unknown way to resume the clock: %(value)s."),
    "unknown_timezone": _lt("There is no time zone “%(value)s”."),
    "not_naive": _lt("A moment must be in UTC without a zone."),
    "no_open_slot": _lt("The calendar has no working hours (left)."),
    "out_of_range": _lt("The date lies outside the years 1900 to 2200."),
}


class WorkingTimeError(ValueError):
    """Input for which no date exists.

    :param code: key of :data:`MESSAGES`, says why in one word
    :param params: values of the message's placeholders
    """

    def __init__(self, code, **params):
        self.code, self.params = code, params
        self.template = MESSAGES[code]
        super().__init__(self.template % params)


class _Table(NamedTuple):
    """Open intervals of whole years, with the working seconds before each."""

    first: int  # UTC second at which the first year starts (local midnight)
    last: int  # UTC second at which the year after the last one starts
    starts: tuple
    ends: tuple
    before: tuple  # working seconds before starts[i]
    until: tuple  # working seconds before ends[i]
    total: int  # working seconds of all the years

    def worked_before(self, second):
        """Working seconds between the start of the table and ``second``."""
        index = bisect_right(self.starts, second) - 1
        if index < 0:
            return 0
        if second >= self.ends[index]:
            return self.until[index]
        return self.before[index] + second - self.starts[index]

    def instant(self, worked):
        """Earliest second at which ``worked`` (> 0, <= total) seconds are used up."""
        index = bisect_left(self.until, worked)
        return self.starts[index] + worked - self.before[index]


class WorkingTime:
    """The clock of one agency. Immutable: safe to share and to cache.

    :param slots: ``{weekday: [(start, end), …]}``, Monday = 0, minutes of the local
        day. Keys 7–13 make a calendar of two alternating weeks (Odoo's parity: the
        week of 1 January of year 1 is the first).
    :param tz: IANA name of the agency's zone.
    :param holidays: dates off.
    :param working_days: ``{date: slots}`` worked in lieu; they win over weekday and
        holiday. Empty slots mean those of the standard weekday.
    :param closures: ``(start, end)`` in naive UTC, closed whatever the day is.
    :param hours_per_day: hours of this agency's slots that make one working day.
        Stored durations (8 h a day) are scaled by it when it is not 8.
    :param covered_years: years that have official calendar rows, or None when the
        question does not arise.
    :param names: ``{date: text}`` for :meth:`explain`; no part of the arithmetic.
    """

    def __init__(
        self,
        slots,
        tz,
        holidays=(),
        working_days=None,
        closures=(),
        hours_per_day=8.0,
        covered_years=None,
        names=None,
    ):
        self._week = _clean_week(slots)
        self._tz_name = tz
        self._zone = _zone(tz)
        self._holidays = frozenset(holidays)
        self._standard = next((day for day in self._week if day), ())
        self._working_days = {
            day: _clean_slots(day_slots) or self._standard
            for day, day_slots in (working_days or {}).items()
        }
        self._closures = _clean_closures(closures)
        if not (0 < hours_per_day <= 24):
            raise WorkingTimeError("bad_hours_per_day")
        self._hours_per_day = float(hours_per_day)
        self._second_rate = 3600 * self._hours_per_day / STORED_HOURS_PER_DAY
        self._covered = None if covered_years is None else frozenset(covered_years)
        self._names = dict(names or {})
        self._years = {}
        self._table = None
        self.fingerprint = self._fingerprint()

    # === QUESTIONS ===#

    def due(self, start, hours, kind="working"):
        """Moment at which ``hours`` counted from ``start`` are used up.

        :raise WorkingTimeError: negative or endless duration, calendar term that is
            not whole days, a calendar that never opens.
        """
        if kind == "working":
            return _to_datetime(self._advance(_to_second(start), self._to_seconds(hours)))
        if kind == "calendar":
            return _to_datetime(self._due_calendar(_to_second(start), hours))
        raise WorkingTimeError("unknown_kind", value=kind)

    def before(self, end, hours):
        """Moment from which ``hours`` of work lead to ``end``: :meth:`due` backwards.

        No hours give ``end`` itself, open or not.

        :raise WorkingTimeError: negative or endless duration, a calendar without hours
        """
        seconds = self._to_seconds(hours)
        second = _to_second(end)
        return _to_datetime(self._advance(second, -seconds) if seconds else second)

    def elapsed(self, start, end):
        """Working hours between two moments; negative when ``end`` is first."""
        worked = self._worked_between(_to_second(start), _to_second(end))
        return worked / self._second_rate

    def due_many(self, items):
        """:meth:`due` for a list of ``(start, hours, kind)``."""
        return [self.due(start, hours, kind) for start, hours, kind in items]

    def elapsed_many(self, items):
        """:meth:`elapsed` for a list of ``(start, end)``."""
        return [self.elapsed(start, end) for start, end in items]

    def is_open(self, moment):
        """Whether the agency works at this instant."""
        second = _to_second(moment)
        table = self._covering(second, second)
        index = bisect_right(table.starts, second) - 1
        return index >= 0 and second < table.ends[index]

    def is_open_day(self, day):
        """Whether the agency works at some time of this local date."""
        return bool(self._intervals(day.toordinal()))

    def normalise(self, start):
        """First open instant at or after ``start``: where counting begins."""
        return _to_datetime(self._next_open(_to_second(start)))

    def resume(self, due_at, paused_at, resumed_at, hours, mode, kind="working"):
        """New due time after a pause (``regulation.md`` §1.4).

        ``restart``: the whole duration again from the resumption. ``shift``: the
        instant that leaves the time that was left at the pause; a dossier late by two
        hours when paused stays late by two hours.
        """
        if mode == "restart":
            return self.due(resumed_at, hours, kind)
        if mode != "shift":
            raise WorkingTimeError("unknown_mode", value=mode)
        if kind == "calendar":
            return self._shift_calendar(due_at, paused_at, resumed_at)
        left = self._worked_between(_to_second(paused_at), _to_second(due_at))
        return _to_datetime(self._advance(_to_second(resumed_at), left))

    def warnings(self, start, end):
        """Local years from ``start`` to ``end`` without official calendar rows."""
        if self._covered is None:
            return []
        first, last = sorted((self.local(start).year, self.local(end).year))
        return [y for y in range(first, last + 1) if y not in self._covered]

    def explain(
        self,
        start,
        hours,
        kind="working",
        pauses=(),
        extensions=(),
        lang="vi_VN",
        due_at=None,
    ):
        """Say in plain lines how the due date came about.

        :param pauses: ``(paused_at, resumed_at or None[, mode[, reason]])``.
        :param extensions: ``(new_due_at[, reason[, decided_at]])``.
        :param due_at: the recorded due date; when today's calendar gives another one
            the last line says so instead of hiding it.
        :return: list of str, Vietnamese when ``lang`` starts with ``vi``.
        """
        return working_time_text.explain(self, start, hours, kind, pauses, extensions, lang, due_at)

    # === FACTS FOR THE EXPLANATION ===#

    def local(self, moment):
        """Naive local wall-clock time of a naive UTC moment."""
        return _to_datetime(self._to_wall(_to_second(moment)))

    def counted_from(self, start, kind="working"):
        """Moment from which a term of this kind is counted."""
        if kind == "working":
            return self.normalise(start)
        return _to_datetime(self._from_wall(self._calendar_start(self._to_wall(_to_second(start)))))

    def last_calendar_day(self, start, hours):
        """Local date on which a calendar term ends, before days off are skipped."""
        wall = self._calendar_start(self._to_wall(_to_second(start)))
        return _to_datetime(wall + round(self.days(hours)) * _DAY).date()

    def opening(self, day):
        """First and last open moment (naive UTC) of an open local date."""
        intervals = self._intervals(day.toordinal())
        return _to_datetime(intervals[0][0]), _to_datetime(intervals[-1][1])

    def openings(self, day):
        """``(start, end)`` (naive UTC) of each slot the agency works on a local date."""
        pairs = self._intervals(day.toordinal())
        return [(_to_datetime(start), _to_datetime(end)) for start, end in pairs]

    def day_name(self, day):
        """Name of a holiday or a working day in lieu, or ''."""
        return self._names.get(day, "")

    def day_kind(self, day):
        """``working_day`` (in lieu), ``holiday``, ``rest``, ``closed`` or ``open``."""
        if day in self._working_days:
            return "working_day"
        if day in self._holidays:
            return "holiday"
        if not self._slots_of(day.toordinal()):
            return "rest"
        return "open" if self.is_open_day(day) else "closed"

    def days(self, hours):
        """Stored hours as days."""
        return hours / STORED_HOURS_PER_DAY

    # === COUNTING ===#

    def _advance(self, second, seconds):
        """Second at which ``seconds`` of work after ``second`` are used up.

        Zero gives the normalised start; a negative amount counts backwards.
        """
        if not seconds:
            return self._next_open(second)
        table = self._covering(second, second)
        while True:
            target = table.worked_before(second) + seconds
            if 0 < target <= table.total:
                return table.instant(target)
            table = self._widen(table, -1 if target <= 0 else 1)

    def _next_open(self, second):
        table = self._covering(second, second)
        while True:
            index = bisect_right(table.ends, second)
            if index < len(table.ends):
                return max(second, table.starts[index])
            table = self._widen(table, 1)

    def _worked_between(self, first, last):
        low, high = (first, last) if first <= last else (last, first)
        table = self._covering(low, high)
        return table.worked_before(last) - table.worked_before(first)

    def _to_seconds(self, hours):
        """Whole seconds of work for stored hours (thirds of an hour stay exact)."""
        if 0 <= hours <= MAX_HOURS:
            return round(hours * self._second_rate)
        if not math.isfinite(hours):
            raise WorkingTimeError("bad_hours", value=hours)
        raise WorkingTimeError("negative_hours" if hours < 0 else "out_of_range")

    # === CALENDAR-DAY TERMS ===#

    def _due_calendar(self, second, hours):
        """Whole days on the calendar, keeping the hour (``regulation.md`` §1.9)."""
        self._to_seconds(hours)
        days = round(self.days(hours))
        if abs(hours - days * STORED_HOURS_PER_DAY) > 1e-6:
            raise WorkingTimeError("calendar_not_whole_days")
        due = self._land(self._calendar_start(self._to_wall(second)) + days * _DAY)
        # Zero days on a day already closed early: the next opening, not the past.
        return due if due >= second else self._next_open(second)

    def _shift_calendar(self, due_at, paused_at, resumed_at):
        """Same wall-clock span after the resumption as was left at the pause."""
        paused = self._calendar_start(self._to_wall(_to_second(paused_at)))
        resumed = self._calendar_start(self._to_wall(_to_second(resumed_at)))
        left = self._to_wall(_to_second(due_at)) - paused
        return _to_datetime(self._land(resumed + left))

    def _calendar_start(self, wall):
        """Local second from which calendar days are counted.

        Before opening: opening; lunch: afternoon; at or after closing: opening of the
        next calendar day, open or not. A closed day counts with the standard hours.
        """
        day, second = divmod(wall, _DAY)
        for start, end in self._usual_slots(day):
            if second < end * 60:
                return day * _DAY + max(second, start * 60)
        return (day + 1) * _DAY + self._usual_slots(day + 1)[0][0] * 60

    def _land(self, wall):
        """UTC second of a due time: on an open day, same hour, inside its slots.

        A term that ends on a day off ends on the next open day (Civil Code 2015,
        art. 148.5). On a day shorter than usual it ends at closing: the day is the
        promise, not the hour.
        """
        day, second = divmod(wall, _DAY)
        intervals = self._open_intervals(day)
        while not intervals:
            day += 1
            intervals = self._open_intervals(day)
        instant = self._from_wall(day * _DAY + second)
        for start, end in intervals:
            if instant <= end:
                return max(instant, start)
        return intervals[-1][1]

    def _open_intervals(self, day):
        self._check_year(_to_datetime(day * _DAY).year)
        return self._intervals(day + _EPOCH_DAY)

    def _usual_slots(self, day):
        slots = self._slots_of(day + _EPOCH_DAY) or self._standard
        if not slots:
            raise WorkingTimeError("no_open_slot")
        return slots

    # === TABLE OF OPEN INTERVALS ===#

    def _covering(self, first, last):
        table = self._table
        if table is None or not (table.first <= first and last < table.last):
            table = self._build(first, last)
        return table

    def _build(self, first, last):
        """Make a table over every year from ``first`` to ``last`` and those known."""
        years = [self._year_of(first), self._year_of(last)] + list(self._years)
        low, high = min(years), max(years)
        self._check_year(low)
        self._check_year(high)
        return self._make_table(low, high)

    def _widen(self, table, step):
        """A table twice as long, towards the future (1) or the past (-1)."""
        low, high = self._year_of(table.first), self._year_of(table.last - 1)
        self._check_open(high if step > 0 else low, step)
        span = high - low + 1
        if step > 0:
            return self._make_table(low, min(high + span, MAX_YEAR))
        return self._make_table(max(low - span, MIN_YEAR), high)

    def _make_table(self, low, high):
        intervals = []
        for year in range(low, high + 1):
            if year not in self._years:
                self._years[year] = self._year_intervals(year)
            intervals.extend(self._years[year])
        before, until, worked = [], [], 0
        for start, end in intervals:
            before.append(worked)
            worked += end - start
            until.append(worked)
        self._table = _Table(
            self._instant(date(low, 1, 1).toordinal(), 0),
            self._instant(date(high + 1, 1, 1).toordinal(), 0),
            tuple(start for start, _end in intervals),
            tuple(end for _start, end in intervals),
            tuple(before),
            tuple(until),
            worked,
        )
        return self._table

    def _year_intervals(self, year):
        first, last = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
        return [pair for day in range(first, last) for pair in self._intervals(day)]

    def _intervals(self, day):
        """Open ``(start, end)`` UTC seconds of one day (ordinal), closures taken out."""
        slots = self._slots_of(day)
        if not slots:
            return []
        pairs = self._zoned(day, slots)
        return _subtract(pairs, self._closures) if pairs and self._closures else pairs

    def _slots_of(self, day):
        """Slots of a day (ordinal) in local minutes, before closures."""
        if not self._working_days and not self._holidays:
            return self._weekly(day)
        as_date = date.fromordinal(day)
        if as_date in self._working_days:
            return self._working_days[as_date]
        return () if as_date in self._holidays else self._weekly(day)

    def _weekly(self, day):
        # Ordinal 1 is a Monday; with two weeks the same parity as Odoo's.
        return self._week[(day - 1) % len(self._week)]

    def _year_of(self, second):
        return _to_datetime(self._to_wall(second)).year

    def _check_year(self, year):
        if not MIN_YEAR <= year <= MAX_YEAR:
            raise WorkingTimeError("out_of_range")

    def _check_open(self, year, step):
        """Refuse to search on when no later (earlier) day can be open."""
        if not any(self._week):
            further = [day for day in self._working_days if (day.year - year) * step > 0]
            if not further:
                raise WorkingTimeError("no_open_slot")
        self._check_year(year + step)

    # === ZONE ===#

    def _zoned(self, day, slots):
        """UTC seconds of local slots; one offset a day except on days of change."""
        offset = _midnight_offset(self._zone, day)
        if offset == _midnight_offset(self._zone, day + 1):
            base = (day - _EPOCH_DAY) * _DAY - offset
            return [(base + start * 60, base + end * 60) for start, end in slots]
        pairs = [(self._instant(day, start), self._instant(day, end)) for start, end in slots]
        return [(start, end) for start, end in pairs if start < end]

    def _instant(self, day, minute):
        """UTC second of a local minute; see :meth:`_from_wall`."""
        return self._from_wall((day - _EPOCH_DAY) * _DAY + minute * 60)

    def _from_wall(self, wall):
        """Earliest UTC second at which the local clock shows ``wall`` or later.

        In the hour skipped in spring that is the change itself; in the hour repeated
        in autumn the first pass. So slots keep their order and never overlap.
        """
        local = _to_datetime(wall)
        early = wall - _offset(self._zone, local)
        late = wall - _offset(self._zone, local.replace(fold=1))
        if early <= late:
            return early
        low, high = late, early  # a gap: the clock shows less at low, more at high
        while high - low > 1:
            middle = (low + high) // 2
            if self._to_wall(middle) >= wall:
                high = middle
            else:
                low = middle
        return high

    def _to_wall(self, second):
        utc = _to_datetime(second).replace(tzinfo=self._zone)
        return _to_second(self._zone.fromutc(utc).replace(tzinfo=None, fold=0))

    # === IDENTITY ===#

    def _fingerprint(self):
        """SHA-256 of everything that decides a date: the calendar's version."""
        content = {
            "week": self._week,
            "tz": self._tz_name,
            "holidays": sorted(day.isoformat() for day in self._holidays),
            "working_days": {
                day.isoformat(): slots for day, slots in sorted(self._working_days.items())
            },
            "closures": self._closures,
            "hours_per_day": self._hours_per_day,
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


# === INPUT ===#


def _zone(name):
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise WorkingTimeError("unknown_timezone", value=name) from error


def _offset(zone, local):
    return int(zone.utcoffset(local).total_seconds())


@lru_cache(maxsize=1 << 17)
def _midnight_offset(zone, day):
    """Seconds the zone is ahead of UTC at the start of a day; asked for all years."""
    return _offset(zone, datetime.fromordinal(day))


def _clean_week(slots):
    """Seven (or fourteen) tuples of slots."""
    length = 14 if any(day > 6 for day in slots) else 7
    if any(not 0 <= day < length for day in slots):
        raise WorkingTimeError("bad_slot", value=sorted(slots))
    return tuple(_clean_slots(slots.get(day, ())) for day in range(length))


def _clean_slots(slots):
    """Ordered slots in minutes, touching or overlapping ones joined."""
    for start, end in slots:
        if not (0 <= start < end <= 1440):
            raise WorkingTimeError("bad_slot", value=f"{start}–{end}")
    return tuple(_merge((round(start), round(end)) for start, end in slots))


def _clean_closures(closures):
    pairs = [(_to_second(start), _to_second(end)) for start, end in closures]
    if any(end < start for start, end in pairs):
        raise WorkingTimeError("bad_closure")
    return tuple(_merge(pair for pair in pairs if pair[0] < pair[1]))


def _merge(pairs):
    merged = []
    for start, end in sorted(pairs):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _subtract(pairs, closures):
    """Ordered ``pairs`` without what the ordered ``closures`` cover."""
    index = max(bisect_right(closures, (pairs[0][0], math.inf)) - 1, 0)
    for closed_from, closed_to in closures[index:]:
        if closed_from >= pairs[-1][1]:
            break
        pairs = [piece for pair in pairs for piece in _cut(pair, closed_from, closed_to)]
        if not pairs:
            break
    return pairs


def _cut(pair, closed_from, closed_to):
    start, end = pair
    pieces = ((start, min(end, closed_from)), (max(start, closed_to), end))
    return [piece for piece in pieces if piece[0] < piece[1]]


def _to_second(moment):
    """Whole seconds since 1970; microseconds of the log stamps are cut off."""
    if moment.tzinfo is not None:
        raise WorkingTimeError("not_naive")
    delta = moment - _EPOCH
    return delta.days * _DAY + delta.seconds


def _to_datetime(second):
    try:
        return _EPOCH + timedelta(seconds=second)
    except OverflowError as error:
        raise WorkingTimeError("out_of_range") from error
