from odoo import api, models
from odoo.fields import Domain

from ...tools import review_content as content
from .mgmtsystem_review_compile import opens_one

#: Rows of a table; the figures above it count all of them.
ROWS = 12


class MgmtsystemReview(models.Model):
    """Issues, interested parties, risks and opportunities (9.3.2 b and e of 2015; 4.1, 4.2, 6.1).

    Confidential risks are counted, not named: participants read what is compiled.
    """

    _inherit = "mgmtsystem.review"

    @api.model
    def _compiler_labels(self):
        return {
            **super()._compiler_labels(),
            "issues": self.env._("Internal and external issues"),
            "parties": self.env._("Interested parties"),
            "risks": self.env._("Risks"),
            "opportunities": self.env._("Opportunities"),
        }

    # === CONTEXT === #

    def _compile_issues(self):
        """Issues looked at anew in the period, and those whose look is overdue."""
        return self._context_section(self.env._("Issues"), "qms.context.issue")

    def _compile_parties(self):
        """Interested parties looked at anew in the period, and those overdue."""
        return self._context_section(self.env._("Interested parties"), "qms.interested.party")

    def _context_section(self, title, model):
        records = self.env[model]
        rows = records.search([("company_id", "=", self.company_id.id)])
        if not rows:
            return content.section(title)
        looked = rows.filtered(
            lambda row: (
                row.reviewed_on and self.qms_date_from <= row.reviewed_on <= self.qms_date_to
            )
        )
        due = rows.filtered(lambda row: row.timeliness == "late")
        whole = self.env._("of %(count)s", count=len(rows))
        figures = [
            content.figure(
                self.env._("Looked at in the period"), self._number(len(looked)), note=whole
            ),
            content.figure(
                self.env._("To be looked at again, late"), self._number(len(due)), note=whole
            ),
        ]
        head = [title, self.env._("Last looked at")]
        lines = [
            content.row(row.display_name, self._day(row.reviewed_on), opens=opens_one(row))
            for row in rows[:ROWS]
        ]
        return content.section(title, figures, table={"head": head, "rows": lines})

    # === RISKS === #

    def _compile_risks(self):
        """Risks by where they stand, and whether what was done made them smaller."""
        return self._risk_section(self.env._("Risks"), "risk")

    def _compile_opportunities(self):
        """Opportunities by where they stand."""
        return self._risk_section(self.env._("Opportunities"), "opportunity")

    def _risk_section(self, title, kind):
        rows = self.env["qms.risk"].search(
            Domain("company_id", "=", self.company_id.id) & Domain("kind", "=", kind),
            order="score desc, id",
        )
        if not rows:
            return content.section(title)
        states = rows._fields["state"]._description_selection(self.env)
        counts = rows.grouped("state")
        figures = [
            content.figure(label, self._number(len(counts.get(state, ()))))
            for state, label in states
        ]
        scored = rows.filtered(lambda row: row.assessment_count > 1)
        moved = sum(1 for row in scored if row.score < row.first_score)
        if kind == "risk" and scored:
            figures.append(
                content.figure(
                    self.env._("Smaller than at the first assessment"),
                    self._number(moved),
                    note=self.env._("of %(count)s", count=len(scored)),
                )
            )
        return content.section(title, figures, table=self._risk_table(rows, title))

    def _risk_table(self, rows, title):
        shown = rows.filtered(lambda row: not row.is_restricted and row.state != "closed")
        states = dict(rows._fields["state"]._description_selection(self.env))
        lines = [
            content.row(
                row.display_name,
                self._number(row.first_score) if row.assessment_count else "–",
                self._number(row.score) if row.assessment_count else "–",
                row.level or "–",
                states[row.state],
                opens=opens_one(row),
            )
            for row in shown[:ROWS]
        ]
        head = [
            title,
            self.env._("First score"),
            self.env._("Score now"),
            self.env._("Level of the risk"),
            self.env._("State"),
        ]
        return {"head": head, "rows": lines}
