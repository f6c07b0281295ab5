from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.holiday_list import Day

# Fields by which a row moves a due date; the others are for the reader.
CLOCK_FIELDS = {"date", "kind", "status", "pair_date", "company_id", "active", "name"}


class QmsCalendarException(models.Model):
    """A dated departure from the weekly calendar: a day off, or a day worked in lieu.

    Public holidays are fixed each year by notice (Labour Code 2019, art. 112.3) and are
    recorded, never computed. A row without a company binds every agency of the province;
    an agency's own row on the same date wins. Only official rows count in the clock.

    Access:
    - staff read the rows of their agencies and those of the province;
    - ISO officers write the rows of their agencies;
    - rows of the province are written only by an officer allowed in every agency of
      the database, because they move the dates of all of them.
    """

    _name = "qms.calendar.exception"
    _description = "Day off or day worked in lieu"
    _inherit = ["mail.thread"]
    _order = "date desc, company_id"
    _rec_names_search = ["name", "source"]

    name = fields.Char(required=True, index="trigram", tracking=True)
    date = fields.Date(required=True, index=True, tracking=True)
    weekday = fields.Char(compute="_compute_weekday")
    kind = fields.Selection(
        [("holiday", "Day off"), ("working_day", "Working day in lieu")],
        required=True,
        default="holiday",
        tracking=True,
    )
    category = fields.Selection(
        [
            ("holiday", "Public holiday"),
            ("compensation", "Compensatory day off"),
            ("swap_off", "Day off by swap"),
            ("swap_work", "Worked in lieu"),
            ("agency", "Closure of the agency"),
        ],
        compute="_compute_category",
        store=True,
        readonly=False,
        help="Compensatory: the holiday fell on a weekly day of rest (Labour Code, art. 111.3).",
    )
    status = fields.Selection(
        [("proposed", "Proposed"), ("official", "Official")],
        required=True,
        default="official",
        tracking=True,
        help="Only official rows count in the clock.",
    )
    pair_date = fields.Date(
        string="Swapped with",
        tracking=True,
        help="The other day of a swap. A day worked in lieu has the hours of that weekday.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        index=True,
        default=lambda self: self._default_company_id(),
        ondelete="cascade",
        tracking=True,
        help="Empty: the whole province.",
    )
    source = fields.Text(help="Notice, decision or web page the row was taken from.")
    note = fields.Text()
    active = fields.Boolean(default=True, tracking=True)

    _date_unique = models.UniqueIndex(
        "(date, COALESCE(company_id, 0)) WHERE active",
        "There is a row for this date already, in the agency or in the province.",
    )
    _date_in_range = models.Constraint(
        "CHECK(date >= '1900-01-01' AND date < '2200-01-01')",
        "The date lies outside 1900–2199.",
    )
    _pair_differs = models.Constraint(
        "CHECK(pair_date IS NULL OR pair_date != date)",
        "A day cannot be swapped with itself.",
    )
    _kind_fits_category = models.Constraint(
        "CHECK(category IS NULL OR (category = 'swap_work') = (kind = 'working_day'))",
        "A day worked in lieu is a working day; every other category is a day off.",
    )

    # === DEFAULT METHODS === #

    @api.model
    def _default_company_id(self):
        """The agency of the user, or the province for those who may write it."""
        return False if self._may_write_province() else self.env.company

    # === COMPUTE METHODS === #

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_weekday(self):
        weekday = self.env["resource.calendar.attendance"]._fields["dayofweek"]
        names = dict(weekday._description_selection(self.env))
        for row in self:
            row.weekday = names[str(row.date.weekday())] if row.date else False

    @api.depends("kind")
    def _compute_category(self):
        for row in self:
            if row.kind == "working_day":
                row.category = "swap_work"
            elif not row.category or row.category == "swap_work":
                row.category = "holiday"

    # === ONCHANGE METHODS === #

    @api.onchange("category")
    def _onchange_category(self):
        if self.category:
            self.kind = "working_day" if self.category == "swap_work" else "holiday"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        self._forget_clocks()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if "company_id" in vals:
            # A row moved to the province needs the rights of the province.
            self.check_access("write")
        if CLOCK_FIELDS & vals.keys():
            self._forget_clocks()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_clocks()
        return result

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if operation == "read" or not self or self._may_write_province():
            return result
        shared_sudo = self.sudo().filtered(lambda row: not row.company_id)
        if not shared_sudo:
            return result
        forbidden = self.browse(shared_sudo.ids) | (result[0] if result else self.browse())
        return forbidden, self._province_error

    # === ACTION METHODS === #

    def action_make_official(self):
        """Confirm proposed rows once the notice has been issued."""
        self.filtered(lambda row: row.status == "proposed").write({"status": "official"})

    # === BUSINESS METHODS === #

    @api.model
    def _may_write_province(self):
        """Whether the user may write rows that bind every agency."""
        if self.env.su:
            return True
        others = [("id", "not in", self.env.user.company_ids.ids)]
        return not self.env["res.company"].sudo().search_count(others, limit=1)

    @api.model
    def _province_error(self):
        return AccessError(
            self.env._(
                "Days of the whole province bind every agency: only an ISO officer allowed in "
                "all of them may change them. Record the day for your agency instead."
            )
        )

    @api.model
    def _forget_clocks(self):
        """Drop the cached clocks: the next question reads the rows again."""
        self.env.registry.clear_cache()

    @api.model
    def _clock_rows(self, company):
        """Rows that bind ``company``, its own row winning over the province's.

        Return ``(official rows, years whose calendar is complete)``. A year is complete
        when it has official rows and no proposal waiting for its notice: a date counted
        across a proposed Tết is a guess.
        """
        rows_sudo = self.sudo().search([("company_id", "in", [False, company.id])])
        official_sudo = rows_sudo.filtered(lambda row: row.status == "official")
        pending = {row.date.year for row in rows_sudo - official_sudo}
        by_date = {}
        for row in official_sudo.sorted(lambda row: bool(row.company_id)):
            by_date[row.date] = row
        rows = self.browse().union(*by_date.values()).sudo()
        return rows, {row.date.year for row in rows} - pending

    def _as_day(self):
        """This row as a day of a list, to be compared with one."""
        self.ensure_one()
        return Day(
            date=self.date,
            name=self.name,
            category=self.category,
            status=self.status,
            pair_date=self.pair_date or None,
            source=self.source or "",
            note=self.note or "",
        )
