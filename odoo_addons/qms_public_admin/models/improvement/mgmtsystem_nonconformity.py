from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..mixins.qms_lifecycle_mixin import QmsLifecycleMixin
from .improvement_texts import (
    ACTION_SETTLED,
    GRADES,
    GROUP_HEAD,
    GROUP_PROVINCIAL,
    KEEPERS,
    NC_OPEN,
    NC_STATES,
    SOURCES,
    WORKING_ROLES,
)

# What was found, settled once the plan is under way.
FOUND_FIELDS = (
    "company_id",
    "description",
    "name",
    "qms_found_on",
    "qms_source",
    "partner_id",
    "res_id",
    "res_model",
)
# What was verified: no longer touched when it waits to be closed.
WORK_FIELDS = (
    "action_comments",
    "action_ids",
    "analysis",
    "cause_ids",
    "immediate_action_id",
    "qms_branch_ids",
    "qms_contained_by_id",
    "qms_contained_on",
    "qms_containment",
    "qms_corrected_by_id",
    "qms_corrected_on",
    "qms_correction",
    "qms_department_id",
    "qms_grade",
    "qms_procedure_id",
    "qms_provider_id",
    "qms_verifier_id",
    "qms_why_ids",
    "responsible_user_id",
)


class MgmtsystemNonconformity(models.Model):
    """A requirement that was not met, from its finding to its proven end (ISO 9001, 10.2).

    Access:

    * staff read the nonconformities of their agencies and may raise one; a confidential
      one (corruption, harassment of citizens) is read only by ISO officers, leaders,
      auditors, who is responsible, who verifies and who closes: with its actions, rows,
      messages and figures;
    * who raised it works on it while it is a draft, the responsible until it is verified,
      heads on those of their units, ISO officers and leaders on all of the agency;
    * auditors, ISO officers and leaders verify, and who is named for it: never the
      responsible nor the owner of one of its actions;
    * leaders, ISO officers and who is named close: never the responsible;
    * auditors, ISO officers and leaders take up again what was verified, closed or
      cancelled, with a reason; the history keeps each time;
    * the provincial office reads; nobody deletes one before its retention has ended.

    State and stage, reference, stamps and closing date are written by the verbs alone. The
    stages of the base show the state and decide nothing.
    """

    _name = "mgmtsystem.nonconformity"
    _inherit = ["mgmtsystem.nonconformity", "qms.improvement.item.mixin", "qms.evidence.mixin"]
    _rec_names_search = ["ref", "name"]
    _check_company_auto = True

    _due_field = "qms_due_date"
    _evidence_sequence = 60
    _transitions = {
        "draft": ("analysis", "cancel"),
        "analysis": ("pending", "cancel"),
        "pending": ("open", "analysis", "cancel"),
        "open": ("verified", "analysis"),
        "verified": ("done", "analysis"),
        "done": ("analysis",),
        "cancel": ("analysis",),
    }
    _protected_fields = (
        "stage_id",
        "user_id",
        "qms_past_responsible_ids",
        "closing_date",
        "qms_verified_at",
        "qms_verified_by_id",
        "qms_verification",
        "qms_closed_by_id",
        "qms_cancel_reason",
        "qms_reopen_count",
    )
    _frozen_fields = {
        "open": FOUND_FIELDS,
        "verified": FOUND_FIELDS + WORK_FIELDS,
        "done": "*",
        "cancel": "*",
    }
    # Clauses of a later edition are linked, and a recurrence named, after the end, too.
    _never_frozen_fields = QmsLifecycleMixin._never_frozen_fields | {
        "qms_clause_ids",
        "qms_recurrence_ids",
    }

    # --- what it is
    name = fields.Char(string="Title", tracking=True)
    ref = fields.Char(copy=False, index="trigram")
    state = fields.Selection(
        NC_STATES,
        related=None,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        string="Status",
    )
    company_id = fields.Many2one(string="Agency", required=True, index=True, ondelete="restrict")
    qms_source = fields.Selection(
        SOURCES, string="Source", required=True, default="other", tracking=True
    )
    qms_grade = fields.Selection(
        GRADES, string="Grade", required=True, default="minor", tracking=True
    )
    qms_department_id = fields.Many2one(
        "hr.department",
        string="Unit",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
    )
    qms_procedure_id = fields.Many2one(
        "qms.procedure",
        string="Administrative procedure",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
    )
    description = fields.Text(string="What was found")
    procedure_ids = fields.Many2many(string="Documents concerned")
    qms_found_on = fields.Date(
        string="Found on", required=True, default=fields.Date.context_today, copy=False
    )
    qms_due_date = fields.Date(string="To be closed by", copy=False, tracking=True)
    qms_is_confidential = fields.Boolean(
        string="Confidential",
        tracking=True,
        help="Corruption, harassment of citizens and the like: read by ISO officers, leaders, "
        "auditors and those who handle it only, with its actions and messages.",
    )
    qms_evidence_ids = fields.One2many(
        "qms.nonconformity.evidence", "nonconformity_id", string="Evidence", readonly=True
    )
    qms_recurrence_of_id = fields.Many2one(
        "mgmtsystem.nonconformity",
        string="Recurrence of",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        tracking=True,
        help="The earlier nonconformity whose cause came back.",
    )
    qms_recurrence_ids = fields.One2many(
        "mgmtsystem.nonconformity", "qms_recurrence_of_id", string="Came back as", readonly=True
    )

    # --- who
    partner_id = fields.Many2one(
        string="Party concerned", default=lambda self: self.env.company.partner_id
    )
    user_id = fields.Many2one(string="Raised by", readonly=True, copy=False)
    responsible_user_id = fields.Many2one(
        default=lambda self: self.env.user,
        check_company=True,
        index=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    qms_past_responsible_ids = fields.Many2many(
        "res.users",
        "qms_nonconformity_past_responsible_rel",
        "nonconformity_id",
        "user_id",
        string="Were responsible before",
        readonly=True,
        copy=False,
        help="Since the analysis began. They neither verify nor close it.",
    )
    manager_user_id = fields.Many2one(
        string="To be closed by (person)",
        default=lambda self: self._default_manager(),
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    qms_verifier_id = fields.Many2one(
        "res.users",
        string="Verifier",
        check_company=True,
        ondelete="restrict",
        copy=False,
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who looks whether the actions were done: neither the responsible nor an owner.",
    )

    # --- what was done at once
    qms_correction = fields.Text(
        string="Correction", help="What was done to the case itself, e.g. the result handed out."
    )
    qms_corrected_on = fields.Date(string="Corrected on", copy=False)
    qms_corrected_by_id = fields.Many2one(
        "res.users", string="Corrected by", copy=False, ondelete="restrict", check_company=True
    )
    qms_containment = fields.Text(
        string="Containment", help="What keeps it from spreading to other cases meanwhile."
    )
    qms_contained_on = fields.Date(string="Contained on", copy=False)
    qms_contained_by_id = fields.Many2one(
        "res.users", string="Contained by", copy=False, ondelete="restrict", check_company=True
    )

    # --- why
    qms_why_ids = fields.One2many("qms.nonconformity.why", "nonconformity_id", string="Whys")
    qms_branch_ids = fields.One2many(
        "qms.nonconformity.branch", "nonconformity_id", string="Causes"
    )
    cause_ids = fields.Many2many(compute="_compute_cause_ids", store=True, readonly=True)
    analysis = fields.Text(string="Root cause")

    # --- plan, verification, end
    action_comments = fields.Text(
        string="Remarks on the plan",
        help="Needed when no action is taken: why the correction is enough.",
    )
    qms_action_count = fields.Integer(compute="_compute_qms_actions")
    qms_action_open_count = fields.Integer(string="Actions open", compute="_compute_qms_actions")
    evaluation_comments = fields.Text(string="Conclusion on the effect", copy=False)
    closing_date = fields.Datetime(string="Closed on", readonly=True, copy=False)
    qms_closed_by_id = fields.Many2one(
        "res.users", string="Closed by", readonly=True, copy=False, ondelete="restrict"
    )
    qms_event_ids = fields.One2many(
        "qms.improvement.event", "nonconformity_id", string="History", readonly=True
    )
    qms_keep_until = fields.Date(
        string="Kept until",
        compute="_compute_qms_keep_until",
        help="Closing date and the years of the agency; not deleted before.",
    )

    # --- what it cost
    qms_dossier_days_late = fields.Integer(
        string="Days late of the dossiers",
        compute="_compute_qms_delay",
        help="Calendar days past their due date of the dossiers among the evidence, together.",
    )
    qms_action_days_late = fields.Integer(
        string="Days late of the actions",
        compute="_compute_qms_delay",
        help="Calendar days past their deadline of the actions, together.",
    )
    qms_currency_id = fields.Many2one(related="company_id.currency_id")
    qms_cost = fields.Monetary(
        string="Cost of the delay",
        currency_field="qms_currency_id",
        copy=False,
        tracking=True,
        help="What it cost citizens and agency, as far as the agency reckons it in money.",
    )
    qms_cost_note = fields.Char(string="How the cost was reckoned", copy=False)

    _qms_ref_unique = models.UniqueIndex(
        "(company_id, ref) WHERE ref != 'NEW'", "This reference was given already."
    )
    _qms_closed_by_another = models.Constraint(
        "CHECK(qms_closed_by_id IS NULL OR qms_closed_by_id != responsible_user_id)",
        "A nonconformity is closed by another person than the one responsible for it.",
    )
    _qms_verified_by_another = models.Constraint(
        "CHECK(qms_verified_by_id IS NULL OR qms_verified_by_id != responsible_user_id)",
        "A nonconformity is verified by another person than the one responsible for it.",
    )
    _qms_open_is_not_closed = models.Constraint(
        "CHECK(state = 'done' OR closing_date IS NULL)",
        "Only a closed nonconformity has a closing date.",
    )
    _qms_closing_is_explained = models.Constraint(
        "CHECK(state != 'done' OR length(trim(COALESCE(evaluation_comments, ''))) > 0)",
        "A closed nonconformity says what the actions brought about.",
    )
    _qms_cancelling_is_explained = models.Constraint(
        "CHECK(state != 'cancel' OR qms_cancel_reason IS NULL"
        " OR length(trim(qms_cancel_reason)) > 0)",
        "Say why it is cancelled.",
    )
    _qms_cost_positive = models.Constraint(
        "CHECK(qms_cost IS NULL OR qms_cost >= 0)", "A cost is not negative."
    )
    _qms_desk_idx = models.Index("(company_id, state, qms_due_date)")

    # === DEFAULTS === #

    @api.model
    def default_get(self, fields_list):
        """A card made in a column of the board begins at the beginning all the same."""
        values = super().default_get(fields_list)
        if "stage_id" in values:
            values["stage_id"] = self._default_stage().id
        return values

    @api.model
    def _default_manager(self):
        return self._closer_of(self.env.company, self.env.user)

    @api.model
    def _default_reference(self):
        """The records concerned are rows of evidence; nothing is read from a context."""
        return ""

    # === COMPUTE METHODS === #

    @api.depends("ref", "name", "qms_is_confidential")
    @api.depends_context("uid", "allowed_company_ids", "qms_for_all")
    def _compute_display_name(self):
        hidden = self._hidden_from_reader()
        for row in self:
            name = row.name if row._origin not in hidden else ""
            row.display_name = " – ".join(filter(None, (row.ref, name)))

    @api.depends("qms_branch_ids.cause_id", "qms_branch_ids.category_id")
    def _compute_cause_ids(self):
        for row in self:
            row.cause_ids = [
                fields.Command.set(
                    [branch.cause_id.id or branch.category_id.id for branch in row.qms_branch_ids]
                )
            ]

    @api.depends("action_ids.qms_state")
    def _compute_qms_actions(self):
        for row in self:
            row.qms_action_count = len(row.action_ids)
            row.qms_action_open_count = len(
                row.action_ids.filtered(lambda action: action.qms_state not in ACTION_SETTLED)
            )

    @api.depends("closing_date", "company_id.qms_nonconformity_years")
    def _compute_qms_keep_until(self):
        for row in self:
            years = row.company_id.sudo().qms_nonconformity_years
            closed = row.closing_date
            row.qms_keep_until = closed and closed.date() + relativedelta(years=years)

    @api.depends("qms_evidence_ids", "action_ids.date_deadline", "action_ids.qms_done_at")
    def _compute_qms_delay(self):
        evidence = self.qms_evidence_ids.filtered(lambda row: row.res_model == "qms.dossier")
        dossiers = self.env["qms.dossier"].browse(evidence.mapped("res_id")).exists()
        dossiers = dossiers._filtered_access("read")
        days = {dossier.id: _days_late(dossier) for dossier in dossiers}
        for row in self:
            own = row.qms_evidence_ids.filtered(lambda item: item.res_model == "qms.dossier")
            row.qms_dossier_days_late = sum(days.get(item.res_id, 0) for item in own)
            row.qms_action_days_late = sum(row.action_ids.mapped("qms_days_late"))

    @api.depends("qms_due_date", "state")
    def _compute_qms_is_late(self):
        return super()._compute_qms_is_late()

    @api.depends("responsible_user_id", "user_id", "state", "qms_department_id")
    def _compute_qms_may_work(self):
        return super()._compute_qms_may_work()

    # === CONSTRAINT METHODS === #

    @api.constrains("origin_ids")
    def _check_origin_ids(self):
        """The base marks the origin as required, which a Many2many does not enforce."""
        for row in self:
            if not row.origin_ids:
                raise ValidationError(self.env._("A nonconformity has an origin."))

    @api.constrains("qms_recurrence_of_id")
    def _check_qms_recurrence_of_id(self):
        if self._has_cycle("qms_recurrence_of_id"):
            raise ValidationError(self.env._("A nonconformity does not come back as itself."))

    def _check_open_with_action_comments(self):
        """Not a constraint here: the verb asks for actions, or for the reason of none."""

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_given_reference(vals_list)
        if not self._is_lifecycle_writer():
            self._check_may_raise()
        rows = super().create([self._with_defaults(vals) for vals in vals_list])
        references = self.env["qms.improvement.counter"]._next_references(rows, "KPH")
        rows._lifecycle_write_each({row_id: {"ref": code} for row_id, code in references.items()})
        self.env["qms.improvement.event"]._log(rows, "raised")
        rows._sync_activity()
        return rows

    def write(self, vals):
        if not self._is_lifecycle_writer():
            self._check_given_reference([vals])
            self._check_confidence_kept(vals)
        if "responsible_user_id" in vals:
            self._remember_responsible(vals["responsible_user_id"])
        result = super().write(dict(vals))  # the base adds to what it is given
        if vals.get("qms_is_confidential"):
            self._keep_from_others()
        if vals.keys() & {"responsible_user_id", "manager_user_id", "qms_verifier_id"}:
            self._keep_from_others()
            self._sync_activity()
        elif "qms_due_date" in vals:
            self._sync_activity()
        return result

    def _remember_responsible(self, user_id):
        """Keep who was responsible once the analysis began: handing over is no way to judge."""
        handed_over = self.filtered(
            lambda row: row.state != "draft" and row.responsible_user_id.id not in (False, user_id)
        )
        for user, rows in handed_over.grouped("responsible_user_id").items():
            rows._lifecycle_write({"qms_past_responsible_ids": [fields.Command.link(user.id)]})

    def _responsible_ever(self):
        row = self.sudo()
        return row.responsible_user_id | row.qms_past_responsible_ids

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        """Kept until the retention has ended, whatever its state (ISO 9001, 10.2.2)."""
        today = fields.Date.context_today(self)
        for row in self:
            if not row.qms_keep_until or row.qms_keep_until >= today:
                raise UserError(
                    self.env._(
                        "“%(name)s” is kept as evidence: it cannot be deleted. Cancel it with a "
                        "reason when it was raised by mistake.",
                        name=row.display_name,
                    )
                )

    @api.model
    def _with_defaults(self, vals):
        """Fill in what the base wants and an office does not always know.

        The caller's dictionary stays as it is: the base writes into what it is given.
        """
        vals = dict(vals)
        company_id = vals.get("company_id") or self.default_get(["company_id"]).get("company_id")
        company = self.env["res.company"].browse(company_id) or self.env.company
        procedure = self.env["qms.procedure"].browse(vals.get("qms_procedure_id")).sudo()
        if not vals.get("qms_department_id") and procedure.department_id.company_id == company:
            vals["qms_department_id"] = procedure.department_id.id
        vals["company_id"] = company.id
        vals.setdefault("user_id", self.env.uid)
        vals["partner_id"] = vals.get("partner_id") or company.sudo().partner_id.id
        if not vals.get("responsible_user_id"):
            vals["responsible_user_id"] = self._responsible_of(company, vals).id
        if not vals.get("manager_user_id"):
            responsible = self.env["res.users"].browse(vals["responsible_user_id"])
            vals["manager_user_id"] = self._closer_of(company, responsible).id
        if not vals.get("origin_ids"):
            source = vals.get("qms_source") or "other"
            origin = self.env["mgmtsystem.nonconformity.origin"]._qms_of_source(source)
            vals["origin_ids"] = [fields.Command.set(origin.ids)]
        if not vals.get("qms_due_date"):
            found = fields.Date.to_date(vals.get("qms_found_on"))
            found = found or fields.Date.context_today(self)
            days = company.sudo().qms_nonconformity_days
            vals["qms_due_date"] = fields.Date.add(found, days=days)
        return vals

    @api.model
    def _responsible_of(self, company, vals):
        """The head of the unit; else an ISO officer of the agency; else who raises it."""
        unit = self.env["hr.department"].sudo().browse(vals.get("qms_department_id"))
        head = unit.manager_id.user_id
        if head and company in head.company_ids:
            return head.with_env(self.env)
        return company._qms_officers()[:1].with_env(self.env) or self.env.user

    @api.model
    def _closer_of(self, company, responsible):
        """A leader who is not the responsible; else an ISO officer; else the one there is."""
        people = company._qms_leaders() | company._qms_officers()
        another = people.filtered(lambda user: not user._qms_is_same_person(responsible))
        return (another or responsible or self.env.user)[:1].with_env(self.env)

    def _keep_from_others(self):
        """Its actions are as confidential."""
        self.sudo().action_ids._keep_from_others()
        return super()._keep_from_others()

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        result = super()._message_subscribe(partner_ids, subtype_ids, customer_ids)
        self._keep_from_others()
        return result

    def _message_auto_subscribe_notify(self, partner_ids, template):
        """Who is named finds it among the activities; no mail for each field."""

    # === ROLES === #

    @api.model
    def _work_domain(self):
        """Return the domain of what the current user works on (see the class)."""
        user = self.env.user
        if user.has_groups(KEEPERS):
            return Domain.TRUE
        mine = Domain("responsible_user_id", "=", user.id)
        mine |= Domain("user_id", "=", user.id) & Domain("state", "=", "draft")
        if user.has_group(GROUP_HEAD):
            mine |= Domain("qms_department_id", "in", user._qms_units()[user.id].ids)
        return mine

    @api.model
    def _may_raise(self):
        """The provincial office follows and changes nothing; everybody else may raise one."""
        user = self.env.user
        return self.env.su or user.has_groups(WORKING_ROLES) or not user.has_group(GROUP_PROVINCIAL)

    @api.model
    def _check_may_raise(self):
        if not self._may_raise():
            raise AccessError(
                self.env._("The provincial office reads nonconformities and raises none.")
            )

    # === DOMAINS === #

    @api.model
    def _late_domain(self):
        today = fields.Date.context_today(self)
        return Domain("state", "in", NC_OPEN) & Domain("qms_due_date", "<", today)

    # === GUARD === #

    def _check_given_reference(self, vals_list):
        """The base overwrites a given reference in silence; here it is refused."""
        if any(vals.get("ref") not in (None, False, "", "NEW") for vals in vals_list):
            raise ValidationError(
                self.env._("The reference is given by the system, by agency and year.")
            )

    def _check_confidence_kept(self, vals):
        if vals.get("qms_is_confidential", True) or not any(self.mapped("qms_is_confidential")):
            return
        if not self.env.user.has_groups(KEEPERS):
            raise AccessError(
                self.env._("Only an ISO officer or a leader makes it readable for all.")
            )

    def _is_harmless_at_birth(self, name, value):
        if name == "stage_id":
            stage = self.env["mgmtsystem.nonconformity.stage"].sudo().browse(_id_of(value))
            return not stage or stage.state == "draft"
        if name == "user_id":
            return _id_of(value) in (False, self.env.uid)
        return super()._is_harmless_at_birth(name, value)

    def _check_protected_vals(self, vals, creating=False):
        if not creating and "stage_id" in vals:
            raise ValidationError(
                self.env._(
                    "A nonconformity moves by the buttons of its form, not by dragging: each "
                    "step asks for what it needs."
                )
            )
        return super()._check_protected_vals(vals, creating=creating)

    def _lifecycle_write(self, vals):
        """Let the stage of the base follow the state."""
        if self._lifecycle_field in vals:
            vals = {**vals, "stage_id": self._stage_of(vals[self._lifecycle_field]).id}
        return super()._lifecycle_write(vals)

    @api.model
    def _stage_of(self, state):
        stages = self.env["mgmtsystem.nonconformity.stage"].sudo()
        return stages.search([("state", "=", state)], order="sequence, id", limit=1)


def _id_of(value):
    """Return the id of a record or an id, False when there is none."""
    return value.id if isinstance(value, models.BaseModel) else value or False


def _days_late(dossier):
    """Return the calendar days a dossier was completed, or is now, past its due date."""
    end = dossier.done_at or dossier.closed_at or fields.Datetime.now()
    due = dossier.judged_due_at or dossier.due_at
    return max((end.date() - due.date()).days, 0) if due else 0
