from odoo import models


class QmsProcedureVersion(models.Model):
    """The approval sheet of a version, sealed by the agency."""

    _inherit = "qms.procedure.version"

    def action_sealed_sheet(self):
        """Seal the approval sheet, keep it with the version and hand it out."""
        attachment = self._sealed_print("qms_reports.approval_sheet")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "self",
        }
