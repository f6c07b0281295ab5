from odoo import fields, models


class QmsProcedure(models.Model):
    _inherit = "qms.procedure"

    dossier_count = fields.Integer(string="Dossiers", compute="_compute_dossier_count")

    def _compute_dossier_count(self):
        counts = dict(
            self.env["qms.dossier"]._read_group(
                [("procedure_id", "in", self.ids)], ["procedure_id"], ["__count"]
            )
        )
        for procedure in self:
            procedure.dossier_count = counts.get(procedure, 0)

    def action_view_dossiers(self):
        """Open the dossiers of this procedure."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_dossier_action"
        )
        action["domain"] = [("procedure_id", "=", self.id)]
        action["context"] = {"default_procedure_id": self.id}
        return action
