"""Months, quarters, half-years and years as pairs of days.

No ORM. Periods follow the calendar: a quarter starts in January, April, July or October.
"""

import datetime

#: Months of a period by its frequency.
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def bounds(frequency, day):
    """Return first and last day of the period that holds a day.

    >>> [str(end) for end in bounds("quarter", datetime.date(2026, 5, 31))]
    ['2026-04-01', '2026-06-30']
    >>> [str(end) for end in bounds("month", datetime.date(2028, 2, 10))]
    ['2028-02-01', '2028-02-29']
    """
    months = MONTHS[frequency]
    start = (day.month - 1) // months * months + 1
    return day.replace(month=start, day=1), _first_after(day.year, start, months) - _DAY


def number(frequency, day):
    """Return which period of its year holds a day, from 1 on.

    >>> number("half_year", datetime.date(2026, 7, 1)), number("year", datetime.date(2026, 7, 1))
    (2, 1)
    """
    return (day.month - 1) // MONTHS[frequency] + 1


def between(frequency, since, until, most=None):
    """Return the periods that hold days of ``since`` to ``until``, oldest first.

    :param int most: of more than these, the newest are returned

    >>> [str(first) for first, _ in between("half_year", datetime.date(2026, 3, 1),
    ...                                     datetime.date(2027, 1, 5))]
    ['2026-01-01', '2026-07-01', '2027-01-01']
    >>> len(between("month", datetime.date(1990, 1, 1), datetime.date(2026, 1, 1), most=24))
    24
    >>> between("month", datetime.date(2026, 2, 1), datetime.date(2026, 1, 31))
    []
    """
    found = []
    period = bounds(frequency, until)
    while until >= since and period[1] >= since and (most is None or len(found) < most):
        found.append(period)
        period = bounds(frequency, period[0] - _DAY)
    return found[::-1]


_DAY = datetime.timedelta(days=1)


def _first_after(year, month, months):
    month += months
    return datetime.date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
