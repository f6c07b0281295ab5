import datetime

import pytz

from odoo import fields, models

from ..const import LEGAL_FORMS, STOPPED_AS


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
        return f"{place or '……………'}, ngày {day.day:02d} tháng {day.month:02d} năm {day.year}"

    def _qms_local(self, moment):
        """Return ``moment`` (naive UTC) on the clock of the agency, naive."""
        zone = pytz.timezone(self.sudo()[:1]._qms_timezone())
        return pytz.utc.localize(moment).astimezone(zone).replace(tzinfo=None)

    def _qms_moment_text(self, moment):
        """Return “16 giờ 30 phút, ngày 20/11/2026”, empty without a moment."""
        return self._qms_local(moment).strftime("%H giờ %M phút, ngày %d/%m/%Y") if moment else ""

    def _qms_day_text(self, moment):
        """Return “20/11/2026”, empty without a moment."""
        return self._qms_local(moment).strftime("%d/%m/%Y") if moment else ""

    def _qms_legal_form(self, form, moment=None):
        """Return the number line of a legal form as in force at ``moment``."""
        day = self._qms_local(moment or fields.Datetime.now()).date()
        versions = LEGAL_FORMS[form]
        number, document = next(
            (
                (number, document)
                for since, number, document in versions
                if day >= datetime.date.fromisoformat(since)
            ),
            versions[-1][1:],
        )
        return f"Mẫu số {number} – Thông tư {document}"
