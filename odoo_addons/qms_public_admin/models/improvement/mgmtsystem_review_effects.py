from odoo import api, models
from odoo.fields import Domain

from ...tools import review_content as content
from .mgmtsystem_review_compile import opens_one

#: Rows of a table; the figures above it count all of them.
ROWS = 12
SHOWN_STATES = ("due", "effective", "not_effective")


class MgmtsystemReview(models.Model):
    """Whether actions had effect, what was taught, what is proposed to be done better."""

    _inherit = "mgmtsystem.review"

    @api.model
    def _compiler_labels(self):
        return {
            **super()._compiler_labels(),
            "effectiveness": self.env._("Effect of corrective actions"),
            "training": self.env._("Training"),
            "improvements": self.env._("Opportunities for improvement found by audits"),
        }

    # === EFFECT === #

    def _compile_effectiveness(self):
        """Checks whose days after have passed: figures before and after, verdict of a person."""
        checks = self.env["qms.effectiveness.check"].search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "in", SHOWN_STATES)
            & self._period_domain("due_date", is_moment=False)
            & Domain("action_id", "any", self.env["mgmtsystem.action"]._qms_is_nameable()),
            order="due_date, id",
        )
        title = self.env._("Effect of corrective actions")
        if not checks:
            return content.section(title)
        states = dict(checks._fields["state"]._description_selection(self.env))
        counts = checks.grouped("state")
        figures = [
            content.figure(states[state], self._number(len(counts.get(state, ()))))
            for state in SHOWN_STATES
        ]
        rows = [
            content.row(
                check.action_id.display_name,
                check.before_text,
                check.after_text,
                states[check.state],
                opens=opens_one(check),
            )
            for check in checks[:ROWS]
        ]
        head = [
            self.env._("Action"),
            self.env._("Before"),
            self.env._("After"),
            self.env._("State"),
        ]
        return content.section(title, figures, table={"head": head, "rows": rows})

    # === RESOURCES === #

    def _compile_training(self):
        """Classes held in the period, who took part, whether they helped (7.2)."""
        classes = self.env["qms.training"].search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "in", ("held", "evaluated"))
            & self._period_domain("date_from", is_moment=False),
            order="date_from, id",
        )
        title = self.env._("Training")
        if not classes:
            return content.section(title)
        figures = [
            content.figure(self.env._("Classes held"), self._number(len(classes))),
            content.figure(
                self.env._("People who took part"),
                self._number(sum(classes.mapped("attended_count"))),
            ),
        ]
        verdicts = dict(classes._fields["verdict"]._description_selection(self.env))
        rows = [
            content.row(
                each.name,
                self._day(each.date_from),
                self._number(each.attended_count),
                verdicts.get(each.verdict, "–"),
                opens=opens_one(each),
            )
            for each in classes[:ROWS]
        ]
        head = [
            self.env._("Training class"),
            self.env._("First day"),
            self.env._("Took part"),
            self.env._("Effectiveness"),
        ]
        return content.section(title, figures, table={"head": head, "rows": rows})

    # === IMPROVEMENT === #

    def _compile_improvements(self):
        """What auditors proposed to do better, and what became of it."""
        findings = self.env["qms.audit.finding"].search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("grade", "=", "opportunity")
            & Domain("state", "!=", "draft")
            & Domain("is_confidential", "=", False)
            & self._period_domain("audit_id.qms_date_from", is_moment=False),
            order="id",
        )
        title = self.env._("Opportunities for improvement found by audits")
        if not findings:
            return content.section(title)
        states = dict(findings._fields["state"]._description_selection(self.env))
        rows = [
            content.row(
                finding.display_name,
                finding.department_id.name or "–",
                states[finding.state],
                opens=opens_one(finding),
            )
            for finding in findings[:ROWS]
        ]
        head = [title, self.env._("Unit"), self.env._("State")]
        figures = [content.figure(self.env._("Proposed"), self._number(len(findings)))]
        return content.section(title, figures, table={"head": head, "rows": rows})
