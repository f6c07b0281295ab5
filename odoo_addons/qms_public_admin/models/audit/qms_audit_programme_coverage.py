from datetime import date

from odoo import api, fields, models

from ...tools.audit_priority import wanted_count

# What is to be covered, the field of a line and of an audit that covers it.
COVERS = {
    "unit": ("department_id", "qms_department_ids"),
    "procedure": ("procedure_ids", "qms_procedure_ids"),
    "clause": ("clause_ids", "qms_clause_ids"),
}


class QmsAuditProgramme(models.Model):
    """Which clauses, units and procedures are audited within the cycle, and which are not.

    Covered is what stands in this programme, in the approved ones of the earlier years
    of the cycle, or was audited without a programme in these years. A clause is covered
    with the section it belongs to. Clauses that do not apply to the agency are left out.
    """

    _inherit = "qms.audit.programme"

    clause_total = fields.Integer(string="Clauses", compute="_compute_coverage")
    clause_covered = fields.Float(string="Clauses covered (%)", compute="_compute_coverage")
    unit_total = fields.Integer(string="Units", compute="_compute_coverage")
    unit_covered = fields.Float(string="Units covered (%)", compute="_compute_coverage")
    procedure_total = fields.Integer(string="Procedures", compute="_compute_coverage")
    procedure_covered = fields.Float(string="Procedures covered (%)", compute="_compute_coverage")
    gap_clause_ids = fields.Many2many(
        "qms.standard.clause", string="Clauses not covered", compute="_compute_coverage"
    )
    gap_department_ids = fields.Many2many(
        "hr.department", string="Units not covered", compute="_compute_coverage"
    )
    gap_procedure_ids = fields.Many2many(
        "qms.procedure", string="Procedures not covered", compute="_compute_coverage"
    )
    gap_count = fields.Integer(
        string="Gaps",
        compute="_compute_coverage",
        help="Clauses, units and procedures this year should cover and does not.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "year",
        "standard_id",
        "company_id",
        "line_ids.department_id",
        "line_ids.procedure_ids",
        "line_ids.clause_ids",
    )
    def _compute_coverage(self):
        gap_fields = {
            "clause": "gap_clause_ids",
            "unit": "gap_department_ids",
            "procedure": "gap_procedure_ids",
        }
        for programme in self:
            wanted, covered = programme._applicable(), programme._covered()
            programme.gap_count = 0
            for kind, gap_field in gap_fields.items():
                total = wanted[kind]
                gap = total - covered[kind]
                programme[gap_field] = gap
                programme[f"{kind}_total"] = len(total)
                share = (len(total) - len(gap)) / len(total) if total else 1.0
                programme[f"{kind}_covered"] = round(100 * share, 1)
                programme.gap_count += programme._missing_this_year(kind, total, gap)

    # === ACTIONS === #

    def action_view_gap(self):
        """Open the clauses, units or procedures that no audit of the cycle covers.

        Which of them: ``gap`` in the context (``clause``, ``unit`` or ``procedure``).
        """
        self.ensure_one()
        self.check_access("read")
        kind = self.env.context.get("gap")
        gap_field = {"unit": "gap_department_ids", "procedure": "gap_procedure_ids"}.get(
            kind, "gap_clause_ids"
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.fields_get([gap_field], ["string"])[gap_field]["string"],
            "res_model": self._fields[gap_field].comodel_name,
            "domain": [("id", "in", self[gap_field].ids)],
            "views": [(False, "list"), (False, "form")],
            "context": {"create": False},
        }

    # === BUSINESS METHODS === #

    def _missing_this_year(self, kind, total, gap):
        """Return how many of a gap this year should have covered: what it lacks of its share."""
        years = self._cycle_years(kind)
        planned = self.line_ids[COVERS[kind][0]]
        planned = planned._with_parts() if kind == "clause" else planned
        return min(len(gap), max(wanted_count(len(total), years) - len(planned & total), 0))

    def _cycle_years(self, kind):
        company = self.company_id
        is_procedure = kind == "procedure"
        return company.qms_audit_procedure_years if is_procedure else company.qms_audit_cycle_years

    def _applicable(self):
        """Return ``{kind: records}`` of all that is to be audited within the cycle."""
        self.ensure_one()
        company = self.company_id
        priorities = self.env["qms.audit.priority"]
        leaves = self.env["qms.standard.clause"].search(
            [("standard_id", "=", self.standard_id.id), ("child_ids", "=", False)]
        )
        day = fields.Date.context_today(self)
        return {
            "clause": leaves - self._excluded(),
            "unit": priorities._units(company) if company else self.env["hr.department"],
            "procedure": priorities._procedures(company, day),
        }

    def _excluded(self):
        """Return the clauses that do not apply to the agency, with their parts."""
        exclusions = self.env["qms.standard.exclusion"].search(
            [("company_id", "=", self.company_id.id), ("standard_id", "=", self.standard_id.id)]
        )
        return exclusions.clause_id._with_parts()

    def _covered(self):
        """Return ``{kind: records}`` of what the audits of the cycle cover."""
        self.ensure_one()
        covered = {}
        for kind, (line_field, audit_field) in COVERS.items():
            years = self._cycle_years(kind)
            covered[kind] = (
                self.line_ids[line_field]
                | self._earlier_lines(years)[line_field]
                | self._other_audits(years)[audit_field]
            )
        covered["clause"] = covered["clause"]._with_parts()
        return {kind: records._origin for kind, records in covered.items()}

    def _earlier_lines(self, years):
        """Return the lines of the approved programmes of the earlier years of the cycle."""
        return self.env["qms.audit.programme.line"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("year", ">", self.year - years),
                ("year", "<", self.year),
                ("programme_id.state", "in", ("approved", "closed")),
                "|",
                ("audit_id", "=", False),
                ("audit_id.state", "!=", "cancelled"),
            ]
        )

    def _other_audits(self, years):
        """Return the audits of the cycle that were held without a programme."""
        return self.env["mgmtsystem.audit"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("qms_programme_line_id", "=", False),
                ("state", "not in", ("draft", "cancelled")),
                ("qms_date_from", ">=", date(self.year - years + 1, 1, 1)),
                ("qms_date_from", "<=", date(self.year, 12, 31)),
            ]
        )
