from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.words import stripped
from ..mixins.qms_year_plan_mixin import QmsYearPlanMixin

PROGRAMME_STATES = [
    ("draft", "Draft"),
    ("approval", "Waiting for approval"),
    ("approved", "Approved"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
GROUP_OFFICER = "qms_public_admin.group_qms_officer"


class QmsAuditProgramme(models.Model):
    """The audits an agency plans for a year: which units, procedures and clauses, when, why.

    Everyone of the agency reads it. ISO officers make it, take in what the system proposes
    and request its approval (ISO 9001, 9.2.2; Decision 19/2014/QĐ-TTg, art. 4.4.b, ISO-02);
    leaders approve. From the request on its content is closed. A programme that has to
    change during the year is opened again with the reason and approved anew; both
    decisions stay. An agency has one programme a year, cancelled ones aside.
    """

    _name = "qms.audit.programme"
    _description = "Audit programme"
    _inherit = ["qms.year.plan.mixin"]
    _order = "year desc, id desc"

    _transitions = {
        **QmsYearPlanMixin._transitions,
        "draft": ("approval", "cancelled"),
    }
    _protected_fields = ("change_reason", "cancel_reason", "ranked_at")
    _frozen_fields = {**QmsYearPlanMixin._frozen_fields, "cancelled": "*"}

    standard_id = fields.Many2one(
        "qms.standard",
        string="Edition of the standard",
        required=True,
        default=lambda self: self.env.company._qms_standard(),
        ondelete="restrict",
        tracking=True,
    )
    state = fields.Selection(
        PROGRAMME_STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    objective = fields.Text(string="Purpose", help="What the audits of the year are to find out.")
    method = fields.Text(help="How it is audited: interviews, samples of dossiers, records read.")
    line_ids = fields.One2many("qms.audit.programme.line", "programme_id", string="Audits planned")
    line_count = fields.Integer(compute="_compute_counts")
    audit_count = fields.Integer(compute="_compute_counts")
    cancel_reason = fields.Text(string="Why cancelled", readonly=True, copy=False)
    ranked_at = fields.Datetime(string="Proposals computed", readonly=True, copy=False)
    active = fields.Boolean(default=True)
    can_cancel = fields.Boolean(compute="_compute_can_cancel")

    _one_a_year = models.UniqueIndex(
        "(company_id, year) WHERE active AND state != 'cancelled'",
        "The agency has an audit programme for this year already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for programme in self:
            programme.display_name = self.env._("Audit programme %(name)s", name=programme.name)

    @api.depends("line_ids.audit_id")
    def _compute_counts(self):
        for programme in self:
            programme.line_count = len(programme.line_ids)
            programme.audit_count = len(programme.line_ids.audit_id)

    @api.depends("can_submit")
    def _compute_can_cancel(self):
        for programme in self:
            programme.can_cancel = programme.can_submit

    # === ACTIONS === #

    def action_close(self):
        """Close the programme when its year is over or all its audits are done."""
        self.check_access("write")
        self._transition("closed")
        return True

    def action_cancel(self, words=None):
        """Give up a draft; another programme may be made for the year."""
        self.check_access("write")
        words = stripped(words)
        if not words:
            raise UserError(self.env._("Say why the programme is given up."))
        self._transition("cancelled", {"cancel_reason": words})
        # The index of one programme a year is to see it.
        self.flush_recordset(["state"])
        return True

    def action_open_change(self):
        return self.env["qms.words.dialog"]._ask(
            "action_change",
            self.env._("Change the programme"),
            self,
            question=self.env._("Say why the programme has to change."),
        )

    def action_open_cancel(self):
        return self.env["qms.words.dialog"]._ask(
            "action_cancel",
            self.env._("Cancel the programme"),
            self,
            question=self.env._("Say why the programme is given up."),
        )

    def action_view_audits(self):
        """Open the audits made from this programme."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("qms_public_admin.qms_audit_action")
        return {
            **action,
            "domain": [("qms_programme_line_id.programme_id", "=", self.id)],
            "context": {},
        }

    def action_view_year(self):
        """Open the year of this programme on one page."""
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id("qms_public_admin.qms_audit_year_action")
        return {**action, "context": {"qms_year": self.year}}

    # === PREDICATES === #

    def _keeper_error(self):
        if self.has_access("write"):
            return ""
        return self.env._("ISO officers of the agency keep its audit programmes.")

    def _submit_error(self):
        """Say what a programme lacks before it can be approved."""
        lines = self.sudo().line_ids
        if not lines:
            return self.env._("The programme has no audits yet: take proposals in or add lines.")
        undated = lines.filtered(lambda line: not line.date_from)
        if undated:
            return self.env._(
                "“%(name)s” has no date yet: say when it is audited.",
                name=undated[:1].display_name,
            )
        return ""

    def _close_error(self):
        """A programme is closed when its audits are settled, or when its year is over."""
        today = fields.Date.context_today(self)
        open_audits = self.sudo().line_ids.audit_id.filtered(
            lambda audit: audit.state not in ("done", "cancelled")
        )
        if open_audits:
            return self.env._("“%(audit)s” is not closed yet.", audit=open_audits[:1].display_name)
        if today.year <= self.year and any(not line.audit_id for line in self.sudo().line_ids):
            return self.env._(
                "The year is not over and not every audit planned has been made: finish or "
                "change the programme."
            )
        return ""

    # === BUSINESS METHODS: APPROVAL === #

    def _plan_content(self):
        """What is decided on: objective, method and the audits planned."""
        return {
            **super()._plan_content(),
            "standard": self.standard_id.id,
            "objective": self.objective or "",
            "method": self.method or "",
            "lines": [line._content() for line in self.line_ids.sorted("id")],
        }

    def _approval_preview(self):
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "qms_public_admin.audit_programme_preview", {"programme": self}
        )
