from odoo import api, fields, models
from odoo.fields import Domain

# Who audits; observers look on.
WORKING_ROLES = ("leader", "auditor", "trainee", "expert")
GROUP_AUDITOR = "qms_public_admin.group_qms_auditor"


class QmsAuditor(models.Model):
    """A person trained to audit the quality management system of the agency.

    Everyone of the agency reads the register; ISO officers keep it. What others thought
    of an auditor's work (evaluations) is read by that auditor, ISO officers and leaders.
    """

    _name = "qms.auditor"
    _description = "Internal auditor"
    _inherit = ["qms.placement.mixin", "mail.thread"]
    _order = "name, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('share', '=', False)]",
        tracking=True,
        help="Empty: somebody from outside the agency.",
    )
    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        tracking=True,
    )
    department_id = fields.Many2one(
        "hr.department",
        string="Unit",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        check_company=True,
        index="btree_not_null",
    )
    employer = fields.Char(help="Of somebody from outside the agency.")
    is_lead = fields.Boolean(string="May lead", help="May lead an audit team.", tracking=True)
    competence = fields.Text(
        help="Studies, years of work, fields known well, languages: what the person can audit."
    )
    clause_ids = fields.Many2many(
        "qms.standard.clause",
        "qms_auditor_clause_rel",
        "auditor_id",
        "clause_id",
        string="Clauses known well",
        context={"qms_with_edition": True},
    )
    appointed_on = fields.Date(tracking=True)
    appointment_ref = fields.Char(string="Decision", help="Number of the decision of appointment.")
    valid_until = fields.Date(
        tracking=True, help="Last day on which the person may be put into a team. Empty: no end."
    )
    is_valid = fields.Boolean(
        string="Valid today", compute="_compute_is_valid", search="_search_is_valid"
    )
    has_right = fields.Boolean(
        string="Has the right to audit",
        compute="_compute_has_right",
        compute_sudo=True,
        help="Holds the role “Internal auditor” or “ISO officer” and can answer checklists.",
    )
    training_ids = fields.One2many("qms.auditor.training", "auditor_id")
    evaluation_ids = fields.One2many("qms.auditor.evaluation", "auditor_id", string="Evaluations")
    member_ids = fields.One2many("qms.audit.member", "auditor_id", string="Audits")
    audit_count = fields.Integer(string="Audits done", compute="_compute_audit_count")
    last_audit_on = fields.Date(string="Last audit", compute="_compute_audit_count")
    active = fields.Boolean(default=True, tracking=True)
    note = fields.Text()

    _user_unique = models.UniqueIndex(
        "(company_id, user_id) WHERE user_id IS NOT NULL AND active",
        "This person stands in the register of the agency already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("user_id")
    def _compute_name(self):
        for auditor in self:
            auditor.name = auditor.user_id.name or auditor.name

    @api.depends("user_id", "company_id")
    def _compute_department_id(self):
        """The unit of the employee, else that of the first position held."""
        units = self.user_id._qms_home_units()
        for auditor in self:
            if auditor.user_id:
                found = units[auditor.user_id.id].filtered(
                    lambda unit, company=auditor.company_id: (
                        not unit.company_id or unit.company_id == company
                    )
                )
                auditor.department_id = found[:1]

    @api.depends("valid_until", "active")
    def _compute_is_valid(self):
        today = fields.Date.context_today(self)
        for auditor in self:
            auditor.is_valid = auditor.active and not (
                auditor.valid_until and auditor.valid_until < today
            )

    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        domain = Domain("active", "=", True) & (
            Domain("valid_until", "=", False) | Domain("valid_until", ">=", today)
        )
        return domain if True in value else ~domain

    @api.depends("user_id.group_ids")
    def _compute_has_right(self):
        groups = self.env.ref(GROUP_AUDITOR) | self.env.ref("qms_public_admin.group_qms_officer")
        for auditor in self:
            auditor.has_right = bool(auditor.user_id.all_group_ids & groups)

    @api.depends("member_ids.audit_id.state")
    def _compute_audit_count(self):
        members = self.env["qms.audit.member"].search(
            [
                ("auditor_id", "in", self.ids),
                ("role", "in", WORKING_ROLES),
                ("audit_id.state", "in", ("reporting", "done")),
            ]
        )
        by_auditor = members.grouped("auditor_id")
        for auditor in self:
            audits = by_auditor.get(auditor, members.browse()).audit_id
            auditor.audit_count = len(audits)
            auditor.last_audit_on = max(filter(None, audits.mapped("qms_date_to")), default=False)

    # === ACTIONS === #

    def action_view_audits(self):
        """Open the audits this person took part in."""
        action = self.env["ir.actions.act_window"]._for_xml_id("qms_public_admin.qms_audit_action")
        return {
            **action,
            "domain": [("qms_team_ids.auditor_id", "in", self.ids)],
            "context": {},
        }

    # === BUSINESS METHODS === #

    def _may_audit(self, line, units):
        """Whether this auditor is of another unit and valid on the days of a planned audit.

        :param dict units: see :meth:`_own_units`
        """
        self.ensure_one()
        is_valid = not (self.valid_until and line.date_to and self.valid_until < line.date_to)
        return is_valid and line.department_id._origin not in units[self]

    def _own_units(self):
        """Return ``{auditor: units}`` these persons work in or lead, in a few queries."""
        homes = self.user_id._qms_home_units() if self.user_id else {}
        nowhere = self.env["hr.department"]
        return {who: who.department_id | homes.get(who.user_id.id, nowhere) for who in self}
