"""Scores of risks and opportunities on a matrix that an agency defines.

A matrix has two scales, likelihood and impact, and bands of the score. The score is the
product of both values (ISO 31010 calls it a consequence/likelihood matrix). Nothing here
knows the ORM; what is wrong with a matrix is told by a code.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Band:
    """Scores from ``low`` to ``high``, both included."""

    low: int
    high: int
    name: str = ""


def score(likelihood, impact):
    """Return the score of a cell.

    >>> score(4, 5)
    20
    """
    return likelihood * impact


def band_of(bands, value):
    """Return the band in which a score lies, None outside all of them.

    >>> bands = [Band(1, 4, "low"), Band(5, 25, "high")]
    >>> band_of(bands, 5).name
    'high'
    >>> band_of(bands, 26) is None
    True
    """
    return next((band for band in bands if band.low <= value <= band.high), None)


def matrix_error(likelihoods, impacts, bands):
    """Return ``(code, value)`` of what is wrong with a matrix, None when it is whole.

    Scales count 1, 2, 3… without gaps; bands follow each other from the lowest to the
    highest score, so that each cell lies in one of them.

    >>> matrix_error([1, 2], [1, 2], [Band(1, 2), Band(3, 4)]) is None
    True
    >>> matrix_error([1, 3], [1, 2], [])
    ('likelihood', 3)
    >>> matrix_error([1, 2], [1], [])
    ('impact', 1)
    >>> matrix_error([1, 2], [1, 2], [Band(1, 2), Band(2, 4)])
    ('overlap', 2)
    >>> matrix_error([1, 2], [1, 2], [Band(1, 1), Band(3, 4)])
    ('gap', 2)
    >>> matrix_error([1, 2], [1, 2], [Band(1, 3)])
    ('gap', 4)
    >>> matrix_error([1, 2], [1, 2], [Band(1, 4), Band(5, 9)])
    ('beyond', 9)
    """
    for code, values in (("likelihood", likelihoods), ("impact", impacts)):
        if len(values) < 2 or sorted(values) != list(range(1, len(values) + 1)):
            return code, max(values, default=0)
    expected, top = 1, score(max(likelihoods), max(impacts))
    for band in sorted(bands, key=lambda band: band.low):
        if band.low > expected:
            return "gap", expected
        if band.low < expected or band.high < band.low:
            return "overlap", band.low
        expected = band.high + 1
    if expected <= top:
        return "gap", expected
    return ("beyond", expected - 1) if expected - 1 > top else None


def trend(scores):
    """Tell how the last score stands to the one before it: up, down, same; '' for a first.

    >>> trend([6, 12]), trend([12, 6]), trend([6, 6]), trend([6])
    ('up', 'down', 'same', '')
    """
    if len(scores) < 2:
        return ""
    before, last = scores[-2:]
    return "up" if last > before else "down" if last < before else "same"
