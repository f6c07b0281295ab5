"""``./qms demo``: serve the product with its demonstration data."""

from __future__ import annotations

import argparse
import errno
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from .. import serverlog
from ..console import say, warn
from ..database import LANGUAGE, Databases, own_addons, own_name, sources
from ..environment import Environment, prepare, stop_server
from ..errors import QmsError
from ..locking import exclusive
from ..paths import ROOT, cache_folder, checkout_folder

HELP = "serve the product with demonstration data"
#: Seconds until the server must answer.
START_LIMIT = 180
#: Gives the users of the demonstration their language, and their login as password.
SET_UP_USERS = f"""
users = env['res.users'].search([]).filtered(lambda user: any(
    name.startswith(('qms_public_admin.', 'qms_reports.'))
    for name in user._get_external_ids()[user.id]))
for user in users:
    user.write({{'lang': '{LANGUAGE}', 'password': user.login}})
users.mapped('company_id.partner_id').write({{'lang': '{LANGUAGE}'}})
env.cr.commit()
"""
#: Takes the examples of the bases away, while nothing of ours keeps them as evidence.
TAKE_EXAMPLES_AWAY = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.scenarios import examples
examples.take_away(env)
env.cr.commit()
"""
#: Plays the stories of the demonstration through the product's own actions.
PLAY_STORIES = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.scenarios import load_demo
load_demo.load(env)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="the port to serve on (8069, or the next free)")
    parser.add_argument("--reset", action="store_true", help="start from fresh data")
    parser.add_argument("--check", action="store_true", help="start, ask for one page, stop")


def run(arguments: argparse.Namespace) -> int:
    cache = cache_folder()
    with exclusive(checkout_folder(cache) / "demo.lock", "the demonstration", wait=False):
        made = prepare()
        try:
            name = ensure_database(made, reset=arguments.reset)
            code = serve(made, name, arguments.port, arguments.check)
            return _check_logs(made) if arguments.check else code
        finally:
            stop_server(made)


def ensure_database(made: Environment, reset: bool = False) -> str:
    """Return the demonstration database, installed or upgraded where need be."""
    databases = Databases(made)
    name = own_name("demo")
    (made.logs / "demo-install.log").unlink(missing_ok=True)
    known = databases.note(name).get("sources") if databases.exists(name) else None
    now = sources()
    if reset or known is None:
        _install(databases, name)
    elif known != now:
        changed = sorted(addon for addon in now if known.get(addon) != now[addon])
        new = [addon for addon in changed if addon not in known]
        say(f"the addons have changed: upgrading {', '.join(changed)}")
        words = ["-u", ",".join(changed)] + (["-i", ",".join(new)] if new else [])
        _apply(databases, name, "the upgrade (./qms demo --reset starts afresh)", *words)
    databases.set_note(name, {"sources": now, "key": made.key})
    return name


def _install(databases: Databases, name: str) -> None:
    template = databases.template(demo=True)
    say("installing the addons with their demonstration data")
    databases.copy(template, name)
    databases.run_script(name, TAKE_EXAMPLES_AWAY, "taking the examples of the bases away")
    words = ["-i", ",".join(own_addons()), "--with-demo"]
    _apply(databases, name, "the installation", *words)
    databases.run_script(name, SET_UP_USERS, "setting up the demonstration's users")
    say("playing two years of dossiers through the product (about three minutes)")
    databases.run_script(name, PLAY_STORIES, "playing the demonstration's stories")


def _apply(databases: Databases, name: str, what: str, *words: str) -> None:
    log = databases.made.logs / "demo-install.log"
    databases.run_odoo(name, log, what, "--log-level=warn", *words)
    for line in serverlog.offences(log):
        warn(line)


def _check_logs(made: Environment) -> int:
    """Return a failing code when a log of this start holds a warning that we cause."""
    found = [
        line
        for name in ("demo-install.log", "demo.log")
        for line in serverlog.offences(made.logs / name)
    ]
    for line in found:
        print(line)
    return 1 if found else 0


# -- serving ------------------------------------------------------------------


def free_port(wanted: int | None) -> int:
    """Return the port to serve on.

    :raise QmsError: the port that was asked for is taken
    """
    for port in [wanted] if wanted else range(8069, 8169):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise
    raise QmsError(f"port {wanted or '8069 to 8168'} is taken: choose one with --port")


def serve(made: Environment, name: str, port: int | None, check: bool) -> int:
    """Serve until interrupted, or until one page has been answered."""
    port = free_port(port)
    log = made.logs / "demo.log"
    log.unlink(missing_ok=True)
    command = made.odoo_command("-d", name, f"--db-filter=^{name}$", f"--http-port={port}")
    command += ["--max-cron-threads=1", f"--logfile={log}", "--log-level=info"]
    signal.signal(signal.SIGTERM, _interrupt)
    process = subprocess.Popen(
        command, env=made.variables(), cwd=made.data, stderr=subprocess.DEVNULL
    )
    try:
        _await_page(process, f"http://127.0.0.1:{port}/web/login", log)
        _announce(made, name, port, log)
        return 0 if check else process.wait()
    except KeyboardInterrupt:
        say("stopping")
        return 0
    finally:
        _stop(process)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _await_page(process: subprocess.Popen, address: str, log: Path) -> None:
    """Wait until the server answers.

    :raise QmsError: it ended, or took too long
    """
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit:
        if process.poll() is not None:
            raise QmsError(f"the server ended by itself, see {log}")
        try:
            with urllib.request.urlopen(address, timeout=START_LIMIT) as answer:
                answer.read()
                return
        except urllib.error.HTTPError as error:
            raise QmsError(f"{address} answers {error.code}, see {log}") from None
        except OSError:
            time.sleep(0.2)
    raise QmsError(f"the server does not answer, see {log}")


def _announce(made: Environment, name: str, port: int, log: Path) -> None:
    users = Databases(made).users_of_demo(name)
    say(f"serving at http://127.0.0.1:{port} (Ctrl-C stops)")
    print("\n  login                 name        (the password is the login)")
    for login, person in [*users, ("admin", "Administrator")]:
        print(f"  {login:<21} {person}")
    print(f"\n  log: {log}\n", flush=True)
