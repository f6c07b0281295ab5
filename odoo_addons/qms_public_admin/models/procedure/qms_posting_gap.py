from odoo import models


class QmsPostingGap(models.Model):
    """Procedures belong to what has to be posted."""

    _inherit = "qms.posting.gap"

    _depends = {
        "qms.procedure": ["code", "name", "active", "company_id"],
        "qms.procedure.version": ["number", "state", "effective_from", "effective_to"],
    }
