"""Before the models of 19.0.1.3.0 are loaded: nonconformities and actions kept before.

A database that used the modules below already has rows of theirs: they get the state their
stage stands for, so that the new constraints hold and nothing looks planned that has ended.
Each step returns how many rows it changed; the number is logged. Nothing is done where the
tables are not there yet.
"""

import logging

from openupgradelib import openupgrade

_logger = logging.getLogger(__name__)


def give_an_agency(cursor):
    """A row without an agency belongs to that of who is responsible for it."""
    changed = 0
    for table, field in (
        ("mgmtsystem_action", "user_id"),
        ("mgmtsystem_nonconformity", "responsible_user_id"),
    ):
        cursor.execute(
            f"""UPDATE "{table}" SET company_id = owner.company_id FROM res_users owner
                 WHERE owner.id = "{table}"."{field}" AND "{table}".company_id IS NULL"""
        )
        changed += cursor.rowcount
    return changed


def give_actions_their_state(cursor):
    """An action is what its stage says; what ended with the stage *Closed* was done."""
    cursor.execute(
        """ALTER TABLE mgmtsystem_action
             ADD COLUMN IF NOT EXISTS qms_state varchar,
             ADD COLUMN IF NOT EXISTS qms_done_at timestamp,
             ADD COLUMN IF NOT EXISTS qms_cancel_reason text"""
    )
    cursor.execute(
        """UPDATE mgmtsystem_action action
              SET qms_state = found.state,
                  qms_done_at = CASE WHEN found.state = 'verified'
                                THEN COALESCE(action.date_closed, action.write_date) END,
                  qms_cancel_reason = CASE WHEN found.state = 'cancelled' THEN '–' END,
                  date_closed = CASE WHEN found.state IN ('verified', 'cancelled')
                                THEN action.date_closed END
             FROM (SELECT stage.id,
                          CASE WHEN data.name = 'stage_cancel' THEN 'cancelled'
                               WHEN stage.is_ending THEN 'verified'
                               WHEN stage.is_starting THEN 'draft'
                               ELSE 'open' END AS state
                     FROM mgmtsystem_action_stage stage
                     LEFT JOIN ir_model_data data
                            ON data.model = 'mgmtsystem.action.stage' AND data.res_id = stage.id
                           AND data.module = 'mgmtsystem_action') found
            WHERE found.id = action.stage_id AND action.qms_state IS NULL"""
    )
    return cursor.rowcount


def count_days_forward(cursor):
    """The days of the base run backwards: -3 for three days gone by."""
    cursor.execute(
        """UPDATE mgmtsystem_action
              SET number_of_days_to_open = abs(number_of_days_to_open),
                  number_of_days_to_close = CASE WHEN date_closed IS NULL THEN 0
                                            ELSE abs(number_of_days_to_close) END
            WHERE number_of_days_to_open < 0 OR number_of_days_to_close < 0"""
    )
    return cursor.rowcount


def end_what_is_closed(cursor):
    """Only what is closed has a closing date, and says what came of it."""
    cursor.execute(
        """UPDATE mgmtsystem_nonconformity SET closing_date = NULL
            WHERE state != 'done' AND closing_date IS NOT NULL"""
    )
    changed = cursor.rowcount
    cursor.execute(
        """UPDATE mgmtsystem_nonconformity SET evaluation_comments = '–'
            WHERE state = 'done' AND length(trim(COALESCE(evaluation_comments, ''))) = 0"""
    )
    return changed + cursor.rowcount


# (what is done, function of the cursor that does it and returns the rows changed)
STEPS = (
    ("rows that get an agency", give_an_agency),
    ("actions that get their state", give_actions_their_state),
    ("days counted forward", count_days_forward),
    ("nonconformities whose end fits their state", end_what_is_closed),
)


@openupgrade.migrate()
def migrate(env, version):
    if not openupgrade.table_exists(env.cr, "mgmtsystem_nonconformity"):
        return
    for label, step in STEPS:
        _logger.info("%s: %s rows", label, step(env.cr))
