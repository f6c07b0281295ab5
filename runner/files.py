"""Checks of data files: XML, JSON and translations. Runs inside the environment."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from lxml import etree

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdrfi]|\{\w*\}")
#: XML that is not loaded as data: the web client's templates.
CLIENT_FOLDER = "static"


def check_xml(addon: Path, schema: etree.RelaxNG) -> Iterator[str]:
    """Yield what is wrong with an addon's XML, by Odoo's own schema."""
    for path in sorted(addon.rglob("*.xml")):
        try:
            tree = etree.parse(str(path))
        except etree.XMLSyntaxError as error:
            yield f"{path}: {error}"
            continue
        is_data = tree.getroot().tag in ("odoo", "openerp")
        if is_data and CLIENT_FOLDER not in path.parts and not schema.validate(tree):
            yield f"{path}: {schema.error_log.last_error}"


def check_json(addon: Path) -> Iterator[str]:
    """Yield what is wrong with an addon's JSON files."""
    for path in sorted(addon.rglob("*.json")):
        try:
            json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            yield f"{path}: {error}"


def check_translations(addon: Path) -> Iterator[str]:
    """Yield entries that are doubled, doubtful, or lose a placeholder."""
    for path in sorted((addon / "i18n").glob("*.po")):
        seen = set()
        for entry in polib.pofile(str(path)):
            place = f"{path}:{entry.linenum}"
            if (entry.msgctxt, entry.msgid) in seen:
                yield f"{place}: doubled: {entry.msgid!r}"
            seen.add((entry.msgctxt, entry.msgid))
            if entry.fuzzy:
                yield f"{place}: doubtful (fuzzy): {entry.msgid!r}"
            if entry.msgstr and placeholders(entry.msgid) != placeholders(entry.msgstr):
                yield f"{place}: placeholders differ: {entry.msgid!r}"


def placeholders(text: str) -> list[str]:
    """Return the places in a text that Python fills in."""
    return sorted(PLACEHOLDER.findall(text.replace("%%", "")))


def main(schema: str, addons: list[str]) -> int:
    rules = etree.RelaxNG(etree.parse(schema))
    faults = []
    for addon in map(Path, addons):
        faults += [*check_xml(addon, rules), *check_json(addon), *check_translations(addon)]
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
