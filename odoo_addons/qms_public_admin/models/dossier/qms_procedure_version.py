from odoo import fields, models


class QmsProcedureVersion(models.Model):
    _inherit = "qms.procedure.version"

    dossier_count = fields.Integer(string="Dossiers", compute="_compute_dossier_count")

    def _compute_dossier_count(self):
        counts = dict(
            self.env["qms.dossier"]._read_group(
                [("version_id", "in", self.ids)], ["version_id"], ["__count"]
            )
        )
        for version in self:
            version.dossier_count = counts.get(version, 0)

    def action_view_dossiers(self):
        """Open the dossiers received under this version."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_dossier_action"
        )
        action["domain"] = [("version_id", "=", self.id)]
        action["context"] = {}
        return action
