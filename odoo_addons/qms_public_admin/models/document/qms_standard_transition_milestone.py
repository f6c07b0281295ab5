from odoo import api, fields, models
from odoo.fields import Domain

from .qms_standard_transition import GROUP_OFFICER


class QmsStandardTransitionMilestone(models.Model):
    """A point on the way to another edition, planned and then reached.

    ISO officers plan milestones as long as the project is not finished and say when one
    is reached; the day is the one of the act.
    """

    _name = "qms.standard.transition.milestone"
    _description = "Milestone of a transition"
    _inherit = ["qms.lifecycle.mixin"]
    _order = "transition_id, due_date, sequence, id"
    _placing_fields = ("transition_id", "company_id")
    _derived_fields = ("company_id",)

    _lifecycle_initial = "planned"
    _transitions = {"planned": ("reached",), "reached": ("planned",)}
    _protected_fields = ("done_on",)

    transition_id = fields.Many2one(
        "qms.standard.transition", string="Project", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="transition_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    due_date = fields.Date(string="Planned for", required=True)
    state = fields.Selection(
        [("planned", "Planned"), ("reached", "Reached")],
        default="planned",
        required=True,
        readonly=True,
        copy=False,
    )
    done_on = fields.Date(string="Reached on", readonly=True, copy=False)
    is_overdue = fields.Boolean(string="Overdue", compute="_compute_is_overdue")

    # === COMPUTE METHODS === #

    @api.depends("due_date", "done_on")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        overdue = self.filtered_domain(
            Domain("due_date", "<", today) & Domain("done_on", "=", False)
        )
        overdue.is_overdue = True
        (self - overdue).is_overdue = False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        milestones = super().create(vals_list)
        milestones._check_project_open()
        return milestones

    def write(self, vals):
        self._check_project_open()
        result = super().write(vals)
        self._check_project_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._check_project_open()

    # === ACTIONS === #

    def action_reached(self):
        """Say that the milestone is reached, today."""
        self._transition("reached", {"done_on": fields.Date.context_today(self)})

    def action_not_reached(self):
        """Take back that the milestone was reached."""
        self._transition("planned", {"done_on": False})

    # === BUSINESS METHODS === #

    def _transition_error(self, target):
        error = super()._transition_error(target)
        if error:
            return error
        is_officer = self.env.user.has_group(GROUP_OFFICER) and self.has_access("write")
        if not is_officer or self.transition_id.state != "running":
            return self.env._("Only the ISO officer marks milestones, while the project runs.")
        return ""

    def _check_project_open(self):
        self._raise_errors(
            self.env._("“%(name)s” is closed; it stays as it is.", name=project.name)
            for project in self.transition_id
            if project.state not in ("draft", "running")
        )
