from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...tools.words import stripped
from ..mixins.bulk_rows import write_rows
from .mgmtsystem_verification_line import ANSWERING_ROLES
from .qms_audit_programme import GROUP_OFFICER
from .qms_auditor import WORKING_ROLES

ROLES = [
    ("leader", "Team leader"),
    ("auditor", "Auditor"),
    ("trainee", "Trainee"),
    ("expert", "Technical expert"),
    ("observer", "Observer"),
]


class QmsAuditMember(models.Model):
    """A person of an audit team, with the role, and whether they are independent.

    Nobody audits their own work (ISO 9001, 9.2.2 c; INV-14). The system looks whether the
    person works in or leads a unit audited, handled steps of dossiers of the procedures
    audited in the period looked at, wrote the ISO document of one in force or belongs to
    the unit that owns it. What it finds is a warning; the audit goes on only with a
    justification in writing by an ISO officer or leader who is not that person. Who,
    when and for which reasons stays with the row; a reason that comes later asks again.
    """

    _name = "qms.audit.member"
    _description = "Member of an audit team"
    _inherit = ["qms.audit.owned.mixin"]
    _order = "audit_id desc, sequence, id"

    _derived_fields = (
        "company_id",
        "justification",
        "justified_conflicts",
        "justified_keys",
        "justified_at",
        "justified_by_id",
        "justified_by_name",
    )

    audit_id = fields.Many2one("mgmtsystem.audit", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="audit_id.company_id", store=True, index=True)
    audit_state = fields.Selection(related="audit_id.state", string="State of the audit")
    sequence = fields.Integer(default=10)
    auditor_id = fields.Many2one(
        "qms.auditor",
        string="Auditor of the register",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', '=', company_id)]",
    )
    user_id = fields.Many2one(
        "res.users",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('share', '=', False)]",
    )
    role = fields.Selection(ROLES, required=True, default="auditor")
    note = fields.Char(string="Task", help="What this person looks at.")
    competence_warning = fields.Text(compute="_compute_competence_warning", compute_sudo=True)
    conflict_text = fields.Text(
        string="Not independent", compute="_compute_conflicts", compute_sudo=True
    )
    conflict_keys = fields.Json(compute="_compute_conflicts", compute_sudo=True)
    needs_justification = fields.Boolean(
        compute="_compute_conflicts",
        compute_sudo=True,
        help="Somebody else has to justify in writing why this person audits nevertheless.",
    )
    justification = fields.Text(readonly=True, copy=False)
    justified_conflicts = fields.Text(string="Justified for", readonly=True, copy=False)
    justified_keys = fields.Json(readonly=True, copy=False)
    justified_at = fields.Datetime(string="Justified", readonly=True, copy=False)
    justified_by_id = fields.Many2one(
        "res.users", string="Justified by", readonly=True, copy=False, ondelete="restrict"
    )
    justified_by_name = fields.Char(readonly=True, copy=False)
    can_justify = fields.Boolean(compute="_compute_can_justify")

    _once = models.UniqueIndex(
        "(audit_id, user_id) WHERE user_id IS NOT NULL", "A person is in a team once."
    )
    _one_leader = models.UniqueIndex("(audit_id) WHERE role = 'leader'", "A team has one leader.")
    _is_somebody = models.Constraint(
        "CHECK(user_id IS NOT NULL OR auditor_id IS NOT NULL)",
        "Choose a user or an auditor of the register.",
    )
    _justified_by_somebody = models.Constraint(
        "CHECK((justification IS NULL) = (justified_at IS NULL) AND"
        " (justification IS NULL) = (justified_by_name IS NULL))",
        "A justification names who gave it and when.",
    )

    # === COMPUTE METHODS === #

    @api.depends("user_id", "auditor_id")
    def _compute_display_name(self):
        for member in self:
            member.display_name = member.user_id.name or member.auditor_id.name or ""

    @api.depends("auditor_id")
    def _compute_user_id(self):
        for member in self:
            member.user_id = member.auditor_id.user_id or member.user_id

    @api.depends("auditor_id.is_valid", "auditor_id.has_right", "role", "audit_id.qms_date_to")
    def _compute_competence_warning(self):
        for member in self:
            is_working = member.role in WORKING_ROLES
            member.competence_warning = "\n".join(member._competence_gaps() if is_working else [])

    @api.depends(
        "user_id",
        "role",
        "justified_keys",
        "audit_id.qms_department_ids",
        "audit_id.qms_procedure_ids",
        "audit_id.qms_period_from",
        "audit_id.qms_period_to",
    )
    def _compute_conflicts(self):
        conflicts = self._conflicts()
        for member in self:
            found = conflicts.get(member, {})
            member.conflict_keys = sorted(found)
            member.conflict_text = "\n".join(found.values())
            member.needs_justification = bool(found.keys() - set(member.justified_keys or []))

    @api.depends("needs_justification", "audit_id.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_justify(self):
        for member in self:
            stored = member._origin
            member.can_justify = bool(stored) and not stored._justify_error()

    # === CONSTRAINT METHODS === #

    @api.constrains("user_id", "auditor_id", "audit_id")
    def _check_agency(self):
        for member in self.sudo():
            company = member.audit_id.company_id
            if member.auditor_id and member.auditor_id.company_id != company:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is an auditor of another agency.", name=member.display_name
                    )
                )
            if member.user_id and (
                member.user_id.share or company not in member.user_id.company_ids
            ):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” does not belong to the agency.", name=member.display_name
                    )
                )
            if member.auditor_id.user_id not in (member.user_id, self.env["res.users"]):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is not the user of that auditor.", name=member.display_name
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        answered = self.filtered(lambda member: member._has_answered())
        people = {member: member.user_id for member in answered}
        result = super().write(vals)
        for member, user in people.items():
            if member.user_id != user or member.role not in ANSWERING_ROLES:
                member._raise_answered(user)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        for member in self.filtered(lambda member: member._has_answered()):
            member._raise_answered(member.user_id)

    def _has_answered(self):
        return bool(self.user_id) and self.user_id in self.audit_id.sudo()._qms_answerers()

    def _raise_answered(self, user):
        """Who answered stays on the report: independence and approval ask for the team."""
        raise ValidationError(
            self.env._(
                "“%(name)s” answered questions of the audit and stays in its team.",
                name=user.sudo().name,
            )
        )

    # === ACTIONS === #

    def action_open_justify(self):
        self.ensure_one()
        return self.env["qms.words.dialog"]._ask(
            "action_justify",
            self.env._("Justify the choice of the auditor"),
            self,
            about="\n".join(filter(None, self.mapped("conflict_text"))),
            question=self.env._("Write the justification."),
        )

    def action_justify(self, words=None):
        """Record why these persons audit although they are not independent."""
        self.check_access("read")
        words = stripped(words)
        if not words:
            raise UserError(self.env._("Write the justification."))
        self.audit_id._lock_lifecycle()
        self.audit_id._raise_errors(member._justify_error() for member in self)
        for member in self:
            member._write_justification(words)
            member.audit_id.sudo().message_post(
                body=self.env._(
                    "Independence of %(person)s justified by %(user)s: %(words)s\n%(conflicts)s",
                    person=member.display_name,
                    user=self.env.user.name,
                    words=words,
                    conflicts=member.conflict_text,
                )
            )
        return True

    # === PREDICATES === #

    def _justify_error(self):
        """Say why the current user cannot justify this member, '' if they can."""
        user = self.env.user
        audit = self.sudo().audit_id
        is_own = audit.company_id.id in user._get_company_ids()
        is_judge = user.has_group(GROUP_OFFICER) or user.has_group(
            "qms_public_admin.group_qms_leader"
        )
        if not (is_own and is_judge):
            return self.env._("ISO officers and leaders of the agency justify it.")
        if self.sudo().user_id == user:
            return self.env._("Nobody justifies their own part in an audit: ask somebody else.")
        if audit.state in ("done", "cancelled"):
            return self.env._("“%(name)s” is closed.", name=audit.display_name)
        if not self.conflict_text:
            return self.env._("“%(name)s” is independent.", name=self.display_name)
        return ""

    def _competence_gaps(self):
        """Return what the register says against this person as an auditor, in sentences."""
        self.ensure_one()
        auditor = self.auditor_id
        if not auditor:
            return [self.env._("Not in the register of auditors.")]
        gaps = []
        day = self.audit_id.qms_date_to or fields.Date.context_today(self)
        if not auditor.active or (auditor.valid_until and auditor.valid_until < day):
            gaps.append(self.env._("No longer valid as an auditor on that day."))
        if self.role == "leader" and not auditor.is_lead:
            gaps.append(self.env._("Is not registered as a team leader."))
        if self.user_id and not auditor.has_right:
            gaps.append(self.env._("Lacks the role “Internal auditor”: cannot answer checklists."))
        return gaps

    # === BUSINESS METHODS: INDEPENDENCE === #

    def _conflicts(self):
        """Return ``{member: {key: sentence}}`` of what speaks against their independence.

        A few queries for all members together.
        """
        working = self.filtered(lambda row: row.user_id and row.role in WORKING_ROLES)
        found = defaultdict(dict)
        if not working:
            return found
        units = working.user_id._qms_home_units()
        handled = working._handled_steps()
        for member in working:
            own = units[member.user_id.id]
            found[member].update(member._unit_conflicts(own))
            found[member].update(member._document_conflicts(own))
            for procedure in member.audit_id.qms_procedure_ids:
                count = handled.get(
                    (member._audited_period(), member.user_id.id, procedure._origin.id)
                )
                if count:
                    found[member][f"steps:{procedure._origin.id}"] = self.env._(
                        "Handled %(count)s steps of dossiers of “%(procedure)s” in the period "
                        "audited.",
                        count=count,
                        procedure=procedure.display_name,
                    )
        return found

    def _audited_period(self):
        """Return first and last moment of the period looked at, in UTC."""
        audit = self.audit_id
        zone = ZoneInfo(audit.company_id._qms_timezone()) if audit.company_id else UTC

        def moment(day, shift):
            if not day:
                return False
            local = datetime.combine(day + timedelta(days=shift), time.min, zone)
            return local.astimezone(UTC).replace(tzinfo=None)

        return moment(audit.qms_period_from, 0), moment(audit.qms_period_to, 1)

    def _unit_conflicts(self, own):
        return {
            f"unit:{unit._origin.id}": self.env._(
                "Works in or leads the unit audited, “%(unit)s”.", unit=unit.name
            )
            for unit in self.audit_id.qms_department_ids
            if unit._origin in own
        }

    def _document_conflicts(self, own):
        found = {}
        for procedure in self.audit_id.qms_procedure_ids:
            page = procedure.iso_document_id
            if not page:
                continue
            wrote = page.qms_effective_id.create_uid == self.user_id
            if wrote or page.qms_owner_id in own:
                found[f"document:{page.id}"] = self.env._(
                    "Wrote or owns the ISO document “%(document)s”.", document=page.display_name
                )
        return found

    def _handled_steps(self):
        """Return ``{(period, user id, procedure id): steps handled}``."""
        found = {}
        steps = self.env["qms.dossier.step"].sudo()
        for period, members in self.grouped(lambda row: row._audited_period()).items():
            procedures = members.audit_id.qms_procedure_ids._origin
            if not procedures:
                continue
            domain = members._steps_domain(period, procedures)
            groups = steps._read_group(domain, ["done_by_id", "dossier_id"], ["__count"])
            for user, dossier, count in groups:
                key = (period, user.id, dossier.procedure_id.id)
                found[key] = found.get(key, 0) + count
        return found

    def _steps_domain(self, period, procedures):
        start, end = period
        domain = Domain("done_by_id", "in", self.user_id._origin.ids)
        domain &= Domain("dossier_id.procedure_id", "in", procedures.ids)
        domain &= Domain("company_id", "in", self.audit_id.company_id.ids)
        if start:
            domain &= Domain("done_at", ">=", start)
        if end:
            domain &= Domain("done_at", "<", end)
        return domain

    def _write_justification(self, words):
        """Store the words with the reasons they stand for; past write(), which strips them."""
        self.ensure_one()
        write_rows(
            self.sudo(),
            {
                self.id: {
                    "justification": words,
                    "justified_conflicts": self.conflict_text,
                    "justified_keys": self.conflict_keys,
                    "justified_at": fields.Datetime.now(),
                    "justified_by_id": self.env.uid,
                    "justified_by_name": self.env.user.name,
                }
            },
        )
