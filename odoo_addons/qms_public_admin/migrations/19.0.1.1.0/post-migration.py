"""After the models of 19.0.1.1.0 are loaded: fill what only they can tell.

Each step gets the environment and returns how many rows it changed; the number is logged.
"""

import logging

from openupgradelib import openupgrade

_logger = logging.getLogger(__name__)

# (what is done, function of the environment that does it and returns the rows changed)
STEPS = ()


@openupgrade.migrate()
def migrate(env, version):
    for label, step in STEPS:
        _logger.info("%s: %s rows", label, step(env))
    _logger.info("19.0.1.1.0, after the models: %s steps", len(STEPS))
