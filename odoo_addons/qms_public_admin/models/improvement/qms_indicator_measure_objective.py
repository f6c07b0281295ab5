from odoo import models


class QmsIndicatorMeasure(models.Model):
    """A restated figure may turn the status of an objective."""

    _inherit = "qms.indicator.measure"

    def action_restate(self, words=None, vals=None, attachment_ids=()):
        result = super().action_restate(words, vals, attachment_ids)
        self.indicator_id._follow_objectives()
        return result
