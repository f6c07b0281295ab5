import datetime
from zoneinfo import ZoneInfo

from odoo import fields, models

GROUP_LEADER = "qms_public_admin.group_qms_leader"


class ResCompany(models.Model):
    """What the management review and the yearly calendar ask of an agency."""

    _inherit = "res.company"

    qms_is_lead_unit = fields.Boolean(
        string="Lead unit for ISO 9001",
        help="Leads and inspects the quality management systems of the province or ministry: its "
        "year holds the inspections and reports of Decision 19/2014/QĐ-TTg, art. 12, too.",
    )

    # === BUSINESS METHODS === #

    def _qms_leaders(self):
        """Return the leaders of the agency: those at home in it, else those allowed."""
        self.ensure_one()
        leaders = self.env.ref(GROUP_LEADER).sudo().all_user_ids
        leaders = leaders.filtered(lambda user: user.active and self in user.company_ids)
        return leaders.filtered(lambda user: user.company_id == self) or leaders

    def _qms_utc(self, local):
        """Return a moment on the clock of the agency as naive UTC."""
        self.ensure_one()
        aware = local.replace(tzinfo=ZoneInfo(self._qms_timezone()))
        return aware.astimezone(datetime.UTC).replace(tzinfo=None)
