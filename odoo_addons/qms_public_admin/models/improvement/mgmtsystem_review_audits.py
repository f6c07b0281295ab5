from odoo import api, models
from odoo.fields import Domain

from ...tools import review_content as content
from .mgmtsystem_review_compile import opens_one


class MgmtsystemReview(models.Model):
    """The internal audits of the period and what they found (9.3.2 c6 of 2015; ISO-02)."""

    _inherit = "mgmtsystem.review"

    @api.model
    def _compiler_labels(self):
        return {**super()._compiler_labels(), "audits": self.env._("Internal audits")}

    def _compile_audits(self):
        """Audits planned and closed, with their units; each opens."""
        audits = self.env["mgmtsystem.audit"].search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "!=", "cancelled")
            & self._period_domain("qms_date_from", is_moment=False),
            order="qms_date_from, id",
        )
        title = self.env._("Internal audits")
        if not audits:
            return content.section(title)
        closed = audits.filtered(lambda audit: audit.state == "done")
        units = audits.qms_department_ids
        figures = [
            content.figure(
                self.env._("Audits closed"),
                self._number(len(closed)),
                note=self.env._("of %(count)s", count=len(audits)),
            ),
            content.figure(self.env._("Units audited"), self._number(len(units))),
        ]
        figures += self._finding_figures(audits)
        states = dict(audits._fields["state"]._description_selection(self.env))
        rows = [
            content.row(
                audit.display_name,
                self._day(audit.qms_date_from),
                ", ".join(audit.qms_department_ids.mapped("name")) or "–",
                states[audit.state],
                opens=opens_one(audit),
            )
            for audit in audits
        ]
        head = [
            self.env._("Audit"),
            self.env._("First day"),
            self.env._("Units"),
            self.env._("State"),
        ]
        return content.section(title, figures, table={"head": head, "rows": rows})

    def _finding_figures(self, audits):
        """Return the findings of approved reports by grade, and those still to be settled."""
        findings = self.env["qms.audit.finding"]
        found = findings.search([("audit_id", "in", audits.ids), ("state", "!=", "draft")])
        grades = findings._fields["grade"]._description_selection(self.env)
        by_grade = found.grouped("grade")
        figures = [
            self._found_figure(label, by_grade.get(grade, findings)) for grade, label in grades
        ]
        unsettled = found.filtered(lambda row: row.state != "verified")
        return [*figures, self._found_figure(self.env._("Findings not yet verified"), unsettled)]

    def _found_figure(self, label, findings):
        opens = {"model": findings._name, "domain": [["id", "in", findings.ids]], "name": label}
        number = self._number(len(findings))
        return content.figure(label, number, opens=opens if findings else None)
