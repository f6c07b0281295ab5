"""Programs of the system that a browser test or a PDF needs."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .console import warn

BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
FONTS = ("fonts-dejavu-core", "fonts-noto-core", "fonts-liberation")


@dataclass(frozen=True)
class Need:
    """Something of the system's: what it is for, and the packages that bring it."""

    purpose: str
    packages: tuple[str, ...]


BROWSER = Need("browser tests", ("chromium",))
PDF = Need("PDF documents", ("wkhtmltopdf",))
LETTERS = Need("Vietnamese letters in PDF documents", FONTS)


def missing(browser: bool) -> list[Need]:
    """Return what is missing, out of what the command at hand can use."""
    needs = []
    if browser and not any(shutil.which(name) for name in BROWSERS):
        needs.append(BROWSER)
    if not shutil.which("wkhtmltopdf"):
        needs.append(PDF)
    if debian.is_debian() and not all(map(debian.is_installed, FONTS)):
        needs.append(LETTERS)
    return needs


def complaint(needs: list[Need]) -> str:
    """Return the one line that says what is missing and what brings it."""
    purposes = ", ".join(need.purpose for need in needs)
    packages = " ".join(package for need in needs for package in need.packages)
    return f"no {purposes} until this is run as root: apt-get install {packages}"


def ensure(browser: bool, cache: Path) -> list[Need]:
    """Install what is missing as root, else say what brings it; return what is left."""
    needs = missing(browser)
    if needs and os.geteuid() == 0 and debian.is_debian():
        packages = [package for need in needs for package in need.packages]
        debian.install(packages, cache / "logs" / "apt-system.log")
        needs = missing(browser)
    if needs:
        warn(complaint(needs))
    return needs
