"""``./qms clean``: take away what the other commands have made."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from .. import odoo, postgres
from ..console import say
from ..database import Databases
from ..environment import Environment, cluster_of
from ..errors import QmsError
from ..locking import exclusive
from ..paths import cache_folder, checkout_folder, checkout_id

HELP = "drop this checkout's databases; with --all remove the cache too"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="remove the whole cache as well")


def run(arguments: argparse.Namespace) -> int:
    cache = cache_folder()
    if not cache.exists():
        say("there is nothing to clean")
        return 0
    folder = checkout_folder(cache)
    with (
        exclusive(folder / "demo.lock", "the demonstration", wait=False),
        exclusive(folder / "test.lock", "the tests", wait=False),
    ):
        made = existing(cache)
        if made:
            drop_databases(made)
            stop(made.cluster, everything=arguments.all)
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.all:
        remove_cache(cache, made.cluster if made else None)
    return 0


def existing(cache: Path) -> Environment | None:
    """Return the environment that is there, its server running, without making one."""
    folders = sorted(path.parent for path in cache.glob("env-*/.complete"))
    found = odoo.given() or odoo.importable() or odoo.unpacked(cache)
    if not folders or not found:
        return None
    folder = folders[-1]
    cluster = cluster_of(cache, folder)
    given = postgres.given_server()
    if not given and not cluster.exists():
        return None
    server = given or cluster.ensure()
    return Environment(cache, folder, found, folder.name, server, None if given else cluster)


def drop_databases(made: Environment) -> None:
    databases = Databases(made)
    for name in databases.names(f"qms_{checkout_id()}_"):
        say(f"dropping {name}")
        databases.drop(name)


def stop(cluster: postgres.Cluster | None, everything: bool) -> None:
    """Stop our own server, unless another checkout is working with it.

    :raise QmsError: it is needed elsewhere and was to be removed
    """
    if cluster is None:
        return
    if cluster.other_connections():
        if everything:
            raise QmsError("the database server is in use: end what uses it first")
        say("the database server stays: another checkout is using it")
        return
    cluster.stop()


def remove_cache(cache: Path, cluster: postgres.Cluster | None) -> None:
    say(f"removing {cache}")
    if cluster:
        cluster.remove()
    shutil.rmtree(cache, ignore_errors=True)
