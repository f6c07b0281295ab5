from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain

# How a state of an audit stands on the board of the year.
BOARD_STATE = {
    "draft": "planned",
    "notified": "planned",
    "open": "running",
    "reporting": "running",
    "done": "done",
    "cancelled": "cancelled",
}
DUE_DAYS = 30


class MgmtsystemAudit(models.Model):
    """The audits of a year on one page: a row for each unit."""

    _inherit = "mgmtsystem.audit"

    @api.model
    def _qms_year_board(self, year):
        """Return the audits planned and held in a year, by agency and unit."""
        rows = {}
        for unit, bar in [*self._qms_line_bars(year), *self._qms_audit_bars(year)]:
            rows.setdefault(unit, []).append(bar)
        several = len(self.env.companies) > 1
        ordered = sorted(rows, key=lambda unit: (unit.company_id.name or "", unit.name or ""))
        return {
            "rows": [
                {
                    "label": unit.name or self.env._("Without a unit"),
                    "group": unit.company_id.name or "" if several else "",
                    "bars": sorted(rows[unit], key=lambda bar: (bar["from"], bar["id"])),
                }
                for unit in ordered
            ],
            "help": self.env._(
                "No audit is planned in this year. Make the audit programme of the year first."
            ),
        }

    @api.model
    def _qms_line_bars(self, year):
        """Return ``(unit, bar)`` of the lines of programmes that have no audit yet."""
        lines = self.env["qms.audit.programme.line"].search(
            Domain("company_id", "in", self.env.companies.ids)
            & Domain("year", "=", year)
            & Domain("audit_id", "=", False)
            & Domain("date_from", "!=", False)
            & Domain("programme_id.state", "!=", "cancelled")
            & Domain("programme_id.active", "=", True)
        )
        today = fields.Date.context_today(self)
        return [
            (
                line.department_id.sudo(),
                {
                    "from": str(line.date_from),
                    "to": str(line.date_to or line.date_from),
                    "label": line.department_id.sudo().name,
                    "state": _timed("planned", line.date_from, line.date_to, today),
                    "model": line._name,
                    "id": line.id,
                },
            )
            for line in lines
        ]

    @api.model
    def _qms_audit_bars(self, year):
        """Return ``(unit, bar)`` of each audit, once for each of its units."""
        audits = self.search(
            Domain("company_id", "in", self.env.companies.ids)
            & Domain("qms_date_from", "<=", date(year, 12, 31))
            & Domain("qms_date_to", ">=", date(year, 1, 1))
        )
        today = fields.Date.context_today(self)
        return [
            (
                unit,
                {
                    "from": str(audit.qms_date_from),
                    "to": str(audit.qms_date_to),
                    "label": audit.name,
                    "state": _timed(
                        BOARD_STATE[audit.state], audit.qms_date_from, audit.qms_date_to, today
                    ),
                    "model": audit._name,
                    "id": audit.id,
                },
            )
            for audit in audits
            for unit in audit.sudo().qms_department_ids or [audit.sudo().qms_department_ids]
        ]


def _timed(state, first, last, today):
    """Say of what is only planned whether its days are near or past."""
    if state != "planned":
        return state
    if (last or first) < today:
        return "late"
    return "due" if (first - today).days <= DUE_DAYS else "planned"
