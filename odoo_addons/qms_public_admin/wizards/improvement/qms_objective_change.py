from odoo import api, fields, models


class QmsObjectiveChange(models.TransientModel):
    """Asks why approved objectives are opened again; the verb checks who may."""

    _name = "qms.objective.change"
    _description = "Change of approved objectives"

    year_id = fields.Many2one("qms.objective.year", required=True, ondelete="cascade")
    words = fields.Text(string="Reason", required=True)

    def action_confirm(self):
        """Open the objectives again."""
        self.ensure_one()
        self.year_id.action_change(self.words)
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _ask(self, year):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change the objectives"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_year_id": year.id},
        }
