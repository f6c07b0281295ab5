import datetime

from odoo import api, fields, models

from .mgmtsystem_verification_line import FINDING_ANSWERS
from .qms_audit_finding import RUNNING


class MgmtsystemAudit(models.Model):
    """Samples and findings of an audit: drawn, made from the answers, counted."""

    _inherit = "mgmtsystem.audit"

    qms_sample_ids = fields.One2many("qms.audit.sample", "audit_id", string="Samples")
    qms_sample_count = fields.Integer(string="Sampled dossiers", compute="_compute_qms_counts")
    qms_finding_ids = fields.One2many("qms.audit.finding", "audit_id", string="Findings")
    qms_finding_count = fields.Integer(string="Number of findings", compute="_compute_qms_counts")
    qms_open_finding_count = fields.Integer(
        string="Findings not verified", compute="_compute_qms_counts"
    )

    # === COMPUTE METHODS === #

    @api.depends("qms_finding_ids.state", "qms_sample_ids")
    def _compute_qms_counts(self):
        findings = self.env["qms.audit.finding"]._read_group(
            [("audit_id", "in", self.ids)], ["audit_id", "state"], ["__count"]
        )
        sampled = dict(
            self.env["qms.audit.sample.line"]._read_group(
                [("audit_id", "in", self.ids)], ["audit_id"], ["__count"]
            )
        )
        counts = {}
        for audit, state, count in findings:
            counts.setdefault(audit.id, {})[state] = count
        by_id = {audit.id: count for audit, count in sampled.items()}
        for audit in self:
            found = counts.get(audit._origin.id, {})
            audit.qms_finding_count = sum(found.values())
            audit.qms_open_finding_count = sum(found.get(state, 0) for state in RUNNING)
            audit.qms_sample_count = by_id.get(audit._origin.id, 0)

    # === ACTIONS === #

    def action_draw_sample(self):
        """Ask for what is drawn."""
        self.ensure_one()
        return self.env["qms.audit.draw"]._open_for(self)

    def action_view_samples(self):
        """Open what was drawn; the dossiers themselves where there is one draw."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_audit_sample_action"
        )
        samples = self.env["qms.audit.sample"].search([("audit_id", "in", self.ids)])
        if len(samples) == 1:
            return {**action, "views": [(False, "form")], "res_id": samples.id}
        return {**action, "domain": [("audit_id", "in", self.ids)], "context": {}}

    def action_view_findings(self):
        """Open the findings of the audits."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_audit_finding_action"
        )
        return {
            **action,
            "domain": [("audit_id", "in", self.ids)],
            "context": {"default_audit_id": self.id} if len(self) == 1 else {},
        }

    def action_make_findings(self):
        """Make a finding of each answer that does not conform; those there already stay."""
        self.check_access("read")
        self._raise_errors(audit._qms_answer_error() for audit in self)
        self._qms_make_findings()
        return True

    def action_end(self):
        """End the visit; its answers become findings."""
        result = super().action_end()
        self._qms_make_findings()
        return result

    # === PREDICATES === #

    def _qms_gap_error(self, target):
        """The visit ends when all questions are answered."""
        error = super()._qms_gap_error(target)
        if error or target not in ("reporting", "done"):
            return error
        return self._qms_checklist_gap()

    # === BUSINESS METHODS === #

    def _qms_make_findings(self):
        """Write one draft for each answer without one, in the order of the questions."""
        for audit in self:
            lines = audit.sudo().line_ids.sorted()
            todo = lines.filtered(
                lambda line: (
                    line.qms_answer in FINDING_ANSWERS
                    and line.qms_is_complete
                    and not line.qms_finding_ids
                )
            )
            first = audit.qms_finding_ids._next_number_of(audit)
            self.env["qms.audit.finding"]._lifecycle_create(
                [
                    {**audit._qms_finding_vals(line), "number": number}
                    for number, line in enumerate(todo, first)
                ]
            )

    def _qms_finding_vals(self, line):
        """Return a draft made of an answer: what was seen, against what, who is in charge."""
        self.ensure_one()
        department = line.qms_department_id or self._qms_only_unit()
        words = " ".join((line.comments or "").split())
        return {
            "audit_id": self.id,
            "line_id": line.id,
            "name": words or line.name,
            "seen": line.comments,
            "requirement": self._qms_requirement(line),
            "grade": line.qms_answer,
            "purpose": line.qms_purpose,
            "clause_ids": [fields.Command.set(line.qms_clause_ids.ids)],
            "procedure_id": line.qms_procedure_id.id,
            "department_id": department.id,
            "owner_id": self._qms_owner_of(department).id,
            "due_date": self._qms_due_date(),
            "is_confidential": line.qms_is_confidential,
        }

    def _qms_requirement(self, line):
        """Say against what an answer was given: clauses, or the point of the text."""
        clauses = line.qms_clause_ids.sorted("sort_key").mapped("display_name")
        point = line.qms_point and self.env._(
            "%(section)s, point %(point)s", section=line.qms_section or "", point=line.qms_point
        )
        return "; ".join(filter(None, [point, *clauses]))

    def _qms_only_unit(self):
        units = self.sudo().qms_department_ids
        return units if len(units) == 1 else units.browse()

    def _qms_owner_of(self, department):
        """Return who answers for a unit: its head, else one of the people audited."""
        audit = self.sudo()
        head = department.sudo().manager_id.user_id
        people = head if audit.company_id in head.company_ids else head.browse()
        return people or audit.auditee_user_ids.sorted("id")[:1]

    def _qms_due_date(self):
        company = self.sudo().company_id
        today = fields.Date.context_today(self)
        return today + datetime.timedelta(days=company.qms_finding_days)
