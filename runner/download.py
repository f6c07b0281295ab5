"""Files from elsewhere: checked, then put in place under their final name."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import QmsError


def sha256(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        for block in iter(lambda: handle.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def is_good(path: Path, expected: str) -> bool:
    """Tell whether a file is there and is the one expected."""
    return path.is_file() and sha256(path) == expected


def check(path: Path, expected: str) -> None:
    """Refuse a file that is not the one pinned, and remove it.

    :raise QmsError: the hashes differ
    """
    found = sha256(path)
    if found != expected:
        path.unlink()
        raise QmsError(
            f"{path.name} is not the file that was pinned (SHA-256 {found}, expected "
            f"{expected}); it was removed. Run the command again; if it happens again, "
            "the source was changed and must not be trusted."
        )


@contextmanager
def workspace(parent: Path) -> Iterator[Path]:
    """Give a folder on the final place's file system, removed afterwards."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".part-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put(source: Path, target: Path) -> Path:
    """Move a finished file or folder to its final name in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(source, target)
    return target


def only_file(folder: Path, pattern: str) -> Path:
    """Return the one file that a client program has left in a folder.

    :raise QmsError: there is none, or there are several
    """
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise QmsError(f"expected one {pattern} in {folder}, found {len(found)}")
    return found[0]


def link(source: str, target: str) -> None:
    """Give a file that is never rewritten a second name, or a copy where that cannot be."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
