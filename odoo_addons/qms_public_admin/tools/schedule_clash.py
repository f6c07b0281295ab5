"""Bookings of persons, rooms or units that fall on the same time.

A booking is half open: one that ends at ten and one that begins at ten do not clash.
Days are booked from the first to the day after the last.
"""

from collections import defaultdict
from typing import NamedTuple


class Booking(NamedTuple):
    """``key`` is who or what is booked, ``owner`` what it is booked for."""

    key: object
    start: object
    stop: object
    owner: object


def clashes(bookings):
    """Return the pairs of bookings of one key, for different owners, that overlap.

    >>> plan = [Booking("An", 8, 10, "x"), Booking("An", 9, 11, "y"), Booking("An", 10, 12, "x")]
    >>> [(one.owner, other.owner) for one, other in clashes(plan)]
    [('x', 'y'), ('y', 'x')]
    >>> clashes([Booking("An", 8, 10, "x"), Booking("Bi", 8, 10, "y")])
    []
    >>> clashes([Booking("An", 8, 10, "x"), Booking("An", 10, 11, "y")])
    []
    """
    by_key = defaultdict(list)
    for booking in bookings:
        by_key[booking.key].append(booking)
    found = []
    for same in by_key.values():
        found += _overlaps(sorted(same, key=lambda booking: (booking.start, booking.stop)))
    return found


def _overlaps(ordered):
    """Return the overlapping pairs of bookings in the order of their start.

    One that has ended is dropped: the cost grows with what overlaps, not with its square.
    """
    found, running = [], []
    for booking in ordered:
        running = [other for other in running if other.stop > booking.start]
        found += [(other, booking) for other in running if other.owner != booking.owner]
        running.append(booking)
    return found
