"""What a measure found in a period, how sure it is, and whether it changed.

No ORM. A share keeps its counts, a mean its number, sum and spread, a count its days, so
that every figure can say how far chance alone could have moved it. Two periods are
compared by their intervals: the difference is real where its own interval leaves zero out.
"""

import math
from typing import NamedTuple

from .statistics import Z_95, number_text, wilson

#: What a measure gives: a share of cases, a mean of values, a number of events.
KINDS = ("share", "mean", "count")


class Figure(NamedTuple):
    """One measured value.

    :ivar kind: one of :data:`KINDS`
    :ivar part: share: cases that meet the condition; mean: sum of the values; count: events
    :ivar whole: share, mean: number of cases; count: days of the period
    :ivar squares: mean: sum of the squared values; else 0

    >>> Figure("share", 1319, 1322).text("vi_VN")
    '99,8%'
    >>> Figure("mean", 30.0, 4, 250.0).value
    7.5
    >>> Figure("count", 3, 90).text()
    '3'
    >>> Figure("share", 0, 0).value is None
    True
    """

    kind: str
    part: float
    whole: float
    squares: float = 0.0

    @property
    def value(self):
        """Share between 0 and 1, mean in its unit, number of events; None without cases."""
        if self.kind == "count":
            return self.part
        return self.part / self.whole if self.whole else None

    @property
    def cases(self):
        """How many cases stand behind the value."""
        return self.part if self.kind == "count" else self.whole

    def interval(self):
        """Return the 95 % interval of :attr:`value` as ``(low, high)``, None without one.

        Shares by Wilson, means by Student's distribution (four cases at least), numbers of
        events by Byar's approximation of the Poisson distribution.

        >>> [round(bound, 4) for bound in Figure("share", 9, 10).interval()]
        [0.5958, 0.9821]
        >>> [round(bound, 2) for bound in Figure("count", 10, 30).interval()]
        [4.79, 18.39]
        >>> [round(bound, 2) for bound in Figure("mean", 30.0, 4, 250.0).interval()]
        [2.94, 12.06]
        >>> Figure("mean", 30.0, 3, 350.0).interval() is None
        True
        """
        if self.kind == "share":
            return wilson(self.part, self.whole)
        if self.kind == "count":
            return byar(self.part)
        if self.whole < 4:
            return None
        variance = (self.squares - self.part**2 / self.whole) / (self.whole - 1)
        half = _student(self.whole - 1) * math.sqrt(max(variance, 0.0) / self.whole)
        return self.value - half, self.value + half

    def comparable(self):
        """Return value and interval that may be set against another period's.

        Numbers of events are counted per 30 days, since periods differ in length.
        """
        interval = self.interval()
        if self.value is None or interval is None or not self.whole:
            return None
        scale = 30 / self.whole if self.kind == "count" else 1
        return tuple(scale * number for number in (self.value, *interval))

    def text(self, lang="en_US", digits=1):
        """Write the value as people read it, a dash without cases."""
        return value_text(self.kind, self.value, lang, digits)

    def interval_text(self, lang="en_US", digits=1):
        """Write the interval, empty without one.

        >>> Figure("share", 9, 10).interval_text()
        '59.6% – 98.2%'
        """
        bounds = self.interval()
        if bounds is None:
            return ""
        digits = 1 if self.kind == "count" else digits
        shown = "mean" if self.kind == "count" else self.kind
        return " – ".join(value_text(shown, bound, lang, digits) for bound in bounds)


class Change(NamedTuple):
    """The difference between two periods with its 95 % interval."""

    difference: float
    low: float
    high: float

    def judge(self, better):
        """Say what the figures show: ``better``, ``worse`` or ``unclear``.

        :param str better: ``up`` or ``down``

        >>> Change(0.2, 0.05, 0.33).judge("up"), Change(0.2, 0.05, 0.33).judge("down")
        ('better', 'worse')
        >>> Change(0.1, -0.02, 0.2).judge("up")
        'unclear'
        """
        if self.low <= 0 <= self.high:
            return "unclear"
        return "better" if (self.low > 0) == (better == "up") else "worse"


