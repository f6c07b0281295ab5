"""The command line of ``./qms``."""

from __future__ import annotations

import argparse
import sys

from .commands import bench, clean, demo, import_, lint, shell, test
from .errors import QmsError

COMMANDS = {
    "demo": demo,
    "test": test,
    "shell": shell,
    "bench": bench,
    "import": import_,
    "lint": lint,
    "clean": clean,
}


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qms",
        description="Quality management for public administrations, on Odoo 19.",
        epilog="The cache lies in $QMS_CACHE, else in ~/.cache/qms. ODOO_HOME and PG* name "
        "an Odoo and a PostgreSQL server that are there already.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        module.add_arguments(
            commands.add_parser(name, help=module.HELP, description=module.HELP.capitalize() + ".")
        )
    return parser


def parse(words: list[str]) -> argparse.Namespace:
    """Parse a command line; what only pytest, Odoo or the import knows goes to them.

    ``argparse`` would take a leading option such as ``-k`` for its own.
    """
    if words and words[0] in ("test", "bench", "shell") and words[1:2] not in (["-h"], ["--help"]):
        return argparse.Namespace(command=words[0], words=words[1:])
    parser = make_parser()
    arguments, others = parser.parse_known_args(words)
    if others and arguments.command != "import":
        parser.error(f"unknown: {' '.join(others)}")
    arguments.others = others
    return arguments


def main(words: list[str]) -> int:
    """Run a command and return its exit code."""
    arguments = parse(words)
    try:
        return COMMANDS[arguments.command].run(arguments)
    except QmsError as error:
        print(f"qms: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("qms: interrupted; the same command can be run again", file=sys.stderr)
        return 130
