"""``./qms bench``: run the benchmarks on a database of their own."""

from __future__ import annotations

import argparse
import os
import subprocess

from ..console import say
from ..database import Databases, own_name
from ..environment import prepare, stop_server
from ..locking import exclusive
from ..paths import ROOT, cache_folder, checkout_folder
from .test import make_database

#: What our rates are measured against; nothing of the product needs it.
PEER = "helpdesk_mgmt_sla"
HELP = "run the benchmarks; further arguments go to them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="BENCHMARK-ARGUMENT")


def run(arguments: argparse.Namespace) -> int:
    """Run ``python -m benchmarks`` inside the environment.

    It finds the database's name in ``QMS_BENCH_DATABASE`` and Odoo's configuration in
    ``ODOO_RC``; the database holds both addons, the peer they are compared with, and no
    data. It is dropped afterwards: a province takes some ten gigabytes.
    """
    cache = cache_folder()
    with exclusive(checkout_folder(cache) / "test.lock", "the tests", wait=False):
        made = prepare(tests=True)
        databases, name = Databases(made), own_name("bench")
        try:
            databases.rename(_fresh(made), name)
            say(f"installing the peer, {PEER}")
            words = ["-i", PEER, "--without-demo", "--log-level=warn"]
            databases.run_odoo(
                name, made.logs / "bench.log", "the installation of the peer", *words
            )
            say(f"running the benchmarks on {name}")
            search = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
            variables = {**made.variables(), "PYTHONPATH": search, "QMS_BENCH_DATABASE": name}
            command = [made.python, "-m", "benchmarks", *arguments.words]
            return subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode
        finally:
            databases.drop(name)
            stop_server(made)


def _fresh(made) -> str:
    """Return a fresh database with the addons, its name free to change."""
    Databases(made).drop(own_name("bench"))
    return make_database(made)