def change(before, after):
    """Compare two figures of the same measure; None where one has too few cases.

    The interval is put together from those of the two figures (method of variance
    estimates recovery), which for shares is Newcombe's hybrid score interval. His example,
    56 of 70 against 48 of 80:

    >>> found = change(Figure("share", 48, 80), Figure("share", 56, 70))
    >>> [round(bound, 4) for bound in found]
    [0.2, 0.0524, 0.3339]
    >>> change(Figure("share", 0, 0), Figure("share", 1, 1)) is None
    True
    >>> change(Figure("count", 12, 30), Figure("count", 12, 60)).difference
    -6.0
    """
    old, new = before.comparable(), after.comparable()
    if old is None or new is None:
        return None
    difference = new[0] - old[0]
    low = difference - math.hypot(new[0] - new[1], old[2] - old[0])
    high = difference + math.hypot(new[2] - new[0], old[0] - old[1])
    return Change(difference, low, high)


def exceeds(figure, limit, better):
    """Tell whether a figure is beyond its limit by more than chance.

    With few cases the interval is wide and reaches over the limit: nothing is said then.

    :param str better: ``up``: too low is bad; ``down``: too high is bad

    >>> exceeds(Figure("share", 3, 4), 0.1, "down"), exceeds(Figure("share", 1, 4), 0.1, "down")
    (True, False)
    >>> [exceeds(Figure("share", late, 100), 0.1, "down") for late in (30, 8)]
    [True, False]
    >>> exceeds(Figure("share", 70, 100), 0.9, "up")
    True
    """
    bounds = figure.interval()
    if bounds is None:
        return False
    return bounds[0] > limit if better == "down" else bounds[1] < limit


def total(figures):
    """Put the figures of periods that follow each other together; None without any.

    >>> total([Figure("share", 9, 10), Figure("share", 28, 30)])
    Figure(kind='share', part=37, whole=40, squares=0.0)
    >>> total([]) is None
    True
    """
    figures = list(figures)
    if not figures:
        return None
    numbers = zip(*(figure[1:] for figure in figures), strict=True)
    return Figure(figures[0].kind, *map(sum, numbers))


def trend(values):
    """Return the straight line through values of equal steps, None with fewer than three.

    Steps without a value (None) are left out of the reckoning and get a point of the line.

    >>> trend([1, 2, None, 4])
    [1.0, 2.0, 3.0, 4.0]
    >>> trend([1, 2]) is None
    True
    """
    points = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(points) < 3:
        return None
    middle = sum(place for place, _value in points) / len(points)
    mean = sum(value for _place, value in points) / len(points)
    spread = sum((place - middle) ** 2 for place, _value in points)
    slope = sum((place - middle) * (value - mean) for place, value in points) / spread
    return [round(mean + slope * (place - middle), 10) for place in range(len(values))]


def meets(value, target, better):
    """Tell whether a value reaches its target, the target itself included.

    >>> meets(0.95, 0.95, "up"), meets(0.94, 0.95, "up"), meets(2, 3, "down")
    (True, False, True)
    """
    return value >= target if better == "up" else value <= target


def byar(events):
    """Return the 95 % interval of a number of events.

    >>> [round(bound, 2) for bound in byar(0)]
    [0.0, 3.67]
    """
    upper = events + 1
    high = upper * (1 - 1 / (9 * upper) + Z_95 / (3 * math.sqrt(upper))) ** 3
    if not events:
        return 0.0, high
    return events * (1 - 1 / (9 * events) - Z_95 / (3 * math.sqrt(events))) ** 3, high


def value_text(kind, value, lang="en_US", digits=1):
    """Write a value of a measure with the separators of the language.

    >>> value_text("share", 0.9977, "vi_VN"), value_text("count", 3), value_text("mean", None)
    ('99,8%', '3', '–')
    """
    if value is None:
        return "–"
    if kind == "share":
        return number_text(100 * value, digits, lang) + "%"
    return number_text(value, 0 if kind == "count" else digits, lang)


def limit_text(kind, value, lang="en_US"):
    """Write a target or a limit: without a decimal that says nothing.

    >>> limit_text("share", 0.95), limit_text("share", 0.955), limit_text("mean", 80.0)
    ('95%', '95.5%', '80')
    """
    shown = round(100 * value if kind == "share" else value, 1)
    return value_text(kind, value, lang, 0 if shown == int(shown) else 1)


def _student(freedom):
    """Two-sided 95 % of Student's distribution, to 1 % from three degrees of freedom on.

    >>> round(_student(3), 2), round(_student(10), 3), round(_student(1000), 3)
    (3.16, 2.228, 1.962)
    """
    z, v = Z_95, freedom
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / v + second / v**2 + third / v**3
