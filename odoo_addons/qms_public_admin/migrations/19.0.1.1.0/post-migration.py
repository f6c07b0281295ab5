"""After the models of 19.0.1.1.0 are loaded: fill what only they can tell.

Each step gets the environment and returns how many rows it changed; the number is logged.
"""

import logging

from openupgradelib import openupgrade

from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# Names are found through indexes on their plain text since 19.0.1.1.0.
REPLACED_INDEXES = ("qms_dossier__holder_name_index", "qms_procedure__name_index")


def drop_replaced_indexes(env):
    env.cr.execute("SELECT indexname FROM pg_indexes WHERE indexname IN %s", [REPLACED_INDEXES])
    names = [name for (name,) in env.cr.fetchall()]
    for name in names:
        env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
    return len(names)


def close_first_steps(env):
    """An agency that has dossiers needs no first steps."""
    env.cr.execute(
        """UPDATE res_company SET qms_onboarding_closed = TRUE
            WHERE id IN (SELECT company_id FROM qms_dossier WHERE accepted_at IS NOT NULL)"""
    )
    return env.cr.rowcount


def take_over_tickets(env):
    """Tickets of the helpdesk from before: received when made, done where their stage is."""
    env.cr.execute(
        """UPDATE helpdesk_ticket t
              SET qms_received_at = t.create_date,
                  qms_state = CASE WHEN s.closed THEN 'answered' ELSE t.qms_state END,
                  qms_answered_at = CASE WHEN s.closed
                      THEN COALESCE(t.last_stage_update, t.write_date) END
             FROM helpdesk_ticket u
             LEFT JOIN helpdesk_ticket_stage s ON s.id = u.stage_id
            WHERE u.id = t.id"""
    )
    return env.cr.rowcount


# (what is done, function of the environment that does it and returns the rows changed)
STEPS = (
    ("Indexes replaced by those on plain text", drop_replaced_indexes),
    ("First steps of agencies at work closed", close_first_steps),
    ("Tickets of the helpdesk taken over", take_over_tickets),
)


@openupgrade.migrate()
def migrate(env, version):
    for label, step in STEPS:
        _logger.info("%s: %s rows", label, step(env))
    _logger.info("19.0.1.1.0, after the models: %s steps", len(STEPS))
