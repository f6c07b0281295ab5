from odoo import models

from .qms_change_request_line import SETTLED_REVISIONS


class DocumentPageHistory(models.Model):
    """An approved revision settles what changes expect of its document."""

    _inherit = "document.page.history"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if vals.get("qms_state") in SETTLED_REVISIONS:
            self.env["qms.change.request.line"]._follow([("page_id", "in", self.page_id.ids)])
        return result
