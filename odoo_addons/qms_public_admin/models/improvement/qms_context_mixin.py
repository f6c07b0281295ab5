from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.words import stripped
from ..mixins.bulk_rows import write_rows

ACTIVITY_TYPE = "qms_public_admin.mail_activity_context"
NOTICE_DAYS = 14
TIMELINESS = [("late", "Overdue"), ("soon", "Due within 30 days"), ("in_time", "In time")]


class QmsContextMixin(models.AbstractModel):
    """What belongs to the context of an agency and is reviewed from time to time.

    Everyone of the agency reads it, ISO officers keep it. Each review is a row that nobody
    rewrites (``qms.context.review``); when it was last reviewed follows from the rows.
    """

    _name = "qms.context.mixin"
    _description = "Part of the context of an agency"
    _inherit = [
        "qms.placement.mixin",
        "qms.evidence.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _check_company_auto = True
    _derived_fields = ("reviewed_on", "review_due", "reminded_for")
    _evidence_date_field = "reviewed_on"
    # Number of the clause in the edition of the agency, and the link of a review.
    _context_clause = ""
    _review_field = ""

    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    owner_id = fields.Many2one(
        "res.users",
        string="In charge",
        default=lambda self: self.env.user,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
    is_climate = fields.Boolean(
        string="Climate change",
        tracking=True,
        help="Bears on climate change, which has to be considered since Amendment 1 of 2024.",
    )
    reviewed_on = fields.Date(
        string="Last reviewed", compute="_compute_reviewed_on", store=True, index=True
    )
    review_due = fields.Date(
        string="Next review", compute="_compute_reviewed_on", store=True, index=True
    )
    reminded_for = fields.Date(readonly=True, copy=False)
    timeliness = fields.Selection(
        TIMELINESS,
        string="Review",
        compute="_compute_timeliness",
        search="_search_timeliness",
    )
    can_review = fields.Boolean(compute="_compute_can_review")
    active = fields.Boolean(default=True, tracking=True)

    # === COMPUTE METHODS === #

    @api.depends("review_ids", "review_ids.date", "company_id.qms_context_months")
    def _compute_reviewed_on(self):
        for row in self:
            last = row.sudo().review_ids.sorted(lambda review: (review.date, review.id))[-1:]
            start = last.date or fields.Date.to_date(row.create_date) or fields.Date.today()
            months = row.company_id.sudo().qms_context_months
            row.reviewed_on = last.date
            row.review_due = last.date_next or start + relativedelta(months=months)

    @api.depends("review_due", "active")
    def _compute_timeliness(self):
        self.timeliness = False
        for kind, _label in TIMELINESS:
            self.filtered_domain(self._timeliness_domain(kind)).timeliness = kind

    def _search_timeliness(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._timeliness_domain(kind) for kind in value if kind)

    @api.depends("active")
    @api.depends_context("uid")
    def _compute_can_review(self):
        for row in self:
            row.can_review = bool(row.id) and row.active and row.has_access("write")

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        if "qms_clause_ids" in fields_list and not defaults.get("qms_clause_ids"):
            edition = self.env.company._qms_standard()
            clauses = edition._qms_clauses(self._context_clause)
            defaults["qms_clause_ids"] = [fields.Command.set(clauses.ids)]
        return defaults

    # === ACTIONS === #

    def action_open_review(self):
        """Ask for the outcome of the review; for one or for many."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Review"),
            "res_model": "qms.context.review.entry",
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{self._review_field}s": [fields.Command.set(self.ids)]},
        }

    def action_review(self, outcome, words=None, date_next=None):
        """Record a review of these rows.

        :param str outcome: ``unchanged`` or ``changed``
        :param str words: what changed; needed when something did
        :param date_next: when to review again; by the setting of the agency without it
        """
        self.check_access("write")
        text = stripped(words)
        if outcome not in ("unchanged", "changed"):
            raise UserError(self.env._("Say whether something changed."))
        if outcome == "changed" and not text:
            raise UserError(self.env._("Say what changed."))
        self.env["qms.context.review"]._record(
            [row._review_vals(outcome, text, date_next) for row in self]
        )
        self.sudo().activity_feedback([ACTIVITY_TYPE], only_automated=False)
        return True

    # === BUSINESS METHODS === #

    def _review_vals(self, outcome, words, date_next):
        today = fields.Date.context_today(self.with_context(tz=self.company_id._qms_timezone()))
        months = self.company_id.sudo().qms_context_months
        chosen = fields.Date.to_date(date_next)
        if chosen and chosen <= today:
            raise UserError(self.env._("The next review comes after today."))
        return {
            self._review_field: self.id,
            "company_id": self.company_id.id,
            "date": today,
            "outcome": outcome,
            "words": words or False,
            "content": self._review_content(),
            "date_next": chosen or today + relativedelta(months=months),
            "user_id": self.env.uid,
            "user_name": self.env.user.sudo().name,
            "title": self.env.user._qms_title(self.company_id) or False,
        }

    def _review_content(self):
        """Return what stood there on the day of the review, as text."""
        return self.display_name

    @api.model
    def _timeliness_domain(self, kind):
        today = fields.Date.context_today(self)
        horizon = fields.Date.add(today, days=30)
        return {
            "late": Domain("review_due", "<", today),
            "soon": Domain("review_due", ">=", today) & Domain("review_due", "<=", horizon),
            "in_time": Domain("review_due", ">", horizon),
        }.get(kind, Domain.FALSE)

    @api.model
    def _cron_remind(self):
        """Put what is to be reviewed on the lists of those in charge, once each term."""
        self._remind_all(self.env["ir.cron"]._commit_progress)

    @api.model
    def _remind_all(self, commit):
        agencies = self.env["res.company"]._qms_with(self, [("active", "=", True)])
        agencies._qms_each(self._remind_company, commit)

    @api.model
    def _remind_company(self, company):
        zoned = self.sudo().with_context(tz=company._qms_timezone())
        horizon = fields.Date.add(fields.Date.context_today(zoned), days=NOTICE_DAYS)
        due = zoned.search([("company_id", "=", company.id), ("review_due", "<=", horizon)])
        due = due.filtered(lambda row: row.reminded_for != row.review_due)
        officer = company._qms_officers()[:1]
        self.env["mail.activity"]._qms_put(ACTIVITY_TYPE, [row._reminder(officer) for row in due])
        write_rows(due, {row.id: {"reminded_for": row.review_due} for row in due})

    def _reminder(self, officer):
        person = self.owner_id.filtered("active") or officer or self.create_uid
        summary = self.with_context(lang=person.lang).env._("Review the context")
        return self, person, self.review_due, summary
