"""What a declaration of conformity rests on: the order of its days, and its scope.

Decision 19/2014/QĐ-TTg, art. 4.2–4.3: the head approves the documents, an internal audit
and a management review follow, the head confirms that the system is effective, then it is
declared. Art. 4.4.c: what changes in the scope is declared anew.
"""

from dataclasses import dataclass

# Regulation INV-15: each day is not before the one above it.
CHAIN = ("documents_approved_on", "audited_on", "reviewed_on", "confirmed_on", "decision_date")
# A newer revision of the same document leaves the scope as it is.
CALLING = frozenset({"added", "removed"})


@dataclass(frozen=True)
class Item:
    """A procedure or document of a scope.

    ``record`` identifies it where there is a record; otherwise its code does. ``mark`` is
    its issue and revision or its version; ``since`` the day from which it is so.
    """

    kind: str
    record: int | None
    code: str
    name: str
    mark: str
    since: object = None


@dataclass(frozen=True)
class Change:
    """``added``, ``removed`` or ``newer``: what is no longer as it was declared."""

    change: str
    item: Item
    declared_mark: str = ""

    @property
    def calls(self):
        """Whether it calls for a new declaration (ISO-04)."""
        return self.change in CALLING


def chain_break(days):
    """Return the two names that are out of order, the later one first; None if none are.

    Days not known yet are passed over.

    >>> chain_break({"audited_on": "2018-11-20", "reviewed_on": "2018-12-01"})
    >>> chain_break({"audited_on": "2018-12-02", "decision_date": "2018-12-01"})
    ('decision_date', 'audited_on')
    """
    known = [name for name in CHAIN if days.get(name)]
    for before, after in zip(known, known[1:], strict=False):
        if days[after] < days[before]:
            return after, before
    return None


def difference(declared, present):
    """Return the changes from the items declared to those there now, in a fixed order.

    >>> old = [Item("procedure", 1, "1", "A", "v1"), Item("document", None, "ST", "B", "1/0")]
    >>> new = [Item("procedure", 2, "2", "C", "v1"), Item("document", 7, "ST", "B", "2/0")]
    >>> [(one.change, one.item.code, one.declared_mark) for one in difference(old, new)]
    [('added', '2', ''), ('removed', '1', 'v1'), ('newer', 'ST', '1/0')]
    """
    by_record = {(item.kind, item.record): item for item in present if item.record}
    by_code = {(item.kind, item.code): item for item in present if item.code}
    changes, met = [], set()
    for item in declared:
        key = (item.kind, item.record if item.record else item.code)
        found = (by_record if item.record else by_code).get(key)
        if not found:
            changes.append(Change("removed", item, item.mark))
            continue
        met.add(found)
        if found.mark != item.mark:
            changes.append(Change("newer", found, item.mark))
    changes += [Change("added", item) for item in present if item not in met]
    order = ("added", "removed", "newer")
    return sorted(
        changes, key=lambda one: (order.index(one.change), one.item.kind, one.item.code or "")
    )
