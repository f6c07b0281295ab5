"""The virtual environment that Odoo runs in, and all that a command needs to run it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, replace
from pathlib import Path

from . import debian, odoo, postgres, tools
from .console import run_logged, say
from .errors import QmsError
from .locking import exclusive
from .paths import ADDONS_FOLDER, LOCKS, cache_folder, checkout_folder, files_hash

RUN_LOCKS = ("odoo", "addons", "bench", "server")


@dataclass(frozen=True)
class Environment:
    """Everything that runs Odoo for this checkout.

    :param key: tells environments with other versions apart
    """

    cache: Path
    folder: Path
    odoo: odoo.Odoo
    key: str
    server: postgres.Server | None = None
    cluster: postgres.Cluster | None = None
    missing: tuple[tools.Need, ...] = ()

    @property
    def python(self) -> str:
        return str(self.folder / "bin" / "python")

    @property
    def data(self) -> Path:
        return self.cache / "data"

    @property
    def logs(self) -> Path:
        return checkout_folder(self.cache) / "logs"

    @property
    def addons_path(self) -> str:
        return ",".join(str(path) for path in (*self.odoo.addons, ADDONS_FOLDER))

    def variables(self) -> dict[str, str]:
        """Return the environment variables of every program that we start."""
        path = [str(self.folder / "bin")]
        if self.server and self.server.bin_folder:
            path.append(str(self.server.bin_folder))
        kept = {k: v for k, v in os.environ.items() if k not in ("ODOO_RC", "PYTHONPATH")}
        servers = self.server.environment() if self.server else {}
        search = os.pathsep.join([*path, os.environ.get("PATH", os.defpath)])
        return {**kept, **servers, "PATH": search, "ODOO_RC": str(self.configuration())}

    def configuration(self) -> Path:
        """Write Odoo's configuration file and return it. It holds no password."""
        lines = {
            "addons_path": self.addons_path,
            "data_dir": self.data,
            "http_interface": "127.0.0.1",
            "list_db": False,
            "max_cron_threads": 0,
            "log_level": "warn",
        }
        path = checkout_folder(self.cache) / "odoo.conf"
        body = "".join(f"{name} = {value}\n" for name, value in lines.items())
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(f"[options]\n{body}", encoding="utf-8")
        os.replace(fresh, path)
        return path

    def odoo_command(self, *words: str) -> list[str]:
        """Return the command line of one of Odoo's own commands."""
        return [self.python, "-m", "odoo", *words]


def _python_version() -> str:
    return "{}.{}".format(*sys.version_info)


def _ensure_venv_module(cache: Path) -> None:
    """See to it that virtual environments can be made; Debian packs that apart."""
    if importlib.util.find_spec("ensurepip"):
        return
    if os.geteuid() == 0 and debian.is_debian():
        debian.install(["python3-venv"], cache / "logs" / "apt-system.log")
        importlib.invalidate_caches()
    if not importlib.util.find_spec("ensurepip"):
        raise QmsError("Python's venv module is missing; as root: apt-get install python3-venv")


def _pip(folder: Path, log: Path, *words: str) -> None:
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--no-input"]
    command += ["--disable-pip-version-check", "--require-hashes", "--no-deps"]
    # What has no wheel is built with the pinned setuptools, not with one fetched anew.
    command += ["--no-build-isolation", *words]
    run_logged(command, log, "pip install")


def build(cache: Path, found: odoo.Odoo) -> tuple[Path, str]:
    """Return the virtual environment's folder and key; make it where it is missing.

    It is filled in place, as it cannot be moved; a mark written last tells a whole one
    from one that an interruption left behind.
    """
    locks = [LOCKS / f"{name}.txt" for name in RUN_LOCKS]
    words = [found.version, str(found.source), _python_version(), sys.prefix]
    key = files_hash(locks, *words)
    folder = cache / f"env-{key}"
    if (folder / ".complete").exists():
        return folder, key
    _ensure_venv_module(cache)
    say("building the Python environment")
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    _link_odoo(folder, found)
    log = cache / "logs" / "pip.log"
    if not found.paths:
        _pip(folder, log, *_only(locks[0], "setuptools", "wheel", folder=folder))
        _pip(folder, log, "-r", str(locks[0]))
    for lock in locks[1:]:
        _pip(folder, log, "-r", str(lock))
    (folder / ".complete").touch()
    return folder, key


def _only(lock: Path, *names: str, folder: Path) -> list[str]:
    """Return pip's words for some packages out of a lock file."""
    blocks, keep = [], False
    for line in lock.read_text(encoding="utf-8").splitlines():
        if not line.startswith((" ", "#")):
            keep = line.split("==")[0] in names
        if keep:
            blocks.append(line)
    part = folder / "build-tools.txt"
    part.write_text("\n".join(blocks) + "\n", encoding="utf-8")
    return ["-r", str(part)]


def _libraries(folder: Path) -> Path:
    """Return the folder that a virtual environment's libraries lie in.

    The scheme is named because Debian's own default is another one.
    """
    return Path(sysconfig.get_path("purelib", "posix_prefix", vars={"base": str(folder)}))


def _link_odoo(folder: Path, found: odoo.Odoo) -> None:
    """Let the environment import the Odoo that lies elsewhere."""
    lines = [str(found.source), *(str(path) for path in found.paths)]
    (_libraries(folder) / "qms_odoo.pth").write_text("\n".join(lines) + "\n", encoding="utf-8")


def add_test_tools(folder: Path, cache: Path) -> None:
    """Add what the tests need to the environment."""
    lock = LOCKS / "test.txt"
    mark = folder / f".tests-{files_hash([lock])}"
    if not mark.exists():
        say("adding the test tools")
        _pip(folder, cache / "logs" / "pip.log", "-r", str(lock))
        mark.touch()


def prepare(tests: bool = False, server: bool = True) -> Environment:
    """Make everything ready to run Odoo, whatever of it is there already.

    :param tests: with the test tools and a browser
    :param server: with a running PostgreSQL
    """
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    with exclusive(cache / "setup.lock", "setting up", wait=True):
        found = odoo.locate(cache)
        folder, key = build(cache, found)
        if tests:
            add_test_tools(folder, cache)
        needs = tools.ensure(browser=tests, cache=cache)
        made = Environment(cache, folder, found, key, missing=tuple(needs))
        return with_server(made) if server else made


def cluster_of(cache: Path, folder: Path) -> postgres.Cluster:
    """Return our own cluster, whose programs the environment holds."""
    return postgres.Cluster(cache, _libraries(folder))


def with_server(made: Environment) -> Environment:
    """Return the environment with the PostgreSQL server that it is to use."""
    cluster = cluster_of(made.cache, made.folder)
    given = postgres.given_server()
    if given:
        return replace(made, server=replace(given, bin_folder=cluster.wheel_programs))
    server = cluster.ensure()
    if server.started_here:
        say("PostgreSQL started")
    return replace(made, server=server, cluster=cluster)


def stop_server(made: Environment) -> None:
    """Stop the server if this run started it and nobody else is connected."""
    if made.cluster and made.server.started_here and not made.cluster.other_connections():
        made.cluster.stop()
