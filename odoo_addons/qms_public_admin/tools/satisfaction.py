"""Scores, shares and grades of satisfaction answers, without the ORM.

What is not applicable leaves numerator and denominator (regulation §4, INV-08): an
answer that says "it was not late" is no zero.
"""

import math
import re
import unicodedata
from fractions import Fraction

from .vietnamese import fold

#: a comment, a reason: longer ones are cut, an applicant writes no essays
TEXT_LIMIT = 1000
#: shorter comments ("tốt", "cảm ơn") repeat by nature and are no sign of abuse
REPEAT_LENGTH = 12
#: an answer of a set without an overall question counts as satisfied from this share on
SATISFIED_FROM = 75.0

# (key, label) from best to worst; the three-level scale uses 1, 2 and 4.
GRADES = [
    ("very_satisfied", "Very satisfied"),
    ("satisfied", "Satisfied"),
    ("neutral", "Neither satisfied nor not"),
    ("not_satisfied", "Not satisfied"),
    ("very_dissatisfied", "Very dissatisfied"),
]
CHANNELS = [
    ("link", "Link or QR code"),
    ("kiosk", "Tablet at the counter"),
    ("paper", "Paper form"),
]

# Nine-index grades: lower limit, key; a score on the limit gets the higher grade (INV-17).
NINE_GRADES = (
    (15, "excellent"),
    (12, "good"),
    (9, "fair"),
    (6, "average"),
    (0, "weak"),
)
#: indices a citizen answers; 1, 2 are computed, 5, 8, 9 belong to the unit (§1.11)
CITIZEN_INDICES = (3, 4, 6, 7)
#: indices that tell of the officer who handled a dossier: the officer total (§1.11)
OFFICER_INDICES = (1, 2, 3, 4, 7)


def plain_text(text, limit=TEXT_LIMIT):
    """Return what a citizen typed as plain text of bounded length.

    >>> plain_text("  tốt\\x00 \\r\\n\\r\\n\\r\\n\\r\\nlắm ")
    'tốt\\n\\nlắm'
    >>> plain_text("x" * 2000) == "x" * TEXT_LIMIT
    True
    >>> plain_text(None)
    ''
    """
    text = unicodedata.normalize("NFC", text or "").replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        char
        for char in text
        if char == "\n" or char == "\u200d" or not unicodedata.category(char).startswith("C")
    )
    kept = re.sub(r"[ \t]+\n", "\n", kept)
    return re.sub(r"\n{3,}", "\n\n", kept).strip()[:limit].rstrip()


def repeat_key(text):
    """Return by what two comments are the same, '' when they are too short to tell.

    >>> repeat_key("Rất hài lòng với cán bộ!!") == repeat_key("rất  hài lòng với cán bộ")
    True
    >>> repeat_key("Tốt")
    ''
    """
    key = re.sub(r"[^\w]+", " ", fold(text or "")).strip()
    return key if len(key) >= REPEAT_LENGTH else ""


def mean_score(scores):
    """Return the mean of scores as a share of what could be reached, None without any.

    :param scores: (score, lowest, highest) of each answered question that has points;
        what is not applicable must have been left out by the caller
    :return: 0.0 to 100.0

    >>> mean_score([(2, 0, 2), (0, 0, 2)]), mean_score([(75, 0, 100)])
    (50.0, 75.0)
    >>> mean_score([]) is None, mean_score([(1, 1, 1)]) is None
    (True, True)
    """
    shares = [
        Fraction(str(score - low)) / Fraction(str(high - low))
        for score, low, high in scores
        if high != low
    ]
    return float(100 * sum(shares) / len(shares)) if shares else None


def nine_grade(points):
    """Return the grade of a total of the nine indices; the limit belongs to the higher one.

    >>> [nine_grade(points) for points in (18, 15.0, 14.99, 12.0, 9.0, 6.0, 5.99)]
    ['excellent', 'excellent', 'good', 'good', 'fair', 'average', 'weak']
    >>> nine_grade(0.1 + 0.2 + 14.7)
    'excellent'
    """
    exact = _millionths(points)
    return next(grade for limit, grade in NINE_GRADES if exact >= limit * 10**6)


def _millionths(points):
    """Round a sum of floats to millionths, so that a total on a limit is on it."""
    return math.floor(Fraction(repr(float(points))) * 10**6 + Fraction(1, 2))


def officer_level(points, full, part):
    """Return the part of the task an officer total stands for; a limit belongs to the higher.

    :param float full: points from which the whole task counts as done
    :param float part: points from which 70 to 100 % of it do

    >>> [officer_level(points, 5.0, 3.5) for points in (5.0, 4.99, 3.5, 3.49)]
    ['full', 'part', 'part', 'below']
    """
    exact = _millionths(points)
    if exact >= _millionths(full):
        return "full"
    return "part" if exact >= _millionths(part) else "below"


def time_points(used, allowed):
    """Return 2, 1 or 0 points: shorter than, equal to or longer than allowed (index 1, 2).

    >>> time_points(3, 4), time_points(4, 4), time_points(5, 4), time_points(1, None)
    (2, 1, 0, None)
    """
    if used is None or allowed is None:
        return None
    return 2 if used < allowed else 1 if used == allowed else 0


def online_points(procedure_share, dossier_share, late_online):
    """Return the points of index 9 from shares between 0 and 1 (regulation §1.11).

    >>> online_points(0.2, 0.3, 0), online_points(0.1, 0.5, 0), online_points(0.0, 0.15, 0)
    (2, 1, 1)
    >>> online_points(0.9, 0.9, 1), online_points(0.9, 0.14, 0)
    (0, 0)
    """
    if late_online or dossier_share < 0.15:
        return 0
    return 2 if procedure_share >= 0.2 and dossier_share >= 0.3 else 1


def complaint_points(total, in_time, pending_late=0):
    """Return the points of index 8: complaints handled in time (regulation §1.11).

    >>> complaint_points(0, 0), complaint_points(10, 10), complaint_points(10, 9)
    (2, 2, 1)
    >>> complaint_points(10, 8), complaint_points(10, 10, 1)
    (0, 0)
    """
    if pending_late:
        return 0
    if not total or in_time >= total:
        return 2
    return 1 if Fraction(in_time, total) >= Fraction(9, 10) else 0
