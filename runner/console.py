"""What the commands print while they work, and how they run programs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import deque
from pathlib import Path

from .errors import QmsError

_START = time.monotonic()


def say(text: str) -> None:
    """Print one line at once, with the seconds since the command began."""
    print(f"[{time.monotonic() - _START:6.1f}s] {text}", flush=True)


def warn(text: str) -> None:
    print(f"[{time.monotonic() - _START:6.1f}s] note: {text}", file=sys.stderr, flush=True)


def run_logged(command: list[str], log: Path, what: str, **kwargs) -> None:
    """Run a program with its output in a log file.

    :param what: the words for the error message
    :raise QmsError: when the program fails; the log's last lines are shown
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as handle:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=subprocess.STDOUT,
            check=False,
            **kwargs,
        )
    if result.returncode:
        with log.open(encoding="utf-8", errors="replace") as handle:
            tail = "".join(deque(handle, maxlen=25))
        raise QmsError(f"{what} failed (exit code {result.returncode}):\n{tail}\nLog: {log}")
