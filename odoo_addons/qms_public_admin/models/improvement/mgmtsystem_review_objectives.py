from odoo import api, models
from odoo.fields import Domain

from ...tools import review_content as content
from .mgmtsystem_review_compile import opens_one

#: States of the paper whose objectives are in force.
IN_FORCE = ("approved", "closed")
REACHING, AT_RISK, MISSED = ("met", "on_track"), ("at_risk",), ("missed",)


class MgmtsystemReview(models.Model):
    """How far the quality objectives were reached (9.3.2 c2 of 2015; 6.2)."""

    _inherit = "mgmtsystem.review"

    @api.model
    def _compiler_labels(self):
        return {**super()._compiler_labels(), "objectives": self.env._("Quality objectives")}

    def _compile_objectives(self):
        """Each approved objective of the years of the period, with target, figure, status."""
        years = range(self.qms_date_from.year, self.qms_date_to.year + 1)
        objectives = self.env["qms.objective"].search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("year", "in", list(years))
            & Domain("year_state", "in", IN_FORCE),
            order="year, sequence, id",
        )
        title = self.env._("Quality objectives")
        if not objectives:
            return content.section(title)
        statuses = dict(objectives._fields["status"]._description_selection(self.env))
        rows = [
            content.row(
                row.name,
                row.target_text or "–",
                row.value_text,
                statuses.get(row.status, "–"),
                opens=opens_one(row),
            )
            for row in objectives
        ]
        whole = self.env._("of %(count)s", count=len(objectives))
        labels = {
            self.env._("Objectives met or on track"): REACHING,
            self.env._("Objectives at risk"): AT_RISK,
            self.env._("Objectives missed"): MISSED,
        }
        figures = [
            content.figure(
                label,
                self._number(sum(1 for row in objectives if row.status in found)),
                note=whole,
            )
            for label, found in labels.items()
        ]
        head = [
            self.env._("Quality objective"),
            self.env._("Target"),
            self.env._("Figure"),
            self.env._("Status"),
        ]
        return content.section(title, figures, table={"head": head, "rows": rows})
