from odoo import api, fields, models


class QmsProcedure(models.Model):
    """The changes that touch a procedure."""

    _inherit = "qms.procedure"

    change_count = fields.Integer(string="Number of changes", compute="_compute_change_count")

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_change_count(self):
        counts = dict(
            self.env["qms.change.request.line"]._read_group(
                [("procedure_id", "in", self.ids)], ["procedure_id"], ["__count"]
            )
        )
        for procedure in self:
            procedure.change_count = counts.get(procedure, 0)

    # === ACTIONS === #

    def action_view_changes(self):
        """Show the changes that touch these procedures."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_change_request_action"
        )
        return {**action, "domain": [("line_ids.procedure_id", "in", self.ids)], "context": {}}

    # === BUSINESS METHODS === #

    def _qms_open_record(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }
