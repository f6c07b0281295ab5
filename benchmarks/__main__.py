"""Run the benchmarks on the database named in ``QMS_BENCH_DATABASE``; nothing is kept."""

import argparse
import json
import os
from contextlib import contextmanager

from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

from . import clock, dossiers


@contextmanager
def environment():
    """Give an environment whose changes are rolled back."""
    config.parse_config(["-c", os.environ["ODOO_RC"], "--no-http"])
    with Registry(os.environ["QMS_BENCH_DATABASE"]).cursor() as cursor:
        yield api.Environment(cursor, api.SUPERUSER_ID, {})
        cursor.rollback()


def main():
    parser = argparse.ArgumentParser(prog="./qms bench", description=__doc__)
    parser.add_argument("--json", metavar="FILE", help="also write the figures to FILE")
    parser.add_argument("--dossiers", type=int, default=300, help="dossiers handled (300)")
    arguments = parser.parse_args()
    figures = {}
    with environment() as env:
        figures.update(clock.measure(env))
        figures.update(dossiers.measure(env, arguments.dossiers))
    for name, value in figures.items():
        print(f"{name:<16} {value:>12,.1f}")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=1)


if __name__ == "__main__":
    main()
