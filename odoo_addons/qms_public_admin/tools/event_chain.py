"""Hash chain of event rows: each row carries the hash of the row before it.

A row is a ``dict`` of plain values; the digest is SHA-256 over the previous
digest and the canonical JSON of the row, so that a changed, inserted, removed
or re-ordered row is found by reading the chain once.

>>> first = row_hash("", {"sequence": 1, "at": "2026-11-21T01:00:00"})
>>> second = row_hash(first, {"sequence": 2, "at": "2026-11-21T02:00:00"})
>>> len(second)
64
>>> combine([first, second]) == combine([second, first])
False
"""

import datetime
import hashlib
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Break:
    """The first row that does not fit: its sequence and why."""

    sequence: int
    code: str  # "altered" | "gap" | "unlinked" | "tail"


def canonical(value):
    """Return ``value`` as JSON understands it, the same on every machine.

    Whatever is empty is ``None``: a database gives zero where nothing was written.
    """
    if not value:
        return None
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def row_hash(previous_hash, payload):
    """Digest of one row given the digest of the row before it ('' at first)."""
    return canonical_hash(previous_hash, {key: canonical(value) for key, value in payload.items()})


def canonical_hash(previous_hash, payload):
    """:func:`row_hash` of a payload whose values are :func:`canonical` already."""
    return hashlib.sha256(f"{previous_hash}\n{_encode(payload)}".encode()).hexdigest()


def combine(digests):
    """One digest over an ordered series of digests (a day anchor)."""
    total = hashlib.sha256()
    for digest in digests:
        total.update(digest.encode())
        total.update(b"\n")
    return total.hexdigest()


def find_break(rows, expected_count, expected_head):
    """Return the first :class:`Break` of a chain or ``None`` when it is whole.

    ``rows`` yields ``(sequence, previous_hash, hash, payload)`` in the order of
    their sequence; ``expected_count`` and ``expected_head`` are what the record
    that owns the chain remembers, which is how a cut tail shows.
    """
    previous, position = "", 0
    for sequence, previous_hash, digest, payload in rows:
        position += 1
        if sequence != position:
            return Break(position, "gap")
        if previous_hash != previous:
            return Break(sequence, "unlinked")
        if digest != row_hash(previous, payload):
            return Break(sequence, "altered")
        previous = digest
    if position != expected_count or previous != expected_head:
        return Break(position + 1, "tail")
    return None
