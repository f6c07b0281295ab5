"""``./qms import``: read a file of dossiers into the demonstration database."""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

from ..environment import prepare, stop_server
from ..errors import QmsError
from .demo import ensure_database

HELP = "import dossiers into the demonstration database; further options go to Odoo's qms_import"
COMMAND = "qms_import"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="an XLSX or CSV file")
    parser.add_argument("--mapping", required=True, help="a saved mapping's name, or a JSON file")
    parser.add_argument("--dry-run", action="store_true", help="check the file, write nothing")


def run(arguments: argparse.Namespace) -> int:
    file = Path(arguments.file).expanduser().resolve()
    if not file.is_file():
        raise QmsError(f"{file} is no file")
    mapping = Path(arguments.mapping).expanduser()
    words = [str(file), "--mapping", str(mapping.resolve()) if mapping.is_file() else str(mapping)]
    words += ["--dry-run"] if arguments.dry_run else []
    made = prepare()
    try:
        name = ensure_database(made)
        # Odoo looks for an addon's own command only where this comes first.
        command = made.odoo_command(f"--addons-path={made.addons_path}", COMMAND)
        command += ["-d", name, *words, *arguments.others]
        return subprocess.run(command, env=made.variables(), check=False).returncode
    finally:
        stop_server(made)
