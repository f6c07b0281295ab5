from datetime import timedelta

from odoo import api, fields, models


class QmsAuditProgrammeLine(models.Model):
    """What speaks against the days of an audit planned."""

    _inherit = "qms.audit.programme.line"

    warning_text = fields.Text(string="Warnings", compute="_compute_warning_text")

    # === COMPUTE METHODS === #

    @api.depends(
        "programme_id.line_ids.date_from",
        "programme_id.line_ids.date_to",
        "programme_id.line_ids.auditor_ids",
        "programme_id.line_ids.department_id",
        "programme_id.line_ids.procedure_ids",
    )
    def _compute_warning_text(self):
        for programme, lines in self.grouped("programme_id").items():
            found = programme._clash_texts()
            units = lines.auditor_ids._origin._own_units()
            is_open = programme.company_id._qms_is_open_day()
            for line in lines:
                texts = [
                    *found.get(line, ()),
                    *line._day_texts(is_open),
                    *line._auditor_texts(units),
                ]
                line.warning_text = "\n".join(dict.fromkeys(texts))

    # === BUSINESS METHODS === #

    def _days(self):
        """Return the calendar days of this line."""
        self.ensure_one()
        if not self.date_from:
            return []
        last = max(self.date_to or self.date_from, self.date_from)
        return [self.date_from + timedelta(days=n) for n in range((last - self.date_from).days + 1)]

    def _day_texts(self, is_open):
        closed = [day for day in self._days() if not is_open(day)]
        if not closed:
            return []
        return [
            self.env._(
                "Day off: %(days)s.", days=", ".join(day.strftime("%d/%m/%Y") for day in closed[:5])
            )
        ]

    def _auditor_texts(self, units):
        """Say which auditors belong to the unit, or are not valid on the day."""
        texts = []
        for auditor in self.auditor_ids._origin:
            if self.department_id._origin & units[auditor]:
                texts.append(self.env._("%(name)s belongs to the unit audited.", name=auditor.name))
            until = auditor.valid_until
            if until and self.date_to and until < self.date_to:
                texts.append(
                    self.env._("%(name)s is not valid as an auditor then.", name=auditor.name)
                )
        return texts
