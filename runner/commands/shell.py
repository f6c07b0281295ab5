"""``./qms shell``: Odoo's Python shell on the demonstration database."""

from __future__ import annotations

import argparse
import subprocess

from ..environment import prepare, stop_server
from .demo import ensure_database

HELP = "open Odoo's shell on the demonstration database"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="ODOO-ARGUMENT")


def run(arguments: argparse.Namespace) -> int:
    made = prepare()
    try:
        name = ensure_database(made)
        command = made.odoo_command("shell", "-d", name, "--no-http", "--log-level=warn")
        command += arguments.words
        return subprocess.run(command, env=made.variables(), check=False).returncode
    finally:
        stop_server(made)
