"""What a server's log may hold, and what makes a run fail."""

from __future__ import annotations

import re
from pathlib import Path

LINE = re.compile(
    r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>WARNING|ERROR|CRITICAL) \S+ "
    r"(?P<logger>[^:]+): (?P<text>.*)$"
)
ANY_LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ [A-Z]+ ")
#: (level, logger, text, reason): the lines that are no fault of ours.
ALLOWED = (
    (
        "WARNING",
        r"py\.warnings",
        r".*(/site-packages/|/dist-packages/|/lib/python3).*",
        "a library warns about a library",
    ),
    (
        "WARNING",
        r"odoo\.http",
        r".*",
        "a request was refused, which the test that sent it asserts; a request that fails "
        "is of level ERROR",
    ),
)


def is_allowed(level: str, logger: str, text: str) -> bool:
    """Tell whether a line is no fault of ours."""
    return any(
        level == allowed_level and re.fullmatch(its_logger, logger) and re.fullmatch(its_text, text)
        for allowed_level, its_logger, its_text, _reason in ALLOWED
    )


def offences(path: Path) -> list[str]:
    """Return the log's lines of level WARNING and above that are our fault.

    A line that a traceback follows gets the traceback's last line, which names the error.
    """
    if not path.exists():
        return []
    found: list[list[str]] = []
    current: list[str] | None = None
    with path.open(encoding="utf-8", errors="replace") as handle:
        for line in handle:
            if ANY_LINE.match(line):
                current = _new_offence(line)
                found += [current] if current else []
            elif current and line.strip():
                current[1:] = [line.strip()]
    return [" | ".join(lines) for lines in found]


def _new_offence(line: str) -> list[str] | None:
    match = LINE.match(line)
    if match and not is_allowed(match["level"], match["logger"], match["text"]):
        return [match.group(0)]
    return None
