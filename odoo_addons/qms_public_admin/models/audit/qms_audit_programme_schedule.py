from datetime import timedelta

from odoo import api, fields, models

from ...tools.schedule_clash import Booking, clashes


class QmsAuditProgramme(models.Model):
    """Whether the days of a programme can be held: clashes, days off, load of each auditor."""

    _inherit = "qms.audit.programme"

    warning_count = fields.Integer(string="Warnings", compute="_compute_schedule")
    workload_html = fields.Html(string="Load of the auditors", compute="_compute_workload_html")

    # === COMPUTE METHODS === #

    @api.depends("line_ids.warning_text")
    def _compute_schedule(self):
        for programme in self:
            programme.warning_count = len(programme.line_ids.filtered("warning_text"))

    @api.depends("line_ids.auditor_ids", "line_ids.date_from", "line_ids.date_to")
    def _compute_workload_html(self):
        for programme in self:
            programme.workload_html = self.env["ir.qweb"]._render(
                "qms_public_admin.audit_workload", {"rows": programme._workload()}
            )

    # === BUSINESS METHODS === #

    def _workload(self):
        """Return the load of each auditor, the busiest first.

        :return: list of dicts: ``auditor``, ``audits`` and ``days`` planned, ``hours`` in
            agendas, ``share`` of the busiest in per cent
        """
        self.ensure_one()
        is_open = self.company_id._qms_is_open_day()
        register = self.env["qms.auditor"].search([("company_id", "=", self.company_id.id)])
        hours = self._agenda_hours()
        rows = []
        for auditor in register | self.line_ids.auditor_ids:
            lines = self.line_ids.filtered(lambda row, who=auditor: who in row.auditor_ids)
            days = {day for line in lines for day in line._days() if is_open(day)}
            rows.append(
                {
                    "auditor": auditor,
                    "audits": len(lines),
                    "days": len(days),
                    "hours": hours.get(auditor.id or auditor._origin.id, 0.0),
                }
            )
        most = max((row["days"] for row in rows), default=0) or 1
        rows.sort(key=lambda row: (-row["days"], -row["audits"], row["auditor"].name or ""))
        return [{**row, "share": round(100 * row["days"] / most)} for row in rows]

    def _agenda_hours(self):
        """Return ``{auditor id: hours}`` in the agendas of the audits of this programme."""
        audits = self._origin.line_ids.audit_id.filtered(lambda row: row.state != "cancelled")
        hours = {}
        for slot in audits.qms_slot_ids:
            for auditor in slot.member_ids.auditor_id:
                hours[auditor.id] = hours.get(auditor.id, 0.0) + slot.hours
        return hours

    def _clash_texts(self):
        """Return ``{line: sentences}`` of the same auditor or unit at the same time."""
        self.ensure_one()
        lines = self.line_ids.filtered("date_from")
        bookings = [
            Booking(key, line.date_from, line._days()[-1] + timedelta(days=1), line)
            for line in lines
            for key in (line.department_id, *line.auditor_ids)
        ]
        found = {}
        for one, other in clashes(bookings):
            for mine, theirs in ((one, other), (other, one)):
                text = self.env._(
                    "%(who)s: also in “%(other)s”.",
                    who=mine.key.display_name,
                    other=theirs.owner.display_name,
                )
                found.setdefault(mine.owner, []).append(text)
        return found
