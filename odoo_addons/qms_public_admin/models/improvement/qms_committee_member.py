from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.words import stripped

COMMITTEE_ROLES = [
    ("head", "Head of the committee"),
    ("deputy", "Deputy head"),
    ("secretary", "ISO secretary"),
    ("member", "Member"),
]


class QmsCommitteeMember(models.Model):
    """A person on the steering committee: role, duties and term.

    Name and position are kept as text: people move on, the decision does not. ISO officers
    write the members of a draft; afterwards only the early end of a term is recorded.
    """

    _name = "qms.committee.member"
    _description = "Member of the ISO steering committee"
    _inherit = ["qms.placement.mixin"]
    _order = "committee_id, sequence, id"
    _check_company_auto = True

    _placing_fields = ("committee_id", "company_id")
    _derived_fields = ("company_id",)
    # What is recorded once the committee is in force, by its own action alone.
    _ending_fields = frozenset({"date_to", "leave_reason"})

    committee_id = fields.Many2one("qms.committee", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="committee_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    role = fields.Selection(
        COMMITTEE_ROLES, string="Role on the committee", required=True, default="member"
    )
    is_secretary = fields.Boolean(
        string="Also ISO secretary", help="Runs the quality management system from day to day."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, precompute=True, required=True
    )
    title = fields.Char(
        string="Position held", compute="_compute_name", store=True, readonly=False, precompute=True
    )
    department_id = fields.Many2one(
        "hr.department", string="Unit", check_company=True, index="btree_not_null"
    )
    duties = fields.Text(help="What this person is in charge of on the committee.")
    date_from = fields.Date(
        string="From",
        compute="_compute_dates",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    date_to = fields.Date(
        string="Until", compute="_compute_dates", store=True, readonly=False, precompute=True
    )
    leave_reason = fields.Char(string="Why left", readonly=True, copy=False)
    state = fields.Selection(related="committee_id.state", string="State of the committee")
    can_leave = fields.Boolean(compute="_compute_can_leave")

    _term = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)", "A term ends before it starts."
    )
    _once = models.UniqueIndex(
        "(committee_id, user_id) WHERE user_id IS NOT NULL",
        "A person sits on the committee once.",
    )
    _user_term = models.Index("(user_id, company_id, date_from)")

    # === COMPUTE METHODS === #

    @api.depends("name", "role")
    @api.depends_context("lang")
    def _compute_display_name(self):
        roles = dict(self._fields["role"]._description_selection(self.env))
        for member in self:
            member.display_name = f"{member.name or ''} ({roles.get(member.role, '')})"

    @api.depends("user_id")
    def _compute_name(self):
        for member in self:
            user = member.user_id
            company = member.committee_id.company_id or self.env.company
            member.name = user.sudo().name if user else member.name
            member.title = user._qms_position_title(company) if user else member.title

    @api.depends("committee_id.date_from", "committee_id.date_to")
    def _compute_dates(self):
        for member in self:
            committee = member.committee_id
            if committee.state not in ("in_force", "closed"):
                member.date_from = committee.date_from
                member.date_to = committee.date_to
            else:
                member.date_from, member.date_to = member.date_from, member.date_to

    @api.depends("committee_id.state", "date_to")
    @api.depends_context("uid")
    def _compute_can_leave(self):
        for member in self:
            member.can_leave = bool(member.id) and not member._leave_error()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create([{**vals, "leave_reason": False} for vals in vals_list])
        members.committee_id._check_open()
        members.committee_id._note_editor()
        return members

    def write(self, vals):
        self.committee_id._check_open()
        vals = {name: value for name, value in vals.items() if name != "leave_reason"}
        result = super().write(vals)
        self.committee_id._check_open()
        self.committee_id._note_editor()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self.committee_id._check_open()
        self.committee_id._note_editor()

    # === ACTIONS === #

    def action_open_leave(self):
        """Ask for the last day and the reason."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("End the term of %(name)s", name=self.name),
            "res_model": "qms.committee.leave",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_member_id": self.id},
        }

    def action_leave(self, day=None, reason=None):
        """Record that members left before the end of the term, with the day and the reason."""
        self.check_access("write")
        words = stripped(reason)
        last = fields.Date.to_date(day) or fields.Date.context_today(self)
        for member in self:
            if error := member._leave_error() or member._leave_gap(words, last):
                raise UserError(error)
        self._record_end(last, words)
        for committee, members in self.grouped("committee_id").items():
            committee.message_post(
                body=self.env._(
                    "%(names)s left the committee on %(day)s: %(reason)s",
                    names=", ".join(members.mapped("name")),
                    day=last.strftime("%d/%m/%Y"),
                    reason=words,
                )
            )
        return True

    # === BUSINESS METHODS === #

    def _leave_error(self):
        if not self.has_access("write"):
            return self.env._("ISO officers of the agency keep its steering committee.")
        if self.committee_id.state != "in_force" or self.leave_reason:
            return self.env._("Only members of the committee in force leave it, and once.")
        return ""

    def _leave_gap(self, words, last):
        if not words:
            return self.env._("Say why the member leaves.")
        if last < self.date_from or (self.date_to and last > self.date_to):
            return self.env._("The last day lies within the term of the member.")
        return ""

    def _end_by(self, day):
        """End the terms that would go on after the committee."""
        later = self.filtered(lambda member: not member.date_to or member.date_to > day)
        later._record_end(day)

    def _record_end(self, day, reason=False):
        """Write the end of terms of a committee in force; the only way they change."""
        vals = {"date_to": day, **({"leave_reason": reason} if reason else {})}
        return super(QmsCommitteeMember, self.sudo()).write(vals)

    def _left_before(self, last_day):
        return bool(self.date_to and last_day and self.date_to < last_day)

    def _renewed_vals(self):
        """Return the values of this member on the next committee."""
        return {
            "sequence": self.sequence,
            "role": self.role,
            "is_secretary": self.is_secretary,
            "user_id": self.user_id.id,
            "name": self.name,
            "title": self.title,
            "department_id": self.department_id.id,
            "duties": self.duties,
        }

    def _content(self):
        """Return what a decision on the committee says of this member."""
        return {
            "role": self.role,
            "secretary": self.is_secretary,
            "user": self.user_id.id,
            "name": self.name,
            "title": self.title or "",
            "unit": self.department_id.id,
            "duties": self.duties or "",
            "from": str(self.date_from or ""),
        }

    def _role_text(self):
        """Return the role as papers print it, e.g. “Trưởng Ban Chỉ đạo ISO”."""
        self.ensure_one()
        texts = {
            "head": self.env._("Head of the ISO steering committee"),
            "deputy": self.env._("Deputy head of the ISO steering committee"),
            "secretary": self.env._("ISO secretary"),
            "member": self.env._("Member of the ISO steering committee"),
        }
        parts = [texts[self.role]]
        if self.is_secretary and self.role != "secretary":
            parts.append(texts["secretary"])
        return ", ".join(parts)
