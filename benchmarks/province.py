"""A province in a database: its agencies, and two years of dossiers made by SQL.

The rows are those the product would have written: six steps a dossier, and a log whose
hashes fit together (``qms.event.chain._verify_chain`` finds nothing). Papers handed in
(``qms.dossier.component``) are left out: no list and no figure reads them.
"""

import time
from pathlib import Path

from odoo.tools import SQL

from . import agencies as agency_module
from .bare_tables import bare

SLICE = 50000
TABLES = ("qms_dossier", "qms_dossier_step", "qms_dossier_event", "qms_dossier_interruption")
SURNAMES = (
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Mai Trương Lâm"
)
MIDDLES = "Văn Thị Hữu Đức Thanh Minh Ngọc Quang Thu Hồng Kim Xuân Bảo Gia Anh Hoài Phương Quốc"
GIVENS = (
    "An Bình Chi Cường Dung Dũng Duy Giang Hà Hải Hạnh Hằng Hậu Hiền Hiếu Hòa Hoa Hùng Hương Khánh "
    "Khoa Lan Linh Loan Long Ly Mai Mạnh Minh My Nam Nga Ngân Nghĩa Nhung Oanh Phong Phúc Phương "
    "Quân Quyên Sơn Tâm Tài Thảo Thắng Thủy Tiến Trang Trinh Trung Tuấn Tú Uyên Vân Việt Vinh Yến"
)
#: One definition of early, on time, late: by the date on the clock of the agency.
OUTCOME = """CASE sign(extract(day FROM date_trunc('day', done_plan + interval '7 hours')
                       - date_trunc('day', due_plan + interval '7 hours')))
             WHEN -1 THEN 'early' WHEN 0 THEN 'on_time' ELSE 'late' END"""
CHAIN = """
    CREATE FUNCTION pg_temp.link(text, text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
        $$ BEGIN RETURN encode(sha256(convert_to($1 || E'\\n' || $2, 'UTF8')), 'hex'); END $$;
    CREATE AGGREGATE pg_temp.chained(text) (sfunc = pg_temp.link, stype = text, initcond = '')
"""
NAMES = """
    CREATE TEMP TABLE names AS SELECT %s AS surnames, %s AS middles, %s AS givens
"""
PROCESSES = """
    CREATE TEMP TABLE process AS
    SELECT agency.agency_no::int, agency.company_id, agency.clerk,
           partner.name AS clerk_name, qms_agency.code AS agency_code,
           row_number() OVER (PARTITION BY agency.agency_no ORDER BY version.id)::int AS turn,
           version.id AS version_id, version.procedure_id, procedure.field_id,
           version.legal_hours, version.committed_hours,
           (SELECT min(department_id) FROM qms_procedure_step WHERE version_id = version.id)
               AS unit_id
      FROM unnest(%s::int[], %s::int[]) WITH ORDINALITY agency(company_id, clerk, agency_no)
      JOIN qms_procedure procedure USING (company_id)
      JOIN qms_procedure_version version ON version.procedure_id = procedure.id
      JOIN qms_agency ON qms_agency.company_id = agency.company_id
      JOIN res_users ON res_users.id = agency.clerk
      JOIN res_partner partner ON partner.id = res_users.partner_id;
    CREATE TEMP TABLE plan AS
    SELECT step.version_id,
           row_number() OVER (PARTITION BY step.version_id ORDER BY step.sequence, step.id)::int
               AS ordinal,
           step.id AS step_id, step.name, step.kind, step.result, step.hours, step.position_id,
           position.name->>'en_US' AS position_name, step.department_id,
           department.name->>'en_US' AS department_name, holder.ids AS holders,
           holder.names AS holder_names
      FROM qms_procedure_step step
      JOIN process USING (version_id)
      JOIN qms_position position ON position.id = step.position_id
      JOIN hr_department department ON department.id = step.department_id
      JOIN (SELECT held.{position} AS position_id,
                   array_agg(held.{user} ORDER BY held.{user}) AS ids,
                   array_agg(partner.name ORDER BY held.{user}) AS names
              FROM {relation} held
              JOIN res_users ON res_users.id = held.{user}
              JOIN res_partner partner ON partner.id = res_users.partner_id
          GROUP BY 1) holder ON holder.position_id = step.position_id;
    ANALYZE process; ANALYZE plan
"""


