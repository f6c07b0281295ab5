"""What to audit first: points for each thing that speaks for an audit.

ISO 9001, 9.2.2 a) asks that the importance of the work, changes and the results of
earlier audits decide how often something is audited. Here each of these gives points up
to a maximum; their sum, 0 to 100, ranks units and procedures. The points are advice: a
person takes a proposal over or leaves it.

====================  ===  ==========================================================
what                  max  how
====================  ===  ==========================================================
time since the audit   25  never audited: all; else its share of the cycle
findings               15  5 for each finding or nonconformity not settled long ago
late dossiers          15  lower bound of the late rate (Wilson, 95 %), all from 20 %
new law                15  8 for each change of law
changes                10  4 for each new version of the procedure or of its document
complaints             10  4 for each complaint
importance             10  volume of dossiers, on a logarithmic scale, of the largest
====================  ===  ==========================================================

The lower bound keeps few dossiers from weighing much: one late of two proves little.
"""

import math
from typing import NamedTuple

from .statistics import wilson

MAXIMA = {
    "time": 25,
    "findings": 15,
    "late": 15,
    "law": 15,
    "changes": 10,
    "complaints": 10,
    "importance": 10,
}
#: points for each occurrence
EACH = {"findings": 5, "law": 8, "changes": 4, "complaints": 4}
#: late rate, surely reached, from which all points are given
LATE_RATE_FULL = 0.20


class Signals(NamedTuple):
    """What is known of a unit or a procedure.

    ``days_since_audit`` is None when it was never audited; ``judged`` are the dossiers
    with a verdict on their time, ``late`` those of them that were late.
    """

    days_since_audit: int | None = None
    cycle_days: int = 365
    findings: int = 0
    late: int = 0
    judged: int = 0
    law: int = 0
    changes: int = 0
    complaints: int = 0
    volume: int = 0
    largest_volume: int = 0


class Priority(NamedTuple):
    """Points in all, and ``(what, points)`` of all that gave any, the heaviest first."""

    score: float
    parts: tuple


def priority(signals):
    """Return the :class:`Priority` of something.

    >>> priority(Signals()).score
    25.0
    >>> priority(Signals(days_since_audit=0)).score
    0.0
    >>> late = Signals(days_since_audit=73, late=40, judged=100, volume=100, largest_volume=100)
    >>> priority(late)
    Priority(score=30.0, parts=(('late', 15.0), ('importance', 10.0), ('time', 5.0)))
    >>> everything = Signals(None, 365, 9, 50, 50, 9, 9, 9, 5, 5)
    >>> priority(everything).score
    100.0
    """
    points = {
        "time": _time_points(signals),
        "late": _late_points(signals),
        "importance": _importance_points(signals),
        **{name: each * max(getattr(signals, name), 0) for name, each in EACH.items()},
    }
    rounded = {name: round(min(value, MAXIMA[name]), 1) for name, value in points.items()}
    # Equal points stand in the order of their maxima.
    order = sorted(MAXIMA, key=lambda name: -rounded[name])
    parts = tuple((name, float(rounded[name])) for name in order if rounded[name])
    return Priority(round(float(sum(rounded.values())), 1), parts)


def _time_points(signals):
    """Share of the cycle that has passed.

    >>> [_time_points(Signals(days, 730)) for days in (None, 0, 365, 730, 9000)]
    [25, 0.0, 12.5, 25.0, 25.0]
    """
    if signals.days_since_audit is None:
        return MAXIMA["time"]
    share = max(signals.days_since_audit, 0) / max(signals.cycle_days, 1)
    return MAXIMA["time"] * min(share, 1.0)


def _late_points(signals):
    """By the lower bound: one late of two weighs less than twenty of a hundred.

    >>> [round(_late_points(Signals(late=k, judged=n)), 1) for k, n in ((0, 0), (1, 2), (20, 100))]
    [0.0, 7.1, 10.0]
    """
    interval = wilson(signals.late, signals.judged)
    return MAXIMA["late"] * min(interval[0] / LATE_RATE_FULL, 1.0) if interval else 0.0


def _importance_points(signals):
    """Ten times the dossiers are not ten times as important.

    >>> [round(_importance_points(Signals(volume=n, largest_volume=999)), 1) for n in (0, 9, 999)]
    [0.0, 3.3, 10.0]
    """
    if signals.volume <= 0 or signals.largest_volume <= 0:
        return 0.0
    share = math.log1p(signals.volume) / math.log1p(signals.largest_volume)
    return MAXIMA["importance"] * min(share, 1.0)


def wanted_count(total, years):
    """Return how many of ``total`` are audited a year so that all are within ``years``.

    >>> [wanted_count(total, 3) for total in (0, 1, 3, 10)]
    [0, 1, 1, 4]
    """
    return -(-total // max(years, 1))


def spread(days, count):
    """Return ``count`` of ``days``, evenly spread; days repeat when there are too few.

    >>> spread(list("abcdefgh"), 4)
    ['a', 'c', 'e', 'g']
    >>> spread(list("ab"), 4), spread([], 2)
    (['a', 'a', 'b', 'b'], [None, None])
    """
    if not days:
        return [None] * count
    return [days[place * len(days) // count] for place in range(count)]
