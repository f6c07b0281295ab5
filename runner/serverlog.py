"""What a server's log may hold, and what makes a run fail."""

from __future__ import annotations

import re
from pathlib import Path

LINE = re.compile(
    r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>WARNING|ERROR|CRITICAL) \S+ "
    r"(?P<logger>[^:]+): (?P<text>.*)$"
)
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
    """Return the log's lines of level WARNING and above that we cause.

    The lines are returned whole; a traceback that follows one stays in the file.
    """
    if not path.exists():
        return []
    with path.open(encoding="utf-8", errors="replace") as handle:
        found = (LINE.match(line) for line in handle)
        return [
            match.group(0)
            for match in found
            if match and not is_allowed(match["level"], match["logger"], match["text"])
        ]
