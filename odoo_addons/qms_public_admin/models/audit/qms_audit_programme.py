import json

from odoo import api, fields, models
from odoo.exceptions import UserError

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
    _inherit = ["qms.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "year desc, id desc"
    _rec_names_search = ["name"]
    _check_company_auto = True
    _mail_post_access = "read"

    _transitions = {
        "draft": ("approval", "cancelled"),
        "approval": ("approved", "draft"),
        "approved": ("draft", "closed"),
    }
    _approval_from, _approval_to, _approval_back = "approval", "approved", "draft"
    _protected_fields = ("change_reason", "cancel_reason", "ranked_at")
    _frozen_fields = {state: "*" for state, _label in PROGRAMME_STATES if state != "draft"}

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    year = fields.Integer(
        required=True,
        default=lambda self: fields.Date.context_today(self).year,
        aggregator=None,
        tracking=True,
    )
    standard_id = fields.Many2one(
        "qms.standard",
        string="Edition of the standard",
        required=True,
        default=lambda self: self.env.company._qms_standard(),
        ondelete="restrict",
        tracking=True,
    )
    owner_id = fields.Many2one(
        "res.users",
        string="In charge",
        default=lambda self: self.env.user,
        check_company=True,
        domain="[('share', '=', False)]",
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
    change_reason = fields.Text(string="Why it was opened again", readonly=True, copy=False)
    cancel_reason = fields.Text(string="Why cancelled", readonly=True, copy=False)
    ranked_at = fields.Datetime(string="Proposals computed", readonly=True, copy=False)
    active = fields.Boolean(default=True)
    can_submit = fields.Boolean(compute="_compute_can")
    can_change = fields.Boolean(compute="_compute_can")
    can_close = fields.Boolean(compute="_compute_can")
    can_cancel = fields.Boolean(compute="_compute_can")

    _one_a_year = models.UniqueIndex(
        "(company_id, year) WHERE active AND state != 'cancelled'",
        "The agency has an audit programme for this year already.",
    )
    _year_in_range = models.Constraint("CHECK(year BETWEEN 2000 AND 2199)", "Check the year.")

    # === COMPUTE METHODS === #

    @api.depends("year", "company_id.name")
    def _compute_name(self):
        for programme in self:
            programme.name = f"{programme.year} – {programme.company_id.name or ''}"

    @api.depends("name")
    def _compute_display_name(self):
        for programme in self:
            programme.display_name = self.env._("Audit programme %(name)s", name=programme.name)

    @api.depends("line_ids.audit_id")
    def _compute_counts(self):
        for programme in self:
            programme.line_count = len(programme.line_ids)
            programme.audit_count = len(programme.line_ids.audit_id)

    @api.depends("state", "approval_state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can(self):
        for row in self:
            keeps = bool(row.id) and not row._keeper_error()
            row.can_submit = keeps and row.state == "draft"
            row.can_cancel = keeps and row.state == "draft"
            row.can_change = keeps and row.state == "approved"
            row.can_close = row.can_change

    # === ACTIONS === #

    def action_submit(self):
        """Close the content and put it before those who approve."""
        self.check_access("write")
        self._transition("approval")
        return self.action_request_approval()

    def action_change(self, words=None):
        """Open an approved programme again, with the reason; it is approved anew."""
        self.check_access("write")
        words = self._needed_words(words, self.env._("Say why the programme has to change."))
        self._transition(
            "draft",
            {"approval_state": False, "approval_decision_id": False, "change_reason": words},
        )
        for row in self:
            row.message_post(body=self.env._("Opened again: %(reason)s", reason=words))
        return True

    def action_close(self):
        """Close the programme when its year is over or all its audits are done."""
        self.check_access("write")
        self._transition("closed")
        return True

    def action_cancel(self, words=None):
        """Give up a draft; another programme may be made for the year."""
        self.check_access("write")
        words = self._needed_words(words, self.env._("Say why the programme is given up."))
        self._transition("cancelled", {"cancel_reason": words})
        # The index of one programme a year is to see it.
        self.flush_recordset(["state"])
        return True

    def action_open_change(self):
        return self._ask_words("action_change", self.env._("Change the programme"))

    def action_open_cancel(self):
        return self._ask_words("action_cancel", self.env._("Cancel the programme"))

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

    def _transition_error(self, target):
        error = super()._transition_error(target)
        if error or (self.state == "approval" and target in ("approved", "draft")):
            return error
        error = self._keeper_error()
        if not error and target == "approval":
            error = self._submit_error()
        if not error and target == "closed":
            error = self._close_error()
        return error

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

    def _approval_content(self):
        """What is decided on: objective, method and the audits planned."""
        self.ensure_one()
        row = self.sudo()
        return json.dumps(
            {
                "year": row.year,
                "company": row.company_id.id,
                "standard": row.standard_id.id,
                "objective": row.objective or "",
                "method": row.method or "",
                "lines": [line._content() for line in row.line_ids.sorted("id")],
            },
            sort_keys=True,
            ensure_ascii=False,
            default=str,
        )

    def _approval_preview(self):
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "qms_public_admin.audit_programme_preview", {"programme": self}
        )

    # === UTILITIES === #

    def _needed_words(self, words, message):
        words = words.strip() if isinstance(words, str) else ""
        if not words:
            raise UserError(message)
        return words

    def _ask_words(self, verb, title):
        """Open the dialog that asks for the words of a verb."""
        return self.env["qms.audit.words"]._ask(verb, title, self)

    def _check_lines_open(self):
        """Refuse changes of the lines of what is no draft any more; lock the draft."""
        self._lock_lifecycle()
        for row in self.sudo():
            if row.state != "draft":
                raise UserError(
                    self.env._(
                        "“%(name)s” is no draft: its audits stay as they were approved. Open it "
                        "again to change them.",
                        name=row.display_name,
                    )
                )
