from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import audit_priority as kernel
from ...tools.statistics import number_text, percent_text

# Months whose dossiers, changes, findings and complaints count.
WINDOW_MONTHS = 12
LATE_OUTCOMES = ("late",)


class QmsAuditPriority(models.AbstractModel):
    """What is known of the units and procedures of an agency, and what to audit first.

    A few queries for the whole agency, whatever the number of procedures. The kernel
    (``tools/audit_priority.py``) gives the points; here they get their words. Later
    domains add what they know in :meth:`_finding_counts`.
    """

    _name = "qms.audit.priority"
    _description = "What to audit first"

    # === BUSINESS METHODS === #

    @api.model
    def _ranked(self, company, day):
        """Return the units and procedures of an agency, the most urgent first.

        :return: list of dicts: ``department_id``, ``procedure_id`` (False for a unit
            without procedures), ``score``, ``reason``, ``last_audit_on`` and the counts
        """
        procedures = self._procedures(company, day)
        units = self._units(company)
        facts = self._facts(company, procedures, units, day)
        rows = []
        for procedure in procedures:
            rows.append(self._row(procedure.department_id, procedure, facts, company, day))
        for unit in units - procedures.department_id:
            rows.append(self._row(unit, procedures.browse(), facts, company, day))
        return sorted(rows, key=lambda row: (-row["score"], row["name"]))

    @api.model
    def _procedures(self, company, day):
        """Return the procedures under the quality management system of the agency."""
        procedures = self.env["qms.procedure"]
        return procedures.search(
            Domain("company_id", "=", company.id) & Domain(procedures._qms_domain(day))
        )

    @api.model
    def _units(self, company):
        return self.env["hr.department"].search([("company_id", "=", company.id)])

    # === BUSINESS METHODS: FACTS === #

    @api.model
    def _facts(self, company, procedures, units, day):
        """Return ``{what: {("procedure" or "unit", id): value}}``."""
        since = fields.Date.subtract(day, months=WINDOW_MONTHS)
        judged, late = self._dossier_counts(company, since, day)
        return {
            "last": self._last_audits(company),
            "changes": self._change_counts(procedures, units, since, day),
            "law": self._law_counts(procedures, since, day),
            "findings": self._finding_counts(company, since),
            "judged": judged,
            "late": late,
            "complaints": self._complaint_counts(company, since, day),
            "largest": max(judged.values(), default=0),
        }

    @api.model
    def _last_audits(self, company):
        """Return the last day each unit and procedure was audited."""
        domain = [
            ("company_id", "=", company.id),
            ("state", "in", ("reporting", "done")),
            ("qms_date_to", "!=", False),
        ]
        audits = self.env["mgmtsystem.audit"]
        found = {}
        for kind, field in (("procedure", "qms_procedure_ids"), ("unit", "qms_department_ids")):
            for record, last in audits._read_group(domain, [field], ["qms_date_to:max"]):
                found[kind, record.id] = last
        return found

    @api.model
    def _change_counts(self, procedures, units, since, day):
        """Count new versions of procedures and new revisions of their ISO documents."""
        counts = Counter()
        window = [("effective_from", ">=", since), ("effective_from", "<=", day)]
        versions = self.env["qms.procedure.version"].sudo()
        for procedure, count in versions._read_group(
            [
                ("procedure_id", "in", procedures.ids),
                ("state", "in", ("published", "retired")),
                *window,
            ],
            ["procedure_id"],
            ["__count"],
        ):
            counts["procedure", procedure.id] += count
        revisions = self.env["document.page.history"].sudo()
        per_page = revisions._read_group(
            [
                "|",
                ("page_id", "in", procedures.iso_document_id.ids),
                ("page_id.qms_owner_id", "in", units.ids),
                ("qms_state", "in", ("effective", "obsolete")),
                *window,
            ],
            ["page_id"],
            ["__count"],
        )
        by_page = procedures.grouped("iso_document_id")
        for page, count in per_page:
            counts["unit", page.qms_owner_id.id] += count
            for procedure in by_page.get(page.sudo(False), ()):
                counts["procedure", procedure.id] += count
        return counts

    @api.model
    def _law_counts(self, procedures, since, day):
        """Count the changes of law that touched each procedure."""
        groups = (
            self.env["qms.change.request.line"]
            .sudo()
            ._read_group(
                [
                    ("procedure_id", "in", procedures.ids),
                    ("request_id.cause", "=", "law"),
                    ("request_id.state", "!=", "cancelled"),
                    ("request_id.effective_date", ">=", since),
                    ("request_id.effective_date", "<=", day),
                ],
                ["procedure_id"],
                ["__count"],
            )
        )
        return {("procedure", procedure.id): count for procedure, count in groups}

    @api.model
    def _finding_counts(self, company, since):
        """Count what audits found and no nonconformity follows; the rest is counted there."""
        groups = (
            self.env["qms.audit.finding"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", company.id),
                    ("state", "!=", "draft"),
                    ("grade", "!=", "opportunity"),
                    ("nonconformity_id", "=", False),
                    ("audit_id.qms_date_to", ">=", since),
                ],
                ["procedure_id", "department_id"],
                ["__count"],
            )
        )
        return by_place(groups)

    @api.model
    def _dossier_counts(self, company, since, day):
        """Return how many dossiers of each procedure got a verdict, and how many were late.

        One pass over the dossiers completed in the window, in SQL: there may be a million.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT procedure_id, count(*), count(*) FILTER (WHERE outcome IN %(late)s)
                     FROM qms_dossier
                    WHERE company_id = %(company)s AND outcome IS NOT NULL
                      AND done_at >= %(since)s AND done_at < %(until)s
                    GROUP BY procedure_id""",
                late=LATE_OUTCOMES,
                company=company.id,
                since=since,
                until=day + timedelta(days=1),
            )
        )
        judged = {("procedure", procedure_id): count for procedure_id, count, _late in rows}
        late = {("procedure", procedure_id): count for procedure_id, _count, count in rows}
        return judged, late

    @api.model
    def _complaint_counts(self, company, since, day):
        """Count complaints about each procedure and each unit."""
        tickets = self.env["helpdesk.ticket"].sudo()
        domain = [
            ("company_id", "=", company.id),
            ("qms_kind", "=", "complaint"),
            ("qms_received_at", ">=", since),
            ("qms_received_at", "<", day + timedelta(days=1)),
        ]
        return by_place(
            tickets._read_group(domain, ["qms_procedure_id", "qms_department_id"], ["__count"])
        )

    # === BUSINESS METHODS: WORDS === #

    @api.model
    def _row(self, unit, procedure, facts, company, day):
        """Return a unit or procedure with its points, its figures and its reasons."""
        key = ("procedure", procedure.id) if procedure else ("unit", unit.id)
        years = company.qms_audit_procedure_years if procedure else company.qms_audit_cycle_years
        last = facts["last"].get(key)
        counts = {
            name: facts[name].get(key, 0)
            for name in ("findings", "late", "judged", "law", "changes", "complaints")
        }
        signals = kernel.Signals(
            days_since_audit=max((day - last).days, 0) if last else None,
            cycle_days=365 * years,
            volume=counts["judged"],
            largest_volume=facts["largest"],
            **counts,
        )
        found = kernel.priority(signals)
        words = self._words(signals, last)
        return {
            "name": procedure.display_name or unit.name or "",
            "department_id": unit.id,
            "procedure_id": procedure.id,
            "score": found.score,
            "reason": "\n".join(words[name] for name, _points in found.parts),
            "last_audit_on": last or False,
            **{f"{name}_count": count for name, count in counts.items()},
        }

    @api.model
    def _words(self, signals, last):
        """Return ``{what: sentence}`` for all that may have given points."""
        lang = self.env.lang or "en_US"
        judged = number_text(signals.judged, lang=lang)
        return {
            "time": self._time_words(signals, last),
            "findings": self.env._(
                "%(count)s findings or nonconformities in the last year.", count=signals.findings
            ),
            "late": self.env._(
                "%(rate)s of the dossiers late (%(late)s of n = %(judged)s in the last year).",
                rate=percent_text(signals.late, signals.judged, lang=lang),
                late=number_text(signals.late, lang=lang),
                judged=judged,
            ),
            "law": self.env._("%(count)s changes of law in the last year.", count=signals.law),
            "changes": self.env._(
                "%(count)s new versions or revisions in the last year.", count=signals.changes
            ),
            "complaints": self.env._(
                "%(count)s complaints in the last year.", count=signals.complaints
            ),
            "importance": self.env._(
                "%(judged)s dossiers completed in the last year.", judged=judged
            ),
        }

    @api.model
    def _time_words(self, signals, last):
        if not last:
            return self.env._("Never audited.")
        return self.env._(
            "Last audited on %(day)s, %(days)s days ago.",
            day=last.strftime("%d/%m/%Y"),
            days=number_text(signals.days_since_audit, lang=self.env.lang or "en_US"),
        )


def by_place(groups):
    """Return ``{("procedure" or "unit", id): count}`` of ``(procedure, unit, count)``."""
    counts = Counter()
    for procedure, unit, count in groups:
        counts["procedure", procedure.id] += count
        counts["unit", unit.id] += count
    return counts
