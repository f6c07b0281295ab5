from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Sections of the 2015 and 2026 editions that are seen in every unit, and those seen where
# dossiers are handled; the others belong to those who lead the system.
SUPPORT_NUMBERS = ("5.3", "6.2", "7.2", "7.5", "10.2")
OPERATION_NUMBERS = ("4.4", "6.1", "7.5", "8.1", "8.2", "8.5", "8.6", "8.7", "9.1", "10.2")


class QmsAuditProgrammeLine(models.Model):
    """An audit planned for a year: a unit with procedures and clauses, its days, its reason.

    ISO officers put lines into a draft. Once the programme is approved, one click makes
    the audit plan; the link to it is written by that verb alone.
    """

    _name = "qms.audit.programme.line"
    _description = "Audit planned"
    _inherit = ["qms.placement.mixin"]
    _order = "date_from, sequence, id"
    _check_company_auto = True

    _placing_fields = ("programme_id", "company_id")
    _derived_fields = ("company_id", "audit_id")

    programme_id = fields.Many2one(
        "qms.audit.programme", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="programme_id.company_id", store=True, index=True)
    programme_state = fields.Selection(related="programme_id.state", string="State")
    year = fields.Integer(related="programme_id.year", store=True, aggregator=None)
    sequence = fields.Integer(default=10)
    department_id = fields.Many2one(
        "hr.department",
        string="Unit",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    procedure_ids = fields.Many2many(
        "qms.procedure",
        "qms_audit_line_procedure_rel",
        "line_id",
        "procedure_id",
        string="Procedures",
        check_company=True,
    )
    clause_ids = fields.Many2many(
        "qms.standard.clause",
        "qms_audit_line_clause_rel",
        "line_id",
        "clause_id",
        string="Clauses",
    )
    date_from = fields.Date(string="From", index=True)
    date_to = fields.Date(
        string="To", compute="_compute_date_to", store=True, readonly=False, precompute=True
    )
    auditor_ids = fields.Many2many(
        "qms.auditor",
        "qms_audit_line_auditor_rel",
        "line_id",
        "auditor_id",
        string="Auditors",
        check_company=True,
    )
    reason = fields.Text(string="Why", help="Importance, changes, earlier results.")
    audit_ids = fields.One2many("mgmtsystem.audit", "qms_programme_line_id", string="Audits made")
    audit_id = fields.Many2one(
        "mgmtsystem.audit",
        compute="_compute_audit_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        help="The audit made from this line; a cancelled one until another is made.",
    )
    audit_state = fields.Selection(related="audit_id.state", string="State of the audit")
    can_make_audit = fields.Boolean(compute="_compute_can_make_audit")

    _dates_in_order = models.Constraint(
        "CHECK(date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "An audit does not end before it begins.",
    )

    # === COMPUTE METHODS === #

    @api.depends("department_id", "date_from", "year")
    def _compute_display_name(self):
        for line in self:
            day = line.date_from.strftime("%d/%m/%Y") if line.date_from else str(line.year or "")
            line.display_name = " – ".join(filter(None, (line.department_id.name, day)))

    @api.depends("date_from")
    def _compute_date_to(self):
        for line in self:
            if not line.date_from:
                line.date_to = False
            elif not line.date_to or line.date_to < line.date_from:
                line.date_to = line.date_from

    @api.depends("audit_ids.state")
    def _compute_audit_id(self):
        for line in self:
            line.audit_id = line.audit_ids.sorted(
                lambda audit: (audit.state == "cancelled", -audit.id)
            )[:1]

    @api.depends("programme_id.state", "audit_id.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_make_audit(self):
        for line in self:
            line.can_make_audit = bool(line.id) and not line._make_error()

    # === CONSTRAINT METHODS === #

    @api.constrains("date_from", "date_to", "programme_id")
    def _check_year(self):
        for line in self:
            days = filter(None, (line.date_from, line.date_to))
            if any(day.year != line.programme_id.year for day in days):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” lies outside the year %(year)s of the programme.",
                        name=line.display_name,
                        year=str(line.programme_id.year),
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.programme_id._check_open()
        return lines

    def write(self, vals):
        self.programme_id._check_open()
        result = super().write(vals)
        if "programme_id" in vals:
            self.programme_id._check_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self.programme_id._check_open()

    # === ACTIONS === #

    def action_make_audit(self):
        """Make the plan of the audit from this line, and open it."""
        self.programme_id.check_access("write")
        self.programme_id._raise_errors(line._make_error() for line in self)
        audits = self.env["mgmtsystem.audit"].create([line._audit_vals() for line in self])
        self.invalidate_recordset(["audit_id", "audit_state"])
        if len(audits) == 1:
            return audits._open_form()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_open_audit(self):
        self.ensure_one()
        return self.audit_id._open_form()

    # === BUSINESS METHODS === #

    def _make_error(self):
        """Say why no audit can be made from this line, '' if one can."""
        if self.programme_id.state != "approved":
            return self.env._(
                "“%(name)s”: audits are made once the programme is approved.",
                name=self.display_name,
            )
        if self.audit_id and self.audit_id.state != "cancelled":
            return self.env._("“%(name)s” has its audit already.", name=self.display_name)
        return self.programme_id._keeper_error()

    def _audit_vals(self):
        """Return the values of the audit planned by this line."""
        self.ensure_one()
        return {
            "name": self.env._("Audit of %(unit)s", unit=self.department_id.name),
            "company_id": self.company_id.id,
            "qms_programme_line_id": self.id,
            "qms_standard_id": self.programme_id.standard_id.id,
            "qms_department_ids": [fields.Command.set(self.department_id.ids)],
            "qms_procedure_ids": [fields.Command.set(self.procedure_ids.ids)],
            "qms_clause_ids": [fields.Command.set(self.clause_ids.ids)],
            "qms_date_from": self.date_from,
            "qms_date_to": self.date_to,
            "qms_scope": self.reason,
            "qms_team_ids": [
                fields.Command.create(
                    {
                        "auditor_id": auditor.id,
                        "user_id": auditor.user_id.id,
                        "role": "auditor" if place else "leader",
                    }
                )
                for place, auditor in enumerate(
                    self.auditor_ids.sorted(lambda auditor: not auditor.is_lead)
                )
            ],
        }

    def _complete(self, proposals):
        """Add what proposals name and this line lacks."""
        self.ensure_one()
        fresh = proposals.filtered(
            lambda row: row.procedure_id and row.procedure_id not in self.procedure_ids
        )
        if not fresh:
            return
        self.write(
            {
                "procedure_ids": [fields.Command.link(row.procedure_id.id) for row in fresh],
                "clause_ids": [
                    fields.Command.link(clause.id)
                    for clause in self.programme_id._clauses(OPERATION_NUMBERS)
                ],
                "reason": "\n".join(filter(None, (self.reason, fresh._reason_text()))),
            }
        )

    def _content(self):
        """Return what is hashed of a line."""
        self.ensure_one()
        return [
            self.department_id.id,
            sorted(self.procedure_ids.ids),
            sorted(self.clause_ids.ids),
            str(self.date_from or ""),
            str(self.date_to or ""),
            sorted(self.auditor_ids.ids),
            self.reason or "",
        ]
