"""Numbers of clauses: how they sort and which one stands above which.

A number is digits with points between: ``4``, ``7.5.3.2``. As text 4.10 would stand
before 4.9 and 10 before 4.

>>> sorted(["4.10", "10", "4.9", "4"], key=sort_key)
['4', '4.9', '4.10', '10']
>>> ancestors("7.5.3.2")
['7.5.3', '7.5', '7']
>>> is_number("8.5.1"), is_number("8.5."), is_number("A.1"), is_number("8.0001")
(True, False, False, False)
"""

import re

_NUMBER = re.compile(r"\d{1,3}(\.\d{1,3})*")


def is_number(text):
    """Whether ``text`` is the number of a clause."""
    return bool(_NUMBER.fullmatch(text or ""))


def sort_key(number):
    """Return a text that sorts as the numbers do.

    >>> sort_key("4.10")
    '004.010'
    """
    return ".".join(part.zfill(3) for part in number.split("."))


def ancestors(number):
    """Return the numbers above a number, the nearest first."""
    parts = number.split(".")
    return [".".join(parts[:length]) for length in range(len(parts) - 1, 0, -1)]
