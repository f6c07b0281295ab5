from odoo import api, models


class QmsIndicator(models.Model):
    """Objectives follow the figures of their indicators."""

    _inherit = "qms.indicator"

    def action_enter(self, day, vals, attachment_ids=()):
        result = super().action_enter(day, vals, attachment_ids)
        self._follow_objectives()
        return result

    def action_measure_now(self):
        result = super().action_measure_now()
        self._follow_objectives()
        return result

    @api.model
    def _measure_company(self, company):
        result = super()._measure_company(company)
        self.env["qms.objective"]._follow_company(company)
        return result

    def _measure_where_possible(self):
        """Count those of these that are counted and that the current user may measure."""
        counted = self.filtered("can_measure")
        if counted:
            counted.action_measure_now()

    def _follow_objectives(self):
        self.env["qms.objective"].sudo().search([("indicator_id", "in", self.ids)])._follow()
