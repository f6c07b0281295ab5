import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

YEAR_STATES = [
    ("draft", "Draft"),
    ("approval", "Waiting for approval"),
    ("approved", "Approved"),
    ("closed", "Closed"),
]
#: Objectives that were not reached: proposed for the year after.
NOT_REACHED = ("missed", "no_data")


class QmsObjectiveYear(models.Model):
    """The quality objectives of an agency, or of one of its units, for a year (ISO 9001, 6.2).

    One paper: it is approved as a whole, posted as a whole and printed as a whole. Everyone
    of the agency reads it. ISO officers draw it up, leaders approve it (until the officer
    names somebody else). From the request on its content is closed; when it has to change
    it is opened again with the reason and approved anew. With the approval the rows of the
    plan become actions of their owners. After the year it is closed and what was not
    reached is carried over.
    """

    _name = "qms.objective.year"
    _description = "Quality objectives of a year"
    _inherit = ["qms.year.plan.mixin", "qms.posting.subject.mixin"]
    _order = "year desc, department_id, id desc"
    _posting_field = "objective_year_id"

    _protected_fields = ("change_reason", "closed_at", "previous_id")

    department_id = fields.Many2one(
        "hr.department",
        string="Unit",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Empty: the objectives of the whole agency.",
    )
    state = fields.Selection(
        YEAR_STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    introduction = fields.Text(
        help="From what the objectives follow: policy, tasks of the year, review of the last."
    )
    objective_ids = fields.One2many("qms.objective", "year_id", string="Objectives")
    objective_count = fields.Integer(compute="_compute_counts")
    reached_text = fields.Char(string="Reached", compute="_compute_counts")
    missed_count = fields.Integer(compute="_compute_counts")
    closed_at = fields.Datetime(readonly=True, copy=False)
    previous_id = fields.Many2one(
        "qms.objective.year",
        string="Year before",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    can_carry_over = fields.Boolean(compute="_compute_can")
    can_measure = fields.Boolean(compute="_compute_can")

    _one_a_year = models.UniqueIndex(
        "(company_id, COALESCE(department_id, 0), year)",
        "The quality objectives of this year are there already.",
    )
    _approved_by_decision = models.Constraint(
        "CHECK(state NOT IN ('approved', 'closed') OR approval_decision_id IS NOT NULL)",
        "Approved objectives rest on a decision.",
    )

    # === COMPUTE METHODS === #

    @api.depends("year", "company_id.name", "department_id.name")
    def _compute_name(self):
        for row in self:
            row.name = f"{row.year} – {row.department_id.name or row.company_id.name or ''}"

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            row.display_name = self.env._("Quality objectives %(name)s", name=row.name)

    @api.depends("objective_ids.status")
    def _compute_counts(self):
        for row in self:
            statuses = row.objective_ids.mapped("status")
            row.objective_count = len(statuses)
            row.missed_count = statuses.count("missed")
            row.reached_text = f"{statuses.count('met')}/{len(statuses)}"

    @api.depends("objective_ids.status")
    def _compute_can(self):
        result = super()._compute_can()
        for row in self:
            row.can_close = row.can_close and not row._close_error()
            is_over = row.state in ("approved", "closed")
            row.can_carry_over = is_over and row._is_kept() and not row._next()
            indicators = row.objective_ids.indicator_id
            row.can_measure = row.state == "approved" and any(indicators.mapped("can_measure"))
        return result

    # === ACTIONS === #

    def action_open_change(self):
        """Open the dialog that asks why approved objectives change."""
        self.ensure_one()
        return self.env["qms.words.dialog"]._ask(
            "action_change",
            self.env._("Change the objectives"),
            self,
            question=self.env._(
                "The objectives become a draft again and have to be approved anew. Both "
                "decisions are kept. Why do they have to change?"
            ),
        )

    def action_close(self):
        """Close the year when it is over and every objective has its result."""
        self.check_access("write")
        self.objective_ids._follow()
        self._transition("closed", {"closed_at": fields.Datetime.now()})
        return True

    def action_carry_over(self):
        """Draw up the next year with what was not reached, and open it."""
        self.ensure_one()
        if self._next():
            raise UserError(self.env._("The objectives of the next year are there already."))
        following = self.create(
            {
                "company_id": self.company_id.id,
                "department_id": self.department_id.id,
                "year": self.year + 1,
                "introduction": self.introduction,
            }
        )
        following._lifecycle_write({"previous_id": self.id})
        unreached = self.objective_ids.filtered(lambda row: row.status in NOT_REACHED)
        (unreached or self.objective_ids)._copy_into(following)
        return following._open_form()

    def action_post(self):
        """Open the entry of a posting for these."""
        action = super().action_post()
        context = {**action["context"], "default_objective_year_ids": self.ids}
        return {**action, "context": context}

    def action_measure_now(self):
        """Count the indicators behind the objectives and follow their status."""
        self.check_access("read")
        self.objective_ids.indicator_id._measure_where_possible()
        self.sudo().objective_ids._follow()
        return True

    # === PREDICATES === #

    def _keeper_error(self):
        if self.has_access("write"):
            return ""
        return self.env._("ISO officers of the agency keep its quality objectives.")

    def _submit_error(self):
        """Say what is missing before the objectives can be approved (6.2.1, 6.2.2)."""
        objectives = self.sudo().objective_ids
        if not objectives:
            return self.env._("There are no objectives yet.")
        for row in objectives:
            if missing := row._missing():
                return self.env._(
                    "“%(name)s” still lacks: %(fields)s.",
                    name=row.name,
                    fields=", ".join(row._field_labels(missing)),
                )
        return ""

    def _close_error(self):
        unsettled = self.sudo().objective_ids.filtered(
            lambda row: row.status in ("on_track", "at_risk")
        )
        if unsettled or fields.Date.context_today(self) < datetime.date(self.year, 12, 31):
            return self.env._(
                "The year is not over, or the result of an objective is not there yet: their "
                "last figures have to be fixed."
            )
        return ""

    # === BUSINESS METHODS: APPROVAL === #

    def _plan_content(self):
        """What is decided on: the objectives with targets, plan and resources."""
        return {
            **super()._plan_content(),
            "department": self.department_id.id,
            "introduction": self.introduction or "",
            "objectives": [one._content() for one in self.objective_ids.sorted("id")],
        }

    def _approval_preview(self):
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "qms_public_admin.objective_preview", {"year": self.sudo()}
        )

    def _on_approved(self):
        result = super()._on_approved()
        self.sudo().objective_ids.task_ids._start_actions()
        self.sudo().objective_ids._follow()
        return result

    # === BUSINESS METHODS === #

    def _next(self):
        """Return the objectives of the year after."""
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("department_id", "=", self.department_id.id),
                ("year", "=", self.year + 1),
            ]
        )
