"""Debian's packages: Odoo itself, unpacked beside the system, and the system's tools.

Odoo is not installed: its package and the few that its links lead to are fetched with a
private state of apt's and unpacked with ``dpkg -x``, which needs no root and changes
nothing on the machine. The mirror's address comes from the machine's own configuration.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import download
from .console import run_logged, say, warn
from .errors import QmsError
from .paths import LOCKS

#: The suites that hold the pinned versions; the fonts need the older of the two.
SUITES = ("sid", "trixie")
KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
)


@dataclass(frozen=True)
class Pin:
    """One package as it was tried."""

    package: str
    version: str
    sha256: str

    @property
    def accepted(self) -> str:
        """Return how another version must begin to be taken in this one's stead."""
        return "19.0" if self.package == "odoo-19" else ""


def read_pins(path: Path = LOCKS / "debian.txt") -> list[Pin]:
    """Return the pinned packages."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Pin(*line.split()) for line in lines if line and not line.startswith("#")]


def is_debian(release: Path = Path("/etc/os-release")) -> bool:
    """Tell whether this is Debian itself, whose packages are the ones pinned."""
    if not release.exists() or not shutil.which("apt-get"):
        return False
    lines = release.read_text(encoding="utf-8").splitlines()
    return "ID=debian" in [line.replace('"', "") for line in lines]


def choose_mirror(targets: str) -> str:
    """Return the mirror's address out of ``apt-get indextargets``' lines.

    :param targets: lines of ``site|origin|address``; the origin is empty before the
        first ``apt-get update``
    :raise QmsError: the machine has no source of Debian's packages
    """
    rows = [line.split("|") for line in targets.splitlines() if line.count("|") == 2]
    rows = [row for row in rows if "security" not in row[2]]
    for wanted in ("Debian", ""):
        for site, origin, _address in rows:
            if site and origin == wanted:
                return site
    raise QmsError("apt knows no mirror of Debian's packages: see /etc/apt/sources.list")


class Apt:
    """A private state of apt's: its lists, its cache, its one sources file."""

    def __init__(self, cache: Path):
        self.folder = cache / "apt"
        self.downloads = cache / "downloads"
        self.log = cache / "logs" / "apt.log"
        self._updated = False

    def _options(self) -> list[str]:
        settings = {
            "Dir::State::lists": self.folder / "lists",
            "Dir::Cache": self.folder / "cache",
            "Dir::Etc::sourcelist": self.folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "APT::Sandbox::User": "root",
        }
        return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]

    def update(self) -> None:
        """Fetch the package lists, once a run."""
        if self._updated:
            return
        for name in ("lists/partial", "cache/archives/partial"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        keyring = next((path for path in KEYRINGS if os.path.exists(path)), None)
        if not keyring:
            raise QmsError("the Debian keyring is missing: apt-get install debian-archive-keyring")
        site = choose_mirror(_targets())
        lines = [f"deb [signed-by={keyring}] {site} {suite} main\n" for suite in SUITES]
        (self.folder / "sources.list").write_text("".join(lines), encoding="utf-8")
        say("reading Debian's package lists")
        run_logged(["apt-get", *self._options(), "update"], self.log, "apt-get update")
        self._updated = True

    def versions(self, package: str) -> list[str]:
        """Return the versions on offer, the newest first."""
        command = ["apt-cache", *self._options(), "madison", package]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        rows = [line.split("|") for line in result.stdout.splitlines()]
        return [row[1].strip() for row in rows if len(row) == 3]

    def fetch(self, pin: Pin) -> tuple[str, Path]:
        """Return a package's version and file, from the cache where it is there."""
        target = self.downloads / f"{pin.package}_{pin.version.replace(':', '%3a')}.deb"
        if download.is_good(target, pin.sha256):
            return pin.version, target
        self.update()
        version = self._choose(pin)
        with download.workspace(self.downloads) as folder:
            command = ["apt-get", *self._options(), "download", f"{pin.package}={version}"]
            run_logged(command, self.log, f"the download of {pin.package}", cwd=folder)
            file = download.only_file(folder, "*.deb")
            if version == pin.version:
                download.check(file, pin.sha256)
            else:
                target = self.downloads / file.name
            return version, download.put(file, target)

    def _choose(self, pin: Pin) -> str:
        """Return the pinned version, or the one that has taken its place.

        Debian's unstable suite keeps one version of a package. Its successor is taken
        with a word about it; apt has checked it against the archive's signature.
        """
        offered = self.versions(pin.package)
        if pin.version in offered:
            return pin.version
        for version in offered:
            if version.split(":")[-1].startswith(pin.accepted):
                warn(
                    f"{pin.package} {pin.version} has left the archive; taking {version}, "
                    "checked by the archive's signature, not by a pinned hash"
                )
                return version
        raise QmsError(
            f"{pin.package} {pin.version} is not on this machine's mirror; set ODOO_HOME "
            "to an Odoo 19.0, or use docker-compose.yml"
        )


def _targets() -> str:
    command = ["apt-get", "indextargets", "--format", "$(SITE)|$(ORIGIN)|$(URI)"]
    command.append("Created-By: Packages")
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def unpack(files: list[Path], folder: Path) -> None:
    """Unpack packages into one folder, as if it were the system's root."""
    for file in files:
        subprocess.run(["dpkg", "-x", str(file), str(folder)], check=True)


def is_installed(package: str) -> bool:
    """Tell whether a package is installed on the system."""
    command = ["dpkg-query", "-W", "-f", "${db:Status-Status}", package]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stdout == "installed"


def install(packages: list[str], log: Path) -> list[str]:
    """Install packages on the system, as root, and return those that could not be."""
    say(f"installing with apt: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run_logged(["apt-get", "update"], log, "apt-get update", env=environment)
    failed = []
    for package in packages:
        command = ["apt-get", "install", "-y", "--no-install-recommends", package]
        try:
            run_logged(command, log, f"the installation of {package}", env=environment)
        except QmsError:
            failed.append(package)
    return failed
