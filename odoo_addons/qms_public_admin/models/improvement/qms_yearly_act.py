import datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import yearly

RULES = [
    ("day", "By a day of the year"),
    ("rolling", "Whenever it arises"),
]
MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]
AUDIENCES = [
    ("all", "Every agency"),
    ("lead", "The lead unit of the province or ministry"),
]
#: An act that is proven by no record of the system: somebody marks it done.
BY_HAND = "manual"


class Bar(NamedTuple):
    """A record on the board of the year.

    :ivar record: what opens, of any model
    :ivar state: one of those of ``qms.year.board``
    :ivar proves: it shows that the act was done in the year
    """

    company_id: int
    date_from: datetime.date
    date_to: datetime.date
    label: str
    state: str
    record: object
    proves: bool = False


class QmsYearlyAct(models.Model):
    """What has to be done each year, until when, and which records prove it (ISO-01…ISO-11).

    Everyone reads the acts; those of all agencies are kept by who works for all of them, ISO
    officers add acts of their own agency. Whether an act is done is read from the records;
    where there are none an ISO officer marks it done, with the paper (``qms.yearly.mark``).
    """

    _name = "qms.yearly.act"
    _description = "Yearly act"
    _inherit = ["qms.placement.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"
    _rec_names_search = ["code", "name"]
    _shared_is_for_all = True

    name = fields.Char(string="Act", required=True, translate=True)
    code = fields.Char(string="Rule", help="E.g. ISO-03.")
    basis = fields.Char(help="Article of the law; empty: practice of the agency.")
    note = fields.Text(string="How it is done", translate=True)
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: for all agencies.",
    )
    audience = fields.Selection(AUDIENCES, default="all", required=True)
    rule = fields.Selection(RULES, string="When", default="day", required=True)
    due_month = fields.Selection(MONTHS, default="12")
    due_day = fields.Integer(default=31, aggregator=None)
    remind_days = fields.Integer(
        string="Remind ahead (days)", default=30, required=True, aggregator=None
    )
    proof = fields.Selection(
        selection=lambda self: list(self._proof_labels().items()),
        string="Proven by",
        default=BY_HAND,
        required=True,
    )
    mark_ids = fields.One2many("qms.yearly.mark", "act_id", string="Marked done", readonly=True)
    standing = fields.Selection(
        [("planned", "Planned"), ("due", "Due soon"), ("late", "Late"), ("done", "Act done")],
        string="This year",
        compute="_compute_standing",
    )
    due_on = fields.Date(string="Due this year", compute="_compute_standing")

    _due = models.Constraint(
        "CHECK(rule != 'day' OR (due_month IS NOT NULL AND due_day BETWEEN 1 AND 31))",
        "An act by a day of the year has month and day.",
    )
    _remind = models.Constraint(
        "CHECK(remind_days BETWEEN 0 AND 180)", "Reminders come 0 to 180 days ahead."
    )

    # === COMPUTE METHODS === #

    @api.depends("rule", "due_month", "due_day", "proof", "mark_ids")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_standing(self):
        today = fields.Date.context_today(self)
        company = self.env.company
        for act in self:
            act.due_on = act._due_on(today.year)
            act.standing = act._origin and act._standing(company, today.year, today)

    # === ACTIONS === #

    def action_open_records(self):
        """Open the records of this year that prove the act, or are to prove it."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        bars = self._bars(self.env.companies, today.year)
        if not bars:
            raise UserError(self.env._("Nothing is recorded for this year yet."))
        model = bars[0].record._name
        ids = [bar.record.id for bar in bars if bar.record._name == model]
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
        }

    def action_open_mark(self):
        """Ask when and by which paper the act was done."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mark as done"),
            "res_model": "qms.yearly.mark.entry",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_act_id": self.id},
        }

    # === CATALOGUE OF PROOFS === #

    @api.model
    def _proof_labels(self):
        """Return ``{key: what proves an act}``; each part of the system adds its own."""
        return {BY_HAND: self.env._("Nothing in the system: marked by hand")}

    def _proof_manual(self, companies, year):
        return []

    # === BUSINESS METHODS === #

    @api.model
    def _of(self, companies):
        """Return the acts that concern any of these agencies."""
        acts = self.search([("company_id", "in", [False, *companies.ids])])
        is_lead = any(companies.sudo().mapped("qms_is_lead_unit"))
        return acts.filtered(lambda act: act.audience == "all" or is_lead)

    def _concerns(self, company):
        self.ensure_one()
        if self.company_id and self.company_id != company:
            return False
        return self.audience == "all" or company.sudo().qms_is_lead_unit

    def _due_on(self, year):
        """Return the day by which the act is due in a year, False for a rolling one."""
        self.ensure_one()
        if self.rule != "day" or not self.due_month:
            return False
        return yearly.day_of(year, int(self.due_month), max(self.due_day, 1))

    def _is_asked(self, company, year):
        """Tell whether the agency was there to do the act in a year: it kept its QMS here."""
        self.ensure_one()
        return year >= (company.sudo().create_date or fields.Datetime.now()).year

    def _bars(self, companies, year):
        """Return the records that belong to the act in a year, with those marked by hand."""
        self.ensure_one()
        found = getattr(self, f"_proof_{self.proof}")(companies, year)
        return [*found, *self.env["qms.yearly.mark"]._bars_of(self, companies, year)]

    def _standing(self, company, year, today, bars=None):
        """Return how the act stands for an agency: done, late, due or planned."""
        self.ensure_one()
        bars = self._bars(company, year) if bars is None else bars
        states = {bar.state for bar in bars}
        due = self._due_on(year)
        if due:
            is_done = any(bar.proves for bar in bars)
            return yearly.standing(today, due, is_done, self.remind_days)
        # A rolling act is as good as the worst of what arose.
        worst = next((state for state in ("late", "due") if state in states), "")
        return worst or ("done" if "done" in states else "planned")
