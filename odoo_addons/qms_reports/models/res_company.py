import datetime
import functools
from zoneinfo import ZoneInfo

from odoo import fields, models

from odoo.addons.qms_public_admin.tools.vietnamese import long_day

from ..const import STOPPED_AS


@functools.lru_cache(maxsize=1024)  # the papers of one batch are of the same moments
def _local(moment, zone):
    return moment.replace(tzinfo=datetime.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


class ResCompany(models.Model):
    _inherit = "res.company"

    qms_table_06a_stopped = fields.Selection(
        STOPPED_AS,
        string="Stopped dossiers in table 06a",
        default="open",
        required=True,
        help="Table 06a has no column for dossiers stopped for good; practice counts them with "
        "those in progress within the limit.",
    )

    qms_officer_full = fields.Float(
        string="Points for the whole task",
        default=5.0,
        help="Officer total (indices 1, 2, 3, 4 and 7, at most 10 points) from which the task "
        "counts as fully done.",
    )
    qms_officer_part = fields.Float(
        string="Points for 70–100 % of the task",
        default=3.5,
        help="Officer total from which 70 to 100 % of the task count as done.",
    )

    _qms_officer_limits_ordered = models.Constraint(
        "CHECK(qms_officer_part > 0 AND qms_officer_full >= qms_officer_part"
        " AND qms_officer_full <= 10)",
        "The limits of the officer total lie between 0 and 10, the one for the whole task is "
        "the higher one.",
    )

    def _qms_officer_limits(self):
        company = self.sudo()[:1]
        return company.qms_officer_full, company.qms_officer_part

    # === PRINTS === #

    def _qms_heading(self):
        """Return the lines at the top left of an administrative document."""
        company = self.sudo()[:1]
        agency = company.qms_agency_id
        return {
            "superior": (agency.parent_id.name or company.parent_id.name or "").upper(),
            "agency": (agency.name or company.name or "").upper(),
        }

    def _qms_place_and_date(self, moment=None):
        """Return “Nơi, ngày … tháng … năm …” of a Vietnamese document."""
        company = self.sudo()[:1]
        day = self._qms_local(moment or fields.Datetime.now()).date()
        place = company.city or company.state_id.name or company.qms_agency_id.province
        return f"{place or '……………'}, {long_day(day)}"

    def _qms_local(self, moment):
        """Return ``moment`` (naive UTC) on the clock of the agency, naive."""
        return _local(moment, self.sudo()[:1]._qms_timezone())

    def _qms_local_clock(self):
        """Return :meth:`_qms_local` as a function for hundreds of thousands of moments."""
        zone, utc = ZoneInfo(self.sudo()[:1]._qms_timezone()), datetime.UTC
        return lambda moment: moment.replace(tzinfo=utc).astimezone(zone).replace(tzinfo=None)

    def _qms_moment_text(self, moment):
        """Return “16 giờ 30 phút, ngày 20/11/2026”, empty without a moment."""
        return self._qms_local(moment).strftime("%H giờ %M phút, ngày %d/%m/%Y") if moment else ""

    def _qms_day_text(self, moment):
        """Return “20/11/2026”, empty without a moment."""
        return self._qms_local(moment).strftime("%d/%m/%Y") if moment else ""

    def _qms_long_moment_text(self, moment):
        """Return “08 giờ 05 phút, ngày 21 tháng 11 năm 2026”, empty without a moment."""
        if not moment:
            return ""
        local = self._qms_local(moment)
        return f"{local.strftime('%H giờ %M phút')}, {long_day(local)}"

    def _qms_form(self, kind, moment=None):
        """Return the legal form of ``kind`` in force at ``moment`` (now by default)."""
        day = self._qms_local(moment or fields.Datetime.now()).date()
        return self.env["qms.form.template"]._in_force(kind, self[:1], day)

    def _qms_form_codes(self, kind, moment=None):
        """Return the codes of a form on one line: legal number, circular, ISO code."""
        values = self._qms_form(kind, moment)._code_values()
        return f"{values['legal_code']} – {values['legal_instrument']}{values['iso_line']}"
