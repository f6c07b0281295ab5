"""Which Odoo 19.0 is used: one that is there, or Debian's package."""

from __future__ import annotations

import importlib.util
import os
import re
import site
import sys
from dataclasses import dataclass
from pathlib import Path

from . import debian, download, npm
from .console import say
from .errors import QmsError

SERIES = (19, 0)
ELSEWHERE = (
    "no Odoo 19.0 here: set ODOO_HOME to one, or run the containers with "
    "'docker compose up' (docker-compose.yml)"
)


@dataclass(frozen=True)
class Odoo:
    """An Odoo that can be run.

    :param source: the folder to import ``odoo`` from
    :param addons: the folders of its addons
    :param paths: further folders that hold what it needs; empty where our own lock
        file has to bring that
    """

    source: Path
    addons: tuple[Path, ...]
    version: str
    paths: tuple[Path, ...] = ()


def read_version(source: Path) -> str | None:
    """Return the version of the Odoo in a folder, or nothing where there is none."""
    release = source / "odoo" / "release.py"
    if not release.exists():
        return None
    text = release.read_text(encoding="utf-8")
    found = re.search(r"^version_info\s*=\s*\(([^)]*)\)", text, re.MULTILINE)
    parts = [part.strip(" '\"") for part in found.group(1).split(",")] if found else []
    return ".".join(part for part in parts[:3] if part) or None


def describe(source: Path, paths: tuple[Path, ...] = ()) -> Odoo:
    """Return the Odoo that lies in a folder.

    :raise QmsError: it is none, or of another series
    """
    version = read_version(source)
    if not version or not version.startswith("{}.{}".format(*SERIES)):
        raise QmsError(f"{source} holds no Odoo 19.0 (found: {version or 'none'})")
    folders = [source / "odoo" / "addons", source / "addons"]
    seen: list[Path] = []
    for folder in folders:
        if (folder / "web").exists() and folder.resolve() not in [p.resolve() for p in seen]:
            seen.append(folder)
    base = source / "odoo" / "addons"
    return Odoo(source, tuple(dict.fromkeys([base, *seen])), version, paths)


def given() -> Odoo | None:
    """Return the Odoo that ``ODOO_HOME`` names."""
    home = os.environ.get("ODOO_HOME")
    if not home:
        return None
    folder = Path(home).expanduser().resolve()
    return describe(folder.parent if (folder / "release.py").exists() else folder)


def importable() -> Odoo | None:
    """Return the Odoo 19.0 that this interpreter can import, if any."""
    found = importlib.util.find_spec("odoo")
    for location in found.submodule_search_locations or [] if found else []:
        source = Path(location).parent
        version = read_version(source)
        if version and version.startswith("{}.{}".format(*SERIES)):
            folders = [*site.getsitepackages(), site.getusersitepackages()]
            folders += [entry for entry in sys.path if entry.endswith("-packages")]
            paths = tuple(Path(entry) for entry in dict.fromkeys(folders) if os.path.isdir(entry))
            return describe(source, paths)
    return None


def unpacked(cache: Path) -> Odoo | None:
    """Return the newest Odoo that was unpacked into the cache."""
    pinned = next(pin for pin in debian.read_pins() if pin.package == "odoo-19")
    found = sorted(cache.glob("odoo-19.0*/usr/lib/python3/dist-packages"))
    preferred = [path for path in found if f"odoo-{pinned.version}/" in f"{path}/"]
    return describe((preferred or found)[-1]) if found else None


def unpack(cache: Path) -> Odoo:
    """Fetch Debian's package of Odoo and unpack it into the cache."""
    say("fetching Odoo 19.0 (about 130 MB)")
    apt = debian.Apt(cache)
    fetched = {pin.package: apt.fetch(pin) for pin in debian.read_pins()}
    version = fetched["odoo-19"][0]
    target = cache / f"odoo-{version}"
    say(f"unpacking Odoo {version}")
    with download.workspace(cache) as folder:
        root = folder / "root"
        debian.unpack([file for _version, file in fetched.values()], root)
        addons = root / "usr/lib/python3/dist-packages/odoo/addons"
        for pin in npm.read_pins():
            npm.place(pin, addons, cache)
        download.put(root, target)
    return describe(target / "usr/lib/python3/dist-packages")


def locate(cache: Path) -> Odoo:
    """Return the Odoo to run: the one given, the one installed, or Debian's.

    :raise QmsError: there is none and this is not Debian
    """
    found = given() or importable() or unpacked(cache)
    if found:
        return found
    if not debian.is_debian():
        raise QmsError(ELSEWHERE)
    return unpack(cache)
