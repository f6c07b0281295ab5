import json

from odoo import fields, models

from .mgmtsystem_verification_line import ANSWERING_ROLES, FINDING_ANSWERS


class MgmtsystemAudit(models.Model):
    """The report of an audit: concluded, approved, frozen.

    The audit is closed by the approval of its report and by nothing else. What was approved
    (plan, team with its justifications, agenda, answers, samples, findings, conclusions) is
    fingerprinted; from the request on nobody changes it.
    """

    _name = "mgmtsystem.audit"
    # The mixin of approvals is one of lifecycles: it comes before what the plan inherits.
    _inherit = ["mgmtsystem.audit", "qms.approval.mixin", "qms.lifecycle.mixin"]

    _approval_from = "reporting"
    _approval_to = "done"
    _approval_back = "reporting"

    qms_conclusion = fields.Text(
        string="Conclusion",
        tracking=True,
        help="Does the system conform and work? What is strong, what comes first.",
    )
    qms_reform_conclusion = fields.Text(
        string="Conclusion on administrative reform",
        tracking=True,
        help="For the second report of a visit that serves the inspection, too.",
    )
    qms_has_reform = fields.Boolean(compute="_compute_qms_has_reform")

    # === COMPUTE METHODS === #

    def _compute_qms_has_reform(self):
        for audit in self:
            audit.qms_has_reform = "reform" in audit._qms_purposes()

    def _compute_can_decide(self):
        """The button is there once the visit is over; pressed, it says what is missing."""
        result = super()._compute_can_decide()
        for audit in self:
            stored = audit._origin
            error = super(MgmtsystemAudit, stored)._request_error() if stored else "new"
            audit.can_request_approval = not error
        return result

    # === PREDICATES === #

    def _qms_way_error(self, target):
        """The report is approved by who was asked to, whoever leads the team."""
        is_reported = self.state == "reporting"
        if target == "done" and is_reported and self.approval_state == "approved":
            return self._approval_gap()
        if target == "open" and is_reported and self.is_approval_closed:
            return self.env._(
                "“%(name)s” waits for approval: withdraw the request first.",
                name=self.display_name,
            )
        return super()._qms_way_error(target)

    def _request_error(self):
        return super()._request_error() or self._qms_gap_error("done") or self._qms_report_gap()

    def _keeper_error(self):
        if self._qms_is_leading():
            return ""
        return self.env._(
            "“%(name)s”: the leader of the team or an ISO officer asks for approval of the report.",
            name=self.display_name,
        )

    def _qms_report_gap(self):
        """Say what the report lacks, '' if nothing."""
        self.ensure_one()
        row = self.sudo()
        names = ["qms_conclusion"] if "internal" in row._qms_purposes() else []
        names += ["qms_reform_conclusion"] if "reform" in row._qms_purposes() else []
        missing = self._field_labels([name for name in names if not (row[name] or "").strip()])
        if missing:
            return self.env._(
                "The report of “%(name)s” still needs: %(fields)s.",
                name=self.display_name,
                fields=", ".join(missing),
            )
        without = row.line_ids.filtered(
            lambda line: line.qms_answer in FINDING_ANSWERS and not line.qms_finding_ids
        )
        if without:
            return self.env._(
                "%(count)s answers have no finding yet: press “Make findings”.", count=len(without)
            )
        gaps = [finding._report_gap() for finding in row.qms_finding_ids]
        return "\n".join(filter(None, gaps))

    # === BUSINESS METHODS: APPROVAL === #

    def _approved_vals(self):
        return {"closing_date": fields.Datetime.now(), "qms_closed_by_id": self.env.uid}

    def _on_approved(self):
        """Open the findings: those in charge get them in their lists."""
        result = super()._on_approved()
        self.sudo().qms_finding_ids.with_env(self.env)._open_reported()
        self._qms_end_activities()
        return result

    def _approval_author(self):
        """Who audited, learning or not, does not approve the report."""
        team = self.sudo().qms_team_ids.filtered(lambda one: one.role in ANSWERING_ROLES)
        return super()._approval_author() | team.user_id

    def _approval_code(self):
        return self.reference

    def _approval_content(self):
        """All that the reports say, in no language of a reader."""
        self.ensure_one()
        row = self.sudo()
        return json.dumps(
            {
                "audit": row._qms_plan_content(),
                "answers": [
                    [line.qms_purpose, line.name, line.qms_answer, line.comments]
                    for line in row.line_ids.sorted()
                ],
                "samples": [
                    [sample.seed, sample.population_sha256, sample.line_ids.mapped("code")]
                    for sample in row.qms_sample_ids
                ],
                "findings": [
                    [one.number, one.grade, one.name, one.seen, one.requirement]
                    for one in row.qms_finding_ids.sorted("number")
                ],
            },
            sort_keys=True,
            ensure_ascii=False,
            default=str,
        )

    def _qms_plan_content(self):
        """Return the plan as plain values: ids of what may be renamed, words of what is said."""
        names = (
            "reference",
            "name",
            "qms_purpose",
            "qms_scope",
            "qms_criteria",
            "qms_date_from",
            "qms_date_to",
            "qms_period_from",
            "qms_period_to",
            "qms_conclusion",
            "qms_reform_conclusion",
            "strong_points",
            "to_improve_points",
        )
        return {
            **{name: self[name] or "" for name in names},
            "units": self.qms_department_ids.ids,
            "procedures": self.qms_procedure_ids.ids,
            "team": [
                [one.role, one.user_id.id, one.auditor_id.id, one.justification or ""]
                for one in self.qms_team_ids
            ],
            "agenda": [[slot.start, slot.stop, slot.name] for slot in self.qms_slot_ids],
        }

    def _approval_preview(self):
        self.ensure_one()
        return self.env["ir.qweb"]._render("qms_public_admin.audit_report_preview", {"audit": self})

    # === GUARD === #

    def _check_rows_open(self):
        """Team and agenda stay as they are once approval is requested."""
        result = super()._check_rows_open()
        self._check_approval_open()
        return result

    # === BUSINESS METHODS: SCREEN === #

    def _qms_finding_counts(self):
        """Return ``[(grade label, count)]`` of the findings, the gravest first."""
        findings = self.sudo().qms_finding_ids
        labels = dict(findings._fields["grade"]._description_selection(self.env))
        grades = ("major", "minor", "observation", "opportunity")
        counted = findings.grouped("grade")
        return [(labels[grade], len(counted.get(grade, findings.browse()))) for grade in grades]
