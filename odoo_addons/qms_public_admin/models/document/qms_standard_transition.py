from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

TRANSITION_STATES = [
    ("draft", "Draft"),
    ("running", "Running"),
    ("done", "Finished"),
    ("cancelled", "Cancelled"),
]
GROUP_OFFICER = "qms_public_admin.group_qms_officer"


class QmsStandardTransition(models.Model):
    """The way of an agency from one edition of the standard to another.

    ISO officers draw up the project of their agency, start it, follow it and finish it;
    everyone of the agency reads it; whoever owns a line moves that line. Starting makes
    the gap list from the map between the editions and from the evidence there is.
    Finishing takes every line settled and every milestone reached, and makes the new
    edition the one the agency works by. Once finished it stays as it was.
    """

    _name = "qms.standard.transition"
    _description = "Transition to another edition"
    _inherit = ["qms.lifecycle.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    _transitions = {
        "draft": ("running", "cancelled"),
        "running": ("done", "cancelled"),
        "done": (),
        "cancelled": (),
    }
    _protected_fields = ("started_on", "finished_on")
    _frozen_fields = {
        "running": ("company_id", "from_standard_id", "to_standard_id"),
        "done": "*",
        "cancelled": "*",
    }

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    from_standard_id = fields.Many2one(
        "qms.standard",
        string="From edition",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company._qms_standard(),
        tracking=True,
    )
    to_standard_id = fields.Many2one(
        "qms.standard",
        string="To edition",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    basis = fields.Char(
        help="Paper that sets the roadmap, e.g. 684/UBND-KSTTHC of 07/03/2018.", tracking=True
    )
    mode = fields.Selection(
        [("own", "By the agency itself"), ("consultant", "With a consultant")],
        string="Carried out",
        default="own",
        required=True,
        tracking=True,
    )
    owner_id = fields.Many2one(
        "res.users",
        string="In charge",
        default=lambda self: self.env.user,
        required=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    date_start = fields.Date(string="Starts on", required=True, tracking=True)
    date_end = fields.Date(
        string="Declared by",
        required=True,
        tracking=True,
        help="Day by which conformity with the new edition is to be declared.",
    )
    state = fields.Selection(
        TRANSITION_STATES, default="draft", required=True, readonly=True, copy=False, tracking=True
    )
    started_on = fields.Date(string="Started", readonly=True, copy=False)
    finished_on = fields.Date(string="Finished", readonly=True, copy=False)
    note = fields.Text()
    line_ids = fields.One2many("qms.standard.transition.line", "transition_id", string="Gap list")
    milestone_ids = fields.One2many(
        "qms.standard.transition.milestone", "transition_id", string="Milestones"
    )
    dropped_ids = fields.Many2many(
        "qms.standard.map", string="No longer asked for", compute="_compute_dropped_ids"
    )
    line_count = fields.Integer(string="Clauses", compute="_compute_progress")
    open_count = fields.Integer(string="Open", compute="_compute_progress")
    late_count = fields.Integer(string="Overdue", compute="_compute_progress")
    progress = fields.Float(
        compute="_compute_progress", help="Per cent of the lines that are settled."
    )
    can_start = fields.Boolean(compute="_compute_can")
    can_finish = fields.Boolean(compute="_compute_can")
    can_cancel = fields.Boolean(compute="_compute_can")

    _dates = models.Constraint(
        "CHECK(date_end >= date_start)", "The project ends before it starts."
    )
    _two_editions = models.Constraint(
        "CHECK(from_standard_id != to_standard_id)", "Choose two different editions."
    )
    _one_running = models.UniqueIndex(
        "(company_id) WHERE state = 'running'",
        "The agency has a transition that is still running.",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids.state", "line_ids.due_date")
    def _compute_progress(self):
        lines = self.env["qms.standard.transition.line"]
        today = fields.Date.context_today(self)
        own = Domain("transition_id", "in", self.ids)
        unsettled = own & Domain("state", "in", ("todo", "doing"))

        def counts(domain):
            return dict(lines._read_group(domain, ["transition_id"], ["__count"]))

        whole, unsettled_by = counts(own), counts(unsettled)
        late = counts(unsettled & Domain("due_date", "<", today))
        for project in self:
            project.line_count = whole.get(project, 0)
            project.open_count = unsettled_by.get(project, 0)
            project.late_count = late.get(project, 0)
            settled = project.line_count - project.open_count
            project.progress = 100.0 * settled / project.line_count if project.line_count else 0.0

    @api.depends("from_standard_id", "to_standard_id")
    def _compute_dropped_ids(self):
        editions = self.from_standard_id, self.to_standard_id
        rows = self.env["qms.standard.map"].search(
            [
                ("kind", "=", "dropped"),
                ("from_standard_id", "in", editions[0].ids),
                ("to_standard_id", "in", editions[1].ids),
            ]
        )
        dropped = rows.grouped(lambda row: (row.from_standard_id, row.to_standard_id))
        for project in self:
            between = project.from_standard_id, project.to_standard_id
            project.dropped_ids = dropped.get(between, rows.browse())

    @api.depends("state", "line_ids.state", "milestone_ids.state")
    @api.depends_context("uid")
    def _compute_can(self):
        for project in self:
            project.can_start = not project._transition_error("running")
            project.can_finish = not project._transition_error("done")
            project.can_cancel = not project._transition_error("cancelled")

    # === CONSTRAINT METHODS === #

    @api.constrains("from_standard_id", "to_standard_id")
    def _check_family(self):
        for project in self:
            if project.from_standard_id.family != project.to_standard_id.family:
                raise ValidationError(self.env._("Both editions must be of the same standard."))

    # === CRUD METHODS === #

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for project, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%(name)s (copy)", name=project.name)
        return vals_list

    # === ACTIONS === #

    def action_start(self):
        """Make the gap list and the milestones, and start."""
        self._transition("running", {"started_on": fields.Date.context_today(self)})
        for project in self:
            project._make_lines()
            project._make_milestones()

    def action_finish(self):
        """Close the project; the agency works by the new edition from now on."""
        self._transition("done", {"finished_on": fields.Date.context_today(self)})
        for project in self:
            # The officer may not write companies; finishing is the act that changes this.
            project.company_id.sudo().qms_standard_id = project.to_standard_id

    def action_cancel(self):
        """Give the project up; its list stays for reading."""
        self._transition("cancelled")
        self.line_ids._close_activities(self.env._("The project was cancelled."))

    def action_refresh(self):
        """Look again at what evidence there is for the open lines."""
        self._check_officer_running()
        for project in self:
            project._refresh_lines()

    def action_schedule(self):
        """Give each open line with an owner and a due date its task."""
        self._check_officer_running()
        self.line_ids._schedule()

    def action_carry_over(self):
        """Link the evidence of unchanged clauses to the new edition.

        Done with the rights of the user; what they may not change stays as it is.
        """
        self._check_officer_running()
        count = sum(project._carry_over() for project in self)
        self.action_refresh()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(count)s records linked.", count=count),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_lines(self):
        """Open the gap list with its own search."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_standard_transition_line_action"
        )
        return {
            **action,
            "domain": [("transition_id", "=", self.id)],
            "context": {"search_default_open": 1},
        }

    # === BUSINESS METHODS === #

    def _transition_error(self, target):
        error = super()._transition_error(target)
        if error:
            return error
        if not self._is_officer():
            return self.env._("Only the ISO officer of the agency moves the project.")
        if target == "done":
            return self._finish_error()
        if target == "running":
            return self._start_error()
        return ""

    def _is_officer(self):
        return self.env.user.has_group(GROUP_OFFICER) and self.has_access("write")

    def _check_officer_running(self):
        self._raise_errors(
            ""
            if project.state == "running" and project._is_officer()
            else self.env._(
                "“%(name)s” is not running, or you are not the ISO officer.", name=project.name
            )
            for project in self
        )

    def _start_error(self):
        lost, unknown = self.from_standard_id._unmapped_clauses(self.to_standard_id)
        missing = lost | unknown
        if not missing:
            return ""
        return self.env._(
            "The map from %(before)s to %(after)s is not complete: %(clauses)s.",
            before=self.from_standard_id.name,
            after=self.to_standard_id.name,
            clauses=", ".join(missing[:10].mapped("number")),
        )

    def _finish_error(self):
        unsettled = self.line_ids.filtered(lambda line: line.state in ("todo", "doing"))
        if unsettled:
            return self.env._(
                "These clauses are still open: %(clauses)s.",
                clauses=", ".join(unsettled[:10].mapped("clause_id.number")),
            )
        milestones = self.milestone_ids.filtered(lambda point: point.state == "planned")
        if milestones:
            return self.env._(
                "These milestones are not reached yet: %(names)s.",
                names=", ".join(milestones.mapped("name")),
            )
        return ""

    def _map_domain(self):
        self.ensure_one()
        return [
            ("from_standard_id", "=", self.from_standard_id.id),
            ("to_standard_id", "=", self.to_standard_id.id),
        ]

    def _make_lines(self):
        """Make one line for each clause of the new edition that nothing is below of."""
        lines = self.env["qms.standard.transition.line"]
        leaves = self.to_standard_id.clause_ids.filtered(lambda clause: not clause.child_ids)
        found = self.env["qms.standard.map"].search(
            [*self._map_domain(), ("to_clause_id", "in", leaves.ids)]
        )
        rows = found.grouped("to_clause_id")
        lines._lifecycle_create(
            [
                {
                    "transition_id": self.id,
                    "clause_id": clause.id,
                    **self._line_defaults(rows.get(clause, found.browse())),
                }
                for clause in leaves.sorted("sort_key")
            ]
        )
        self.invalidate_recordset(["line_ids"])
        self._refresh_lines()

    def _line_defaults(self, rows):
        """Return what a new line starts with: due before the internal audit.

        :param rows: what the map says of its clause
        """
        kinds = set(rows.mapped("kind"))
        order = ("new", "changed", "same")
        return {
            "kind": next((kind for kind in order if kind in kinds), "new"),
            "source_ids": [fields.Command.set(rows.from_clause_id.ids)],
            "due_date": self._share_of_time(0.6),
        }

    def _share_of_time(self, share):
        days = (self.date_end - self.date_start).days
        return self.date_start + relativedelta(days=round(days * share))

    def _refresh_lines(self):
        """Count the evidence of the open lines, before and after."""
        evidence = self.env["qms.evidence"]
        before = evidence._collect(self.from_standard_id, self.company_id)
        after = evidence._collect(self.to_standard_id, self.company_id)
        todo = self.line_ids.filtered(lambda line: line.state in ("todo", "doing"))
        todo._lifecycle_write_each(
            {
                line.id: line._evidence_vals(
                    [before[clause] for clause in line.source_ids if clause in before],
                    after[line.clause_id],
                )
                for line in todo
            }
        )

    def _make_milestones(self):
        """Plan the acts of Decision 19/2014, art. 4, over the time of the project."""
        if self.milestone_ids:
            return
        plan = (
            (self.env._("Gaps known, work shared out"), 0.1),
            (self.env._("Documents revised and approved"), 0.6),
            (self.env._("Internal audit and correction"), 0.75),
            (self.env._("Management review, effectiveness confirmed"), 0.9),
            (self.env._("Conformity declared"), 1.0),
        )
        self.env["qms.standard.transition.milestone"].create(
            [
                {
                    "transition_id": self.id,
                    "sequence": place,
                    "name": name,
                    "due_date": self._share_of_time(share),
                }
                for place, (name, share) in enumerate(plan, 1)
            ]
        )

    def _carry_over(self):
        """Link the records of unchanged clauses to their successors; return how many."""
        rows = self.env["qms.standard.map"].search([*self._map_domain(), ("kind", "=", "same")])
        count = 0
        for source in self.env["qms.evidence"]._sources():
            domain = source._evidence_domain(self.company_id)
            found = source.search(domain & Domain("qms_clause_ids", "in", rows.from_clause_id.ids))
            mine = found._filtered_access("write")
            moved = source.browse()
            for before, pairs in rows.grouped("from_clause_id").items():
                moved |= mine._link_clauses_like(before, pairs.to_clause_id)
            count += len(moved)
        return count
