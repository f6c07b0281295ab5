"""Percentiles, shares with their intervals, and figures as they are printed.

No ORM, no dependency. Counts go in, exact fractions are rounded once, at the end,
half away from zero as people do it, never through a binary float.
"""

import math
from fractions import Fraction

# Two-sided 95 % of the normal distribution, as regulation.md §4 fixes it.
Z_95 = 1.96

_SEPARATORS = {"vi": (".", ","), "en": (",", ".")}


def percentile(values, share):
    """Return the ``share`` quantile with linear interpolation, None without values.

    The same as ``numpy.percentile(…, method="linear")`` and as ``percentile_cont``
    of PostgreSQL.

    :param float share: between 0 and 1
    :raise ValueError: when ``share`` lies outside 0 to 1

    >>> percentile([1, 2, 3, 4], 0.5)
    2.5
    >>> percentile([10, 20, 30, 40, 50], 0.95)
    48.0
    >>> percentile([7], 0.95)
    7.0
    >>> percentile([], 0.5) is None
    True
    """
    if not 0 <= share <= 1:
        raise ValueError(f"A share lies between 0 and 1, not {share!r}.")
    ordered = sorted(values)
    if not ordered:
        return None
    rank = (len(ordered) - 1) * share
    low = math.floor(rank)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (rank - low))


def median(values):
    """Return the middle value, None without values.

    >>> median([3, 1, 2])
    2.0
    """
    return percentile(values, 0.5)


def rate(part, whole):
    """Return ``part / whole``, None when there is nothing to divide by.

    >>> rate(9, 10), rate(0, 0)
    (0.9, None)
    """
    return part / whole if whole else None


def wilson(part, whole, z=Z_95):
    """Return the Wilson interval of ``part`` in ``whole`` as two fractions, or None.

    Vectors of regulation.md §4:

    >>> def vector(k, n):
    ...     return " – ".join(number_text(100 * bound, 2) for bound in wilson(k, n))
    >>> vector(140, 140), vector(1319, 1322)
    ('97.33 – 100.00', '99.33 – 99.92')
    >>> vector(0, 10), vector(9, 10)
    ('0.00 – 27.75', '59.58 – 98.21')
    >>> wilson(0, 0) is None
    True
    """
    if part < 0 or part > whole:
        raise ValueError(f"{part!r} is no part of {whole!r}.")
    if not whole:
        return None
    share = part / whole
    spread = 1 + z * z / whole
    centre = (share + z * z / (2 * whole)) / spread
    half = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / spread
    low = 0.0 if part == 0 else centre - half
    high = 1.0 if part == whole else centre + half
    return max(low, 0.0), min(high, 1.0)


def number_text(value, digits=0, lang="en_US"):
    """Write a number with the separators of Vietnamese or English.

    >>> number_text(1322, lang="vi_VN"), number_text(1322)
    ('1.322', '1,322')
    >>> number_text(0.125, 2), number_text(-2.565, 2, "vi_VN")
    ('0.13', '-2,57')
    >>> number_text(-0.001, 1)
    '0.0'
    """
    exact = value if isinstance(value, int | Fraction) else Fraction(repr(float(value)))
    scaled = math.floor(abs(exact) * 10**digits + Fraction(1, 2))
    thousands, decimal = _SEPARATORS["vi" if lang.startswith("vi") else "en"]
    whole, rest = divmod(scaled, 10**digits)
    text = f"{whole:,}".replace(",", thousands)
    if digits:
        text += f"{decimal}{rest:0{digits}d}"
    return f"-{text}" if exact < 0 and scaled else text


def percent_text(part, whole, digits=1, lang="en_US"):
    """Write a share in per cent, a dash when there is nothing to divide by.

    >>> percent_text(1319, 1322), percent_text(3, 1322, lang="vi_VN")
    ('99.8%', '0,2%')
    >>> percent_text(1319, 1322, 2), percent_text(0, 0)
    ('99.77%', '–')
    """
    if not whole:
        return "–"
    return number_text(Fraction(part, whole) * 100, digits, lang) + "%"


def points_text(now, before, digits=2, lang="en_US"):
    """Write the difference of two shares in percentage points with its sign.

    Each share is a pair (part, whole); a dash when one of them does not exist.

    >>> points_text((1319, 1322), (9721, 10000))
    '+2.56'
    >>> points_text((9, 10), (10, 10), lang="vi_VN"), points_text((1, 1), (0, 0))
    ('-10,00', '–')
    """
    if not now[1] or not before[1]:
        return "–"
    difference = (Fraction(*now) - Fraction(*before)) * 100
    text = number_text(difference, digits, lang)
    return f"+{text}" if difference > 0 and text.strip("0.,") else text
