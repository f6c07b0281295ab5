from odoo import api, models
from odoo.fields import Domain

from ...tools import review_content as content
from .improvement_texts import NC_OPEN
from .mgmtsystem_review_compile import opens_one

#: Rows of a table; the figures above it count all of them.
ROWS = 12


class MgmtsystemReview(models.Model):
    """What went wrong and what was done about it (9.3.2 c4 of 2015; ISO 9001, 10.2).

    Counted are all nonconformities of the agency; confidential ones are not named, since
    participants read what is compiled.
    """

    _inherit = "mgmtsystem.review"

    @api.model
    def _compiler_labels(self):
        return {
            **super()._compiler_labels(),
            "nonconformities": self.env._("Nonconformities"),
            "actions": self.env._("Actions"),
        }

    def _compile_nonconformities(self):
        """Raised, closed and late in the period; by source; those that are late."""
        model = "mgmtsystem.nonconformity"
        now = self._period_domain("qms_found_on", is_moment=False)
        before = self._period_domain("qms_found_on", self._scope_before(), is_moment=False)
        known = Domain("state", "!=", "cancel")
        late = Domain("state", "in", NC_OPEN) & Domain("qms_due_date", "<=", self.qms_date_to)
        figures = [
            self._counted(self.env._("Nonconformities found"), model, known & now, known & before),
            self._counted(
                self.env._("of them major"),
                model,
                known & now & Domain("qms_grade", "=", "major"),
                known & before & Domain("qms_grade", "=", "major"),
            ),
            self._counted(self.env._("Not yet closed"), model, Domain("state", "in", NC_OPEN)),
            self._counted(self.env._("Not closed in time"), model, late),
            self._counted(
                self.env._("Came back after they were closed"),
                model,
                known & now & Domain("qms_recurrence_of_id", "!=", False),
                known & before & Domain("qms_recurrence_of_id", "!=", False),
            ),
        ]
        title = self.env._("Nonconformities")
        if not any(row["opens"] or row["previous"] not in ("", "0") for row in figures):
            return content.section(title)
        charts = self._chart_of_sources(known & now, known & before)
        return content.section(title, figures, charts, self._late_nonconformities(late))

    def _chart_of_sources(self, now, before):
        rows = self.env["mgmtsystem.nonconformity"].with_context(active_test=False)
        company = Domain("company_id", "=", self.company_id.id)
        counts, earlier = (
            dict(rows._read_group(company & domain, ["qms_source"], ["__count"]))
            for domain in (now, before)
        )
        labels = dict(rows._fields["qms_source"]._description_selection(self.env))
        bars = [
            {
                "label": label,
                "value": counts.get(source, 0),
                "text": self._number(counts.get(source, 0)),
                "previous": earlier.get(source, 0),
                "previous_text": self._number(earlier.get(source, 0)),
            }
            for source, label in labels.items()
            if source in counts or source in earlier
        ]
        title = self.env._("Where nonconformities were found")
        return [self._bars(title, bars, maximum=None)] if bars else []

    def _late_nonconformities(self, late):
        rows = self.env["mgmtsystem.nonconformity"].search(
            Domain("company_id", "=", self.company_id.id)
            & late
            & Domain("qms_is_confidential", "=", False),
            order="qms_due_date, id",
            limit=ROWS,
        )
        head = [self.env._("Not closed in time"), self.env._("Unit"), self.env._("Due on")]
        return {
            "head": head,
            "rows": [
                content.row(
                    row.display_name,
                    row.qms_department_id.name or "–",
                    self._day(row.qms_due_date),
                    opens=opens_one(row),
                )
                for row in rows
            ],
        }

    def _compile_actions(self):
        """Actions planned in the period, done, late; those that are late by name."""
        model = "mgmtsystem.action"
        actions = self.env[model]
        now = self._period_domain("qms_planned_on", is_moment=False)
        before = self._period_domain("qms_planned_on", self._scope_before(), is_moment=False)
        known = Domain("qms_state", "!=", "cancelled")
        late = actions._late_domain() & Domain("date_deadline", "<=", self.qms_date_to)
        figures = [
            self._counted(self.env._("Actions planned"), model, known & now, known & before),
            self._counted(
                self.env._("Actions done"),
                model,
                known & self._period_domain("qms_done_at"),
                known & self._period_domain("qms_done_at", self._scope_before()),
            ),
            self._counted(self.env._("Not yet ended"), model, actions._qms_is_open()),
            self._counted(self.env._("Late"), model, late),
        ]
        title = self.env._("Actions")
        if not any(row["opens"] or row["previous"] not in ("", "0") for row in figures):
            return content.section(title)
        rows = actions.search(
            Domain("company_id", "=", self.company_id.id) & late & actions._qms_is_nameable(),
            order="date_deadline, id",
            limit=ROWS,
        )
        head = [self.env._("Late actions"), self.env._("Owner"), self.env._("Due on")]
        table = {
            "head": head,
            "rows": [
                content.row(
                    row.display_name,
                    row.user_id.name,
                    self._day(row.date_deadline),
                    opens=opens_one(row),
                )
                for row in rows
            ],
        }
        return content.section(title, figures, table=table)
