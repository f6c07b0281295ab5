from markupsafe import Markup

from odoo import models

# The table of section 5.7 as agencies print it; Vietnamese in every language.
HEADS = ("TT", "Trình tự", "Trách nhiệm", "Thời gian", "Biểu mẫu/Kết quả")


class QmsProcedureVersion(models.Model):
    """How a version stands in the ISO document of its procedure."""

    _inherit = "qms.procedure.version"

    def _steps_html(self):
        """Return the steps of these versions, a table for each case."""
        self._fetch_content()
        return Markup("").join(part for version in self.sudo() for part in version._steps_parts())

    def _steps_parts(self):
        procedure = self.procedure_id
        title = " – ".join(filter(None, (procedure.code, procedure.name)))
        yield Markup("<h3>%s</h3>") % title
        limit = _hours_text(self.committed_hours or self.legal_hours)
        if limit:
            yield Markup("<p>Thời gian giải quyết: %s.</p>") % limit
        for case in self.case_ids or [self.case_ids]:
            if case:
                yield Markup("<h4>%s</h4>") % case.name
            yield self._steps_table(self._steps_for(case))

    def _steps_table(self, steps):
        head = Markup("").join(Markup("<th>%s</th>") % text for text in HEADS)
        rows = Markup("").join(
            Markup("<tr>%s</tr>")
            % Markup("").join(Markup("<td>%s</td>") % text for text in self._step_cells(row, step))
            for row, step in enumerate(steps, 1)
        )
        table = Markup("<table class='table table-bordered'><tbody><tr>%s</tr>%s</tbody></table>")
        return table % (head, rows)

    def _step_cells(self, row, step):
        place = step.unit_position or ", ".join(
            filter(None, (step.position_id.name, step.department_id.name))
        )
        outcome = "; ".join(filter(None, (step.form_name, step.result)))
        time = step.time_text or _hours_text(step.hours)
        cells = (step.label or str(row), step.name, place, time, outcome)
        return [" ".join((text or "").split()) for text in cells]


def _hours_text(hours):
    """Return hours and days in Vietnamese; 8 hours are one day."""
    if not hours:
        return ""
    hours_text, days_text = (f"{number:g}".replace(".", ",") for number in (hours, hours / 8))
    return f"{hours_text} giờ ({days_text} ngày làm việc)"
