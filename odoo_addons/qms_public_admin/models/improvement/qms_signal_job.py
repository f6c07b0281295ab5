import datetime
import logging
from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.measure import Figure, exceeds
from ..document.qms_change_request import RUNNING
from .qms_measure import Scope

_logger = logging.getLogger(__name__)


class Finding(NamedTuple):
    """What a rule found in a night.

    :ivar record: ``(model, id)`` where it is about one record, else None
    :ivar figure: None where it is about one record
    """

    company_id: int
    rule_id: int
    root_id: int
    scope_key: str
    date_from: datetime.date
    date_to: datetime.date
    figure: Figure | None = None
    procedure_id: int = 0
    department_id: int = 0
    record: tuple | None = None

    @property
    def name(self):
        return self.root_id, self.scope_key


class QmsSignalJob(models.AbstractModel):
    """Looks through all agencies each night, by a few queries for all of them at once.

    Rules of one measure, window and grouping share a query. What was found is folded into
    what was proposed before, agency by agency; one that fails does not hold up the others.
    """

    _name = "qms.signal.job"
    _description = "Nightly search for signals"

    # === CRON === #

    @api.model
    def _cron_signals(self):
        """Propose nonconformities from what the records show."""
        self._run(self.env["ir.cron"]._commit_progress)

    @api.model
    def _run(self, commit):
        agencies = self.env["qms.agency"].sudo().search([("company_id", "!=", False)])
        companies = agencies.company_id
        found = self._find(companies)
        companies._qms_each(
            lambda company: self._propose(company, found.pop(company.id, [])), commit
        )

    @api.model
    def _propose(self, company, findings):
        signals = self.env["qms.signal"].sudo()
        signals._tell_officers(company, signals._fold(company, findings))

    # === BUSINESS METHODS: FINDING === #

    @api.model
    def _find(self, companies):
        """Return ``{company id: [Finding]}`` of all rules; a rule that fails is left out."""
        found, figures = defaultdict(list), {}
        for rule, agencies in self.env["qms.signal.rule"]._in_force(companies):
            try:
                with self.env.cr.savepoint():
                    for finding in self._find_by(rule, agencies, companies, figures):
                        found[finding.company_id].append(finding)
            except Exception:
                _logger.exception("Signal rule %s failed; the others go on.", rule.id)
        return found

    @api.model
    def _find_by(self, rule, agencies, companies, figures):
        for today, here in agencies.grouped(self._today).items():
            yesterday = today - datetime.timedelta(days=1)
            window = today - datetime.timedelta(days=rule.window_days), yesterday
            if rule.kind == "measure":
                yield from self._find_measures(rule, here, companies, window, figures)
            else:
                yield from getattr(self, f"_find_{rule.kind}")(rule, here, window, today)

    @api.model
    def _today(self, company):
        zoned = self.with_context(tz=company._qms_timezone())
        return fields.Date.context_today(zoned)

    @api.model
    def _find_measures(self, rule, agencies, companies, window, figures):
        """Groups whose whole interval lies beyond the limit."""
        key = rule.measure_key, rule.group, window
        if key not in figures:
            figures[key] = self.env["qms.measure"]._figures_by(
                rule.measure_key, companies, *window, rule.group
            )
        better = self.env["qms.measure"]._measure(rule.measure_key).better
        wanted = set(agencies.ids)
        for (company_id, group_id), figure in figures[key].items():
            if company_id not in wanted or figure.cases < rule.min_cases:
                continue
            if exceeds(figure, rule.limit, better):
                place = {} if rule.group == "company_id" else {rule.group: group_id}
                scope_key = f"{rule.group},{group_id}"
                yield self._finding(rule, company_id, scope_key, window, figure=figure, **place)

    @api.model
    def _finding(self, rule, company_id, scope_key, window, **vals):
        return Finding(company_id, rule.id, rule._root().id, scope_key, *window, **vals)

    @api.model
    def _find_records(self, rule, model, domain, window, department=None):
        """One finding for each record of a domain."""
        rows = self.env[model].sudo().search_fetch(domain, ["company_id"])
        for row in rows:
            unit = row[department].id if department else 0
            yield self._finding(
                rule,
                row.company_id.id,
                f"{model},{row.id}",
                window,
                record=(model, row.id),
                department_id=unit or 0,
            )

    @api.model
    def _find_law_change(self, rule, agencies, window, today):
        limit = today - datetime.timedelta(days=rule.limit_days)
        domain = Domain("company_id", "in", agencies.ids) & Domain("cause", "=", "law")
        domain &= Domain("state", "in", RUNNING) & Domain("due_date", "<", limit)
        return self._find_records(rule, "qms.change.request", domain, window)

    @api.model
    def _find_objective(self, rule, agencies, window, today):
        domain = Domain("company_id", "in", agencies.ids) & Domain("status", "=", "missed")
        domain &= Domain("missed_on", ">=", window[0])
        return self._find_records(rule, "qms.objective", domain, window, "department_id")

    @api.model
    def _find_action(self, rule, agencies, window, today):
        limit = today - datetime.timedelta(days=rule.limit_days)
        actions = self.env["mgmtsystem.action"].sudo()
        domain = Domain("company_id", "in", agencies.ids) & actions._late_domain()
        domain &= Domain("date_deadline", "<", limit) & actions._qms_is_nameable()
        return self._find_records(rule, "mgmtsystem.action", domain, window, "qms_department_id")

    # === UTILITIES === #

    @api.model
    def _scope(self, finding):
        """Return the scope of the records behind a figure."""
        return Scope(
            finding.company_id,
            finding.date_from,
            finding.date_to,
            finding.department_id,
            finding.procedure_id,
            is_one_unit=bool(finding.department_id),
        )
