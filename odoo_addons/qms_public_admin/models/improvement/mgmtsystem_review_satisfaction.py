from odoo import api, models

from ...tools import review_content as content


class MgmtsystemReview(models.Model):
    """What citizens say: ratings and complaints (9.3.2 c1 of 2015)."""

    _inherit = "mgmtsystem.review"

    @api.model
    def _compiler_labels(self):
        return {
            **super()._compiler_labels(),
            "ratings": self.env._("Ratings and response rate"),
            "complaints": self.env._("Complaints"),
        }

    def _compile_ratings(self):
        """Satisfaction with its interval, the score, and how many answered at all."""
        figures = self._measured("ratings_satisfied", "ratings_low", "rating_score")
        if figures:
            figures += self._measured("response_rate")
        charts = self._chart_by_unit("ratings_satisfied", self.env._("Satisfied ratings"))
        return content.section(self.env._("Satisfaction of citizens"), figures, charts)

    def _compile_complaints(self):
        """Complaints received, and how many were answered in time (OS-15)."""
        figures = self._measured("complaints", "complaints_on_time")
        return content.section(self.env._("Complaints and suggestions"), figures)
