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
        if made and arguments.all and made.cluster:
            refuse_in_use(made.cluster)
        elif made:
            drop_databases(made)
            stop(made.cluster)
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.all:
        remove_cache(cache, made.cluster if made else None)
    return 0


def existing(cache: Path) -> Environment | None:
    """Return the environment that is there, without making one."""
    folders = sorted(path.parent for path in cache.glob("env-*/.complete"))
    found = odoo.given() or odoo.importable() or odoo.unpacked(cache)
    if not folders or not found:
        return None
    folder = folders[-1]
    cluster = cluster_of(cache, folder)
    given = postgres.given_server()
    if not given and not cluster.exists():
        return None
    server = given or cluster.server()
    return Environment(cache, folder, found, folder.name, server, None if given else cluster)


def drop_databases(made: Environment) -> None:
    if made.cluster:
        made.cluster.ensure()
    databases = Databases(made)
    for name in databases.names(f"qms_{checkout_id()}_"):
        say(f"dropping {name}")
        databases.drop(name)


def stop(cluster: postgres.Cluster | None) -> None:
    """Stop our own server, unless another checkout is working with it."""
    if cluster is None:
        return
    if cluster.other_connections():
        say("the database server stays: another checkout is using it")
        return
    cluster.stop()


def refuse_in_use(cluster: postgres.Cluster) -> None:
    """Refuse to remove a server that somebody is connected to.

    :raise QmsError: somebody is
    """
    if cluster.is_running() and cluster.other_connections():
        raise QmsError("the database server is in use: end what uses it first")


def remove_cache(cache: Path, cluster: postgres.Cluster | None) -> None:
    say(f"removing {cache}")
    if cluster:
        cluster.remove()
    shutil.rmtree(cache, ignore_errors=True)
