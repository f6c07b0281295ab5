"""Where things lie: the checkout, and the cache outside it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDONS_FOLDER = ROOT / "odoo_addons"
LOCKS = Path(__file__).resolve().parent / "locks"
OWN_ADDONS = ("qms_public_admin", "qms_reports")


def cache_folder() -> Path:
    """Return the cache: ``$QMS_CACHE``, else ``$XDG_CACHE_HOME/qms``, else ours."""
    given = os.environ.get("QMS_CACHE")
    if given:
        return Path(given).expanduser().resolve()
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home).expanduser().resolve() / "qms"


def checkout_id(root: Path = ROOT) -> str:
    """Return six hexadecimal digits that tell this checkout from its neighbours."""
    return hashlib.sha256(str(root).encode()).hexdigest()[:6]


def checkout_folder(cache: Path) -> Path:
    """Return the folder that holds this checkout's logs, locks and configuration."""
    folder = cache / "checkouts" / checkout_id()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def files_hash(paths: list[Path], *extra: str) -> str:
    """Return a short hash over some files' content and some words."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
        digest.update(b"\0")
    for word in extra:
        digest.update(word.encode() + b"\0")
    return digest.hexdigest()[:10]


def addon_hash(addon: Path) -> str:
    """Return a hash over what an installed addon is made of.

    Tests and documentation are left out: changing them needs no upgrade.
    """
    skipped = {"tests", "readme", "__pycache__"}
    digest = hashlib.sha256()
    for path in sorted(addon.rglob("*")):
        relative = path.relative_to(addon)
        if skipped & set(relative.parts) or not path.is_file():
            continue
        digest.update(str(relative).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
