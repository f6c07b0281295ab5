from odoo import api, fields, models
from odoo.fields import Domain

from .qms_standard_map import MAP_KINDS
from .qms_standard_transition import GROUP_OFFICER

LINE_STATES = [
    ("todo", "To do"),
    ("doing", "In hand"),
    ("done", "Settled"),
    ("not_needed", "Nothing to do"),
]
EVIDENCE_STATES = [
    ("missing", "Missing"),
    ("ageing", "Ageing"),
    ("fresh", "Fresh"),
    ("excluded", "Does not apply"),
]


class QmsStandardTransitionLine(models.Model):
    """A clause of the new edition: what there is, what is needed, who does it by when.

    Drawn up when the project starts. ISO officers share out the lines (owner, due date,
    what is needed); the owner or the officer says that a line is in hand or settled.
    *Nothing to do* takes a reason. What there is comes from the evidence, not from a
    keyboard.
    """

    _name = "qms.standard.transition.line"
    _description = "Gap on the way to another edition"
    _inherit = ["qms.lifecycle.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "transition_id, sort_key, id"
    _rec_name = "clause_id"
    _check_company_auto = True
    _placing_fields = ("transition_id", "company_id")
    _derived_fields = ("company_id",)

    _lifecycle_initial = "todo"
    _transitions = {
        "todo": ("doing", "done", "not_needed"),
        "doing": ("todo", "done", "not_needed"),
        "done": ("doing",),
        "not_needed": ("doing",),
    }
    _protected_fields = (
        "transition_id",
        "clause_id",
        "source_ids",
        "kind",
        "existing",
        "before_count",
        "after_count",
        "evidence_status",
        "settled_on",
        "settled_by_id",
        "justification",
    )

    transition_id = fields.Many2one(
        "qms.standard.transition", string="Project", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="transition_id.company_id", store=True, index=True)
    project_state = fields.Selection(related="transition_id.state", string="State of the project")
    clause_id = fields.Many2one(
        "qms.standard.clause", required=True, index=True, ondelete="restrict"
    )
    number = fields.Char(related="clause_id.number")
    sort_key = fields.Char(related="clause_id.sort_key", store=True)
    chapter = fields.Char(related="clause_id.chapter", store=True)
    source_ids = fields.Many2many(
        "qms.standard.clause",
        "qms_standard_transition_line_source_rel",
        string="Clauses before",
        readonly=True,
    )
    kind = fields.Selection(MAP_KINDS, string="What happened", required=True, readonly=True)
    difference = fields.Text(
        string="What is different",
        compute="_compute_difference",
        help="From the map between the editions.",
    )
    existing = fields.Text(
        string="What there is", readonly=True, help="Evidence, counted when last looked at."
    )
    before_count = fields.Integer(
        string="Evidence before", readonly=True, help="Records that stand for the clauses before."
    )
    after_count = fields.Integer(
        string="Evidence", readonly=True, help="Records that stand for the clause itself."
    )
    evidence_status = fields.Selection(EVIDENCE_STATES, string="State of evidence", readonly=True)
    need = fields.Text(string="What is needed")
    owner_id = fields.Many2one(
        "res.users", index="btree_not_null", ondelete="restrict", check_company=True
    )
    due_date = fields.Date(string="Due on", index="btree_not_null")
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    state = fields.Selection(
        LINE_STATES, default="todo", required=True, readonly=True, copy=False, index=True
    )
    justification = fields.Text(string="Why nothing is to be done", readonly=True, copy=False)
    settled_on = fields.Date(string="Settled on", readonly=True, copy=False)
    settled_by_id = fields.Many2one(
        "res.users", string="Settled by", readonly=True, copy=False, ondelete="restrict"
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")

    _clause_once = models.UniqueIndex(
        "(transition_id, clause_id)", "The list has a line for this clause."
    )
    _reason_given = models.Constraint(
        "CHECK(state != 'not_needed' OR length(trim(COALESCE(justification, ''))) > 0)",
        "Say why nothing is to be done.",
    )

    # === COMPUTE METHODS === #

    @api.depends("clause_id", "source_ids", "kind")
    @api.depends_context("lang")
    def _compute_difference(self):
        rows = self.env["qms.standard.map"].search(
            [
                ("to_clause_id", "in", self.clause_id.ids),
                ("from_standard_id", "in", self.transition_id.from_standard_id.ids),
            ]
        )
        for line in self:
            mine = rows.filtered(
                lambda row, line=line: (
                    row.to_clause_id == line.clause_id
                    and row.from_standard_id == line.transition_id.from_standard_id
                )
            )
            notes = dict.fromkeys(row.note for row in mine if row.note)
            line.difference = "\n".join(notes)

    @api.depends("due_date", "state")
    def _compute_is_overdue(self):
        overdue = self.filtered_domain(self._overdue_domain())
        overdue.is_overdue = True
        (self - overdue).is_overdue = False

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._overdue_domain()
        return domain if True in value else ~domain

    @api.depends("owner_id", "company_id", "project_state")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for line in self:
            line.is_mine = not line._right_error()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_lifecycle_writer():
            self._refuse_by_hand()
        return super().create(vals_list)

    def write(self, vals):
        if not self._is_lifecycle_writer() and vals.keys() - self._never_frozen_fields:
            self._raise_errors(line._closed_error() for line in self)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_project(self):
        self._refuse_by_hand()

    # === ACTIONS === #

    def action_take_up(self):
        """Say that the line is in hand, also after it was settled too early."""
        self._transition("doing", {"settled_on": False, "settled_by_id": False,
                                   "justification": False})  # fmt: skip

    def action_settle(self):
        """Say that what is needed is there."""
        self._transition("done", self._settled_vals())
        self._close_activities(self.env._("Settled"))

    def action_not_needed(self, justification=None):
        """Say that nothing is to be done, and why.

        :param str justification: the reason; without one the dialog asks for it
        """
        words = (justification or "").strip() if isinstance(justification, str) else ""
        if not words:
            return self._ask_reason()
        self._transition("not_needed", {**self._settled_vals(), "justification": words})
        self._close_activities(words)
        return True

    def action_view_evidence(self):
        """Open what stands for the clause and for those before it."""
        self.ensure_one()
        return self.env["qms.evidence.matrix"]._open_clauses(
            self.clause_id | self.source_ids, self.company_id
        )

    # === BUSINESS METHODS === #

    def _transition(self, target, vals=None):
        # The verb writes with elevated rights: the rules of reading are asked here.
        self.check_access("read")
        return super()._transition(target, vals)

    def _transition_error(self, target):
        return super()._transition_error(target) or self._right_error()

    def _right_error(self):
        """Return why the user may not move this line, '' when they may."""
        closed = self._closed_error()
        if closed:
            return closed
        is_officer = self.env.user.has_group(GROUP_OFFICER)
        if self.owner_id != self.env.user and not is_officer:
            return self.env._("The owner of the line or the ISO officer moves it.")
        return ""

    def _closed_error(self):
        if self.transition_id.state == "running":
            return ""
        return self.env._("“%(name)s” is not running.", name=self.transition_id.name)

    def _refuse_by_hand(self):
        self._raise_errors([self.env._("The gap list is made from the map when a project starts.")])

    def _overdue_domain(self):
        today = fields.Date.context_today(self)
        return Domain("due_date", "<", today) & Domain("state", "in", ("todo", "doing"))

    def _settled_vals(self):
        return {
            "settled_on": fields.Date.context_today(self),
            "settled_by_id": self.env.uid,
            "justification": False,
        }

    def _evidence_vals(self, before, after):
        """Return what there is: count, state and a text anybody can read.

        :param list before: ``ClauseEvidence`` of the clauses before
        :param after: ``ClauseEvidence`` of the clause itself
        """
        merged = {}
        for evidence in before:
            for name, found in evidence.records.items():
                merged.setdefault(name, {}).update(found)
        texts = [self._count_text(name, found) for name, found in merged.items()]
        own = [self._count_text(name, found) for name, found in after.records.items()]
        lines = []
        if texts:
            lines.append(self.env._("Before: %(what)s", what=", ".join(texts)))
        if own:
            lines.append(self.env._("Now: %(what)s", what=", ".join(own)))
        return {
            "before_count": sum(len(found) for found in merged.values()),
            "after_count": after.count,
            "evidence_status": after.status,
            "existing": "\n".join(lines) or False,
        }

    def _count_text(self, name, found):
        return f"{self.env[name]._evidence_label()} {len(found)}"

    def _schedule(self):
        """Plan an activity for each open line with an owner and a due date."""
        todo = self.filtered(
            lambda line: (
                line.state in ("todo", "doing")
                and line.owner_id
                and line.due_date
                and not line.activity_ids
            )
        )
        for line in todo:
            line.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=line.due_date,
                summary=line.clause_id.display_name,
                note=line.need or line.difference or "",
                user_id=line.owner_id.id,
            )

    def _close_activities(self, feedback):
        self.activity_ids.action_feedback(feedback=feedback)

    def _ask_reason(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Nothing to do"),
            "res_model": "qms.standard.transition.reason",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_line_ids": self.ids},
        }
