"""Receiving dossiers and completing their steps, as the users do it."""

import time

from tests.scenarios import world

PROCEDURE = "2.002206"


def measure(env, count):
    """Return dossiers received and steps completed in a second, queries a step."""
    office = world.enter(env)
    clerk = office.as_login("canbo")
    procedure = env["qms.procedure"].search(
        [("code", "=", PROCEDURE), ("company_id", "=", office.company.id)], limit=1
    )
    vals = {"procedure_id": procedure.id, "holder_name": "Benchmark"}
    begun = time.perf_counter()
    dossiers = clerk["qms.dossier"].create([vals] * count)
    dossiers.action_accept()
    env.flush_all()
    received = count / (time.perf_counter() - begun)

    completed, queries, begun = 0, env.cr.sql_log_count, time.perf_counter()
    for dossier in dossiers:
        holder = dossier.current_step_id.sudo().position_id.holder_ids[:1]
        office.as_user(holder)["qms.dossier"].browse(dossier.id).action_complete_step()
        env.flush_all()
        completed += 1
    seconds = time.perf_counter() - begun
    return {
        "receive_per_s": received,
        "step_per_s": completed / seconds,
        "step_queries": (env.cr.sql_log_count - queries) / completed,
    }
