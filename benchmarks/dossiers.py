"""Receiving dossiers, importing them, completing their steps; and the peer's tickets."""

import statistics
import time

from tests.scenarios import world

from . import imports
from .timing import rates

PROCEDURE = "1.009644"  # of six steps
BATCH = 1000
STEPS = 200


def measure(env, batch=BATCH, rounds=3):
    """Return rates a second and, where the peer is installed, our rates over its.

    All works are done in turns, each in the environment of an ordinary user: what
    chatter and tracking cost is in both. ``create_quiet_ratio`` is the same without.
    """
    office = world.enter(env)
    works = _works(office, batch, rounds)
    if "helpdesk.sla" in env:
        works.update(_peer_works(office))
    best = rates(works, rounds)
    figures = {f"{name}_per_s": rate for name, rate in best.items()}
    if "tickets" in best:
        figures["create_ratio"] = best["create"] / best["tickets"]
        figures["create_quiet_ratio"] = best["create_quiet"] / best["tickets_quiet"]
        figures["import_ratio"] = best["import"] / best["tickets"]
        figures["import_quiet_ratio"] = best["import"] / best["tickets_quiet"]
    figures.update(_steps(office, min(STEPS, batch)))
    return figures


def _procedure(office):
    return office.env["qms.procedure"].search(
        [("code", "=", PROCEDURE), ("company_id", "=", office.company.id)], limit=1
    )


def _works(office, batch, rounds):
    quiet = office.as_login("canbo")
    own = {"allowed_company_ids": office.company.ids, "tz": "Asia/Ho_Chi_Minh"}
    ordinary = quiet(context=own)
    officer = office.env.ref("qms_public_admin.group_qms_officer").all_user_ids.filtered(
        lambda user: user.company_ids == office.company
    )
    procedure = _procedure(office)
    files = iter([imports.file_of(procedure, batch, f"B{number}") for number in range(rounds + 1)])
    vals = {"procedure_id": procedure.id, "holder_name": "Nguyễn Văn An"}

    def create(env):
        env.invalidate_all()
        env["qms.dossier"].create([vals] * batch).action_accept()
        env.flush_all()
        return batch

    def load():
        record = imports.upload(
            office.as_user(officer[:1]), office.company, next(files), "benchmark.csv"
        )
        imports.run(record)
        return record.new_count

    return {
        "create": lambda: create(ordinary),
        "create_quiet": lambda: create(quiet),
        "import": load,
    }


def _peer_works(office):
    from .tickets import Desk

    desk = Desk(office)
    return {
        "tickets": lambda: desk.create(desk.ordinary),
        "tickets_quiet": lambda: desk.create(desk.quiet),
    }


def _steps(office, count):
    """Complete the first step of dossiers one by one, as their clerk clicks."""
    own = {"allowed_company_ids": office.company.ids, "tz": "Asia/Ho_Chi_Minh"}
    clerk = office.as_login("canbo")(context=own)
    vals = {"procedure_id": _procedure(office).id, "holder_name": "Nguyễn Văn An"}
    dossiers = clerk["qms.dossier"].create([vals] * (count + 10))
    dossiers.action_accept()
    office.env.flush_all()
    taken, queries = [], []
    for dossier in dossiers:
        clerk.invalidate_all()
        before, begun = clerk.cr.sql_log_count, time.perf_counter()
        dossier.action_complete_step()
        clerk.flush_all()
        taken.append(time.perf_counter() - begun)
        queries.append(clerk.cr.sql_log_count - before)
    return {
        "step_per_s": 1 / statistics.median(taken[10:]),
        "step_queries": statistics.mean(queries[10:]),
    }
