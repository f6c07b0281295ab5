from odoo import api, models

from ...tools import review_content as content
from .mgmtsystem_review_compile import opens_one


class MgmtsystemReview(models.Model):
    """What changed around the agency: the law, and what followed from it (ISO-01)."""

    _inherit = "mgmtsystem.review"

    @api.model
    def _compiler_labels(self):
        return {
            **super()._compiler_labels(),
            "law": self.env._("Changes of the law"),
            "changes": self.env._("Change requests of other causes"),
        }

    def _compile_law(self):
        """Changes of the law in time, and those that are late at the end of the period."""
        figures = self._measured("law_changes_on_time")
        late = self.env["qms.change.request"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("cause", "=", "law"),
                ("state", "in", ("open", "waiting")),
                ("due_date", "<=", self.qms_date_to),
            ],
            order="due_date, id",
        )
        return content.section(
            self.env._("Changes of the law"), figures, table=self._change_table(late)
        )

    def _change_table(self, requests):
        states = dict(requests._fields["state"]._description_selection(self.env))
        rows = [
            content.row(
                request.display_name,
                self._day(request.due_date),
                states[request.state],
                opens=opens_one(request),
            )
            for request in requests
        ]
        head = [self.env._("Not yet applied"), self.env._("Due on"), self.env._("State")]
        return {"head": head, "rows": rows}

    def _compile_changes(self):
        """What was asked to be changed for other reasons, by cause."""
        requests = self.env["qms.change.request"]
        causes = dict(requests._fields["cause"]._description_selection(self.env))
        now, before = (
            self._period_domain("create_date"),
            self._period_domain("create_date", self._scope_before()),
        )
        figures = []
        for cause, label in causes.items():
            if cause == "law":
                continue
            of_cause = [("cause", "=", cause)]
            made = self._counted(
                label, "qms.change.request", [*of_cause, *now], [*of_cause, *before]
            )
            if made["opens"] or made["previous"] != "0":
                figures.append(made)
        return content.section(self.env._("Change requests of other causes"), figures)
