"""Before the models of 19.0.1.1.0 are loaded: make and fill new stored columns by SQL.

A column that is here already is not computed row by row by the ORM, which on a million
dossiers takes hours. Each step returns how many rows it changed; the number is logged.
"""

import logging

from openupgradelib import openupgrade

_logger = logging.getLogger(__name__)

# (what is done, function of the cursor that does it and returns the rows changed)
STEPS = ()


@openupgrade.migrate()
def migrate(env, version):
    for label, step in STEPS:
        _logger.info("%s: %s rows", label, step(env.cr))
    _logger.info("19.0.1.1.0, before the models: %s steps", len(STEPS))
