"""Measure the product against its goals on a database of its own; see docs/benchmarks.md.

The database is named in ``QMS_BENCH_DATABASE``. It gets the dossiers of a province,
which stay in it: the next run on the same database uses them again.
"""

import argparse
import json
import os
import sys
import time
from contextlib import contextmanager

from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

from tests.scenarios import world

DOSSIERS = 1_000_000
#: {key: (goal, how it is compared)}; what is measured beside them has no goal.
GOALS = {
    "create_ratio": (10, ">="),
    "import_ratio": (10, ">="),
    "step_per_s": (100, ">="),
    "step_queries": (12, "<="),
    "due_ratio": (500, ">="),
    "mywork_ms": (100, "<"),
    "list_ms": (100, "<"),
    "search_code_ms": (100, "<"),
    "search_holder_ms": (100, "<"),
    "report_ratio": (2, "<="),
    "xlsx_ratio": (1.3, "<="),
    "xlsx_peak_mib": (16, "<="),
    "signals_s": (60, "<"),
    "signals_again_s": (60, "<"),
    "signals_ratio": (4, "<="),
    "signals_peak_mib": (64, "<="),
    "load_p50_ms": (None, ""),
    "load_p95_ms": (None, ""),
}


@contextmanager
def environment(database):
    """Give an environment whose changes are rolled back unless committed."""
    config.parse_config(["-c", os.environ["ODOO_RC"], "--no-http"])
    with Registry(database).cursor() as cursor:
        yield api.Environment(cursor, api.SUPERUSER_ID, {})
        cursor.rollback()


def say(text):
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def run(database, count):
    """Measure everything and return ``{key: figure}``."""
    from . import clock, dossiers, lists, load, province, reports, signals

    figures = {"dossiers": count}
    with environment(database) as env:
        agencies = province.find(env)
        if not agencies:
            say(f"making a province of {count} dossiers")
            agencies = province.build(env, world.enter(env), count, say)
            province.settle(env)
    for name, measure in (
        ("the clock", lambda env: clock.measure(env)),
        ("dossiers, imports and tickets", lambda env: dossiers.measure(env)),
        ("lists", lambda env: lists.measure(env, agencies)),
        ("report and workbook", lambda env: reports.measure(env, agencies)),
        ("memory of a workbook", lambda env: reports.peak(database, agencies[0])),
        ("signals of a night", lambda env: signals.measure(env, agencies)),
        ("fifty users", lambda env: load.measure(env, database)),
    ):
        say(name)
        with environment(database) as env:
            measured = measure(env)
        say(", ".join(f"{key} {value:,.2f}" for key, value in measured.items()))
        figures.update(measured)
    return figures


def table(figures):
    """Return the figures as lines of text, those with a goal first."""
    lines = []
    for key in sorted(
        figures, key=lambda key: (key not in GOALS, list(GOALS).index(key) if key in GOALS else 0)
    ):
        goal, sign = GOALS.get(key, (None, ""))
        met = "" if goal is None else "met" if _meets(figures[key], goal, sign) else "MISSED"
        wanted = "" if goal is None else f"{sign} {goal:g}"
        lines.append(f"{key:<24} {figures[key]:>14,.1f}  {wanted:<8} {met}".rstrip())
    return lines


def _meets(value, goal, sign):
    return {"<": value < goal, "<=": value <= goal, ">=": value >= goal}[sign]


def main():
    parser = argparse.ArgumentParser(prog="./qms bench", description=__doc__)
    parser.add_argument("--json", metavar="FILE", help="also write the figures to FILE")
    parser.add_argument("--dossiers", type=int, default=DOSSIERS, help="size of the province")
    arguments = parser.parse_args()
    figures = run(os.environ["QMS_BENCH_DATABASE"], arguments.dossiers)
    print("\n".join(table(figures)))
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({key: round(value, 3) for key, value in figures.items()}, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
