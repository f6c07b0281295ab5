import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.words import stripped
from .mgmtsystem_verification_line import ANSWERING_ROLES, FINDING_ANSWERS
from .qms_audit_checklist import PURPOSES
from .qms_audit_programme import GROUP_OFFICER
from .qms_auditor import GROUP_AUDITOR

FINDING_STATES = [
    ("draft", "Draft"),
    ("open", "To answer"),
    ("answered", "Answered"),
    ("accepted", "Being carried out"),
    ("verified", "Verified"),
]
GRADES = [
    ("opportunity", "Opportunity for improvement"),
    ("observation", "Observation"),
    ("minor", "Minor nonconformity"),
    ("major", "Major nonconformity"),
]
NONCONFORMITY_GRADES = ("minor", "major")
RUNNING = ("open", "answered", "accepted")
# What stays open after the report, to the team and ISO officers.
PLAN_FIELDS = frozenset({"owner_id", "due_date"})
# What the report says: fixed once it is approved.
REPORT_FIELDS = (
    "audit_id",
    "company_id",
    "line_id",
    "name",
    "seen",
    "requirement",
    "grade",
    "purpose",
    "clause_ids",
    "procedure_id",
    "department_id",
)


class QmsAuditFinding(models.Model):
    """What an audit found, followed until somebody verified that it was put right.

    * Everyone of the agency reads the findings, but confidential ones: these are read by
      the person in charge, the team, auditors, ISO officers and leaders.
    * The auditors of the team write them while the report is made. With the approval of the
      report they are opened: wording and grade stay as they are from then on.
    * The person in charge, or the head of the unit, answers: cause, correction, until when.
    * An auditor who is neither of them accepts the answer or sends it back, and verifies in
      the end. Nobody verifies what they answered themselves.
    * The team and ISO officers name another person in charge or another date; the person in
      charge does not.
    """

    _name = "qms.audit.finding"
    _description = "Audit finding"
    _inherit = [
        "qms.lifecycle.mixin",
        "qms.confidential.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "audit_id desc, number, id"
    _rec_names_search = ["code", "name"]
    _check_company_auto = True
    _mail_post_access = "read"

    _placing_fields = ("audit_id", "company_id")
    _derived_fields = ("company_id", "code")
    _transitions = {
        "draft": ("open",),
        "open": ("answered",),
        "answered": ("accepted", "open"),
        "accepted": ("verified", "open"),
    }
    _protected_fields = (
        "number",
        "line_id",
        "cause",
        "correction",
        "correction_date",
        "answered_at",
        "answered_by_id",
        "return_reason",
        "accepted_at",
        "accepted_by_id",
        "verified_at",
        "verified_by_id",
        "verification",
        "nonconformity_id",
    )
    _frozen_fields = {state: REPORT_FIELDS for state in RUNNING} | {"verified": "*"}

    audit_id = fields.Many2one("mgmtsystem.audit", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        related="audit_id.company_id", string="Agency", store=True, index=True
    )
    line_id = fields.Many2one(
        "mgmtsystem.verification.line", string="Question", readonly=True, copy=False,
        index="btree_not_null", ondelete="restrict",
    )  # fmt: skip
    number = fields.Integer(readonly=True, copy=False, aggregator=None)
    code = fields.Char(compute="_compute_code", store=True, index="trigram")
    name = fields.Text(
        string="Words of the finding", required=True, tracking=True,
        help="What is not as it should be, in one or two sentences that the unit understands.",
    )  # fmt: skip
    seen = fields.Text(string="What was seen", help="Where, when, how often: the evidence.")
    requirement = fields.Text(
        string="Requirement concerned",
        help="What it is compared with: clause, step of the process, law.",
    )
    grade = fields.Selection(GRADES, required=True, default="observation", tracking=True)
    purpose = fields.Selection(
        PURPOSES, string="Goes into the report", required=True, default="internal"
    )
    clause_ids = fields.Many2many(
        "qms.standard.clause",
        "qms_audit_finding_clause_rel",
        "finding_id",
        "clause_id",
        string="Clauses",
    )
    procedure_id = fields.Many2one(
        "qms.procedure", string="Administrative procedure", check_company=True,
        index="btree_not_null", ondelete="restrict",
    )  # fmt: skip
    department_id = fields.Many2one(
        "hr.department", string="Unit", check_company=True, index="btree_not_null",
        ondelete="restrict", tracking=True,
    )  # fmt: skip
    owner_id = fields.Many2one(
        "res.users",
        string="In charge",
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Answers the finding and has it put right.",
    )
    due_date = fields.Date(
        string="Answer by", index=True, tracking=True, help="Day by which it has to be answered."
    )
    is_confidential = fields.Boolean(
        string="Confidential",
        tracking=True,
        help="Read by the person in charge, the team, auditors, ISO officers and leaders only.",
    )
    state = fields.Selection(
        FINDING_STATES, default="draft", required=True, readonly=True, copy=False, index=True,
        tracking=True,
    )  # fmt: skip
    cause = fields.Text(readonly=True, copy=False, help="Why it happened.")
    correction = fields.Text(
        readonly=True, copy=False, help="What is put right and what keeps it from coming again."
    )
    correction_date = fields.Date(string="Put right by", readonly=True, copy=False, tracking=True)
    answered_at = fields.Datetime(string="Answered", readonly=True, copy=False)
    answered_by_id = fields.Many2one(
        "res.users", string="Answered by (person)", readonly=True, copy=False, ondelete="restrict"
    )
    return_reason = fields.Text(string="Why sent back", readonly=True, copy=False)
    accepted_at = fields.Datetime(string="Answer accepted", readonly=True, copy=False)
    accepted_by_id = fields.Many2one(
        "res.users", string="Accepted by", readonly=True, copy=False, ondelete="restrict"
    )
    verified_at = fields.Datetime(string="Verified", readonly=True, copy=False)
    verified_by_id = fields.Many2one(
        "res.users", string="Verified by", readonly=True, copy=False, ondelete="restrict"
    )
    verification = fields.Text(
        string="What was verified", readonly=True, copy=False,
        help="What was looked at, and what it shows.",
    )  # fmt: skip
    nonconformity_id = fields.Many2one(
        "mgmtsystem.nonconformity", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict", help="In which causes and actions are followed.",
    )  # fmt: skip
    next_date = fields.Date(
        string="Next day", compute="_compute_next_date", store=True, index=True,
        help="By when the next step is due: the answer, or putting it right.",
    )  # fmt: skip
    timeliness = fields.Selection(
        [("late", "Late"), ("soon", "Due within 7 days"), ("in_time", "In time")],
        compute="_compute_timeliness",
        search="_search_timeliness",
    )
    is_mine = fields.Boolean(string="Mine", compute="_compute_is_mine", search="_search_is_mine")
    can_answer = fields.Boolean(compute="_compute_can")
    can_judge = fields.Boolean(compute="_compute_can")
    can_verify = fields.Boolean(compute="_compute_can")
    can_plan = fields.Boolean(compute="_compute_can")

    _line_once = models.UniqueIndex(
        "(line_id) WHERE line_id IS NOT NULL", "This answer has its finding already."
    )
    _number_unique = models.Constraint(
        "UNIQUE(audit_id, number) DEFERRABLE INITIALLY DEFERRED", "Findings are numbered."
    )
    _answered_in_words = models.Constraint(
        "CHECK(state NOT IN ('answered', 'accepted')"
        " OR length(trim(COALESCE(correction, ''))) > 0)",
        "An answer says what is put right.",
    )
    _verified_by_somebody = models.Constraint(
        "CHECK(state != 'verified' OR (verified_by_id IS NOT NULL AND verified_at IS NOT NULL"
        " AND verified_by_id IS DISTINCT FROM answered_by_id))",
        "A finding is verified by somebody else than who answered it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("audit_id.reference", "number")
    def _compute_code(self):
        for finding in self:
            finding.code = f"{finding.audit_id.reference or ''}/{finding.number or 0:02d}"

    @api.depends("code", "name", "is_confidential")
    @api.depends_context("uid", "allowed_company_ids", "qms_for_all")
    def _compute_display_name(self):
        hidden = self._hidden_from_reader()
        for finding in self:
            words = "" if finding._origin in hidden else " ".join((finding.name or "").split())
            short = words if len(words) <= 80 else f"{words[:79]}…"
            finding.display_name = " – ".join(filter(None, (finding.code, short)))

    @api.depends("state", "due_date", "correction_date")
    def _compute_next_date(self):
        for finding in self:
            is_running = finding.state in RUNNING
            planned = finding.correction_date if finding.state == "accepted" else finding.due_date
            finding.next_date = (planned or finding.due_date) if is_running else False

    @api.depends("next_date")
    def _compute_timeliness(self):
        today = fields.Date.context_today(self)
        soon = today + datetime.timedelta(days=7)
        for finding in self:
            day = finding.next_date
            if not day:
                finding.timeliness = False
            elif day < today:
                finding.timeliness = "late"
            else:
                finding.timeliness = "soon" if day <= soon else "in_time"

    def _search_timeliness(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        soon = today + datetime.timedelta(days=7)
        domains = {
            "late": Domain("next_date", "<", today),
            "soon": Domain("next_date", ">=", today) & Domain("next_date", "<=", soon),
            "in_time": Domain("next_date", ">", soon),
            False: Domain("next_date", "=", False),
        }
        return Domain.OR(domains[key] for key in value if key in domains)

    @api.depends("owner_id", "department_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for finding in self:
            finding.is_mine = self.env.user in finding._answering_users()

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain("owner_id", "=", self.env.uid) | Domain(
            "department_id.manager_id.user_id", "=", self.env.uid
        )
        return mine if True in value else ~mine

    @api.depends("state", "owner_id", "department_id", "answered_by_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can(self):
        for finding in self:
            stored = finding._origin
            finding.can_answer = bool(stored) and not stored._way_error("answered")
            finding.can_judge = bool(stored) and not stored._way_error("accepted")
            finding.can_verify = bool(stored) and not stored._way_error("verified")
            finding.can_plan = not stored or not stored._plan_error()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        findings = super().create(vals_list)
        if not self._is_lifecycle_writer():
            findings._check_report_open()
        for finding in findings.filtered(lambda one: not one.number):
            finding._lifecycle_write({"number": self._next_number_of(finding.audit_id)})
        findings._keep_from_others()
        return findings

    def write(self, vals):
        if not self._is_lifecycle_writer():
            self._check_write(vals)
        result = super().write(vals)
        if "grade" in vals and not self._is_lifecycle_writer():
            for line in self.line_id.filtered(lambda one: one.qms_answer != vals["grade"]):
                line.write({"qms_answer": vals["grade"]})
        if "audit_id" in vals:
            self._check_report_open()
        if vals.keys() & {"is_confidential", "owner_id", "department_id"}:
            self._keep_from_others()
        if vals.keys() & {"owner_id", "due_date"}:
            self._sync_activities()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_report(self):
        if not self._is_lifecycle_writer():
            self._check_report_open()

    def _confidential(self):
        return self.filtered("is_confidential")

    def _check_write(self, vals):
        """Refuse what the state or the role of the user does not allow."""
        names = vals.keys() - self._never_frozen_fields
        if names - PLAN_FIELDS:
            self.filtered(lambda one: one.state == "draft")._check_report_open()
        if names:
            self._raise_errors(finding._plan_error() for finding in self)

    def _check_report_open(self):
        """Findings are written by who answers the questions, as long as the report is open."""
        audits = self.audit_id
        audits._qms_hold_answers()
        audits._raise_errors(audit._qms_answer_error() for audit in audits)

    # === ACTIONS === #

    def action_answer(self, cause=None, correction=None, correction_date=None, files=()):
        """Answer: why it happened, what is put right, until when."""
        self.check_access("read")
        cause, correction = stripped(cause), stripped(correction)
        day = fields.Date.to_date(correction_date)
        self._raise_errors(
            self.env._("“%(name)s”: say why it happened.", name=finding.code)
            for finding in self
            if finding.grade in NONCONFORMITY_GRADES and not cause
        )
        if not correction or not day:
            raise UserError(self.env._("Say what is put right, and until when."))
        self._transition(
            "answered",
            {
                "cause": cause or False,
                "correction": correction,
                "correction_date": day,
                "answered_at": fields.Datetime.now(),
                "answered_by_id": self.env.uid,
                "return_reason": False,
            },
        )
        self._take_files(files)
        self._sync_activities()
        return True

    def action_accept(self, words=None):
        """Accept the answer: it will be carried out, and verified then."""
        self.check_access("read")
        self._transition(
            "accepted",
            {"accepted_at": fields.Datetime.now(), "accepted_by_id": self.env.uid},
        )
        self._say(self.env._("Answer accepted."), stripped(words))
        self._sync_activities()
        return True

    def action_send_back(self, words=None):
        """Send the answer back, or what was carried out, with the reason."""
        self.check_access("read")
        words = stripped(words)
        if not words:
            raise UserError(self.env._("Say what is missing."))
        self._transition("open", {"return_reason": words})
        self._say(self.env._("Sent back."), words)
        self._sync_activities()
        return True

    def action_verify(self, words=None):
        """Say that it was put right, and what shows it."""
        self.check_access("read")
        words = stripped(words)
        if not words:
            raise UserError(self.env._("Say what you looked at, and what it shows."))
        self._transition(
            "verified",
            {
                "verification": words,
                "verified_at": fields.Datetime.now(),
                "verified_by_id": self.env.uid,
            },
        )
        self._sync_activities()
        return True

    def action_open_dialog(self):
        """Ask for the words of the verb named by the button."""
        self.ensure_one()
        verb = self.env.context.get("qms_verb")
        return self.env["qms.audit.finding.dialog"]._open_for(verb, self)

    # === PREDICATES === #

    def _transition_error(self, target):
        return self._way_error(target)

    def _way_error(self, target):
        """Say why the current user cannot take this way, '' if they can."""
        error = super()._transition_error(target)
        if error:
            return error
        if self.sudo().company_id.id not in self.env.user._get_company_ids():
            return self.env._("“%(name)s” belongs to another agency.", name=self.code)
        if target == "answered":
            return self._answer_error()
        if target in ("accepted", "verified") or self.state != "draft":
            return self._judge_error()
        return ""

    def _answer_error(self):
        if self.env.user in self._answering_users():
            return ""
        return self.env._(
            "“%(name)s” is answered by the person in charge or the head of the unit.",
            name=self.code,
        )

    def _judge_error(self):
        """An auditor who is neither in charge nor answered, nor leads the unit."""
        user = self.env.user
        concerned = self._answering_users() | self.sudo().answered_by_id
        if user.sudo()._qms_is_same_person(concerned):
            return self.env._(
                "“%(name)s”: nobody judges what they answer for themselves; another auditor does.",
                name=self.code,
            )
        team = self.sudo().audit_id.qms_team_ids
        is_team = user in team.filtered(lambda one: one.role in ("leader", "auditor")).user_id
        if is_team or user.has_group(GROUP_AUDITOR):
            return ""
        return self.env._("“%(name)s” is judged by an auditor.", name=self.code)

    def _plan_error(self):
        """Say why the current user does not name person and date of what was reported."""
        user = self.env.user
        audit = self.sudo().audit_id
        is_officer = user.has_group(GROUP_OFFICER) and not audit.is_approval_closed
        if self.state == "draft":
            return "" if is_officer else self.audit_id._qms_answer_error()
        team = audit.qms_team_ids.filtered(lambda one: one.role in ANSWERING_ROLES)
        is_keeper = user in team.user_id or user.has_group(GROUP_OFFICER)
        if is_keeper and user not in self._answering_users():
            return ""
        return self.env._(
            "“%(name)s” was reported: the team or an ISO officer who is not in charge of it "
            "changes person and date.",
            name=self.code,
        )

    def _answering_users(self):
        """Return the person in charge and the head of the unit."""
        finding = self.sudo()
        return (finding.owner_id | finding.department_id.manager_id.user_id).with_env(self.env)

    def _report_gap(self):
        """Say what a finding lacks before the report goes for approval, '' if nothing."""
        self.ensure_one()
        names = ["name"]
        if self.grade in NONCONFORMITY_GRADES:
            names += ["owner_id", "due_date"]
        missing = self._field_labels([name for name in names if not self[name]])
        if not missing:
            return ""
        return self.env._(
            "Finding %(code)s still needs: %(fields)s.",
            code=self.code,
            fields=", ".join(missing),
        )

    # === BUSINESS METHODS === #

    def _open_reported(self):
        """Open the findings of an approved report; those in charge get them in their lists."""
        drafts = self.sudo().filtered(lambda one: one.state == "draft")
        if not drafts:
            return
        drafts._lock_lifecycle()
        for finding in drafts:
            finding._lifecycle_write({"state": "open", **finding._owner_vals()})
        drafts._on_opened()
        drafts._sync_activities()

    def _on_opened(self):
        """Do what follows from findings that were reported; other domains add theirs."""

    def _owner_vals(self):
        """An observation without a person or a date gets head and term like the others."""
        vals = {}
        if not self.owner_id:
            vals["owner_id"] = self.audit_id._qms_owner_of(self.department_id).id
        if not self.due_date:
            vals["due_date"] = self.audit_id._qms_due_date()
        return vals

    def _nonconformity_vals(self):
        """Return the values of the nonconformity that follows from this finding.

        For ``mgmtsystem.nonconformity._qms_raise``, which fills in the rest.
        """
        self.ensure_one()
        finding = self.sudo()
        title = " ".join(finding.name.split())
        return {
            "name": f"{finding.code}: {title}"[:120],
            # A finding made of an answer says the same twice.
            "description": "\n\n".join(dict.fromkeys(filter(None, (finding.name, finding.seen)))),
            "company_id": finding.company_id.id,
            "qms_source": "audit",
            "qms_grade": finding.grade,
            "qms_department_id": finding.department_id.id,
            "qms_procedure_id": finding.procedure_id.id,
            "qms_clause_ids": [fields.Command.set(finding.clause_ids.ids)],
            "qms_due_date": finding.due_date,
            "qms_is_confidential": finding.is_confidential,
            "responsible_user_id": finding.owner_id.id,
            "audit_ids": [fields.Command.link(finding.audit_id.id)],
            "res_model": self._name,
            "res_id": finding.id,
        }

    def _nonconformity_evidence(self):
        """Return the records behind the finding, itself first, with elevated rights.

        The auditor who named them was allowed to read them.
        """
        self.ensure_one()
        named = self.sudo().line_id.qms_evidence_ids.filtered(
            lambda row: self.env.get(row.res_model) is not None
        )
        records = [row.env[row.res_model].browse(row.res_id).exists() for row in named]
        return [self.sudo(), *filter(None, records)]

    def _follow_answers(self):
        """Carry a changed answer over to the draft of its finding, or drop the draft."""
        drafts = self.sudo().filtered(lambda one: one.state == "draft")
        for finding in drafts:
            line = finding.line_id
            if line.qms_answer not in FINDING_ANSWERS:
                finding.unlink()
            else:
                finding._lifecycle_write(
                    {
                        "grade": line.qms_answer,
                        "seen": line.comments or finding.seen,
                        "is_confidential": line.qms_is_confidential,
                    }
                )

    @api.model
    def _next_number_of(self, audit):
        return max(audit.sudo().qms_finding_ids.mapped("number"), default=0) + 1

    def _take_files(self, files):
        """Hang the files of an answer on the finding: those the user handed in, once."""
        attachments = self.env["ir.attachment"].browse(files)
        loose = attachments.filtered(lambda one: one.create_uid == self.env.user and not one.res_id)
        for finding in self[:1] if loose else self.browse():
            loose.sudo().write({"res_model": self._name, "res_id": finding.id})
            finding.sudo().message_post(
                body=self.env._("Files of the answer"),
                attachment_ids=loose.ids,
                author_id=self.env.user.partner_id.id,
            )

    def _say(self, title, words):
        """Note a judgement for everybody who follows the finding."""
        text = f"{title} {words}".strip()
        for finding in self.sudo():
            finding.message_post(body=text, author_id=self.env.user.partner_id.id)
