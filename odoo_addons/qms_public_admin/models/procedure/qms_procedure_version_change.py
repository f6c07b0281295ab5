from odoo import models


class QmsProcedureVersion(models.Model):
    """A version that is published or retired settles what changes expect of its procedure."""

    _inherit = "qms.procedure.version"

    # === ACTIONS === #

    def action_publish(self):
        result = super().action_publish()
        self._follow_changes()
        return result

    def action_retire(self, effective_to=None):
        result = super().action_retire(effective_to)
        self._follow_changes()
        return result

    # === BUSINESS METHODS === #

    def _follow_changes(self):
        lines = self.env["qms.change.request.line"]
        lines._follow([("procedure_id", "in", self.procedure_id.ids)])

    def _qms_open_record(self):
        return self._open_form()
