"""Fifty users at once over HTTP on a server with two workers."""

import itertools
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import requests

from odoo.tools.safe_eval import safe_eval

from . import lists
from .agencies import PASSWORD

USERS, WORKERS, ROUNDS = 50, 2, 6
#: Seconds between what a user sees and what they do next.
PAUSE = (1.0, 3.0)
READY, STOPPING = 180, 30


def measure(env, database, users=USERS, rounds=ROUNDS):
    """Return milliseconds of opening *My work* and completing a step, waiting included."""
    people = _busy_users(env, users)
    specification, order = lists.request(env, "qms.dossier.step")
    action = env.ref(lists.MY_WORK)
    request = {
        "domain": safe_eval(action.domain, {"uid": 0}),
        "specification": specification,
        "limit": lists.LIMIT,
        "order": order,
        "count_limit": lists.COUNT_LIMIT,
    }
    env.cr.commit()
    with _Server(database) as server:
        clients = [_Client(server.address, database, *person) for person in people]
        threads = [
            threading.Thread(target=client.work, args=(request, rounds)) for client in clients
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    opened = list(itertools.chain.from_iterable(client.opened for client in clients))
    done = list(itertools.chain.from_iterable(client.done for client in clients))
    errors = list(itertools.chain.from_iterable(client.errors for client in clients))
    for error in errors:
        print(error[:1000], file=sys.stderr)
    return {
        **figures("load", opened + done),
        **figures("load_open", opened),
        **figures("load_step", done),
        "load_requests": len(opened) + len(done),
        "load_errors": len(errors),
    }


def figures(name, taken):
    """Return median and 95th percentile of some seconds, in milliseconds.

    >>> figures("load", [0.1] * 19 + [0.9])
    {'load_p50_ms': 100.0, 'load_p95_ms': 140.0}
    """
    if len(taken) < 2:
        return {f"{name}_p50_ms": 0.0, f"{name}_p95_ms": 0.0}
    quantiles = statistics.quantiles(taken, n=20, method="inclusive")
    return {
        f"{name}_p50_ms": round(1000 * statistics.median(taken), 1),
        f"{name}_p95_ms": round(1000 * quantiles[18], 1),
    }


def _busy_users(env, count):
    """Return ``[(login, company id)]`` of those with most steps to do, one a position."""
    env.cr.execute(
        """SELECT login, company_id FROM (
               SELECT DISTINCT ON (step.position_id) users.login, users.company_id,
                      count(*) OVER (PARTITION BY step.position_id, users.id) AS steps
                 FROM qms_dossier_step step
                 JOIN qms_dossier dossier ON dossier.id = step.dossier_id
                 JOIN qms_position_holder_rel held ON held.position_id = step.position_id
                 JOIN res_users users ON users.id = held.user_id
                WHERE step.state = 'current' AND dossier.state IN ('accepted', 'processing')
                  AND users.login LIKE 'bench\\_%%'
             ORDER BY step.position_id, users.id) busy
        ORDER BY steps DESC LIMIT %s""",
        [count],
    )
    return env.cr.fetchall()


class _Server:
    """Odoo's own server with workers, on a free port."""

    def __init__(self, database):
        self._database = database
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"

    def __enter__(self):
        self._log = tempfile.NamedTemporaryFile(prefix="qms-load-", suffix=".log")  # noqa: SIM115
        words = ["-d", self._database, "--db-filter", f"^{self._database}$"]
        words += ["--workers", str(WORKERS), "--max-cron-threads", "0", "--no-database-list"]
        words += ["--http-port", str(self._port), "--gevent-port", str(self._port + 1)]
        words += ["--http-interface", "127.0.0.1", "--log-level", "warn"]
        words += ["--limit-memory-soft", "0", "--limit-memory-hard", "0"]
        words += ["--limit-time-cpu", "600", "--limit-time-real", "600"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "odoo", *words],
            env=dict(os.environ),
            stdout=self._log,
            stderr=self._log,
        )
        self._wait()
        return self

    def _wait(self):
        deadline = time.monotonic() + READY
        while time.monotonic() < deadline:
            try:
                requests.get(f"{self.address}/web/health", timeout=5).raise_for_status()
            except requests.RequestException:
                time.sleep(0.5)
            else:
                return
        raise RuntimeError("the server did not come up")

    def __exit__(self, *_error):
        self._process.terminate()
        try:
            self._process.wait(STOPPING)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()


class _Client:
    """One user with a session of their own."""

    def __init__(self, address, database, login, company_id):
        self._address, self._session = address, requests.Session()
        self._context = {"allowed_company_ids": [company_id], "tz": "Asia/Ho_Chi_Minh"}
        self.opened, self.done, self.errors = [], [], []
        answer = self._post(
            "/web/session/authenticate", {"db": database, "login": login, "password": PASSWORD}
        )
        if not answer.get("result", {}).get("uid"):
            raise RuntimeError(f"{login} cannot log in: {answer.get('error')}")

    def work(self, request, rounds):
        """Open *My work* and complete its first step, again and again."""
        for _number in range(rounds):
            time.sleep(random.uniform(*PAUSE))
            rows = self._call(self.opened, "qms.dossier.step", "web_search_read", [], request)
            records = (rows or {}).get("records")
            if not records:
                continue
            time.sleep(random.uniform(*PAUSE))
            row = random.choice(records)
            self._call(self.done, "qms.dossier.step", "action_complete", [[row["id"]]], {})

    def _call(self, taken, model, method, args, kwargs):
        begun = time.perf_counter()
        try:
            answer = self._post(
                f"/web/dataset/call_kw/{model}/{method}",
                {
                    "model": model,
                    "method": method,
                    "args": args,
                    "kwargs": {**kwargs, "context": self._context},
                },
            )
        except requests.RequestException as error:
            answer = {"error": str(error)}
        taken.append(time.perf_counter() - begun)
        if "error" in answer:
            self.errors.append(str(answer["error"]))
        return answer.get("result")

    def _post(self, path, params):
        response = self._session.post(
            self._address + path, json={"jsonrpc": "2.0", "params": params}, timeout=120
        )
        response.raise_for_status()
        return response.json()
