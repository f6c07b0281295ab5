"""The days of acts that come back each year, and how they stand.

No ORM.
"""

import calendar
import datetime


def day_of(year, month, day):
    """Return the day in a year, the last of its month where the month is shorter.

    >>> day_of(2026, 2, 31)
    datetime.date(2026, 2, 28)
    """
    last = calendar.monthrange(year, month)[1]
    return datetime.date(year, month, min(day, last))


def standing(today, due, done, ahead):
    """Return ``done``, ``late``, ``due`` (within ``ahead`` days) or ``planned``.

    >>> due = datetime.date(2026, 12, 31)
    >>> [standing(day, due, False, 30) for day in (
    ...     datetime.date(2026, 6, 1), datetime.date(2026, 12, 1), datetime.date(2027, 1, 1))]
    ['planned', 'due', 'late']
    >>> standing(datetime.date(2027, 1, 1), due, True, 30)
    'done'
    """
    if done:
        return "done"
    if today > due:
        return "late"
    return "due" if (due - today).days <= ahead else "planned"


def in_year(first, last, year):
    """Tell whether a span of days touches a year.

    >>> in_year(datetime.date(2025, 12, 1), datetime.date(2026, 1, 5), 2026)
    True
    >>> in_year(datetime.date(2025, 1, 1), datetime.date(2025, 1, 5), 2026)
    False
    """
    return first.year <= year <= last.year
