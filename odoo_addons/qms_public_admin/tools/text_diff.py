"""What differs between two texts, for people: block by block, and inside by words.

>>> rows = compare(["Mục đích", "Nộp 2 bản."], ["Mục đích", "Nộp 1 bản.", "Hết."])
>>> [(row.change, row.old, row.new) for row in rows if row.change != "equal"]
[('changed', 'Nộp 2 bản.', 'Nộp 1 bản.'), ('added', '', 'Hết.')]
>>> rows[1].pieces
[('equal', 'Nộp '), ('removed', '2'), ('added', '1'), ('equal', ' bản.')]
"""

import difflib
import re
from dataclasses import dataclass, field

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
# Two blocks of which less is the same are told as one removed and one added.
ALIKE = 0.4


@dataclass
class Row:
    """A block of one text or of both; ``pieces`` are ``(change, words)`` of a changed one."""

    change: str  # equal, added, removed, changed
    old: str = ""
    new: str = ""
    pieces: list = field(default_factory=list)


def compare(old, new):
    """Return the rows of both texts in order.

    :param list old: blocks of the earlier text
    :param list new: blocks of the later text
    """
    rows = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            rows += [Row("equal", block, block) for block in old[start:end]]
        else:
            rows += _compare_blocks(old[start:end], new[new_start:new_end])
    return rows


def _compare_blocks(old, new):
    """Pair blocks that are alike, in order; the others were removed or added."""
    rows, place = [], 0
    for block in new:
        partner = next((i for i in range(place, len(old)) if _are_alike(old[i], block)), None)
        if partner is None:
            rows.append(Row("added", "", block))
            continue
        rows += [Row("removed", gone, "") for gone in old[place:partner]]
        rows.append(Row("changed", old[partner], block, pieces(old[partner], block)))
        place = partner + 1
    return rows + [Row("removed", gone, "") for gone in old[place:]]


def _are_alike(old, new):
    matcher = difflib.SequenceMatcher(None, _WORDS.findall(old), _WORDS.findall(new), False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def pieces(old, new):
    """Return ``(change, words)`` of which the two blocks consist, in order."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    found = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            found.append(("equal", "".join(before[start:end])))
            continue
        if end > start:
            found.append(("removed", "".join(before[start:end])))
        if new_end > new_start:
            found.append(("added", "".join(after[new_start:new_end])))
    return found
