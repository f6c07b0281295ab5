from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import OUTCOMES, STEP_KINDS, STEP_STATES
from ...tools.outcome import outcome


class QmsDossierStep(models.Model):
    """One step of one dossier: planned at acceptance, stamped by the hand-overs.

    Read by everybody who reads the dossier; handled by the holders of its
    position, by the person it was assigned to or by who stands in for them.
    """

    _name = "qms.dossier.step"
    _description = "Dossier step"
    _inherit = ["qms.fact.mixin"]
    _order = "dossier_id, ordinal, id"
    _log_access = False  # who did what and when stands in the stamps and in the log

    dossier_id = fields.Many2one("qms.dossier", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    handler_company_id = fields.Many2one(
        "res.company",
        string="Handling agency",
        required=True,
        ondelete="restrict",
        help="The agency of the position: another one in an inter-agency procedure.",
    )
    procedure_step_id = fields.Many2one(
        "qms.procedure.step", index="btree_not_null", ondelete="restrict"
    )
    ordinal = fields.Integer(required=True, aggregator=None)
    round = fields.Integer(default=1, aggregator=None, help="2 and more after a send-back.")
    name = fields.Char(string="Work", required=True)
    kind = fields.Selection(STEP_KINDS, required=True)
    result = fields.Char()
    position_id = fields.Many2one("qms.position", ondelete="restrict")
    position_name = fields.Char(string="Position at that time")
    department_id = fields.Many2one("hr.department", string="Unit", ondelete="restrict")
    department_name = fields.Char(string="Unit at that time")
    user_id = fields.Many2one("res.users", string="Assigned to", ondelete="restrict")
    state = fields.Selection(STEP_STATES, required=True)
    hours = fields.Float(string="Planned hours", help="Working hours planned for this step.")
    planned_due_at = fields.Datetime(
        string="Planned until",
        help="Where this step should end when all before it keep their time.",
    )
    started_at = fields.Datetime(string="Received")
    due_at = fields.Datetime(string="Step due", help="Counted from the hand-over to this step.")
    done_at = fields.Datetime(string="Completed")
    done_by_id = fields.Many2one("res.users", string="Completed by (user)", ondelete="restrict")
    done_by_name = fields.Char(string="Completed by")
    on_behalf_of_name = fields.Char(string="On behalf of")
    hours_used = fields.Float(help="Working hours between hand-over and completion, pauses out.")
    outcome = fields.Selection(OUTCOMES)
    note = fields.Text()

    procedure_id = fields.Many2one(related="dossier_id.procedure_id", string="Procedure")
    dossier_state = fields.Selection(related="dossier_id.state", string="Dossier state")
    dossier_due_at = fields.Datetime(related="dossier_id.due_at", string="Dossier due")
    holder_name = fields.Char(related="dossier_id.holder_name", string="Dossier holder")
    timeliness = fields.Selection(related="dossier_id.timeliness")
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")
    is_my_work = fields.Boolean(
        string="My work", compute="_compute_is_my_work", search="_search_is_my_work"
    )
    stands_in_for_id = fields.Many2one(
        "res.users",
        string="Standing in for",
        compute="_compute_is_my_work",
        search="_search_stands_in_for_id",
        help="The absent colleague for whom you would complete this step.",
    )

    # Lists ask for current steps: few among millions. Full indexes would slow every plan.
    _current_company_idx = models.Index("(company_id, due_at) WHERE state = 'current'")
    _current_handler_idx = models.Index("(handler_company_id, due_at) WHERE state = 'current'")
    # With what the rules ask: the work of a position is counted from the index alone.
    _my_work_idx = models.Index(
        "(position_id, due_at) INCLUDE (dossier_id, user_id, company_id, handler_company_id)"
        " WHERE state = 'current'"
    )
    _one_current = models.UniqueIndex(
        "(dossier_id) WHERE state = 'current'", "A dossier is in one step at a time."
    )
    _done_is_stamped = models.Constraint(
        "CHECK(state NOT IN ('done', 'sent_back') OR done_at IS NOT NULL)",
        "A completed step has its stamp.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "due_at", "done_at", "outcome")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for step in self:
            if step.state != "current":
                step.is_late = step.outcome == "late"
                continue
            company = step.company_id
            step.is_late = bool(step.due_at) and (
                outcome(now, step.due_at, company._qms_timezone(), company.qms_on_time_by) == "late"
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        limit = self.env["qms.dossier"]._late_limit()
        late = (Domain("state", "=", "current") & Domain("due_at", "<", limit)) | Domain(
            "outcome", "=", "late"
        )
        return late if True in value else ~late

    @api.depends_context("uid")
    @api.depends("state", "position_id", "user_id")
    def _compute_is_my_work(self):
        user, known = self.env.user, {}
        for step in self:
            if step.state != "current":
                step.is_my_work, step.stands_in_for_id = False, False
                continue
            alike = (step.position_id, step.handler_company_id, step.kind, step.user_id)
            if alike not in known:
                known[alike] = step._capacity(user)
            step.is_my_work, step.stands_in_for_id = known[alike]

    def _search_is_my_work(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain("state", "=", "current") & self.env.user._qms_work_domain()
        return mine if True in value else ~mine

    def _search_stands_in_for_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        taken, found = Domain.FALSE, Domain.FALSE
        for absent, domain in self._work_parts():
            if absent.id in value:
                found |= domain & ~taken
            taken |= domain
        return found | ~taken if False in value else found

    @api.model
    def _work_parts(self):
        current = Domain("state", "=", "current")
        parts = self.env.user._qms_work_parts()
        return [(absent, current & domain) for absent, domain in parts]

    def _field_to_sql(self, alias, field_expr, query=None):
        """My work is grouped by whom the user stands in for: the first part that holds."""
        if field_expr != "stands_in_for_id":
            return super()._field_to_sql(alias, field_expr, query)
        cases = [
            SQL(
                "WHEN %s IN %s THEN %s",
                SQL.identifier(alias, "id"),
                self._search(domain).subselect(),
                absent.id or None,
            )
            for absent, domain in self._work_parts()
        ]
        return SQL("CASE %s ELSE NULL::integer END", SQL(" ").join(cases))

    @api.depends("name", "dossier_id")
    def _compute_display_name(self):
        for step in self:
            step.display_name = f"{step.dossier_id.display_name} · {step.name}"

    # === ACTIONS === #

    def action_complete(self):
        """Complete these steps and hand their dossiers over."""
        self.dossier_id.action_complete_step(expected_step_id=self.ids)
        return True

    def action_open_dossier(self):
        """Open the dossier of this step."""
        self.ensure_one()
        return self.dossier_id._action_open()

    def action_assign(self):
        """Open the dialog by which a head gives these steps to one person."""
        return self.dossier_id._action_dialog("assign")

    # === BUSINESS METHODS === #

    def _capacity(self, user):
        """See ``res.users._qms_capacity``: may ``user`` act, and for whom."""
        self.ensure_one()
        step = self.sudo()
        return user._qms_capacity(
            step.position_id, step.handler_company_id, step.kind, step.user_id
        )

    def _flow_state(self):
        """Key by which the picture of the flow colours this step."""
        self.ensure_one()
        if self.state == "current" and self.is_late:
            return "late"
        return self.state

    @api.model
    def _prepare_from_plan(self, dossier, plan):
        """Return the values of one planned step; ``plan`` is a procedure step."""
        position = plan.position_id
        department = plan.department_id or position.department_id
        return {
            "dossier_id": dossier.id,
            "company_id": dossier.company_id.id,
            "handler_company_id": (position.company_id or dossier.company_id).id,
            "procedure_step_id": plan.id,
            "name": plan.name,
            "kind": plan.kind,
            "result": plan.result,
            "hours": plan.hours,
            "position_id": position.id,
            "position_name": position.name or plan.unit_position,
            "department_id": department.id,
            "department_name": department.name,
            "state": "waiting",
        }

    def _copy_for_round(self):
        """Return the values of these steps for another round (send-back)."""
        return [
            {
                "dossier_id": step.dossier_id.id,
                "company_id": step.company_id.id,
                "handler_company_id": step.handler_company_id.id,
                "procedure_step_id": step.procedure_step_id.id,
                "name": step.name,
                "kind": step.kind,
                "result": step.result,
                "hours": step.hours,
                "position_id": step.position_id.id,
                "position_name": step.position_name,
                "department_id": step.department_id.id,
                "department_name": step.department_name,
                "user_id": step.user_id.id,
                "round": step.round + 1,
                "state": "waiting",
            }
            for step in self
        ]
