from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL


class QmsPostingGap(models.Model):
    """Objectives of the running year belong to what has to be posted."""

    _inherit = "qms.posting.gap"

    subject_kind = fields.Selection(selection_add=[("objectives", "Quality objectives")])
    objective_year_id = fields.Many2one(
        "qms.objective.year", string="Quality objectives", readonly=True
    )

    _depends = {
        "qms.objective.year": [
            "state",
            "year",
            "name",
            "company_id",
            "department_id",
            "approval_decision_id",
        ],
    }

    # === ACTIONS === #

    def action_post(self):
        action = super().action_post()
        chosen = {"default_objective_year_ids": [Command.set(self.objective_year_id.ids)]}
        return {**action, "context": {**action["context"], **chosen}}

    # === BUSINESS METHODS === #

    @api.model
    def _link_names(self):
        return (*super()._link_names(), "objective_year_id")

    @api.model
    def _link_columns(self):
        return SQL(
            """%s, CASE WHEN in_force.subject_kind = 'objectives'
                        THEN in_force.record_id END AS objective_year_id""",
            super()._link_columns(),
        )
