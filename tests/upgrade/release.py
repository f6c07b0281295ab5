"""An earlier release, installed, filled and upgraded in a database of its own."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from runner import serverlog
from runner.database import Databases, own_addons, own_name
from runner.environment import Environment, prepare
from runner.errors import QmsError

HERE = Path(__file__).resolve().parent
RELEASES = HERE / "releases"


@dataclass
class Release:
    """One earlier release and the database that holds its data.

    :param version: the name of an archive in ``releases/``
    :param folder: an empty folder for what is unpacked and logged
    """

    version: str
    folder: Path
    made: Environment
    database: str

    @classmethod
    def unpack(cls, version: str, folder: Path) -> Release:
        """Unpack a release and make a database that holds its dependencies."""
        with tarfile.open(RELEASES / f"{version}.tar.xz") as archive:
            # The filter came with Python 3.11.4; the archive is our own.
            safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall(folder, **safe)
        return cls.dependencies(version, folder)

    @classmethod
    def dependencies(cls, version: str, folder: Path) -> Release:
        """Make a database that holds the dependencies alone."""
        made = prepare()
        databases = Databases(made)
        name = f"{own_name('upgrade')}_{os.getpid()}"
        databases.copy(databases.template(), name)
        return cls(version, folder, made, name)

    def drop(self) -> None:
        Databases(self.made).drop(self.database)

    # -- running Odoo ----------------------------------------------------------

    @property
    def old_path(self) -> str:
        """The search path of the addons with this release in place of the checkout."""
        return ",".join([*map(str, self.made.odoo.addons), str(self.folder / "odoo_addons")])

    def install(self) -> None:
        """Install the earlier release."""
        words = [f"--addons-path={self.old_path}", "-i", ",".join(own_addons())]
        self._run_odoo("install", *words)

    def install_current(self) -> None:
        """Install the addons of the checkout."""
        self._run_odoo("install", "-i", ",".join(own_addons()))

    def upgrade(self) -> None:
        """Upgrade to the addons of the checkout."""
        self._run_odoo("upgrade", "-u", ",".join(own_addons()))

    def _run_odoo(self, name: str, *words: str) -> None:
        log = self.folder / f"{name}.log"
        databases = Databases(self.made)
        databases.run_odoo(self.database, log, f"the {name}", "--log-level=info", *words)

    def log(self, name: str) -> str:
        """Return what the server said when it did ``name``."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    def offences(self, name: str) -> list[str]:
        """Return the warnings and errors that the server logged when it did ``name``."""
        return serverlog.offences(self.folder / f"{name}.log")

    def play(self, script: str, old: bool = False) -> None:
        """Run one of the scripts beside this file in Odoo's shell.

        :param old: with the addons of the earlier release
        :raise QmsError: it fails, or the server warns meanwhile
        """
        words = ["shell", "-d", self.database, "--no-http", "--log-level=warn"]
        words += [f"--addons-path={self.old_path}"] if old else []
        result = subprocess.run(
            self.made.odoo_command(*words),
            input=(HERE / script).read_text(encoding="utf-8"),
            text=True,
            capture_output=True,
            check=False,
            env=self.made.variables(),
            cwd=self.folder,
        )
        log = self.folder / f"{Path(script).stem}.log"
        log.write_text(result.stderr, encoding="utf-8")
        if result.returncode or "Traceback" in result.stderr or serverlog.offences(log):
            raise QmsError(f"{script} failed:\n{result.stderr}")

    # -- reading ---------------------------------------------------------------

    def rows(self, sql: str) -> list[dict]:
        """Return the rows of a SELECT; dates as PostgreSQL writes them in JSON."""
        wrapped = f"SELECT COALESCE(json_agg(found), '[]') FROM ({sql}) found"
        return json.loads(Databases(self.made).psql(wrapped, self.database))

    def value(self, sql: str):
        """Return the one value of a SELECT."""
        [row] = self.rows(sql)
        [value] = row.values()
        return value

    def columns(self) -> dict[str, list[str]]:
        """Return the columns of our tables, and our settings of the companies."""
        found: dict[str, list[str]] = {}
        for row in self.rows(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND (table_name LIKE 'qms\\_%' OR "
            "table_name = 'res_company' AND column_name LIKE 'qms\\_%') "
            "ORDER BY table_name, column_name"
        ):
            found.setdefault(row["table_name"], []).append(row["column_name"])
        return found

    def content(self, columns: dict[str, list[str]]) -> dict[str, list[dict]]:
        """Return the rows of tables, each with the columns named."""
        return {
            table: self.rows(f"SELECT {', '.join(names)} FROM {table} ORDER BY {', '.join(names)}")
            for table, names in columns.items()
        }
