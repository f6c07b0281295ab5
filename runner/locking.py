"""Locks against two runs that would spoil each other's work."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .console import say
from .errors import QmsError


@contextmanager
def exclusive(path: Path, what: str, wait: bool) -> Iterator[None]:
    """Hold a lock file while the block runs.

    The kernel frees the lock when its holder ends, however it ends, so that an
    interrupted run leaves nothing to clear away.

    :param wait: wait for the other run, or refuse
    :raise QmsError: the lock is held and ``wait`` is false
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            if not wait:
                raise QmsError(f"{what} is already running (process {holder})") from None
            say(f"waiting for another run that is busy with {what} (process {holder})")
            fcntl.flock(handle, fcntl.LOCK_EX)
        handle.seek(0)
        handle.truncate()
        handle.write(str(os.getpid()))
        handle.flush()
        yield
