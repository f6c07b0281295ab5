from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .qms_risk_kind import RISK_KINDS

RISK_STATES = [
    ("identified", "Identified"),
    ("assessed", "Assessed"),
    ("treated", "Treated"),
    ("closed", "Closed"),
]
SOURCES = [
    ("context", "Issues and interested parties"),
    ("process", "Work on procedures"),
    ("audit", "Audit"),
    ("complaint", "Complaint or rating"),
    ("law", "Change of the law"),
    ("nonconformity", "Nonconformity"),
    ("review", "Management review"),
    ("other", "Other"),
]
TREATMENTS = [
    ("avoid", "Avoid"),
    ("reduce", "Reduce"),
    ("transfer", "Transfer it"),
    ("accept", "Accept it"),
    ("exploit", "Exploit"),
    ("enhance", "Enhance"),
    ("share", "Share it"),
    ("ignore", "Leave it"),
]
TREATMENTS_OF = {
    "risk": ("avoid", "reduce", "transfer", "accept"),
    "opportunity": ("exploit", "enhance", "share", "ignore"),
}
# Ways that leave a risk or an opportunity as it is: they need a reason, no action.
PASSIVE = ("accept", "ignore")
RUNNING = ("identified", "assessed", "treated")


class QmsRisk(models.Model):
    """A risk or an opportunity: what may happen, how grave it is, what is done about it.

    Access:

    * staff, auditors and leaders read what is of their agencies; what is confidential
      (corruption, harassment of citizens, or marked so) is read by its owner, the readers
      named, ISO officers and leaders alone;
    * staff enter what they see, as its owner; owner, head of the unit and ISO officers
      assess, decide on the treatment and close; others do not, the provincial office neither;
    * level and score come from the last assessment, which nobody rewrites.

    Kept together (ISO 9001:2015, 6.1) or apart (2026, 6.1.2 and 6.1.3) as the agency's
    edition has it.
    """

    _name = "qms.risk"
    _description = "Risk or opportunity"
    _inherit = [
        "qms.lifecycle.mixin",
        "qms.confidential.mixin",
        "qms.evidence.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "score desc, code"
    _rec_names_search = ["code", "name"]
    _check_company_auto = True
    _evidence_sequence = 70

    _lifecycle_initial = "identified"
    _derived_fields = ("is_restricted",)
    _transitions = {
        "identified": ("assessed", "closed"),
        "assessed": ("treated", "closed"),
        "treated": ("assessed", "closed"),
        "closed": ("identified", "assessed"),
    }
    _protected_fields = (
        "code",
        "likelihood",
        "impact",
        "score",
        "first_score",
        "previous_score",
        "level",
        "color",
        "response",
        "needs_treatment",
        "assessed_on",
        "assessment_count",
        "treated_on",
        "closed_at",
        "closed_by_id",
        "close_reason",
        "reopen_count",
        "reminded_for",
    )
    _frozen_fields = {"closed": "*"}

    code = fields.Char(readonly=True, copy=False, index=True)
    name = fields.Char(string="What may happen", required=True, index="trigram", tracking=True)
    kind = fields.Selection(
        RISK_KINDS, string="Risk or opportunity", required=True, default="risk", index=True
    )
    kind_id = fields.Many2one(
        "qms.risk.kind",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('applies_to', 'in', (kind, 'both'))]",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    cause = fields.Text(string="Causes", help="Why it may happen.")
    consequence = fields.Text(string="Consequences", help="What follows from it, and for whom.")
    source = fields.Selection(SOURCES, string="Found through", default="process", tracking=True)
    owner_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
        help="Who keeps an eye on it and acts.",
    )
    department_id = fields.Many2one(
        "hr.department", string="Unit", index="btree_not_null", check_company=True, tracking=True
    )
    procedure_id = fields.Many2one(
        "qms.procedure",
        string="Administrative procedure",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    step_id = fields.Many2one(
        "qms.procedure.step",
        index="btree_not_null",
        ondelete="set null",
        domain="[('version_id.procedure_id', '=', procedure_id)]",
    )
    issue_ids = fields.Many2many("qms.context.issue", string="Issues", check_company=True)
    party_ids = fields.Many2many(
        "qms.interested.party", string="Interested parties", check_company=True
    )
    objective_ids = fields.Many2many(
        "qms.objective",
        string="Objectives touched",
        check_company=True,
        help="Quality objectives that it puts in danger or helps to reach.",
    )
    is_confidential = fields.Boolean(string="Confidential", tracking=True)
    reader_ids = fields.Many2many(
        "res.users",
        "qms_risk_reader_rel",
        "risk_id",
        "user_id",
        string="Further readers",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who else reads it when it is confidential.",
    )
    is_restricted = fields.Boolean(
        string="Restricted reading", compute="_compute_is_restricted", store=True
    )
    state = fields.Selection(
        RISK_STATES,
        default="identified",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    matrix_id = fields.Many2one(
        "qms.risk.matrix",
        compute="_compute_matrix_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        check_company=True,
        index=True,
    )
    assessment_ids = fields.One2many("qms.risk.assessment", "risk_id", string="Assessments")
    assessment_count = fields.Integer(readonly=True, copy=False, aggregator=None)
    likelihood = fields.Integer(readonly=True, copy=False, aggregator="avg")
    impact = fields.Integer(readonly=True, copy=False, aggregator="avg")
    score = fields.Integer(readonly=True, copy=False, aggregator="avg", index=True)
    first_score = fields.Integer(string="First score", readonly=True, copy=False, aggregator="avg")
    previous_score = fields.Integer(
        string="Score before", readonly=True, copy=False, aggregator=None
    )
    level = fields.Char(string="Degree", readonly=True, copy=False, tracking=True)
    color = fields.Char(readonly=True, copy=False)
    response = fields.Char(string="Response expected", readonly=True, copy=False)
    needs_treatment = fields.Boolean(string="To be treated", readonly=True, copy=False)
    assessed_on = fields.Date(string="Assessed on", readonly=True, copy=False)
    trend = fields.Selection(
        [("up", "Rising"), ("same", "Unchanged"), ("down", "Falling")], compute="_compute_trend"
    )
    controls = fields.Text(
        string="Controls in place", help="What already keeps it from happening, or limits it."
    )
    treatment = fields.Selection(TREATMENTS, copy=False, tracking=True)
    treatment_risk = fields.Selection(
        [row for row in TREATMENTS if row[0] in TREATMENTS_OF["risk"]],
        string="Treatment of the risk",
        compute="_compute_treatments",
        inverse="_inverse_treatment_risk",
    )
    treatment_opportunity = fields.Selection(
        [row for row in TREATMENTS if row[0] in TREATMENTS_OF["opportunity"]],
        string="Treatment of the opportunity",
        compute="_compute_treatments",
        inverse="_inverse_treatment_opportunity",
    )
    treatment_plan = fields.Text(
        string="How it is treated", copy=False, help="And why, where it is left as it is."
    )
    action_ids = fields.One2many("mgmtsystem.action", "qms_risk_id", string="Actions")
    action_count = fields.Integer(compute="_compute_action_count")
    treated_on = fields.Date(string="Treated on", readonly=True, copy=False)
    date_next = fields.Date(
        string="Look again on", copy=False, index="btree_not_null", tracking=True
    )
    timeliness = fields.Selection(
        [("late", "Overdue"), ("soon", "Due within 30 days"), ("in_time", "In time")],
        string="Looking again",
        compute="_compute_timeliness",
        search="_search_timeliness",
    )
    closed_at = fields.Datetime(string="Closed", readonly=True, copy=False)
    closed_by_id = fields.Many2one(
        "res.users", string="Closed by", readonly=True, copy=False, ondelete="restrict"
    )
    close_reason = fields.Text(string="Why closed", readonly=True, copy=False)
    reopen_count = fields.Integer(
        string="Reopened (times)", readonly=True, copy=False, aggregator=None
    )
    reminded_for = fields.Date(readonly=True, copy=False)
    can_assess = fields.Boolean(compute="_compute_can")
    can_treat = fields.Boolean(compute="_compute_can")
    can_close = fields.Boolean(compute="_compute_can")
    can_reopen = fields.Boolean(compute="_compute_can")
    can_edit = fields.Boolean(compute="_compute_can")
    note = fields.Text()

    _code_unique = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL", "This code was given already."
    )
    _score = models.Constraint(
        "CHECK(state NOT IN ('assessed', 'treated') OR score > 0)",
        "What was assessed has a score.",
    )
    _treatment = models.Constraint(
        "CHECK(treatment IS NULL OR (kind = 'risk') ="
        " (treatment IN ('avoid', 'reduce', 'transfer', 'accept')))",
        "Risks and opportunities are treated in their own ways.",
    )
    _closed = models.Constraint(
        "CHECK(state != 'closed' OR (closed_at IS NOT NULL"
        " AND length(trim(COALESCE(close_reason, ''))) > 0))",
        "Say why it is closed.",
    )

    # === COMPUTE METHODS === #

    @api.depends("code", "name", "is_restricted")
    @api.depends_context("uid", "allowed_company_ids", "qms_for_all")
    def _compute_display_name(self):
        hidden = self._hidden_from_reader()
        for risk in self:
            name = self.env._("(confidential)") if risk._origin in hidden else risk.name
            risk.display_name = " – ".join(filter(None, (risk.code, name)))

    def _confidential(self):
        return self.filtered("is_restricted")

    def _keep_from_others(self):
        """The actions against it are as confidential."""
        self.sudo().action_ids._keep_from_others()
        return super()._keep_from_others()

    @api.depends("is_confidential", "kind_id.is_confidential")
    def _compute_is_restricted(self):
        for risk in self:
            risk.is_restricted = risk.is_confidential or risk.kind_id.sudo().is_confidential

    @api.depends("company_id")
    def _compute_matrix_id(self):
        for risk in self:
            if not risk.matrix_id or risk.matrix_id.company_id not in (
                risk.company_id,
                risk.company_id.browse(),
            ):
                risk.matrix_id = risk.company_id._qms_risk_matrix()

    @api.depends("score", "previous_score", "assessment_count")
    def _compute_trend(self):
        for risk in self:
            if risk.assessment_count < 2:
                risk.trend = False
                continue
            change = risk.score - risk.previous_score
            risk.trend = "up" if change > 0 else "down" if change < 0 else "same"

    @api.depends("treatment", "kind")
    def _compute_treatments(self):
        for risk in self:
            is_risk = risk.kind == "risk"
            risk.treatment_risk = is_risk and risk.treatment
            risk.treatment_opportunity = not is_risk and risk.treatment

    def _inverse_treatment_risk(self):
        for risk in self.filtered(lambda row: row.kind == "risk"):
            risk.treatment = risk.treatment_risk

    def _inverse_treatment_opportunity(self):
        for risk in self.filtered(lambda row: row.kind == "opportunity"):
            risk.treatment = risk.treatment_opportunity

    def _compute_action_count(self):
        groups = self.env["mgmtsystem.action"]._read_group(
            [("qms_risk_id", "in", self.ids)], ["qms_risk_id"], ["__count"]
        )
        counts = {risk.id: count for risk, count in groups}
        for risk in self:
            risk.action_count = counts.get(risk.id, 0)

    @api.depends("date_next", "state")
    def _compute_timeliness(self):
        self.timeliness = False
        for kind in ("late", "soon", "in_time"):
            self.filtered_domain(self._timeliness_domain(kind)).timeliness = kind

    def _search_timeliness(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = [self._timeliness_domain(kind) for kind in value if kind]
        if False in value:
            domains.append(~Domain("state", "in", RUNNING) | Domain("date_next", "=", False))
        return Domain.OR(domains)

    @api.depends("state", "score", "owner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can(self):
        for risk in self:
            stored = risk._origin
            may = bool(stored) and not stored._keeper_error()
            risk.can_assess = may and stored.state in RUNNING
            risk.can_treat = may and stored.state == "assessed"
            risk.can_close = may and stored.state in RUNNING
            risk.can_reopen = may and stored.state == "closed"
            risk.can_edit = risk.can_assess or not stored

    # === CONSTRAINT METHODS === #

    @api.constrains("kind", "kind_id")
    def _check_kind(self):
        for risk in self.sudo():
            if risk.kind_id and risk.kind_id.applies_to not in (risk.kind, "both"):
                raise ValidationError(
                    self.env._("The kind “%(kind)s” is not for this.", kind=risk.kind_id.name)
                )

    @api.constrains("step_id", "procedure_id")
    def _check_step(self):
        for risk in self.sudo():
            if risk.step_id and risk.step_id.version_id.procedure_id != risk.procedure_id:
                raise ValidationError(self.env._("The step belongs to another procedure."))

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        if "qms_clause_ids" in fields_list and not defaults.get("qms_clause_ids"):
            clauses = self._clauses_of(self.env.company, defaults.get("kind") or "risk")
            defaults["qms_clause_ids"] = [fields.Command.set(clauses.ids)]
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        companies = self.env["res.company"]
        counter = self.env["qms.risk.counter"].sudo()
        defaults = self.default_get(["company_id", "kind", "qms_clause_ids"])
        numbered = []
        for vals in vals_list:
            company = companies.browse(vals.get("company_id") or defaults["company_id"])
            kind = vals.get("kind") or defaults["kind"]
            vals = {**vals, "code": counter._next_code(company, kind)}
            if "qms_clause_ids" not in vals:
                clauses = self._clauses_of(company, kind)
                vals["qms_clause_ids"] = [fields.Command.set(clauses.ids)]
            numbered.append(vals)
        risks = super().create(numbered)
        risks._keep_from_others()
        return risks

    def write(self, vals):
        if "kind" in vals and self.filtered(
            lambda risk: risk.assessment_count and risk.kind != vals["kind"]
        ):
            raise ValidationError(self.env._("What was assessed stays what it is."))
        result = super().write(vals)
        if vals.keys() & {"is_confidential", "kind_id", "owner_id", "reader_ids"}:
            self._keep_from_others()
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _clauses_of(self, company, kind):
        """Return the clauses that the agency's edition has for this."""
        edition = company._qms_standard()
        if not edition.splits_risks:
            return edition._qms_clauses("6.1")
        return edition._qms_clauses("6.1.2" if kind == "risk" else "6.1.3")

    @api.model
    def _timeliness_domain(self, kind):
        today = fields.Date.context_today(self)
        horizon = fields.Date.add(today, days=30)
        late = Domain("date_next", "<", today)
        soon = Domain("date_next", ">=", today) & Domain("date_next", "<=", horizon)
        found = {"late": late, "soon": soon, "in_time": Domain("date_next", ">", horizon)}
        return Domain("state", "in", RUNNING) & found.get(kind, Domain.FALSE)

    def _evidence_dates(self):
        """A risk is as new as its last assessment."""
        return {risk.id: risk.assessed_on or None for risk in self}

    def _is_harmless_at_birth(self, name, value):
        # The code is given by create() itself.
        return name == "code" or super()._is_harmless_at_birth(name, value)