def find(env):
    """Return the agencies of an earlier run, the largest first; none in a fresh database."""
    companies = env["res.company"].search([("name", "=like", "Agency ___")], order="id")
    users = env["res.users"].search([("company_id", "in", companies.ids)], order="id")
    people = users.filtered(lambda user: user.login.count("_") == 2).grouped("company_id")
    versions = (
        env["qms.procedure.version"]
        .search([("company_id", "in", companies.ids)], order="id")
        .grouped("company_id")
    )
    return [
        agency_module.Agency(company.id, people[company].ids, versions[company].ids)
        for company in companies
    ]


def build(env, office, count, say=lambda text: None):
    """Make the agencies and ``count`` dossiers, and return the agencies."""
    begun = time.perf_counter()
    agencies = agency_module.make(env, office, agency_module.COUNT if count >= SLICE else 5)
    say(f"{len(agencies)} agencies after {time.perf_counter() - begun:.0f} s")
    env.flush_all()
    _prepare(env, agencies)
    with bare(env.cr, TABLES):
        _fill(env, agencies, count, say, begun)
    env.cr.execute("DROP TABLE process, plan, names")
    env.invalidate_all()
    say(f"rows, indexes and foreign keys after {time.perf_counter() - begun:.0f} s")
    return agencies


def settle(env):
    """Commit; give the planner its statistics and the tables their visibility map."""
    env.cr.commit()
    connection = env.cr._cnx
    isolation = connection.isolation_level
    connection.set_session(autocommit=True)
    for table in (*TABLES, "res_users", "res_partner", "qms_position", "qms_procedure_step"):
        env.cr.execute(f"VACUUM (ANALYZE) {table}")
    connection.set_session(autocommit=False, isolation_level=isolation)


def _prepare(env, agencies):
    holders = env["qms.position"]._fields["holder_ids"]
    env.cr.execute(CHAIN)
    env.cr.execute(NAMES, [SURNAMES.split(), MIDDLES.split(), GIVENS.split()])
    env.cr.execute(
        PROCESSES.format(relation=holders.relation, position=holders.column1, user=holders.column2),
        [
            [agency.company_id for agency in agencies],
            [agency.user_ids[0] for agency in agencies],
        ],
    )


def _fill(env, agencies, count, say, begun):
    statements = (Path(__file__).parent / "province.sql").read_text(encoding="utf-8")
    base, step_base = (
        _reserve(env, table, size)
        for table, size in (("qms_dossier", count), ("qms_dossier_step", count * 6))
    )
    env.cr.execute("SET LOCAL work_mem = '256MB'; SET LOCAL jit = off")
    for first in range(1, count + 1, SLICE):
        values = {
            "base": base,
            "step_base": step_base,
            "first": first,
            "count": min(SLICE, count - first + 1),
            "total": count,
            "agencies": len(agencies),
            "turns": len(agencies[0].processes),
            "outcome": SQL(OUTCOME),
            "payload": SQL(_payload(env)),
        }
        env.cr.execute(SQL(statements, **values))
        if first % (4 * SLICE) == 1:
            say(f"{first + values['count'] - 1} dossiers after {time.perf_counter() - begun:.0f} s")


def _reserve(env, table, count):
    """Take ``count`` ids of a table; return the one before the first of them."""
    ((last,),) = env.execute_query(
        SQL("SELECT COALESCE(max(id), 0) FROM %s", SQL.identifier(table))
    )
    env.cr.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last + count])
    return last


def _payload(env):
    """SQL of the text that is hashed: the canonical JSON of ``tools.event_chain``."""
    events = env["qms.dossier.event"]
    names = sorted((events._chain_field, *events._hashed_fields))
    parts = [f"'\"{name}\":', {_canonical(events._fields[name])}" for name in names]
    return "concat('{', " + ", ',', ".join(parts) + ", '}')"


def _canonical(field):
    if field.type == "boolean":
        return f"CASE WHEN {field.name} THEN 'true' ELSE 'null' END"
    if field.type == "datetime":
        text = f"""'"' || to_char({field.name}, 'YYYY-MM-DD"T"HH24:MI:SS.US') || '"'"""
        return f"COALESCE({text}, 'null')"
    if field.type in ("integer", "many2one"):
        return f"COALESCE(NULLIF({field.name}, 0)::text, 'null')"
    return f"COALESCE(to_json(NULLIF({field.name}, ''))::text, 'null')"
