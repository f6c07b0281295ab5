from odoo import api, models

from .qms_change_request_impact import CHANGING_KINDS
from .qms_legal_document_change import ENTERING


class QmsLegalDocumentLink(models.Model):
    """A new effect on an earlier text makes a change due where something rests on it."""

    _inherit = "qms.legal.document.link"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        links = super().create(vals_list)
        links._propose_changes()
        return links

    def write(self, vals):
        result = super().write(vals)
        if {"kind", "from_id", "to_id"} & vals.keys():
            self._propose_changes()
        return result

    # === BUSINESS METHODS === #

    def _propose_changes(self):
        changing = self.filtered(lambda link: link.kind in CHANGING_KINDS)
        if changing and self.env.context.get("_qms_entering") is not ENTERING:
            self.env["qms.change.proposal"]._propose(changing.from_id)
