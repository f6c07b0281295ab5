"""The one file that comes from the npm registry."""

from __future__ import annotations

import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path

from . import download
from .console import run_logged, warn
from .paths import LOCKS

PLACEHOLDER = (
    "/* The background blur of video calls is not part of this installation. */\n"
    "window.SelfieSegmentation = undefined;\n"
)


@dataclass(frozen=True)
class NpmFile:
    """A file inside a pinned package, and its place among Odoo's addons."""

    package: str
    version: str
    sha256: str
    member: str
    place: str


def read_pins(path: Path = LOCKS / "npm.txt") -> list[NpmFile]:
    """Return the pinned files."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [NpmFile(*line.split()) for line in lines if line and not line.startswith("#")]


def fetch(pin: NpmFile, cache: Path) -> Path:
    """Return the package's file, from the cache where it is there."""
    name = pin.package.strip("@").replace("/", "-")
    target = cache / "downloads" / f"{name}-{pin.version}.tgz"
    if download.is_good(target, pin.sha256):
        return target
    with download.workspace(target.parent) as folder:
        command = ["npm", "pack", "--silent", f"{pin.package}@{pin.version}"]
        log = cache / "logs" / "npm.log"
        run_logged(command, log, f"the download of {pin.package}", cwd=folder)
        file = download.only_file(folder, "*.tgz")
        download.check(file, pin.sha256)
        return download.put(file, target)


def place(pin: NpmFile, addons: Path, cache: Path) -> None:
    """Put the file where Odoo's web client asks for it.

    Without npm an empty script takes its place: the pages then load without an error,
    and only the background blur of video calls is missing.
    """
    target = addons / pin.place
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if not shutil.which("npm"):
        warn("npm is missing: video calls will have no background blur")
        target.write_text(PLACEHOLDER, encoding="utf-8")
        return
    with tarfile.open(fetch(pin, cache)) as archive:
        member = archive.extractfile(f"package/{pin.member}")
        target.write_bytes(member.read())
