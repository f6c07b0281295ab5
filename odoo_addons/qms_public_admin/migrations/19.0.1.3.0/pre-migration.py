"""Before the models of 19.0.1.3.0 are loaded: what agencies kept with the addons below."""

import logging

from openupgradelib import openupgrade

from odoo.addons.qms_public_admin import mgmtsystem_takeover

_logger = logging.getLogger(__name__)


@openupgrade.migrate()
def migrate(env, version):
    mgmtsystem_takeover.run(env.cr, mgmtsystem_takeover.BEFORE, _logger)
    _logger.info("19.0.1.3.0, before the models: %s steps", len(mgmtsystem_takeover.BEFORE))
