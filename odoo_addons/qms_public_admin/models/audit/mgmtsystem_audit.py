from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

AUDIT_STATES = [
    ("draft", "Draft"),
    ("notified", "Notified"),
    ("open", "Being held"),
    ("reporting", "Being reported"),
    ("done", "Closed"),
    ("cancelled", "Cancelled"),
]
PURPOSES = [
    ("internal", "Internal audit"),
    ("internal_and_reform", "Internal audit and administrative-reform check"),
    ("reform", "Administrative-reform check"),
    ("follow_up", "Follow-up of an earlier audit"),
]
# States after which the plan and its rows stay as they are.
CLOSED_STATES = ("done", "cancelled")


class MgmtsystemAudit(models.Model):
    """An internal audit: its plan, its team, its agenda, its two meetings (ISO 9001, 9.2).

    * Everyone of the agency reads its audits.
    * ISO officers make, change, announce and cancel every audit of their agencies.
    * Internal auditors make audits and change those whose team they belong to or which
      they have in charge; they begin the audit and end the visit. The approval
      of the report closes it.
    * The state, the reference and the stamps are written by the verbs. A closed or
      cancelled audit stays as it is, its rows too.
    * While somebody of the team audits their own unit or work without a justification
      given in writing by somebody else, the audit is neither announced nor begun nor
      closed (INV-14).
    """

    _name = "mgmtsystem.audit"
    _inherit = ["mgmtsystem.audit", "qms.lifecycle.mixin", "qms.evidence.mixin"]
    _order = "qms_date_from desc, id desc"
    _rec_names_search = ["reference", "name"]
    _check_company_auto = True
    _mail_post_access = "read"

    _evidence_sequence = 60
    _evidence_date_field = "qms_date_to"
    _transitions = {
        "draft": ("notified", "cancelled"),
        "notified": ("open", "draft", "cancelled"),
        "open": ("reporting",),
        "reporting": ("done", "open"),
    }
    _protected_fields = (
        "closing_date",
        "qms_notified_at",
        "qms_notified_by_id",
        "qms_started_at",
        "qms_ended_at",
        "qms_closed_by_id",
        "qms_cancel_reason",
    )
    # Counters of the base and what follows from the team.
    _derived_fields = ("reference", "auditor_user_ids", "number_of_audits")
    _frozen_fields = {state: "*" for state in CLOSED_STATES}

    name = fields.Char(string="Title", required=True, tracking=True)
    reference = fields.Char(copy=False, index="trigram")
    company_id = fields.Many2one(
        string="Agency", required=True, index=True, ondelete="restrict", tracking=True
    )
    state = fields.Selection(
        selection_add=AUDIT_STATES,
        ondelete={
            "draft": "set default",
            "notified": "set default",
            "reporting": "set default",
            "cancelled": "set default",
        },
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        string="In charge",
        default=lambda self: self.env.user,
        check_company=True,
        domain="[('share', '=', False)]",
        tracking=True,
    )
    auditor_user_ids = fields.Many2many(
        compute="_compute_auditor_user_ids", store=True, help="The users of the team."
    )
    auditee_user_ids = fields.Many2many(
        string="People audited",
        compute="_compute_auditee_user_ids",
        store=True,
        readonly=False,
        check_company=True,
        domain="[('share', '=', False)]",
        help="They are told of the audit: the heads of the units, and whom you add.",
    )
    nonconformity_ids = fields.Many2many(copy=False)
    imp_opp_ids = fields.Many2many(copy=False)
    qms_programme_line_id = fields.Many2one(
        "qms.audit.programme.line",
        string="Planned in the programme as",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('company_id', '=', company_id), ('programme_state', '=', 'approved')]",
    )
    qms_programme_id = fields.Many2one(
        related="qms_programme_line_id.programme_id", string="Programme", store=True, index=True
    )
    qms_purpose = fields.Selection(PURPOSES, string="Purpose", default="internal", required=True)
    qms_standard_id = fields.Many2one(
        "qms.standard",
        string="Edition of the standard",
        default=lambda self: self.env.company._qms_standard(),
        ondelete="restrict",
    )
    qms_department_ids = fields.Many2many(
        "hr.department",
        "qms_audit_department_rel",
        "audit_id",
        "department_id",
        string="Units audited",
        check_company=True,
    )
    qms_procedure_ids = fields.Many2many(
        "qms.procedure",
        "qms_audit_procedure_rel",
        "audit_id",
        "procedure_id",
        string="Procedures audited",
        check_company=True,
    )
    qms_clause_ids = fields.Many2many(
        "qms.standard.clause", "qms_audit_clause_rel", "audit_id", "clause_id"
    )
    qms_date_from = fields.Date(string="First day", index=True, tracking=True)
    qms_date_to = fields.Date(
        string="Last day",
        compute="_compute_qms_date_to",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    qms_period_from = fields.Date(
        string="Dossiers from",
        default=lambda self: fields.Date.context_today(self).replace(month=1, day=1),
        help="First day of the period whose dossiers and records are looked at.",
    )
    qms_period_to = fields.Date(
        string="Dossiers until",
        default=fields.Date.context_today,
        help="Last day of the period whose dossiers and records are looked at.",
    )
    qms_scope = fields.Text(string="Scope", help="What is audited and what is left out.")
    qms_criteria = fields.Text(
        string="Criteria", help="What the work is compared with: standard, procedures, law."
    )
    qms_team_ids = fields.One2many("qms.audit.member", "audit_id", string="Team", copy=True)
    qms_leader_id = fields.Many2one(
        "qms.audit.member", string="Team leader", compute="_compute_qms_leader_id"
    )
    qms_slot_ids = fields.One2many("qms.audit.slot", "audit_id", string="Timetable")
    qms_notice = fields.Text(
        string="Notice", help="What the heads of the units are told, besides time and agenda."
    )
    qms_notified_at = fields.Datetime(string="Notified", readonly=True, copy=False)
    qms_notified_by_id = fields.Many2one(
        "res.users", string="Notified by", readonly=True, copy=False, ondelete="restrict"
    )
    qms_started_at = fields.Datetime(string="Begun", readonly=True, copy=False)
    qms_ended_at = fields.Datetime(string="Visit ended", readonly=True, copy=False)
    qms_closed_by_id = fields.Many2one(
        "res.users", string="Closed by", readonly=True, copy=False, ondelete="restrict"
    )
    qms_cancel_reason = fields.Text(string="Why cancelled", readonly=True, copy=False)
    qms_is_mine = fields.Boolean(
        string="My audits", compute="_compute_qms_is_mine", search="_search_qms_is_mine"
    )
    qms_independence_gap = fields.Text(
        string="Independence", compute="_compute_qms_independence_gap"
    )
    can_notify = fields.Boolean(compute="_compute_qms_can")
    can_start = fields.Boolean(compute="_compute_qms_can")
    can_end = fields.Boolean(compute="_compute_qms_can")
    can_resume = fields.Boolean(compute="_compute_qms_can")
    can_close = fields.Boolean(compute="_compute_qms_can")
    can_cancel = fields.Boolean(compute="_compute_qms_can")
    can_take_back = fields.Boolean(compute="_compute_qms_can")

    _qms_reference_unique = models.UniqueIndex(
        "(company_id, reference) WHERE reference LIKE 'ĐGNB-%'", "This reference was given already."
    )
    _qms_line_once = models.UniqueIndex(
        "(qms_programme_line_id) WHERE qms_programme_line_id IS NOT NULL AND state != 'cancelled'",
        "An audit was made from this line of the programme already.",
    )
    _qms_dates_in_order = models.Constraint(
        "CHECK(qms_date_to IS NULL OR qms_date_from IS NULL OR qms_date_to >= qms_date_from)",
        "An audit does not end before it begins.",
    )
    _qms_days_of_a_year = models.Constraint(
        "CHECK(qms_date_to - qms_date_from < 366"
        " AND qms_date_from BETWEEN '1900-01-01' AND '2199-12-31'"
        " AND qms_period_from BETWEEN '1900-01-01' AND '2199-12-31'"
        " AND qms_period_to BETWEEN '1900-01-01' AND '2199-12-31')",
        "Check the days: an audit lasts a year at most.",
    )
    _qms_period_in_order = models.Constraint(
        "CHECK(qms_period_to IS NULL OR qms_period_from IS NULL"
        " OR qms_period_to >= qms_period_from)",
        "The period of the dossiers does not end before it begins.",
    )
    _qms_cancelled_with_reason = models.Constraint(
        "CHECK(state != 'cancelled' OR COALESCE(qms_cancel_reason, '') != '')",
        "Cancelling an audit needs a reason.",
    )

    # === INIT === #

    def _auto_init(self):
        self._qms_fill_agencies()
        return super()._auto_init()

    def _qms_fill_agencies(self):
        """Audits of the base may be without an agency: they get that of their author."""
        self.env.cr.execute(
            SQL(
                """UPDATE mgmtsystem_audit AS audit
                      SET company_id = author.company_id
                     FROM res_users AS author
                    WHERE audit.company_id IS NULL AND author.id = audit.create_uid"""
            )
        )

    # === COMPUTE METHODS === #

    @api.depends("reference", "name")
    def _compute_display_name(self):
        for audit in self:
            audit.display_name = " – ".join(filter(None, (audit.reference, audit.name)))

    @api.depends("qms_date_from")
    def _compute_qms_date_to(self):
        for audit in self:
            if not audit.qms_date_from:
                audit.qms_date_to = False
            elif not audit.qms_date_to or audit.qms_date_to < audit.qms_date_from:
                audit.qms_date_to = audit.qms_date_from

    @api.depends("qms_team_ids.user_id")
    def _compute_auditor_user_ids(self):
        for audit in self:
            audit.auditor_user_ids = audit.qms_team_ids.user_id

    @api.depends("qms_department_ids")
    def _compute_auditee_user_ids(self):
        for audit in self:
            audit.auditee_user_ids |= audit.qms_department_ids._origin._qms_heads()

    @api.depends("qms_team_ids.role")
    def _compute_qms_leader_id(self):
        for audit in self:
            audit.qms_leader_id = audit.qms_team_ids.filtered(lambda row: row.role == "leader")[:1]

    @api.depends("qms_team_ids.user_id", "user_id")
    @api.depends_context("uid")
    def _compute_qms_is_mine(self):
        for audit in self:
            people = audit.sudo().qms_team_ids.user_id | audit.sudo().user_id
            audit.qms_is_mine = self.env.user in people

    def _search_qms_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("user_id", "=", self.env.uid) | Domain(
            "qms_team_ids.user_id", "=", self.env.uid
        )
        return domain if True in value else ~domain

    @api.depends("qms_team_ids.conflict_text", "qms_team_ids.justification")
    def _compute_qms_independence_gap(self):
        for audit in self:
            audit.qms_independence_gap = "\n".join(
                f"{member.display_name}: {member.conflict_text}"
                for member in audit.qms_team_ids
                if member.needs_justification
            )

    @api.depends("state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_qms_can(self):
        targets = {
            "can_notify": "notified",
            "can_start": "open",
            "can_end": "reporting",
            "can_close": "done",
            "can_cancel": "cancelled",
            "can_take_back": "draft",
        }
        for audit in self:
            stored = audit._origin
            for name, target in targets.items():
                # The edge and the role; what is missing the verb says when it is pressed.
                audit[name] = bool(stored) and not stored._qms_way_error(target)
            audit.can_resume = audit.can_start and audit.state == "reporting"
            audit.can_start = audit.can_start and audit.state == "notified"

    # === CONSTRAINT METHODS === #

    @api.constrains("qms_programme_line_id", "company_id")
    def _check_qms_programme_line(self):
        for audit in self:
            line = audit.sudo().qms_programme_line_id
            if line and line.programme_id.state not in ("approved", "closed"):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” belongs to a programme that is not approved.",
                        name=line.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # The base writes into the values it is given.
        audits = super().create([dict(vals) for vals in vals_list])
        counter = self.env["qms.audit.counter"].sudo()
        audits._lifecycle_write_each(
            {
                audit.id: {
                    "reference": counter._next_reference(audit.company_id, audit.qms_date_from)
                }
                for audit in audits.sorted("id")
            }
        )
        return audits

    def _check_rows_open(self):
        """Refuse changes of the rows of a closed or cancelled audit; lock the others."""
        self._lock_lifecycle()
        for audit in self.sudo():
            if audit.state in CLOSED_STATES:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is closed: its plan stays as it is.", name=audit.display_name
                    )
                )

    @api.model
    def _qms_switch_off_base(self):
        """Switch the two automations of the base off; an upgrade of it may bring them back."""
        rules = self.env["base.automation"].sudo()
        for name in ("rule_set_prepare_to_audit", "rule_set_send_verification_list"):
            rules |= self.env.ref(f"mgmtsystem_audit.{name}", raise_if_not_found=False) or rules
        rules.filtered("active").write({"active": False})

    # === EVIDENCE === #

    @api.model
    def _evidence_domain(self, company):
        """An audit is evidence once it was held."""
        return super()._evidence_domain(company) & Domain("state", "in", ("reporting", "done"))
