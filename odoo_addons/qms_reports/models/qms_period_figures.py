import datetime
import json
from typing import NamedTuple

import pytz

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.qms_public_admin.const import PAUSED_STATES, RUNNING_STATES

from ..const import FIGURES, FOLDED_FIGURES, GROUPINGS

_GROUPING_KEYS = {key for key, _label in GROUPINGS}


class Period(NamedTuple):
    """What a report is about: local days of each agency, both included.

    ``known_at`` is the moment of asking. A period that is still running ends
    there, so that its figures open the same dossiers an hour later.
    """

    date_from: datetime.date
    date_to: datetime.date
    company_ids: tuple
    grouping: str
    known_at: datetime.datetime

    def previous(self):
        """Return the period of the same length just before.

        Whole months stay whole months (a quarter follows a quarter).

        >>> day = datetime.date
        >>> period = Period(day(2018, 1, 1), day(2018, 12, 31), (), "field", None)
        >>> period.previous()[:2] == (day(2017, 1, 1), day(2017, 12, 31))
        True
        >>> period = Period(day(2026, 3, 1), day(2026, 3, 31), (), "field", None)
        >>> period.previous()[:2] == (day(2026, 2, 1), day(2026, 2, 28))
        True
        >>> period = Period(day(2026, 3, 2), day(2026, 3, 8), (), "field", None)
        >>> period.previous()[:2] == (day(2026, 2, 23), day(2026, 3, 1))
        True
        """
        one_day = datetime.timedelta(days=1)
        next_day = self.date_to + one_day
        before = self.date_from - one_day
        if self.date_from.day == 1 and next_day.day == 1:
            months = (next_day.year - self.date_from.year) * 12
            months += next_day.month - self.date_from.month
            first = self.date_from.year * 12 + self.date_from.month - 1 - months
            start = datetime.date(first // 12, first % 12 + 1, 1)
        else:
            start = self.date_from - (next_day - self.date_from)
        return self._replace(date_from=start, date_to=before)

    def year_before(self):
        """Return the same days a year before; 29 February becomes the 28th.

        >>> day = datetime.date
        >>> period = Period(day(2024, 2, 1), day(2024, 2, 29), (), "field", None)
        >>> period.year_before()[:2] == (day(2023, 2, 1), day(2023, 2, 28))
        True
        """
        start, end = (
            day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
            for day in (self.date_from, self.date_to)
        )
        return self._replace(date_from=start, date_to=end)

    def key(self, group_key, figure):
        """Return the text that names one figure of one group of this period."""
        return json.dumps(
            [
                self.date_from.isoformat(),
                self.date_to.isoformat(),
                list(self.company_ids),
                self.grouping,
                self.known_at.isoformat(),
                group_key,
                figure,
            ]
        )

    @classmethod
    def from_key(cls, key):
        """Read :meth:`key` back as ``(period, group_key, figure)``.

        :raise ValueError: for anything but such a text
        """
        try:
            start, end, company_ids, grouping, known_at, group_key, figure = json.loads(key)
            period = cls(
                datetime.date.fromisoformat(start),
                datetime.date.fromisoformat(end),
                tuple(int(company_id) for company_id in company_ids),
                grouping,
                datetime.datetime.fromisoformat(known_at),
            )
        except (TypeError, json.JSONDecodeError) as error:
            raise ValueError(str(error)) from error
        return period, group_key, figure


class QmsPeriodFigures(models.AbstractModel):
    """Counts the dossiers of a period as the log knows them.

    A dossier is in the period when it was accepted in it or before it and was still
    open at its start. Where it stands at the end is read from its log: the last
    event before the end of the last day gives state and due date. Completion and
    its outcome are facts fixed when the dossier was done; they count when they lie
    before that end. So nothing a dossier does afterwards moves the figures of a past
    period (regulation INV-10).

    Only dossiers the user may read are counted, of agencies the user works in.
    """

    _name = "qms.period.figures"
    _description = "Figures of a period"

    # === ENTRY POINTS === #

    @api.model
    def _figures(self, period):
        """Return ``{group_key: {figure: count}}`` by one query; None = the total.

        Beside the counts: ``hours_median`` and ``hours_p95`` of the time on the
        clock from acceptance to completion, None where nothing was completed.
        """
        conditions = self._conditions()
        counts = SQL(", ").join(
            SQL("COUNT(*) FILTER (WHERE %s) AS %s", condition, SQL.identifier(name))
            for name, condition in conditions.items()
        )
        rows = self._execute(
            period,
            SQL(
                """SELECT CASE WHEN GROUPING(group_key) = 0 THEN group_key END, %s,
                          percentile_cont(0.5) WITHIN GROUP (ORDER BY hours),
                          percentile_cont(0.95) WITHIN GROUP (ORDER BY hours)
                     FROM placed
                 GROUP BY GROUPING SETS ((group_key), ())""",
                counts,
            ),
        )
        names = [*conditions, "hours_median", "hours_p95"]
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}

    @api.model
    def _dossiers_sql(self, period, group_key, figure):
        """Return the SQL of the dossier ids behind one figure; None = all groups."""
        conditions = self._conditions()
        if figure not in conditions:
            raise ValidationError(self.env._("Unknown figure: %(name)s", name=figure))
        condition = conditions[figure]
        if group_key is not None:
            condition = SQL("%s AND group_key = %s", condition, str(group_key))
        return SQL("%s SELECT id FROM placed WHERE %s", self._placed_sql(period), condition)

    @api.model
    def _group_names(self, grouping, group_keys):
        """Return ``{group_key: label}``; an empty key is a dossier without a value."""
        ids = [int(key) for key in group_keys if key and key.isdigit()]
        model = {
            "procedure": "qms.procedure",
            "field": "qms.procedure.field",
            "receiving_unit": "hr.department",
            "department": "hr.department",
            "company": "res.company",
        }.get(grouping)
        names = {"": self.env._("(not given)")}
        if grouping == "channel":
            selection = self.env["qms.dossier"]._fields["intake_channel"]
            names.update(selection._description_selection(self.env))
        elif model:
            # A name on a report, of dossiers the user may read; an archived or
            # foreign procedure would otherwise leave the line without a name.
            records = self.env[model].sudo().browse(ids).exists()
            names.update((str(record.id), record.display_name) for record in records)
        return {key: names.get(key, f"#{key}") for key in group_keys if key is not None}

    # === QUERY === #

    def _execute(self, period, query):
        self.env["qms.dossier"].flush_model()
        self.env["qms.dossier.event"].flush_model()
        self.env["qms.dossier.step"].flush_model()
        return self.env.execute_query(SQL("%s %s", self._placed_sql(period), query))

    @api.model
    def _conditions(self):
        """Return ``{figure: SQL condition}``, table 06a included."""
        conditions = {name: SQL(text) for name, text in FIGURES.items()}
        as_done = self.env.company.sudo().qms_table_06a_stopped == "done"
        folding = {
            "stopped_done": ", 'stopped'" if as_done else "",
            "stopped_open": "" if as_done else ", 'stopped'",
        }
        for name, text in FOLDED_FIGURES.items():
            conditions[name] = SQL("origin IS NOT NULL AND " + text.format(**folding))
        return conditions

    @api.model
    def _placed_sql(self, period):
        """Return the CTEs up to ``placed``: one row a dossier with origin and part."""
        self._check_period(period)
        agencies = self._agency_rows(period)
        return SQL(
            """WITH agency (id, zone, by_minute, starts, stops) AS (VALUES %(agencies)s),
            wanted AS (%(wanted)s),
            known AS MATERIALIZED (
                SELECT wanted.*, agency.zone, agency.by_minute, agency.starts, agency.stops
                  FROM wanted
                  JOIN agency ON agency.id = wanted.company_id
                 WHERE (wanted.accepted_at IS NULL OR wanted.accepted_at < agency.stops)
                   AND (wanted.ended_at IS NULL OR wanted.ended_at >= agency.starts)
            ),
            found AS (
                SELECT id, channel, group_key, accepted_at, done_at, starts,
                       COALESCE(outcome, %(judged)s) AS part, NULL AS state
                  FROM known
                 WHERE done_at < stops
             UNION ALL
                SELECT id, channel, group_key, accepted_at, done_at, starts,
                       %(part)s AS part, last.state
                  FROM known
             LEFT JOIN LATERAL (%(last)s) last ON TRUE
                 WHERE done_at IS NULL OR done_at >= stops
            ),
            placed AS (
                SELECT id, channel, group_key, part,
                       CASE WHEN accepted_at >= starts THEN 'received'
                            WHEN accepted_at < starts THEN 'carried' END AS origin,
                       CASE WHEN part IN ('early', 'on_time', 'late')
                            THEN EXTRACT(EPOCH FROM done_at - accepted_at)::float8 / 3600
                        END AS hours
                  FROM found
                 WHERE accepted_at IS NOT NULL
                    OR part IN ('early', 'on_time', 'late', 'within', 'over')
                    OR (part = 'paused' AND state = 'payment')
            )""",
            agencies=SQL(", ").join(agencies),
            wanted=self._wanted_sql(period),
            judged=self._outcome_sql(SQL("done_at"), SQL("judged_due_at")),
            last=self._last_event_sql(),
            part=self._open_part_sql(),
        )

    def _check_period(self, period):
        if period.grouping not in _GROUPING_KEYS:
            raise ValidationError(self.env._("Unknown grouping: %(name)s", name=period.grouping))
        if set(period.company_ids) - set(self.env.companies.ids):
            raise AccessError(
                self.env._(
                    "The report covers agencies you are not working in now. Choose them in "
                    "the list of agencies at the top of the screen first."
                )
            )

    def _agency_rows(self, period):
        """Return one SQL row for each agency: its zone and its bounds in UTC."""
        companies = self.env["res.company"].sudo().browse(period.company_ids)
        rows = [
            SQL(
                "(%s, %s, %s, %s::timestamp, %s::timestamp)",
                company.id,
                company._qms_timezone(),
                company.qms_on_time_by == "minute",
                *self._bounds(period, company),
            )
            for company in companies
        ]
        return rows or [SQL("(0, 'UTC', FALSE, NULL::timestamp, NULL::timestamp)")]

    @api.model
    def _bounds(self, period, company):
        """Return start and end (excluded) of the period in UTC for one agency."""
        zone = pytz.timezone(company._qms_timezone())
        start, stop = (
            zone.localize(datetime.datetime.combine(day, datetime.time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in (period.date_from, period.date_to + datetime.timedelta(days=1))
        )
        return start, min(stop, period.known_at + datetime.timedelta(microseconds=1))

    def _wanted_sql(self, period):
        """Return the readable dossiers that can matter; the exact bounds follow."""
        dossiers = self.env["qms.dossier"]
        dossiers.check_access("read")
        self.env["qms.dossier.event"].check_access("read")
        # A day more on both sides covers the zones of all agencies.
        margin = datetime.timedelta(days=1)
        first = datetime.datetime.combine(period.date_from, datetime.time.min) - margin
        last = datetime.datetime.combine(period.date_to, datetime.time.min) + 2 * margin
        domain = (
            Domain("company_id", "in", period.company_ids)
            & (Domain("accepted_at", "<", last) | Domain("accepted_at", "=", False))
            & (
                Domain("done_at", ">=", first)
                | (
                    Domain("done_at", "=", False)
                    & (Domain("closed_at", "=", False) | Domain("closed_at", ">=", first))
                )
            )
        )
        query = dossiers._search(domain)
        column = self._group_column(period.grouping, query)
        names = ("id", "company_id", "accepted_at", "done_at", "judged_due_at", "outcome")
        table = dossiers._table
        return query.select(
            *(SQL.identifier(table, name) for name in names),
            SQL(
                "COALESCE(%s, %s) AS ended_at",
                SQL.identifier(table, "done_at"),
                SQL.identifier(table, "closed_at"),
            ),
            SQL("%s AS channel", SQL.identifier(table, "intake_channel")),
            SQL("COALESCE((%s)::text, '') AS group_key", column),
        )

    def _group_column(self, grouping, query):
        table = self.env["qms.dossier"]._table
        names = {
            "procedure": "procedure_id",
            "field": "procedure_field_id",
            "receiving_unit": "receiving_unit_id",
            "company": "company_id",
            "channel": "intake_channel",
        }
        if grouping in names:
            return SQL.identifier(table, names[grouping])
        # The unit in charge: of the procedure, else of the first step that handles.
        return SQL(
            """COALESCE(
                (SELECT department_id FROM qms_procedure WHERE id = %(procedure)s),
                (SELECT department_id FROM qms_dossier_step
                  WHERE dossier_id = %(dossier)s AND kind = 'process'
                  ORDER BY ordinal, id LIMIT 1))""",
            procedure=SQL.identifier(table, "procedure_id"),
            dossier=SQL.identifier(table, "id"),
        )

    def _last_event_sql(self):
        """Return the last event before the end of the period.

        A stop for good is an event of its own type; a temporary one is a pause.
        """
        return SQL(
            """SELECT event.state, event.due_at,
                      EXISTS (SELECT 1 FROM qms_dossier_event ending
                               WHERE ending.dossier_id = known.id
                                 AND ending.event_type = 'stopped'
                                 AND ending.at < known.stops) AS is_terminal
                 FROM qms_dossier_event event
                WHERE event.dossier_id = known.id AND event.at < known.stops
             ORDER BY event.at DESC, event.sequence DESC
                LIMIT 1"""
        )

    def _open_part_sql(self):
        """Return where a dossier not completed stands at the end of the period."""
        return SQL(
            """CASE
                WHEN last.state = 'withdrawn' THEN 'withdrawn'
                WHEN last.state = 'stopped' AND last.is_terminal THEN 'stopped'
                WHEN last.state IN %(paused)s THEN 'paused'
                WHEN last.state NOT IN %(running)s THEN NULL
                WHEN %(end)s > %(due)s THEN 'over'
                WHEN last.state IS NOT NULL THEN 'within'
            END""",
            paused=tuple(PAUSED_STATES),
            running=tuple(RUNNING_STATES),
            end=self._unit_sql(SQL("(stops - INTERVAL '1 microsecond')")),
            due=self._unit_sql(SQL("last.due_at")),
        )

    @api.model
    def _outcome_sql(self, done, due):
        """Return ``tools.outcome.outcome`` as SQL; the tests hold both together."""
        return SQL(
            """CASE WHEN %(due)s IS NULL OR %(done_unit)s = %(due_unit)s THEN 'on_time'
                    WHEN %(done_unit)s < %(due_unit)s THEN 'early' ELSE 'late' END""",
            due=due,
            done_unit=self._unit_sql(done),
            due_unit=self._unit_sql(due),
        )

    @api.model
    def _unit_sql(self, moment):
        """Return what is compared: the minute, or the date in the agency's zone."""
        return SQL(
            """CASE WHEN by_minute THEN date_trunc('minute', %(moment)s)
                    ELSE date_trunc('day', %(moment)s AT TIME ZONE 'UTC' AT TIME ZONE zone)
                END""",
            moment=moment,
        )
