"""Databases: templates with the dependencies in them, and this checkout's own.

Names: ``qms_tmpl_<key>`` and ``qms_demo_<key>`` are templates that any checkout with the
same versions shares; ``qms_<checkout>_<purpose>`` belongs to one checkout. What a
database was made from is written into its comment.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from .console import run_logged, say
from .download import link
from .environment import Environment
from .errors import QmsError
from .locking import exclusive
from .paths import ADDONS_FOLDER, OWN_ADDONS, addon_hash, checkout_id, files_hash

#: Installed into every template beside what our addons depend on.
BASE_MODULES = ("base", "web", "base_setup", "portal", "resource")
LANGUAGE = "vi_VN"
NAME = re.compile(r"^[a-z][a-z0-9_-]{0,62}$")


def own_name(purpose: str) -> str:
    """Return the name of this checkout's database for a purpose."""
    return f"qms_{checkout_id()}_{purpose}"


def own_addons() -> list[str]:
    """Return our addons that are in the checkout."""
    present = (ADDONS_FOLDER / name / "__manifest__.py" for name in OWN_ADDONS)
    return [path.parent.name for path in present if path.exists()]


def dependencies() -> list[str]:
    """Return the modules that our addons' manifests ask for, ours left out."""
    names = set(BASE_MODULES)
    for addon in own_addons():
        text = (ADDONS_FOLDER / addon / "__manifest__.py").read_text(encoding="utf-8")
        names.update(ast.literal_eval(text).get("depends", []))
    return sorted(names - set(OWN_ADDONS))


def sources() -> dict[str, str]:
    """Return the hash of each of our addons."""
    return {name: addon_hash(ADDONS_FOLDER / name) for name in own_addons()}


class Databases:
    """The databases of one server, with their file stores."""

    def __init__(self, made: Environment):
        self.made = made

    # -- SQL ------------------------------------------------------------------

    def psql(self, sql: str, database: str = "postgres") -> str:
        """Run SQL and return what it prints, a row a line, columns apart by ``|``."""
        command = [self.made.server.tool("psql"), "-X", "-A", "-t", "-q"]
        command += ["-v", "ON_ERROR_STOP=1", "-d", database]
        result = subprocess.run(
            command,
            input=sql,
            capture_output=True,
            text=True,
            check=False,
            env=self.made.variables(),
        )
        if result.returncode:
            raise QmsError(f"PostgreSQL: {result.stderr.strip()}")
        return result.stdout.strip()

    def names(self, prefix: str = "") -> list[str]:
        rows = self.psql("SELECT datname FROM pg_database ORDER BY 1").splitlines()
        return [name for name in rows if name.startswith(prefix)]

    def exists(self, name: str) -> bool:
        return name in self.names()

    def note(self, name: str) -> dict:
        """Return what a database was made from, as its comment tells."""
        sql = (
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
            f"WHERE datname = '{_checked(name)}'"
        )
        try:
            return json.loads(self.psql(sql) or "{}")
        except ValueError:
            return {}

    def set_note(self, name: str, note: dict) -> None:
        text = json.dumps(note, sort_keys=True).replace("'", "''")
        self.psql(f"COMMENT ON DATABASE \"{_checked(name)}\" IS '{text}'")

    def drop(self, name: str) -> None:
        """Drop a database with its file store, connections to it included."""
        self.psql(f'DROP DATABASE IF EXISTS "{_checked(name)}" WITH (FORCE)')
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    def rename(self, old: str, new: str) -> None:
        self.psql(f'ALTER DATABASE "{_checked(old)}" RENAME TO "{_checked(new)}"')
        if self.filestore(old).exists():
            os.replace(self.filestore(old), self.filestore(new))

    def copy(self, source: str, target: str) -> None:
        """Make a database out of another one, in place of an earlier one of its name."""
        self.drop(target)
        self.psql(f'CREATE DATABASE "{_checked(target)}" TEMPLATE "{_checked(source)}"')
        if self.filestore(source).exists():
            # The store's files are named by their content and never rewritten.
            shutil.copytree(self.filestore(source), self.filestore(target), copy_function=link)

    def filestore(self, name: str) -> Path:
        return self.made.data / "filestore" / _checked(name)

    # -- modules --------------------------------------------------------------

    def run_odoo(self, name: str, log: Path, what: str, *words: str) -> None:
        """Run Odoo's server once on a database, to install or upgrade."""
        command = self.made.odoo_command("-d", name, "--stop-after-init", "--no-http", *words)
        run_logged(command, log, what, env=self.made.variables(), cwd=self.made.data)

    def run_script(self, name: str, script: str, what: str) -> None:
        """Run Python in Odoo's shell on a database.

        :param what: the words for the error message
        :raise QmsError: the script fails
        """
        command = self.made.odoo_command("shell", "-d", name, "--no-http", "--log-level=warn")
        result = subprocess.run(
            command,
            input=script,
            text=True,
            capture_output=True,
            check=False,
            env=self.made.variables(),
        )
        if result.returncode or "Traceback" in result.stderr:
            raise QmsError(f"{what} failed:\n{result.stderr}")

    def template(self, demo: bool = False) -> str:
        """Return the template that holds the dependencies; make it where need be."""
        modules = dependencies()
        key = files_hash([], self.made.key, LANGUAGE, *modules)
        name = f"qms_{'demo' if demo else 'tmpl'}_{key}"
        with exclusive(self.made.cache / "template.lock", "a template database", wait=True):
            if not self.exists(name):
                self._make_template(name, modules, demo)
        return name

    def _make_template(self, name: str, modules: list[str], demo: bool) -> None:
        say("making the template database (once, about a minute)")
        fresh = f"{name}_new"
        self.drop(fresh)
        self.made.data.mkdir(parents=True, exist_ok=True)
        log = self.made.logs / "template.log"
        words = ["-i", ",".join(modules), "--log-level=warn"]
        words += ["--with-demo", f"--load-language={LANGUAGE}"] if demo else ["--without-demo"]
        self.run_odoo(fresh, log, "the installation of the dependencies", *words)
        self.rename(fresh, name)

    def users_of_demo(self, name: str) -> list[tuple[str, str]]:
        """Return login and name of the users that our demonstration data made."""
        addons = ", ".join(f"'{addon}'" for addon in OWN_ADDONS)
        rows = self.psql(
            "SELECT u.login, p.name FROM res_users u JOIN res_partner p ON "
            "p.id = u.partner_id JOIN ir_model_data d ON d.model = 'res.users' AND "
            f"d.res_id = u.id WHERE u.active AND d.module IN ({addons}) ORDER BY u.login",
            name,
        )
        return [tuple(row.split("|", 1)) for row in rows.splitlines()]


def _checked(name: str) -> str:
    if not NAME.match(name):
        raise QmsError(f"{name!r} is no name for a database")
    return name
