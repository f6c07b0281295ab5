"""Compare two versions of a procedure part by part.

A version is given as ``{section: [item]}``; an item is a dict of readable texts with
a ``_key`` that names it. Items with the same key are the same; of the rest, items at
the same place among the unmatched are taken as one that was renamed.

>>> old = {"steps": [{"_key": "Check", "hours": "4"}]}
>>> new = {"steps": [{"_key": "Check", "hours": "6"}, {"_key": "Sign", "hours": "1"}]}
>>> [(d.change, d.item, d.field, d.old, d.new) for d in compare(old, new)]
[('changed', 'Check', 'hours', '4', '6'), ('added', 'Sign', '', '', 'Sign')]
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    section: str
    item: str
    field: str
    old: str
    new: str
    change: str


def compare(old, new, with_equal=False):
    """Return the differences in the order of the new version, removed items last.

    :param bool with_equal: also return an ``equal`` line for each unchanged item
    :rtype: list[Difference]
    """
    differences = []
    for section in [*new, *(name for name in old if name not in new)]:
        pairs = _pair(old.get(section, []), new.get(section, []))
        for before, after in pairs:
            differences += _compare_items(section, before, after, with_equal)
    return differences


def _compare_items(section, before, after, with_equal):
    if before is None:
        return [Difference(section, after["_key"], "", "", after["_key"], "added")]
    if after is None:
        return [Difference(section, before["_key"], "", before["_key"], "", "removed")]
    changed = [
        Difference(section, after["_key"], name, before.get(name, ""), text, "changed")
        for name, text in after.items()
        if name != "_key" and before.get(name, "") != text
    ]
    if not changed and with_equal:
        return [Difference(section, after["_key"], "", before["_key"], after["_key"], "equal")]
    return changed


def _pair(old, new):
    """Pair the items: same key first, then by place among what is left."""
    waiting = {}
    for item in old:
        waiting.setdefault(item["_key"], []).append(item)
    partners = [waiting[item["_key"]].pop(0) if waiting.get(item["_key"]) else None for item in new]
    left = [item for items in waiting.values() for item in items]
    left.sort(key=old.index)
    open_places = [place for place, partner in enumerate(partners) if partner is None]
    if len(open_places) == len(left):
        for place, item in zip(open_places, left, strict=True):
            partners[place] = item
        left = []
    return [*zip(partners, new, strict=True), *((item, None) for item in left)]
