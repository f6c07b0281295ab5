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


# (what is done, function of the environment that does it and returns the rows changed)
STEPS = (
    ("Indexes replaced by those on plain text", drop_replaced_indexes),
    ("First steps of agencies at work closed", close_first_steps),
)


@openupgrade.migrate()
def migrate(env, version):
    for label, step in STEPS:
        _logger.info("%s: %s rows", label, step(env))
    _logger.info("19.0.1.1.0, after the models: %s steps", len(STEPS))
