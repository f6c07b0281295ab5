"""The nightly search for signals over all agencies, against plain SQL of its figures.

The peer counts what the rules on late dossiers, second supplements and low ratings count;
the job looks for everything it is shipped with, and folds and proposes what it finds.
"""

import datetime
import resource
import time
from zoneinfo import ZoneInfo

#: The same counts, written by hand: what PostgreSQL alone takes for one rule.
PLAIN = {
    "dossiers_late": """
        SELECT company_id, {group}, COUNT(*), COUNT(*) FILTER (WHERE outcome = 'late')
          FROM (SELECT dossier.*, COALESCE(procedure.department_id, dossier.receiving_unit_id)
                       AS department_id
                  FROM qms_dossier dossier
                  LEFT JOIN qms_procedure procedure ON procedure.id = dossier.procedure_id) row
         WHERE outcome IS NOT NULL AND done_at >= %s AND done_at < %s
      GROUP BY company_id, {group}""",
    "second_supplements": """
        SELECT company_id, {group}, COUNT(*), COUNT(*) FILTER (WHERE supplement_count > 1)
          FROM qms_dossier WHERE accepted_at >= %s AND accepted_at < %s
      GROUP BY company_id, {group}""",
    "ratings_low": """
        SELECT qms_company_id, qms_procedure_id, COUNT(*), COUNT(*) FILTER (WHERE qms_is_low)
          FROM survey_user_input
         WHERE qms_is_valid AND qms_answered_at >= %s AND qms_answered_at < %s
      GROUP BY qms_company_id, qms_procedure_id""",
}


def measure(env, agencies):
    """Return seconds and memory of the job, its queries, and the ratio to plain SQL."""
    job = env["qms.signal.job"]
    companies = env["res.company"].browse([agency.company_id for agency in agencies])
    rules = env["qms.signal.rule"]._in_force(companies)
    # Each late dossier is one too many here: a night in which there is much to propose.
    for rule, _agencies in rules:
        if rule.measure_key == "dossiers_late":
            rule.limit = 0.0
    job._find(companies)  # warm up both sides alike
    plain = min(_plain(env, job, companies, rules) for _turn in range(2))
    finding = _timed(env, lambda: job._find(companies))
    before, peak = env.cr.sql_log_count, _peak()
    first = _timed(env, lambda: _night(job, companies))
    return {
        "signals_s": first,
        "signals_again_s": _timed(env, lambda: _night(job, companies)),
        "signals_ratio": finding / plain,
        "signals_peak_mib": (_peak() - peak) / 1024,
        "signals_queries": env.cr.sql_log_count - before,
        "signals_found": env["qms.signal"].search_count([("company_id", "in", companies.ids)]),
    }


def _night(job, companies):
    """Look, fold and propose, as the nightly job does, without its commits."""
    found = job._find(companies)
    for company in companies:
        job._propose(company, found.pop(company.id, []))


def _timed(env, work):
    started = time.perf_counter()
    work()
    env.flush_all()
    return time.perf_counter() - started


def _plain(env, job, companies, rules):
    """Return the seconds that the plain queries of the shipped rules take."""
    today = job._today(companies[:1])
    started = time.perf_counter()
    for rule, _agencies in rules:
        if query := PLAIN.get(rule.measure_key):
            since = today - datetime.timedelta(days=rule.window_days)
            bounds = [_midnight(day, companies[:1]._qms_timezone()) for day in (since, today)]
            env.cr.execute(query.format(group=rule.group), bounds)
            env.cr.fetchall()
    return time.perf_counter() - started


def _midnight(day, zone):
    """Return when a day begins in a zone, in UTC."""
    local = datetime.datetime.combine(day, datetime.time.min, ZoneInfo(zone))
    return local.astimezone(datetime.UTC).replace(tzinfo=None)


def _peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
