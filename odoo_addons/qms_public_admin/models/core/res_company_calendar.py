from odoo import api, fields, models
from odoo.tools import ormcache

from ...const import OPEN_STATES

# Settings of an agency that decide which clock it has.
CLOCK_FIELDS = {"qms_calendar_id", "resource_calendar_id", "qms_timezone", "qms_hours_per_day"}


class ResCompany(models.Model):
    """The clock of an agency, and the warning when its calendar ends too soon."""

    _inherit = "res.company"

    qms_calendar_warning = fields.Char(
        string="Missing calendar years", compute="_compute_qms_calendar_warning"
    )

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    def _compute_qms_calendar_warning(self):
        missing = self._qms_missing_calendar_years()
        for company in self:
            years = missing[company.id]
            company.qms_calendar_warning = bool(years) and self.env._(
                "The official days off of %(years)s are not complete, yet due dates reach "
                "that far. Record the official list, then re-project the open dossiers.",
                years=", ".join(map(str, years)),
            )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if CLOCK_FIELDS & vals.keys():
            self.env.registry.clear_cache()
        return result

    # === BUSINESS METHODS === #

    @ormcache("self.id")
    def _qms_working_time(self):
        """Return the legal clock of this agency; cached, see the calendar's method."""
        self.ensure_one()
        return self.sudo()._qms_calendar()._qms_working_time(self)

    def _qms_calendar_warning_text(self):
        """The warnings of these agencies, one a line."""
        return "\n".join(
            f"{company.name}: {company.qms_calendar_warning}"
            for company in self.filtered("qms_calendar_warning")
        )

    def _qms_missing_calendar_years(self):
        """Return ``{company id: years}`` reached by open dossiers without official rows."""
        dossiers_sudo = self.env["qms.dossier"].sudo()
        reached = dict(
            dossiers_sudo._read_group(
                [
                    ("company_id", "in", self.ids),
                    ("state", "in", OPEN_STATES),
                    ("due_at", "!=", False),
                ],
                ["company_id"],
                ["due_at:max"],
            )
        )
        now = fields.Datetime.now()
        return {
            company.id: company._qms_working_time().warnings(now, max(reached[company], now))
            if company in reached
            else []
            for company in self
        }
