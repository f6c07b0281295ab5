"""How fresh evidence is: one definition for matrix, workbook and gap list.

>>> day = datetime.date(2026, 11, 21)
>>> status(0, None, day, 12), status(3, datetime.date(2025, 11, 21), day, 12)
('missing', 'fresh')
>>> status(3, datetime.date(2025, 11, 20), day, 12), status(1, None, day, 12)
('ageing', 'ageing')
"""

import datetime

from dateutil.relativedelta import relativedelta

#: from the worst to the best
STATUSES = ("missing", "ageing", "fresh")


def fresh_since(day, months):
    """Return the first day whose evidence is still fresh on ``day``.

    >>> fresh_since(datetime.date(2026, 5, 31), 3)
    datetime.date(2026, 2, 28)
    """
    return day - relativedelta(months=months)


def status(count, newest, day, months):
    """Return ``missing``, ``ageing`` or ``fresh``.

    :param int count: records that stand for a clause
    :param newest: date of the newest of them; None when none of them has one
    :param day: date of the look
    :param int months: how long evidence is fresh
    """
    if not count:
        return "missing"
    if newest and newest >= fresh_since(day, months):
        return "fresh"
    return "ageing"


def latest_start(day, months):
    """Return the last date that, ``months`` calendar months later, is not after ``day``.

    The end of a month swallows days: 30 November + 3 months is 28 February, as is
    28 November.

    >>> latest_start(datetime.date(2027, 2, 28), 3)
    datetime.date(2026, 11, 30)
    >>> latest_start(datetime.date(2027, 2, 27), 3)
    datetime.date(2026, 11, 27)
    """
    start = day - relativedelta(months=months)
    while start + datetime.timedelta(days=1) + relativedelta(months=months) <= day:
        start += datetime.timedelta(days=1)
    return start
