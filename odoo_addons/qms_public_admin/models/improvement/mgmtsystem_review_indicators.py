from odoo import api, models
from odoo.fields import Domain

from ...tools import review_content as content
from .mgmtsystem_review_compile import opens_one


class MgmtsystemReview(models.Model):
    """What was measured again and again, against its targets (9.3.2 c5 of 2015; 9.1)."""

    _inherit = "mgmtsystem.review"

    @api.model
    def _compiler_labels(self):
        return {**super()._compiler_labels(), "indicators": self.env._("Indicators")}

    def _compile_indicators(self):
        """The last figure of each indicator that lies in the period, with target and verdict."""
        measures = self.env["qms.indicator.measure"].search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("period_to", ">=", self.qms_date_from)
            & Domain("period_to", "<=", self.qms_date_to)
            & Domain("has_value", "=", True),
            order="period_from",
        )
        last = {row.indicator_id: row for row in measures}
        title = self.env._("Indicators")
        if not last:
            return content.section(title)
        verdicts = dict(measures._fields["target_state"]._description_selection(self.env))
        rows = [
            content.row(
                indicator.display_name,
                row.period_text,
                row.value_text,
                row.target_text or "–",
                verdicts[row.target_state],
                opens=opens_one(indicator),
            )
            for indicator, row in last.items()
        ]
        head = [
            self.env._("Indicator"),
            self.env._("Last period"),
            self.env._("Figure"),
            self.env._("Target"),
            self.env._("Verdict"),
        ]
        missed = sum(1 for row in last.values() if row.target_state == "missed")
        judged = sum(1 for row in last.values() if row.target_state != "none")
        whole = self.env._("of %(count)s", count=self._number(judged))
        figures = [content.figure(self.env._("Targets missed"), self._number(missed), note=whole)]
        return content.section(title, figures, table={"head": head, "rows": rows})
