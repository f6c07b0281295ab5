import base64
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel_texts import kernel_text
from ...tools import holiday_list, tabular

CHANGES = [
    ("new", "New"),
    ("overrides", "Differs from the province"),
    ("changed", "Changed"),
    ("confirmed", "Confirmed"),
    ("dropped", "Dropped"),
    ("unchanged", "Unchanged"),
    ("kept", "Recorded row kept"),
    ("left_out", "Not chosen"),
    ("error", "Error"),
]
ACTIONABLE = ("new", "overrides", "changed", "confirmed", "dropped")


class QmsHolidayWizard(models.TransientModel):
    """Take over the days off of a year: a proposal first, the official list later.

    Nothing is written before the preview is accepted; the same list twice changes
    nothing; an official row replaces a proposal, never the other way round. Rows with
    an error are named and left out.
    """

    _name = "qms.holiday.wizard"
    _description = "Days off of a year"

    state = fields.Selection(
        [("source", "Source"), ("preview", "Preview"), ("done", "Done")], default="source"
    )
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        default=lambda self: self.env["qms.calendar.exception"]._default_company_id(),
        help="Empty: the whole province.",
    )
    origin = fields.Selection(
        [("library", "Proposal from the holidays library"), ("file", "Official list from a file")],
        string="Take from",
        default="library",
        required=True,
    )
    year_from = fields.Integer(default=lambda self: fields.Date.context_today(self).year + 1)
    year_to = fields.Integer(default=lambda self: fields.Date.context_today(self).year + 1)
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    file_info = fields.Char(string="Read as", readonly=True)
    option_ids = fields.One2many("qms.holiday.wizard.option", "wizard_id", readonly=True)
    line_ids = fields.One2many("qms.holiday.wizard.line", "wizard_id")
    error_ids = fields.One2many(
        "qms.holiday.wizard.line", "wizard_id", domain=[("change", "=", "error")], readonly=True
    )
    error_count = fields.Integer(readonly=True)
    is_choice_open = fields.Boolean(compute="_compute_is_choice_open")
    summary = fields.Char(readonly=True)
    calendar_warning = fields.Text(compute="_compute_calendar_warning")

    # === COMPUTE METHODS === #

    @api.depends("option_ids.is_chosen")
    def _compute_is_choice_open(self):
        for wizard in self:
            chosen = set(wizard.option_ids.filtered("is_chosen").mapped("year"))
            wizard.is_choice_open = bool(set(wizard.option_ids.mapped("year")) - chosen)

    @api.depends("company_id", "state")
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_calendar_warning(self):
        for wizard in self:
            companies = wizard.company_id or self.env.companies
            wizard.calendar_warning = companies._qms_calendar_warning_text()

    @api.depends("state")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._("Days off of a year")

    # === ACTION METHODS === #

    def action_preview(self):
        """Read the list and show what applying it would change."""
        self.ensure_one()
        days = self._read_file() if self.origin == "file" else self._read_library()
        chosen = self._chosen()
        self.option_ids.unlink()
        self.option_ids = [
            fields.Command.create(
                {
                    "year": year,
                    "name": option,
                    "date_from": min(day.date for day in group),
                    "date_to": max(day.date for day in group),
                    "day_count": len(group),
                    "is_chosen": option == chosen.get(year),
                }
            )
            for (year, option), group in holiday_list.options(days).items()
        ]
        self._fill(days)
        self.state = "preview"
        return self._reopen()

    def action_back(self):
        """Choose another source."""
        self.ensure_one()
        self.line_ids.unlink()
        self.option_ids.unlink()
        self.write({"state": "source", "error_count": 0})
        return self._reopen()

    def action_apply(self):
        """Write the ticked lines, all or none of them."""
        self.ensure_one()
        if self.state != "preview":
            raise UserError(self.env._("Look at the preview first."))
        if self.is_choice_open:
            raise UserError(
                self.env._("The list has overlapping proposals: choose one of the options.")
            )
        lines = self.line_ids.filtered(lambda line: line.is_applied and line.change in ACTIONABLE)
        lines._apply()
        self.write({"state": "done", "summary": self._summary(lines)})
        return self._reopen()

    def action_reproject(self):
        """Show the open dossiers whose due date the new rows would move."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_calendar_reprojection_action"
        )
        companies = self.company_id or self.env.companies
        return {**action, "context": {"default_company_ids": companies.ids}}

    def action_close(self):
        """Close and show what has changed behind the dialog."""
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === BUSINESS METHODS === #

    def _read_library(self):
        if not 2000 <= self.year_from <= self.year_to <= 2100:
            raise UserError(self.env._("Give the years as 2000 to 2100, the first one first."))
        return holiday_list.propose(range(self.year_from, self.year_to + 1))

    def _read_file(self):
        if not self.file:
            raise UserError(self.env._("Choose the file with the list."))
        content = base64.b64decode(self.file)
        try:
            table = tabular.read_table(content, self.filename or "", formulas="mark")
            days = holiday_list.read_days(table)
        except (tabular.TabularError, holiday_list.HolidayListError) as error:
            raise UserError(kernel_text(self.env, error)) from error
        row_count = self.env._("%(count)s rows", count=len(days))
        parts = [table.kind, table.encoding, table.sheet, row_count]
        self.file_info = ", ".join(filter(None, parts))
        return days

    def _chosen(self):
        """The option taken for each year with overlapping proposals."""
        return {option.year: option.name for option in self.option_ids if option.is_chosen}

    def _recorded(self):
        """Rows of the chosen scope, and of the province when that is one agency."""
        rows = self.env["qms.calendar.exception"].search(
            [("company_id", "in", [False, self.company_id.id])]
        )
        own = {row.date: row for row in rows if row.company_id == self.company_id}
        shared = {row.date: row for row in rows if row.company_id != self.company_id}
        return own, shared

    def _fill(self, days):
        """Make the lines of the preview from the days of a list."""
        own, shared = self._recorded()
        own_days = {moment: row._as_day() for moment, row in own.items()}
        shared_days = {moment: row._as_day() for moment, row in shared.items()}
        official = {
            day.date.year
            for day in [*own_days.values(), *shared_days.values()]
            if day.status == "official"
        }
        changes = holiday_list.compare(days, self._chosen(), own_days, shared_days)
        line_model = self.env["qms.holiday.wizard.line"]
        vals_list = []
        for day, change in zip(days, changes, strict=True):
            applied = holiday_list.is_applied(change, day, official)
            recorded = own.get(day.date)
            vals_list.append(line_model._prepare(day, change, applied, recorded))
        for moment, applied in holiday_list.missing(days, own_days, self.origin == "library"):
            day = own_days[moment]
            vals_list.append(line_model._prepare(day, "dropped", applied, own[moment]))
        self.line_ids.unlink()
        self.line_ids = [fields.Command.create(vals) for vals in vals_list]
        self.error_count = changes.count("error")

    def _summary(self, lines):
        labels = dict(self.line_ids._fields["change"]._description_selection(self.env))
        counts = Counter(lines.mapped("change"))
        parts = [f"{labels[change]}: {counts[change]}" for change in ACTIONABLE if counts[change]]
        return ", ".join(parts) or self.env._("Nothing changed.")

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Days off of a year"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
