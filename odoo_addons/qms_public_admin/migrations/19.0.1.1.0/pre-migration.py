"""Before the models of 19.0.1.1.0 are loaded: make and fill new stored columns by SQL.

A column that is here already is not computed row by row by the ORM, which on a million
dossiers takes hours. Each step returns how many rows it changed; the number is logged.
"""

import logging

from openupgradelib import openupgrade

_logger = logging.getLogger(__name__)

# Indexes that no list reads any more, each of which made every verb slower; that of the
# submission reference comes back as one that finds parts of it.
INDEXES = (
    "qms_dossier__accepted_at_index",
    "qms_dossier__company_id_index",
    "qms_dossier__due_at_index",
    "qms_dossier__outcome_index",
    "qms_dossier__procedure_field_id_index",
    "qms_dossier__state_index",
    "qms_dossier__submission_ref_index",
    "qms_dossier_component__company_id_index",
    "qms_dossier_step__company_id_index",
    "qms_dossier_step__handler_company_id_index",
    "qms_dossier_step__position_id_index",
)


def drop_indexes(cursor):
    """Drop what the models no longer declare: the ORM keeps indexes it does not expect."""
    cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname = ANY(%s)", [list(INDEXES)])
    found = [name for (name,) in cursor.fetchall()]
    for name in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return len(found)


# Rows that say themselves who made them and when: two references less to check for each.
SELF_DATED = ("qms_dossier_event", "qms_dossier_step")
ACCESS_LOG = ("create_uid", "create_date", "write_uid", "write_date")


def drop_access_log(cursor):
    """Drop the columns of Odoo's access log where the model no longer has it."""
    for table in SELF_DATED:
        dropped = ", ".join(f'DROP COLUMN IF EXISTS "{name}"' for name in ACCESS_LOG)
        cursor.execute(f'ALTER TABLE "{table}" {dropped}')
    return len(SELF_DATED)


def keep_time_zones(cursor):
    """Give each agency the zone it has counted in so far, that of its calendar."""
    cursor.execute("ALTER TABLE res_company ADD COLUMN IF NOT EXISTS qms_timezone varchar")
    cursor.execute(
        """UPDATE res_company company SET qms_timezone = COALESCE(calendar.tz, 'Asia/Ho_Chi_Minh')
             FROM res_company own
             LEFT JOIN resource_calendar calendar
                    ON calendar.id = COALESCE(own.qms_calendar_id, own.resource_calendar_id)
            WHERE own.id = company.id AND company.qms_timezone IS NULL"""
    )
    return cursor.rowcount


# (what is done, function of the cursor that does it and returns the rows changed)
STEPS = (
    ("indexes dropped", drop_indexes),
    ("tables without the access log", drop_access_log),
    ("time zones kept", keep_time_zones),
)


@openupgrade.migrate()
def migrate(env, version):
    for label, step in STEPS:
        _logger.info("%s: %s rows", label, step(env.cr))
    _logger.info("19.0.1.1.0, before the models: %s steps", len(STEPS))
