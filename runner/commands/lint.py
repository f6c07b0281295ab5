"""``./qms lint``: every check that needs no running server."""

from __future__ import annotations

import argparse
import shutil
import subprocess
from collections.abc import Callable

from ..console import say
from ..database import own_addons
from ..environment import Environment, prepare
from ..paths import ADDONS_FOLDER, ROOT

HELP = "run the linters"
PYTHON_FOLDERS = ("odoo_addons", "runner", "tests", "benchmarks", "qms")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fix", action="store_true", help="let ruff mend what it can first")


def run(arguments: argparse.Namespace) -> int:
    made = prepare(tests=True, server=False)
    if arguments.fix:
        _ruff(made, "check", "--fix", "--quiet")
        _ruff(made, "format", "--quiet")
    checks: dict[str, Callable[[Environment], bool]] = {
        "ruff check": lambda made: _ruff(made, "check"),
        "ruff format": lambda made: _ruff(made, "format", "--check"),
        "pylint-odoo": _pylint,
        "XML, JSON and translations": _files,
        "upgrade_code": _upgrade_code,
        "docker compose config": _compose,
    }
    failed = [name for name, check in checks.items() if not _report(name, check(made))]
    if failed:
        say(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _report(name: str, passed: bool) -> bool:
    say(f"{name}: {'ok' if passed else 'FAILED'}")
    return passed


def _passes(made: Environment, command: list[str], **kwargs) -> bool:
    variables = made.variables() | kwargs.pop("variables", {})
    return subprocess.run(command, cwd=ROOT, env=variables, check=False, **kwargs).returncode == 0


def _ruff(made: Environment, *words: str) -> bool:
    folders = [name for name in PYTHON_FOLDERS if (ROOT / name).exists()]
    return _passes(made, [made.python, "-m", "ruff", *words, *folders])


def _addons() -> list[str]:
    return [str((ADDONS_FOLDER / name).relative_to(ROOT)) for name in own_addons()]


def _pylint(made: Environment) -> bool:
    command = [made.python, "-m", "pylint", "--rcfile=.pylintrc", "--jobs=0", *_addons()]
    return _passes(made, command)


def _files(made: Environment) -> bool:
    """Check XML against Odoo's schema and translations against their sources."""
    schema = made.odoo.source / "odoo" / "import_xml.rng"
    command = [made.python, "-m", "runner.files", str(schema), *_addons()]
    return _passes(made, command)


def _upgrade_code(made: Environment) -> bool:
    """Ask Odoo whether old syntax is left."""
    passed = True
    for name in own_addons():
        command = made.odoo_command("upgrade_code", "--from", "17.0", "--dry-run")
        command += ["--glob", f"{name}/**/*", f"--addons-path={ADDONS_FOLDER}"]
        passed = _passes(made, command, stderr=subprocess.DEVNULL) and passed
    return passed


def _compose(made: Environment) -> bool:
    """Check the compose file, where a docker that knows compose is there."""
    if not shutil.which("docker"):
        return True
    known = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    if known.returncode:
        return True
    words = {"POSTGRES_PASSWORD": "only-to-check", "QMS_ADMIN_PASSWORD": "only-to-check"}
    return _passes(made, ["docker", "compose", "config", "--quiet"], variables=words)
