import datetime

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..mixins.qms_lifecycle_mixin import QmsLifecycleMixin

# The keys of the base stay: what it called open is planned here, what it closed is approved.
REVIEW_STATES = [
    ("open", "Planned"),
    ("invited", "Invited"),
    ("held", "Held"),
    ("approval", "Waiting for approval"),
    ("done", "Approved"),
]
# The clauses a management review stands for, in the edition of the agency.
REVIEW_CLAUSES = ("9.3", "9.3.1", "9.3.2", "9.3.3")
DAYS_AHEAD = 14


class MgmtsystemReview(models.Model):
    """The management review of an agency (clause 9.3; Decision 19/2014, art. 4.4.b).

    Access:

    * ISO officers plan it, compile it, invite, take the minutes and ask for the approval;
    * leaders and auditors read all reviews of their agencies; leaders approve;
    * participants read theirs from the planning on, other staff once it is approved,
      unless it is confidential;
    * nobody else writes, and nobody at all once it waits for approval or is approved.

    Figures are compiled from records and frozen at the request for approval; what people
    type is their comment, the minutes and the decisions. At least one a year (ISO-03).
    """

    _name = "mgmtsystem.review"
    _inherit = ["qms.approval.mixin", "qms.evidence.mixin", "mgmtsystem.review"]
    _description = "Management review"
    _order = "date desc, id desc"
    _rec_names_search = ["reference", "name"]
    _check_company_auto = True
    # Participants may discuss what they read.
    _mail_post_access = "read"

    _evidence_sequence = 35
    _evidence_date_field = "date"

    _OPEN_STATES = ("open", "invited", "held")
    _lifecycle_initial = "open"
    _approval_from = "approval"
    _approval_to = "done"
    _approval_back = "held"
    _transitions = {
        "open": ("invited", "held"),
        "invited": ("open", "held"),
        "held": ("approval",),
        "approval": ("done", "held"),
    }
    _protected_fields = (
        "reference",
        "user_ids",
        "qms_invited_at",
        "qms_frozen_at",
        "qms_content_sha256",
        "qms_agency_name",
        "qms_standard_name",
        "line_ids",
    )
    # Which clauses it stands for is no part of what was approved: a new edition adds its own.
    _never_frozen_fields = QmsLifecycleMixin._never_frozen_fields | {"qms_clause_ids"}
    _frozen_fields = {
        "held": ("company_id", "qms_standard_id"),
        "approval": "*",
        "done": "*",
    }

    name = fields.Char(size=200, default=lambda self: self._default_name(), tracking=True)
    reference = fields.Char(string="Number", readonly=True, copy=False)
    date = fields.Datetime(
        string="Meeting", default=lambda self: self._default_date(), tracking=True
    )
    state = fields.Selection(
        selection_add=REVIEW_STATES,
        ondelete=dict.fromkeys(("invited", "held", "approval"), "set default"),
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    company_id = fields.Many2one(
        string="Agency", required=True, index=True, ondelete="restrict", readonly=False
    )
    user_ids = fields.Many2many(
        string="Readers", compute="_compute_user_ids", store=True, readonly=True, copy=False,
        help="Who reads the review: chair, secretary and participants with a login.",
    )  # fmt: skip
    qms_year = fields.Integer(
        string="Year", compute="_compute_qms_year", store=True, index=True, aggregator=None,
        help="The calendar year it counts for: that of the meeting (ISO-03).",
    )  # fmt: skip
    qms_date_from = fields.Date(
        string="Period from", required=True, default=lambda self: self._default_date_from()
    )
    qms_date_to = fields.Date(
        string="Period until",
        required=True,
        compute="_compute_qms_date_to",
        store=True,
        readonly=False,
        precompute=True,
        help="Last day of what is looked at; as a rule the end of the month before the meeting.",
    )
    qms_duration = fields.Float(string="Length (hours)", default=2.0)
    qms_place = fields.Char(string="Meeting place", tracking=True)
    qms_chair_id = fields.Many2one(
        "res.users",
        string="Chair",
        check_company=True,
        ondelete="restrict",
        default=lambda self: self._default_chair(),
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
        help="The head of the agency or who stands in for them.",
    )
    qms_secretary_id = fields.Many2one(
        "res.users",
        string="Secretary",
        check_company=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
    qms_standard_id = fields.Many2one(
        "qms.standard",
        string="Edition of the standard",
        ondelete="restrict",
        default=lambda self: self.env.company._qms_standard(),
        help="Its clause 9.3.2 gives the agenda.",
    )
    qms_is_confidential = fields.Boolean(
        string="Confidential", help="Read by participants, leaders, auditors and ISO officers only."
    )
    qms_attendance_ids = fields.One2many(
        "qms.review.attendance", "review_id", string="People invited", copy=True
    )
    qms_input_ids = fields.One2many("qms.review.input", "review_id", string="Agenda topics")
    qms_output_ids = fields.One2many("qms.review.decision", "review_id", string="Outputs")
    qms_output_count = fields.Integer(string="Decisions taken", compute="_compute_qms_output_count")
    qms_previous_id = fields.Many2one(
        "mgmtsystem.review",
        string="Review before",
        compute="_compute_qms_previous_id",
        help="The approved review before this one: what was decided there is looked at first.",
    )
    qms_invited_at = fields.Datetime(string="Invited on", readonly=True, copy=False)
    qms_frozen_at = fields.Datetime(string="Frozen on", readonly=True, copy=False)
    qms_content_sha256 = fields.Char(
        string="Fingerprint",
        readonly=True,
        copy=False,
        help="SHA-256 of figures, comments, minutes and decisions at the request for approval.",
    )
    qms_agency_name = fields.Char(readonly=True, copy=False)
    qms_standard_name = fields.Char(readonly=True, copy=False)
    qms_can_invite = fields.Boolean(compute="_compute_qms_can")
    qms_can_hold = fields.Boolean(compute="_compute_qms_can")
    qms_can_submit = fields.Boolean(compute="_compute_qms_can")
    qms_can_compile = fields.Boolean(compute="_compute_qms_can")

    _qms_period = models.Constraint(
        "CHECK(qms_date_to >= qms_date_from)", "The period ends after it begins."
    )
    _qms_reference_unique = models.UniqueIndex(
        "(company_id, reference) WHERE reference LIKE 'XXLĐ-%'", "This number was given already."
    )
    _qms_closed_is_frozen = models.Constraint(
        "CHECK(state != 'approval' OR qms_content_sha256 IS NOT NULL)",
        "What waits for approval has its fingerprint.",
    )
    _qms_length = models.Constraint(
        "CHECK(qms_duration > 0 AND qms_duration <= 24)", "A meeting lasts up to 24 hours."
    )

    # === DEFAULT METHODS === #

    @api.model
    def _default_name(self):
        lang = self.env["res.lang"]._qms_of_papers()
        year = fields.Date.context_today(self).year
        return self.with_context(lang=lang).env._("Management review %(year)s", year=year)

    @api.model
    def _default_date(self):
        """In two weeks, at eight in the morning of the agency."""
        local = self.with_context(tz=self.env.company._qms_timezone())
        day = fields.Date.context_today(local) + datetime.timedelta(days=DAYS_AHEAD)
        return self.env.company._qms_utc(datetime.datetime.combine(day, datetime.time(8)))

    @api.model
    def _default_date_from(self):
        """The day after the last approved review ended, else the beginning of the year."""
        last = self.search(
            [("company_id", "=", self.env.company.id), ("state", "=", "done")],
            order="qms_date_to desc",
            limit=1,
        )
        if last:
            return last.qms_date_to + datetime.timedelta(days=1)
        return fields.Date.context_today(self).replace(month=1, day=1)

    @api.model
    def _default_chair(self):
        """Who chaired last, else the only leader of the agency."""
        last = self.search(
            [("company_id", "=", self.env.company.id), ("qms_chair_id.active", "=", True)], limit=1
        )
        leaders = self.env.company._qms_leaders()
        return last.qms_chair_id or (leaders if len(leaders) == 1 else leaders[:0])

    # === COMPUTE METHODS === #

    @api.depends("reference", "name")
    def _compute_display_name(self):
        for review in self:
            review.display_name = " – ".join(filter(None, (review.reference, review.name)))

    @api.depends("date", "company_id")
    def _compute_qms_year(self):
        for review in self:
            day = review._meeting_day()
            review.qms_year = day.year if day else 0

    @api.depends("date")
    def _compute_qms_date_to(self):
        for review in self:
            day = review._meeting_day() or fields.Date.context_today(self)
            end = day.replace(day=1) - datetime.timedelta(days=1)
            started = review.qms_date_from or end
            review.qms_date_to = end if end >= started else started + relativedelta(day=31)

    @api.depends("qms_attendance_ids.user_id", "qms_chair_id", "qms_secretary_id")
    def _compute_user_ids(self):
        for review in self:
            people = review.qms_attendance_ids.user_id
            review.user_ids = people | review.qms_chair_id | review.qms_secretary_id

    @api.depends("qms_output_ids")
    def _compute_qms_output_count(self):
        counts = dict(
            self.env["qms.review.decision"]._read_group(
                [("review_id", "in", self.ids)], ["review_id"], ["__count"]
            )
        )
        for review in self:
            review.qms_output_count = counts.get(review._origin, 0)

    @api.depends("date", "company_id")
    def _compute_qms_previous_id(self):
        for review in self:
            review.qms_previous_id = review.company_id and self.search(
                [
                    ("company_id", "=", review.company_id.id),
                    ("state", "=", "done"),
                    ("date", "<", review.date or fields.Datetime.now()),
                    ("id", "!=", review._origin.id or 0),
                ],
                order="date desc",
                limit=1,
            )

    @api.depends("state", "approval_state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_qms_can(self):
        for review in self:
            stored = review._origin
            may = bool(stored) and not stored._keeper_error()
            review.qms_can_compile = may and stored.state in self._OPEN_STATES
            review.qms_can_invite = may and stored.state == "open"
            review.qms_can_hold = may and stored.state in ("open", "invited")
            review.qms_can_submit = may and stored.state == "held"

    # === CONSTRAINT METHODS === #

    @api.constrains("qms_standard_id")
    def _check_qms_standard_id(self):
        """Not required by the column: rows of before get theirs after the editions are here."""
        if not all(review.qms_standard_id for review in self):
            raise ValidationError(self.env._("A review follows an edition of the standard."))

    @api.constrains("company_id", "qms_standard_id")
    def _check_qms_inputs(self):
        for review in self:
            standards = review.qms_input_ids.topic_id.standard_id
            if standards - review.qms_standard_id:
                raise ValidationError(
                    self.env._(
                        "The agenda was made from another edition: take it out before the "
                        "edition is changed."
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Number the reviews and give them their agenda; the base numbers across agencies."""
        reviews = super().create([dict(vals) for vals in vals_list])
        counter = self.env["qms.review.counter"].sudo()
        for review in reviews:
            reference = counter._next_code(review.company_id, review.qms_year)
            review._lifecycle_write(
                {"reference": reference, "qms_clause_ids": review._clause_commands()}
            )
        reviews._make_agenda()
        return reviews

    def _is_harmless_at_birth(self, name, value):
        """The base fills its number; those of people follow from chair and participants."""
        if name in ("reference", "user_ids"):
            return True
        return super()._is_harmless_at_birth(name, value)

    # === BUSINESS METHODS === #

    def _meeting_day(self):
        """Return the day of the meeting where the agency is."""
        self.ensure_one()
        if not self.date:
            return False
        zone = (self.company_id or self.env.company)._qms_timezone()
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), self.date).date()

    def _clause_commands(self):
        clauses = self.qms_standard_id.clause_ids
        found = clauses.filtered(lambda clause: clause.number in REVIEW_CLAUSES)
        return [fields.Command.set(found.ids)]

    @api.model
    def _evidence_domain(self, company):
        """Only an approved review stands for the clause."""
        return super()._evidence_domain(company) & fields.Domain("state", "=", "done")

    def _keeper_error(self):
        if self.has_access("write"):
            return ""
        return self.env._("ISO officers of the agency keep its management reviews.")
