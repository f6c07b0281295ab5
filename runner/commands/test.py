"""``./qms test``: run every test there is, with one closing summary."""

from __future__ import annotations

import argparse
import os
import subprocess
from pathlib import Path

from .. import serverlog
from ..console import say
from ..database import Databases, own_addons, own_name, sources
from ..environment import Environment, prepare, stop_server
from ..errors import QmsError
from ..locking import exclusive
from ..paths import ADDONS_FOLDER, ROOT, cache_folder, checkout_folder

#: The web client's bundles take half a minute to make: once, not in the midst of a test.
MAKE_BUNDLES = """
env['ir.qweb']._pregenerate_assets_bundles()
env.cr.commit()
"""
HELP = "run the tests; further arguments go to pytest"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="PYTEST-ARGUMENT")


def run(arguments: argparse.Namespace) -> int:
    cache = cache_folder()
    with exclusive(checkout_folder(cache) / "test.lock", "the tests", wait=False):
        made = prepare(tests=True)
        try:
            if made.missing and os.environ.get("CI"):
                raise QmsError("a run in CI skips no test: see what is missing above")
            name = make_database(made)
            return run_pytest(made, name, arguments.words)
        finally:
            stop_server(made)


def make_database(made: Environment) -> str:
    """Return a fresh database with our addons, copied from one that is kept.

    The kept one is made anew when the addons or what they stand on have changed.
    """
    databases = Databases(made)
    built, name = own_name("built"), own_name("test")
    wanted = {"sources": sources(), "key": made.key}
    if not databases.exists(built) or databases.note(built) != wanted:
        template = databases.template()
        say("installing the addons")
        databases.copy(template, built)
        log = made.logs / "install.log"
        log.unlink(missing_ok=True)
        words = ["-i", ",".join(own_addons()), "--without-demo", "--log-level=warn"]
        databases.run_odoo(built, log, "the installation of the addons", *words)
        refuse_offences(log)
        databases.run_script(built, MAKE_BUNDLES, "making the web client's bundles")
        databases.set_note(built, wanted)
    databases.copy(built, name)
    return name


def refuse_offences(log: Path) -> None:
    """Fail when the installation's log holds a warning that we cause."""
    lines = serverlog.offences(log)
    if lines:
        raise QmsError("the server's log holds warnings:\n" + "\n".join(lines))


def test_folders() -> list[str]:
    """Return the folders that hold tests."""
    folders = [ADDONS_FOLDER / name / "tests" for name in own_addons()] + [ROOT / "tests"]
    return [str(folder.relative_to(ROOT)) for folder in folders if folder.exists()]


def names_a_test(word: str) -> bool:
    """Tell whether a word for pytest names a test file or folder."""
    return not word.startswith("-") and (ROOT / word.split("::")[0]).exists()


def run_pytest(made: Environment, name: str, words: list[str]) -> int:
    """Run pytest on the database and return its exit code."""
    log = made.logs / "test.log"
    log.unlink(missing_ok=True)
    command = [made.python, "-m", "pytest", "-p", "runner.pytest_plugin"]
    command += ["--odoo-http", f"--odoo-database={name}", "--odoo-log-level=info"]
    command += [f"--odoo-extra=logfile={log}", f"--odoo-extra=db-filter=^{name}$"]
    given = [
        word for word in words if not word.startswith("-") and (ROOT / word.split("::")[0]).exists()
    ]
    if not given:
        command += ["-n", str(min(os.cpu_count() or 1, 4)), "--dist=loadscope"]
        command += test_folders()
    variables = {**made.variables(), "QMS_SERVER_LOG": str(log)}
    say(f"running the tests (server log: {log})")
    return subprocess.run([*command, *words], cwd=ROOT, env=variables, check=False).returncode
