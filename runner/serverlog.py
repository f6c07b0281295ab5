"""What a server's log may hold, and what makes a run fail."""

from __future__ import annotations

import re
from pathlib import Path

LINE = re.compile(
    r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>WARNING|ERROR|CRITICAL) \S+ "
    r"(?P<logger>[^:]+): (?P<text>.*)$"
)
#: (logger, text, reason): the lines that we do not cause.
ALLOWED = (
    (
        r"py\.warnings",
        r".*(/site-packages/|/dist-packages/|/lib/python3).*",
        "a library warns about a library",
    ),
)


def is_allowed(logger: str, text: str) -> bool:
    """Tell whether a line is one that we do not cause."""
    return any(
        re.fullmatch(allowed_logger, logger) and re.fullmatch(allowed_text, text)
        for allowed_logger, allowed_text, _reason in ALLOWED
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
            if match and not is_allowed(match["logger"], match["text"])
        ]
