"""The nightly search for signals over all agencies, against plain SQL of its figures.

The peer counts what the rules on late dossiers, second supplements and low ratings count;
the job looks for everything it is shipped with, and folds and proposes what it finds.
"""

import datetime
import resource
import time

from odoo.addons.qms_public_admin.models.improvement.qms_measure import _bounds

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
    job._find(companies)  # warm up both sides alike
    plain = min(_plain(env, job, companies, rules) for _turn in range(2))
    before, peak, started = env.cr.sql_log_count, _peak(), time.perf_counter()
    found = job._find(companies)
    finding = time.perf_counter() - started
    for company in companies:
        job._propose(company, found.pop(company.id, []))
    env.flush_all()
    whole = time.perf_counter() - started
    return {
        "signals_s": whole,
        "signals_ratio": finding / plain,
        "signals_peak_mib": (_peak() - peak) / 1024,
        "signals_queries": env.cr.sql_log_count - before,
        "signals_found": env["qms.signal"].search_count([("company_id", "in", companies.ids)]),
    }


def _plain(env, job, companies, rules):
    """Return the seconds that the plain queries of the shipped rules take."""
    today = job._today(companies[:1])
    started = time.perf_counter()
    for rule, _agencies in rules:
        if query := PLAIN.get(rule.measure_key):
            days = datetime.timedelta
            window = today - days(days=rule.window_days), today - days(days=1)
            bounds = _bounds(*window, companies[:1]._qms_timezone(), False)
            env.cr.execute(query.format(group=rule.group), bounds)
            env.cr.fetchall()
    return time.perf_counter() - started


def _peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
