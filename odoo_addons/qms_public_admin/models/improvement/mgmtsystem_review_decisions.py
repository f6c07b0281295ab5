from odoo import api, models

from ...tools import review_content as content
from .mgmtsystem_review_compile import opens_one


class MgmtsystemReview(models.Model):
    """What the review before decided, and what became of it (9.3.2 a)."""

    _inherit = "mgmtsystem.review"

    @api.model
    def _compiler_labels(self):
        return {
            **super()._compiler_labels(),
            "decisions": self.env._("Decisions of the review before"),
        }

    def _compile_decisions(self):
        """Each decision of the last review and each older one that is still open."""
        decisions = self.env["qms.review.decision"]
        last = decisions.search([("review_id", "=", self.qms_previous_id.id)], order="sequence, id")
        older = decisions.search(
            [
                ("company_id", "=", self.company_id.id),
                ("review_id.date", "<", self.date),
                ("review_id", "not in", [self.id, self.qms_previous_id.id]),
                ("status", "in", ("open", "late")),
            ]
        )
        title = self.env._("Decisions of the review before")
        shown = last | older
        if not shown:
            return content.section(title)
        done = len(shown.filtered(lambda row: row.status == "done"))
        late = len(shown.filtered(lambda row: row.status == "late"))
        whole = self.env._("of %(count)s", count=len(shown))
        statuses = dict(decisions._fields["status"]._description_selection(self.env))
        figures = [
            content.figure(statuses["done"], self._number(done), note=whole),
            content.figure(statuses["late"], self._number(late), note=whole),
        ]
        return content.section(title, figures, table=self._decision_table(shown))

    def _decision_table(self, decisions):
        statuses = dict(decisions._fields["status"]._description_selection(self.env))
        rows = [
            content.row(
                row.name,
                row.owner_name or "–",
                self._day(row.due_date),
                statuses[row.status],
                opens=opens_one(row),
            )
            for row in decisions
        ]
        head = [
            self.env._("Decision"),
            self.env._("Owner"),
            self.env._("Due on"),
            self.env._("Status"),
        ]
        return {"head": head, "rows": rows}
