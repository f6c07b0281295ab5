"""What is done once, when the addon is installed."""

import logging

from . import mgmtsystem_takeover

_logger = logging.getLogger(__name__)


def pre_init_hook(env):
    """Make what an agency kept with the addons below hold what this one asks for."""
    mgmtsystem_takeover.run(env.cr, mgmtsystem_takeover.BEFORE, _logger)


def post_init_hook(env):
    """Keep the causes of nonconformities where this addon counts them."""
    mgmtsystem_takeover.run(env.cr, mgmtsystem_takeover.AFTER, _logger)
