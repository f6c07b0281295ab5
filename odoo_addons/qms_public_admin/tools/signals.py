"""Which findings of a night are new, which are known, and which are to be left alone.

No ORM. A finding is named by its rule and what it is about; what was proposed for the same
name before decides what becomes of it.
"""

import datetime
from typing import NamedTuple

#: States of a proposal; an accepted one is open as long as its nonconformity is.
PROPOSED, ACCEPTED, DISMISSED = "proposed", "accepted", "dismissed"


class Past(NamedTuple):
    """What was proposed before under a name.

    :ivar key: what it is known by
    :ivar is_open: its nonconformity has not ended (of accepted ones)
    :ivar quiet_until: last day on which nothing is proposed again, None for none
    """

    key: object
    state: str
    is_open: bool = False
    quiet_until: datetime.date | None = None


def fold(found, known, today):
    """Sort the names found in a night.

    :param found: names, each once or several times
    :param dict known: ``{name: [Past, …]}``, oldest first
    :return: ``(new names, {key of a past one: name}, names left alone)``

    >>> day = datetime.date(2026, 3, 1)
    >>> fold(["a", "b", "c", "d", "a"], {
    ...     "b": [Past(1, PROPOSED)], "c": [Past(2, ACCEPTED, True)],
    ...     "d": [Past(3, DISMISSED, False, day)]}, day)
    (['a'], {1: 'b', 2: 'c'}, ['d'])
    >>> fold(["d"], {"d": [Past(3, DISMISSED, False, day)]}, day + datetime.timedelta(days=1))
    (['d'], {}, [])
    """
    new, again, quiet = [], {}, []
    for name in dict.fromkeys(found):
        past = known.get(name, ())
        current = [row for row in past if row.state == PROPOSED or row.is_open]
        if current:
            again[current[-1].key] = name
        elif any(row.quiet_until and today <= row.quiet_until for row in past):
            quiet.append(name)
        else:
            new.append(name)
    return new, again, quiet
