"""The period report and the register as a workbook, against what lies below them."""

import datetime
import io
import subprocess
import sys
import time
from pathlib import Path

import xlsxwriter

from odoo.tools import SQL

from .lists import as_user
from .timing import seconds

#: The same figures counted by hand, for somebody who may see everything: dossiers
#: completed are judged as recorded, the others stand where their log left them.
BARE = """
    SELECT company_id,
           count(*) FILTER (WHERE accepted_at >= %(start)s) AS received,
           count(*) FILTER (WHERE accepted_at < %(start)s) AS carried,
           count(*) FILTER (WHERE part = 'early') AS early,
           count(*) FILTER (WHERE part = 'on_time') AS on_time,
           count(*) FILTER (WHERE part = 'late') AS late,
           count(*) FILTER (WHERE part IN ('accepted', 'processing') AND due_at >= %(stop)s)
               AS within,
           count(*) FILTER (WHERE part IN ('accepted', 'processing') AND due_at < %(stop)s)
               AS over,
           count(*) FILTER (WHERE part IN ('supplement', 'payment', 'stopped')) AS paused,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY done_at - accepted_at),
           percentile_cont(0.95) WITHIN GROUP (ORDER BY done_at - accepted_at)
      FROM (
        SELECT company_id, accepted_at, done_at, outcome AS part, NULL::timestamp AS due_at
          FROM qms_dossier
         WHERE company_id = ANY(%(companies)s) AND accepted_at < %(stop)s
           AND done_at >= %(start)s AND done_at < %(stop)s
     UNION ALL
        SELECT dossier.company_id, accepted_at, NULL, last.state, last.due_at
          FROM qms_dossier dossier, LATERAL (
                SELECT state, due_at FROM qms_dossier_event event
                 WHERE event.dossier_id = dossier.id AND at < %(stop)s
              ORDER BY at DESC, sequence DESC LIMIT 1) last
         WHERE company_id = ANY(%(companies)s) AND accepted_at < %(stop)s
           AND (done_at IS NULL OR done_at >= %(stop)s)
           AND (closed_at IS NULL OR closed_at >= %(start)s)
      ) known
  GROUP BY GROUPING SETS ((company_id), ())
"""


def measure(env, agencies, rounds=3):
    """Return the report of last year over all agencies, in times of its bare SQL."""
    companies = [agency.company_id for agency in agencies]
    user = env["res.users"].browse(agencies[0].user_ids[8])
    user.company_ids = [(6, 0, companies)]
    env.flush_all()
    own = as_user(env, user.id, companies)
    year = datetime.date.today().year - 1
    report = own["qms.period.report"].create(
        {
            "date_from": datetime.date(year, 1, 1),
            "date_to": datetime.date(year, 12, 31),
            "company_ids": [(6, 0, companies)],
            "grouping": "company",
        }
    )

    def bare():
        for back in (0, 1):  # the report compares with the period before
            values = {
                "companies": companies,
                "start": datetime.datetime(year - back, 1, 1),
                "stop": datetime.datetime(year - back + 1, 1, 1),
            }
            env.execute_query(SQL(BARE, **values))

    ours = seconds(report.action_compute, rounds, before=env.invalidate_all)
    theirs = seconds(bare, rounds)
    return {
        "report_s": ours,
        "report_sql_s": theirs,
        "report_ratio": ours / theirs,
        **_workbooks(env, agencies[0]),
    }


def _workbooks(env, agency):
    """Return the register's time over that of plain xlsxwriter, and its memory.

    The same cells, in the same formats, from rows that lie ready in memory. Exported by
    a specialist: for the counter, which gets the numbers in full, a row of disclosure is
    kept for each dossier as well.
    """
    reader = as_user(env, agency.user_ids[2])
    register = reader["qms.dossier.register"].create(
        {
            "date_from": datetime.date.today() - datetime.timedelta(days=760),
            "date_to": datetime.date.today(),
        }
    )
    rows = list(register._rows())
    exporter = reader["report.qms_reports.dossier_register_xlsx"].with_context(
        active_model=register._name
    )
    taken = []
    for _turn in range(2):  # the better of two, taken in turns
        begun = time.perf_counter()
        exporter.create_xlsx_report(register.ids, {})
        between = time.perf_counter()
        plain(rows)
        taken.append((between - begun, time.perf_counter() - between))
    ours, theirs = (min(times) for times in zip(*taken, strict=True))
    return {"xlsx_rows": len(rows), "xlsx_s": ours, "xlsx_ratio": ours / theirs}


def plain(rows):
    """Write the register's rows as somebody would who knows xlsxwriter alone."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"constant_memory": True})
    base = {"font_name": "Times New Roman", "font_size": 11, "border": 1, "valign": "vcenter"}
    text = book.add_format({**base, "text_wrap": True})
    count = book.add_format({**base, "num_format": "#,##0"})
    moment = book.add_format({**base, "num_format": "dd/mm/yyyy hh:mm"})
    sheet = book.add_worksheet()
    texts = ((1, "code"), (2, "content"), (4, "holder_name"), (5, "holder_address"),
             (6, "holder_phone"), (12, "note"))  # fmt: skip
    moments = ((7, "accepted_at"), (8, "due_at"), (9, "done_at"), (11, "returned_at"))
    for number, row in enumerate(rows):
        cells = {0: (sheet.write_number, row["number"], count)}
        cells[3] = (sheet.write_number, row["set_qty"] or 0, count)
        cells.update(
            (column, (sheet.write_string, row[name] or "", text)) for column, name in texts
        )
        for column, name in moments:
            writer = sheet.write_datetime if row[name] else sheet.write_blank
            cells[column] = (writer, row[name], moment)
        cells[10] = (sheet.write_blank, None, text)
        for column in sorted(cells):
            writer, value, form = cells[column]
            writer(number, column, value, form)
    book.close()
    return stream.getbuffer().nbytes


def peak(database, agency):
    """Return how much memory (MiB) an export takes beyond that of a hundredth of it.

    Each in a process of its own: a peak is known of a whole process only.
    """
    peaks = [
        int(
            subprocess.run(
                [sys.executable, "-m", "benchmarks.peak", database, str(agency.user_ids[2]), days],
                cwd=Path(__file__).parent.parent,
                check=True,
                capture_output=True,
                text=True,
            ).stdout.split()[-1]
        )
        for days in ("7", "760")
    ]
    return {"xlsx_peak_mib": (peaks[1] - peaks[0]) / 1024, "xlsx_process_mib": peaks[1] / 1024}
