import datetime
from zoneinfo import ZoneInfo

from odoo import fields, models


class ResCompany(models.Model):
    """What the management review and the yearly calendar ask of an agency."""

    _inherit = "res.company"

    qms_is_lead_unit = fields.Boolean(
        string="Lead unit for ISO 9001",
        help="Leads and inspects the quality management systems of the province or ministry: its "
        "year holds the inspections and reports of Decision 19/2014/QĐ-TTg, art. 12, too.",
    )

    # === BUSINESS METHODS === #

    def _qms_utc(self, local):
        """Return a moment on the clock of the agency as naive UTC."""
        self.ensure_one()
        aware = local.replace(tzinfo=ZoneInfo(self._qms_timezone()))
        return aware.astimezone(datetime.UTC).replace(tzinfo=None)
