from datetime import timedelta

import pytz

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import ormcache

from ...kernel_texts import kernel_text
from ...tools.working_time import WorkingTime, WorkingTimeError

# Fields of the calendar itself that the clock reads; hours and leaves are own rows. Its
# zone is none of them: Odoo moves it at the administrator's first login.
CLOCK_FIELDS = {"two_weeks_calendar", "schedule_type", "flexible_hours", "company_id"}


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if CLOCK_FIELDS & vals.keys():
            self.env.registry.clear_cache()
        return result

    # === BUSINESS METHODS === #

    @ormcache("self.id", "company.id")
    def _qms_working_time(self, company):
        """Return the legal clock of ``company`` on this calendar.

        Cached until hours, general closures, exception rows, the zone or the length of
        the agency's day change: a question costs no query.

        :raise UserError: when the calendar cannot carry a date.
        """
        self.ensure_one()
        calendar_sudo, company_sudo = self.sudo(), company.sudo()
        rows_sudo, covered = self.env["qms.calendar.exception"]._clock_rows(company)
        closures, names = calendar_sudo._qms_closures(company_sudo)
        names.update({row.date: row.name for row in rows_sudo})
        slots = calendar_sudo._qms_slots()
        try:
            return WorkingTime(
                slots,
                company._qms_timezone(),
                holidays=[row.date for row in rows_sudo if row.kind == "holiday"],
                working_days=calendar_sudo._qms_working_days(rows_sudo, slots),
                closures=closures,
                hours_per_day=company_sudo.qms_hours_per_day or 8.0,
                covered_years=covered,
                names=names,
            )
        except WorkingTimeError as error:
            raise UserError(
                self.env._(
                    "Time limits cannot be counted on the calendar “%(calendar)s”: %(reason)s",
                    calendar=calendar_sudo.name,
                    reason=kernel_text(self.env, error),
                )
            ) from error

    def _qms_slots(self):
        """Hours of the week in minutes; days 7–13 are the second of two weeks."""
        if self.flexible_hours:
            raise UserError(
                self.env._(
                    "“%(calendar)s” has flexible hours: a time limit needs fixed ones.",
                    calendar=self.name,
                )
            )
        slots = {13: []} if self.two_weeks_calendar else {}
        for line in self.attendance_ids:
            start, end = round(line.hour_from * 60), round(line.hour_to * 60)
            if line._is_work_period() and start < end:
                week = int(line.week_type or 0) if self.two_weeks_calendar else 0
                slots.setdefault(int(line.dayofweek) + 7 * week, []).append((start, end))
        return slots

    def _qms_working_days(self, rows, slots):
        """Hours of the days in lieu: those of the weekday each was swapped with."""
        week_type = self.env["resource.calendar.attendance"].get_week_type
        result = {}
        for row in rows.filtered(lambda row: row.kind == "working_day"):
            pair = row.pair_date
            week = week_type(pair) if pair and self.two_weeks_calendar else 0
            result[row.date] = slots.get(pair.weekday() + 7 * week, []) if pair else []
        return result

    def _qms_closures(self, company):
        """General closures as ``([(start, end)], {date: name})``.

        Odoo ends a day at 23:59:59; the clock counts to the full minute.
        """
        leaves_sudo = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id", "=", False),
                    ("calendar_id", "in", [False, self.id]),
                    ("company_id", "in", [False, company.id]),
                    ("time_type", "=", "leave"),
                ]
            )
        )
        closures, names = [], {}
        zone = pytz.timezone(company._qms_timezone())
        for leave in leaves_sudo:
            end = leave.date_to + timedelta(seconds=leave.date_to.second == 59)
            closures.append((leave.date_from, end))
            day = pytz.utc.localize(leave.date_from).astimezone(zone).date()
            last = pytz.utc.localize(end - timedelta(seconds=1)).astimezone(zone).date()
            while leave.name and day <= last:
                names[day] = leave.name
                day += timedelta(days=1)
        return closures, names
