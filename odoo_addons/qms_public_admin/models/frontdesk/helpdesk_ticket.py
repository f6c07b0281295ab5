import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import is_html_empty
from odoo.tools.mail import parse_contact_from_email

from ...const import (
    TICKET_CHANNELS,
    TICKET_CLASSES,
    TICKET_FINDINGS,
    TICKET_KINDS,
    TICKET_OPEN_STATES,
    TICKET_STATES,
    TICKET_TIMELINESS,
)
from ...tools.working_time import WorkingTimeError

# What the sender said, frozen once somebody has begun to handle it.
SAID_FIELDS = (
    "name",
    "description",
    "company_id",
    "partner_id",
    "partner_name",
    "partner_email",
    "qms_kind",
    "qms_phone",
    "qms_address",
    "qms_is_anonymous",
    "qms_received_at",
    "qms_received_via",
)
INTERNAL = "base.group_user"


class HelpdeskTicket(models.Model):
    """A request, a question or a complaint at the front desk of an agency.

    Clerks, heads and ISO officers of the agency read and handle all of them, whoever is
    assigned their own. Nobody sees a complaint about themselves. State, register number,
    deadlines and what was decided are written by the verbs alone; the stages of the
    helpdesk follow the state and decide nothing, and its closing date is not used.
    """

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "qms.lifecycle.mixin"]

    _lifecycle_field = "qms_state"
    _lifecycle_initial = "new"
    _transitions = {
        "new": ("handling", "converted", "answered", "rejected", "cancelled"),
        "handling": ("handling", "converted", "answered", "transferred", "rejected", "cancelled"),
        "answered": ("published", "handling"),
        "rejected": ("handling",),
        "converted": (),
        "published": (),
        "transferred": (),
        "cancelled": (),
    }
    _protected_fields = (
        "qms_register_no",
        "qms_class",
        "qms_class_reason",
        "qms_classified_at",
        "qms_classified_by",
        "qms_transfer_due_at",
        "qms_answer_due_at",
        "qms_transferred_at",
        "qms_transferred_to",
        "qms_answer",
        "qms_answered_at",
        "qms_answered_by",
        "qms_finding",
        "qms_published_at",
        "qms_published_place",
        "qms_published_url",
        "qms_opened_dossier_id",
    )
    _frozen_fields = {state: SAID_FIELDS for state, _label in TICKET_STATES if state != "new"}

    # --- what it is
    qms_kind = fields.Selection(TICKET_KINDS, string="Kind", required=True, default="question")
    qms_state = fields.Selection(
        TICKET_STATES,
        string="Status",
        required=True,
        readonly=True,
        default="new",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    qms_register_no = fields.Char(
        string="Register number",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Number in the register of complaints of the agency and year "
        "(Decree 20/2008, art. 9); never given twice.",
    )
    qms_received_at = fields.Datetime(
        string="Received at", required=True, default=fields.Datetime.now, copy=False
    )
    qms_received_via = fields.Selection(
        TICKET_CHANNELS, string="Received by way of", required=True, default="electronic"
    )
    qms_phone = fields.Char(string="Phone")
    qms_address = fields.Char(string="Address")
    qms_is_anonymous = fields.Boolean(string="Anonymous")
    qms_missing = fields.Char(
        string="Missing",
        compute="_compute_qms_missing",
        help="A complaint has a name, an address, a way to reach the sender and a clear content "
        "(Decree 20/2008, art. 7).",
    )

    # --- what it is about
    qms_procedure_id = fields.Many2one(
        "qms.procedure",
        string="Administrative procedure",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        domain="[('state', '=', 'published')]",
    )
    qms_dossier_id = fields.Many2one(
        "qms.dossier",
        string="About the dossier",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
        groups=INTERNAL,
    )
    qms_department_id = fields.Many2one(
        "hr.department",
        string="About the unit",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        groups=INTERNAL,
    )
    qms_officer_id = fields.Many2one(
        "res.users",
        string="About the official",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        groups=INTERNAL,
        help="This person does not see the complaint.",
    )

    qms_is_about_me = fields.Boolean(
        compute="_compute_qms_is_about_me", search="_search_qms_is_about_me"
    )

    # --- what was decided
    qms_opened_dossier_id = fields.Many2one(
        "qms.dossier",
        string="Dossier opened",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups=INTERNAL,
    )
    qms_class = fields.Selection(TICKET_CLASSES, string="Class", readonly=True, copy=False)
    qms_class_reason = fields.Text(
        string="Why so classified", readonly=True, copy=False, groups=INTERNAL
    )
    qms_classified_at = fields.Datetime(string="Classified at", readonly=True, copy=False)
    qms_classified_by = fields.Char(
        string="Classified by", readonly=True, copy=False, groups=INTERNAL
    )
    qms_transfer_due_at = fields.Datetime(
        string="To be transferred by",
        readonly=True,
        copy=False,
        help="By when a complaint that is not ours goes to the competent agency.",
    )
    qms_answer_due_at = fields.Datetime(string="Answer due", readonly=True, copy=False)
    qms_transferred_at = fields.Datetime(string="Transferred at", readonly=True, copy=False)
    qms_transferred_to = fields.Char(string="Transferred to", readonly=True, copy=False)
    qms_answer = fields.Text(
        string="Answer", readonly=True, copy=False, help="The explanation given to the sender."
    )
    qms_answered_at = fields.Datetime(string="Answered at", readonly=True, copy=False)
    qms_answered_by = fields.Char(string="Answered by", readonly=True, copy=False, groups=INTERNAL)
    qms_finding = fields.Selection(
        TICKET_FINDINGS, string="Conclusion", readonly=True, copy=False, groups=INTERNAL
    )
    qms_published_at = fields.Datetime(string="Made public", readonly=True, copy=False)
    qms_published_place = fields.Char(string="Published in", readonly=True, copy=False)
    qms_published_url = fields.Char(string="Address of the publication", readonly=True, copy=False)

    qms_deadline = fields.Datetime(string="Deadline", compute="_compute_qms_timeliness")
    qms_timeliness = fields.Selection(
        TICKET_TIMELINESS,
        string="Timeliness",
        compute="_compute_qms_timeliness",
        search="_search_qms_timeliness",
    )

    _qms_register_unique = models.UniqueIndex(
        "(company_id, qms_register_no) WHERE qms_register_no IS NOT NULL",
        "This register number is taken already.",
    )
    _qms_one_dossier = models.UniqueIndex(
        "(qms_opened_dossier_id) WHERE qms_opened_dossier_id IS NOT NULL",
        "A dossier is opened from one ticket only.",
    )
    _qms_converted_has_dossier = models.Constraint(
        "CHECK(qms_state != 'converted' OR qms_opened_dossier_id IS NOT NULL)",
        "A request that became a dossier names it.",
    )
    _qms_answered_has_answer = models.Constraint(
        "CHECK(qms_state NOT IN ('answered', 'published') OR qms_answered_at IS NOT NULL)",
        "An answered ticket has its answer.",
    )
    _qms_desk_idx = models.Index("(company_id, qms_kind, qms_state)")

    # === COMPUTE METHODS === #

    @api.depends(
        "name",
        "description",
        "partner_name",
        "qms_address",
        "qms_phone",
        "partner_email",
        "qms_is_anonymous",
        "qms_kind",
    )
    def _compute_qms_missing(self):
        for ticket in self:
            ticket.qms_missing = ", ".join(ticket._missing_contents())

    def _missing_contents(self):
        """What a complaint lacks; of an anonymous one only the content is asked for."""
        wanted = {self.env._("content"): not is_html_empty(self.description or "")}
        if not self.qms_is_anonymous:
            wanted = {
                self.env._("name"): self.partner_name,
                self.env._("address"): self.qms_address,
                self.env._("phone or e-mail"): self.qms_phone or self.partner_email,
                **wanted,
            }
        return [label for label, given in wanted.items() if not given]

    @api.depends("qms_state", "qms_class", "qms_transfer_due_at", "qms_answer_due_at")
    def _compute_qms_timeliness(self):
        now = fields.Datetime.now()
        for ticket in self:
            # Until it is classified the shorter of both limits counts.
            to_transfer = not ticket.qms_class or ticket.qms_class == "not_ours"
            due = ticket.qms_transfer_due_at if to_transfer else ticket.qms_answer_due_at
            is_open = ticket.qms_state in TICKET_OPEN_STATES
            ended = ticket.qms_transferred_at or ticket.qms_answered_at
            ticket.qms_deadline = due
            if not due or not (is_open or ended):
                ticket.qms_timeliness = "none"
            elif is_open:
                ticket.qms_timeliness = "overdue" if due < now else "within"
            else:
                ticket.qms_timeliness = "late" if due < ended else "in_time"

    def _search_qms_timeliness(self, operator, value):
        """Search among the open ones, as the lists do; closed ones are counted in reports."""
        if operator != "in":
            return NotImplemented
        unknown = set(value) - {"overdue", "within"}
        if unknown:
            return NotImplemented
        now = fields.Datetime.now()
        is_open = Domain("qms_state", "in", TICKET_OPEN_STATES)
        to_transfer = Domain("qms_class", "in", (False, "not_ours"))
        overdue = (to_transfer & Domain("qms_transfer_due_at", "<", now)) | (
            ~to_transfer & Domain("qms_answer_due_at", "<", now)
        )
        within = (to_transfer & Domain("qms_transfer_due_at", ">=", now)) | (
            ~to_transfer & Domain("qms_answer_due_at", ">=", now)
        )
        parts = {"overdue": overdue, "within": within}
        return is_open & Domain.OR(parts[key] for key in value)

    @api.depends_context("uid")
    @api.depends("qms_officer_id")
    def _compute_qms_is_about_me(self):
        for ticket in self:
            ticket.qms_is_about_me = ticket.sudo().qms_officer_id.id == self.env.uid

    def _search_qms_is_about_me(self, operator, value):
        """For the rule: citizens are held by it too and may not read the official."""
        if operator != "in":
            return NotImplemented
        about_me = self.sudo()._search(Domain("qms_officer_id", "=", self.env.uid))
        return Domain("id", "in" if True in value else "not in", about_me)

    # === CONSTRAINT METHODS === #

    @api.constrains("qms_received_at")
    def _check_qms_received_at(self):
        now = fields.Datetime.now()
        for ticket in self:
            if ticket.qms_received_at > fields.Datetime.add(now, minutes=5):
                raise ValidationError(self.env._("A ticket cannot be received in the future."))

    @api.constrains("qms_officer_id", "user_id")
    def _check_qms_officer_id(self):
        for ticket in self:
            if ticket.qms_officer_id and ticket.qms_officer_id == ticket.user_id:
                raise ValidationError(
                    self.env._("A complaint is not handled by the official it is about.")
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._enter_register()
        tickets._keep_from_officer()
        return tickets

    def write(self, vals):
        registered = self.filtered("qms_register_no")
        if vals.get("qms_kind", "complaint") != "complaint" and registered:
            raise ValidationError(
                self.env._("A complaint in the register stays a complaint: classify or answer it.")
            )
        result = super().write(vals)
        if "qms_kind" in vals:
            self._enter_register()
        if vals.keys() & {"qms_officer_id", "user_id"}:
            self._keep_from_officer()
        return result

    def _track_template(self, tracking):
        """Stages follow the state and send nothing; what the sender is told, the verbs tell."""
        templates = super()._track_template(tracking)
        templates.pop("stage_id", None)
        return templates

    # === BUSINESS METHODS - REGISTER === #

    def _enter_register(self):
        """Enter new complaints in the register of their agency and year."""
        fresh = self.sudo().filtered(
            lambda row: row.qms_kind == "complaint" and not row.qms_register_no
        )
        counters = self.env["qms.dossier.counter"]
        for ticket in fresh.sorted("id"):
            company = ticket.company_id
            year = self._local_date(ticket.qms_received_at, company).year
            ordinal = counters._advance(company, f"pakn-{year}", 1)
            ticket._lifecycle_write(
                {
                    "qms_register_no": f"PAKN-{year}-{ordinal:04d}",
                    **ticket._deadlines(),
                }
            )

    def _deadlines(self):
        """Count both limits from receipt, by the clock of the agency."""
        company = self.company_id
        clock = company._qms_working_time()

        def due(days):
            try:
                return days and clock.due(self.qms_received_at, days * company.qms_hours_per_day)
            except WorkingTimeError:  # a calendar without hours: nothing can be promised
                return False

        return {
            "qms_transfer_due_at": due(company.qms_transfer_days),
            "qms_answer_due_at": due(company.qms_answer_days),
        }

    @api.model
    def _local_date(self, moment, company):
        zone = pytz.timezone(company._qms_timezone())
        return pytz.utc.localize(moment).astimezone(zone).date()

    def _keep_from_officer(self):
        """Who a complaint is about gets none of its messages either."""
        for ticket in self.sudo().filtered("qms_officer_id"):
            ticket.message_unsubscribe(ticket.qms_officer_id.partner_id.ids)

    # === BUSINESS METHODS - MAIL === #

    @api.model
    def message_new(self, msg, custom_values=None):
        """A mail becomes what its team takes in, from whom it says it is."""
        values = dict(custom_values or {})
        team = self.env["helpdesk.ticket.team"].browse(values.get("team_id"))
        values.setdefault("qms_kind", team.qms_kind or "question")
        values.setdefault("qms_received_via", "electronic")
        name, _email = parse_contact_from_email(msg.get("from") or "")
        values.setdefault("partner_name", name)
        return super().message_new(msg, custom_values=values)
