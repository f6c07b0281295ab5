import datetime

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import yearly
from .qms_yearly_act import Bar

AUDIT_BARS = {
    "draft": "planned",
    "notified": "planned",
    "open": "running",
    "reporting": "running",
    "done": "done",
}
REVIEW_BARS = {
    "open": "planned",
    "invited": "planned",
    "held": "running",
    "approval": "running",
    "done": "done",
}
#: Months after the minutes of an inspection within which its corrections are reported.
CORRECTION_MONTHS = 2
SOON_DAYS = 30


class QmsYearlyAct(models.Model):
    """Which records prove the acts; all with the rights of who looks."""

    _inherit = "qms.yearly.act"

    @api.model
    def _proof_labels(self):
        return {
            **super()._proof_labels(),
            "programme": self.env._("Approved audit programme"),
            "objectives": self.env._("Approved quality objectives"),
            "audits": self.env._("Closed internal audits"),
            "reviews": self.env._("Approved management reviews"),
            "law": self.env._("Changes of the law applied"),
            "declarations": self.env._("Declarations of conformity"),
            "corrections": self.env._("Corrections after an inspection"),
        }

    # === PROOFS === #

    def _proof_programme(self, companies, year):
        """The audit programme of the year."""
        return self._paper_bars("qms.audit.programme", companies, year)

    def _proof_objectives(self, companies, year):
        """The quality objectives of the year (6.2)."""
        return self._paper_bars("qms.objective.year", companies, year)

    def _paper_bars(self, model, companies, year):
        """Return the papers of a year by the day of their approval, else of their making."""
        papers = self._own(model, companies, [("year", "=", year)])
        bars = []
        for row in papers.filtered(lambda row: row.state != "cancelled"):
            decided = row.sudo().approval_decision_id
            is_done = row.state in ("approved", "closed")
            first = self._local_day(row.create_date, row.company_id)
            last = decided._local_date() if is_done and decided else first
            day = min(max(_day(last), datetime.date(year, 1, 1)), datetime.date(year, 12, 31))
            state = "done" if is_done else "running"
            bars.append(Bar(row.company_id.id, day, day, row.display_name, state, row, is_done))
        return bars

    def _proof_audits(self, companies, year):
        """Internal audits by their days (ISO-02)."""
        audits = self._own(
            "mgmtsystem.audit",
            companies,
            Domain("state", "!=", "cancelled")
            & Domain("qms_date_from", "<=", datetime.date(year, 12, 31))
            & Domain("qms_date_from", ">=", datetime.date(year, 1, 1)),
        )
        return [
            Bar(
                audit.company_id.id,
                audit.qms_date_from,
                audit.qms_date_to or audit.qms_date_from,
                audit.name,
                self._timed(AUDIT_BARS[audit.state], audit.qms_date_from, audit.qms_date_to),
                audit,
                audit.state == "done",
            )
            for audit in audits
        ]

    def _proof_reviews(self, companies, year):
        """Management reviews by the day of the meeting (ISO-03)."""
        bars = []
        for review in self._own("mgmtsystem.review", companies, [("qms_year", "=", year)]):
            day = review._meeting_day()
            state = self._timed(REVIEW_BARS[review.state], day, day)
            is_done = review.state == "done"
            name = review.reference
            bars.append(Bar(review.company_id.id, day, day, name, state, review, is_done))
        return bars

    def _proof_law(self, companies, year):
        """Changes of the law from the day of effect to the day they are due (ISO-01)."""
        changes = self._own(
            "qms.change.request",
            companies,
            Domain("cause", "=", "law")
            & Domain("state", "!=", "cancelled")
            & Domain("due_date", ">=", datetime.date(year, 1, 1))
            & Domain("due_date", "<=", datetime.date(year, 12, 31)),
        )
        today = fields.Date.context_today(self)
        bars = []
        for change in changes:
            first = change.effective_date or change.due_date
            is_done = change.state == "closed"
            state = yearly.standing(today, change.due_date, is_done, SOON_DAYS)
            first = max(min(first, change.due_date), datetime.date(year, 1, 1))
            name = change.legal_document_id.number or change.display_name
            bars.append(
                Bar(change.company_id.id, first, change.due_date, name, state, change, is_done)
            )
        return bars

    def _proof_declarations(self, companies, year):
        """Declarations of the year, and one that has to be renewed (ISO-04, INV-13)."""
        rows = self._own("qms.declaration", companies, [("decision_date", "!=", False)])
        today = fields.Date.context_today(self)
        bars = []
        for row in rows:
            day = row.decision_date
            if day.year == year and row.state in ("declared", "replaced"):
                bars.append(Bar(row.company_id.id, day, day, row.display_name, "done", row, True))
            since = row.redeclare_since
            if row.redeclare_state != "none" and since and since.year <= year <= today.year:
                first = max(since, datetime.date(year, 1, 1))
                last = min(today, datetime.date(year, 12, 31))
                state = "late" if row.redeclare_state == "late" else "due"
                label = self.env._("To be declared anew")
                bars.append(Bar(row.company_id.id, first, last, label, state, row))
        return bars

    def _proof_corrections(self, companies, year):
        """Corrections within two months after the minutes of an inspection (ISO-07)."""
        rows = self._own(
            "mgmtsystem.nonconformity",
            companies,
            Domain("qms_source", "=", "inspection") & Domain("state", "!=", "cancel"),
        )
        today = fields.Date.context_today(self)
        bars = []
        for row in rows:
            due = fields.Date.add(row.qms_found_on, months=CORRECTION_MONTHS)
            if not yearly.in_year(row.qms_found_on, due, year):
                continue
            is_done = row.state in ("verified", "done")
            state = yearly.standing(today, due, is_done, SOON_DAYS)
            bars.append(
                Bar(row.company_id.id, row.qms_found_on, due, row.display_name, state, row, is_done)
            )
        return bars

    # === HELPERS === #

    @api.model
    def _own(self, model, companies, domain):
        """Return the records of these agencies that the reader may see."""
        records = self.env[model]
        if not records.has_access("read"):
            return records
        return records.search(Domain("company_id", "in", companies.ids) & Domain(domain))

    @api.model
    def _timed(self, state, first, last):
        """What was planned and has passed is late."""
        is_past = (last or first) < fields.Date.context_today(self)
        return "late" if state == "planned" and is_past else state

    @api.model
    def _local_day(self, moment, company):
        zoned = self.with_context(tz=company._qms_timezone())
        return fields.Datetime.context_timestamp(zoned, moment).date()


def _day(value):
    return value.date() if isinstance(value, datetime.datetime) else value
