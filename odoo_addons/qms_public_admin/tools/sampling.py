"""A random sample that anybody can draw again: no luck is kept, only a seed.

The rank of an item is the SHA-256 of seed and number; the sample are the items with the
smallest ranks. So the draw depends on nothing but the population and the seed: not on the
order in which items come, not on the version of a language's random numbers. The database
computes the same rank (:data:`RANK_SQL`), so that a million items need not leave it.
"""

import hashlib
import heapq
import math

METHOD = "sha256-rank-1"
# The rank in PostgreSQL, of the text "<seed>:<number>".
RANK_SQL = "sha256(convert_to(%(seed)s || ':' || {number}::text, 'UTF8'))"
SMALLEST, LARGEST = 5, 30
STRATA = ("late", "supplement", "any")


def rank(seed, number):
    """Return the place of an item in the lottery of a seed, as bytes that compare.

    >>> rank("7", 1) == rank("7", 1), rank("7", 1) == rank("8", 1)
    (True, False)
    >>> rank("2026", 41).hex()[:16]
    'b1cdbcead79eb02a'
    """
    return hashlib.sha256(f"{seed}:{number}".encode()).digest()


def draw(numbers, size, seed):
    """Return the numbers drawn, in the order of the draw; memory does not grow with them.

    :param numbers: iterable of distinct whole numbers, in any order
    :param int size: how many are wanted; all of them when there are fewer
    :param str seed: text of the seed

    >>> draw(range(1, 1001), 5, "2026") == draw(reversed(range(1, 1001)), 5, "2026")
    True
    >>> draw(range(1, 1001), 5, "2026") == draw(range(1, 1001), 5, "2027")
    False
    >>> draw(range(1, 1001), 3, "2026") == draw(range(1, 1001), 5, "2026")[:3]
    True
    >>> sorted(draw([4, 2], 5, "x")), draw([], 5, "x"), draw([1], 0, "x")
    ([2, 4], [], [])
    """
    return heapq.nsmallest(max(size, 0), numbers, key=lambda number: rank(seed, number))


def advised_size(population):
    """Return how many items to look at: the root of the population, 5 at least, 30 at most.

    A rule of thumb of auditors, no statistics: what is found in so few says that something
    happens, not how often.

    >>> [advised_size(count) for count in (0, 3, 20, 100, 400, 1_000_000)]
    [0, 3, 5, 10, 20, 30]
    """
    return min(population, max(SMALLEST, min(LARGEST, math.ceil(math.sqrt(population)))))


def plan(size, wanted, available):
    """Return how many items come from each stratum: ``{stratum: count}``.

    What a stratum lacks is taken from all the rest, so that the sample has its size.

    :param dict wanted: ``late`` and ``supplement``: how many at least from there
    :param dict available: how many items each stratum has; strata do not overlap

    >>> plan(10, {"late": 3, "supplement": 2}, {"late": 40, "supplement": 9, "any": 500})
    {'late': 3, 'supplement': 2, 'any': 5}
    >>> plan(10, {"late": 3, "supplement": 2}, {"late": 1, "supplement": 0, "any": 500})
    {'late': 1, 'supplement': 0, 'any': 9}
    >>> plan(4, {"late": 3, "supplement": 2}, {"late": 9, "supplement": 9, "any": 0})
    {'late': 3, 'supplement': 1, 'any': 0}
    >>> plan(10, {}, {"late": 2, "supplement": 1, "any": 3})
    {'late': 0, 'supplement': 0, 'any': 6}
    """
    late = min(wanted.get("late", 0), available["late"], size)
    supplement = min(wanted.get("supplement", 0), available["supplement"], size - late)
    rest = sum(available.values()) - late - supplement
    return {"late": late, "supplement": supplement, "any": min(size - late - supplement, rest)}
