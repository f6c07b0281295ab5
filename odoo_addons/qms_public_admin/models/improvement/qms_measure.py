import datetime
import json
from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.measure import Figure

#: Days within which an applicant who was refused is looked for among the accepted.
REVERSAL_DAYS = 30
#: First and last year of which records are searched.
YEARS = (1900, 2199)
#: What the figures of many agencies are grouped by.
GROUPS = ("procedure_id", "department_id", "company_id")


class Scope(NamedTuple):
    """What a measure looks at: local days of the agency, both included.

    ``department_id`` takes in the units below, unless it is ``is_one_unit``; ids, 0 for all.
    """

    company_id: int
    date_from: datetime.date
    date_to: datetime.date
    department_id: int = 0
    procedure_id: int = 0
    is_one_unit: bool = False

    @property
    def days(self):
        return (self.date_to - self.date_from).days + 1


class Measure(NamedTuple):
    """How one measure is taken.

    :ivar kind: one of :data:`..tools.measure.KINDS`
    :ivar better: ``up`` or ``down``
    :ivar model: whose records are counted
    :ivar source: name of the method that returns their rows, or their domains as of a day
    :ivar unit: unit of a mean, empty for shares and numbers
    :ivar condition: the cases that are the part of a share, over the columns of the rows
    :ivar is_dated: its rows carry local days, not moments
    :ivar is_as_of: it tells how things stood at the end of the last day
    """

    kind: str
    better: str
    model: str
    source: str
    unit: str = ""
    condition: SQL = SQL("part")
    is_dated: bool = False
    is_as_of: bool = False


MEASURES = {
    "dossiers_on_time": Measure("share", "up", "qms.dossier", "_rows_completed"),
    "dossiers_late": Measure(
        "share", "down", "qms.dossier", "_rows_completed", condition=SQL("NOT part")
    ),
    "dossier_hours": Measure("mean", "down", "qms.dossier", "_rows_completed", unit="h"),
    "steps_on_time": Measure("share", "up", "qms.dossier.step", "_rows_steps"),
    "step_hours": Measure("mean", "down", "qms.dossier.step", "_rows_steps", unit="h"),
    "supplements": Measure(
        "share", "down", "qms.dossier", "_rows_accepted", condition=SQL("supplements > 0")
    ),
    "second_supplements": Measure(
        "share", "down", "qms.dossier", "_rows_accepted", condition=SQL("supplements > 1")
    ),
    "refusals_reversed": Measure("share", "down", "qms.dossier", "_rows_refused"),
    "dossiers_online": Measure(
        "share", "up", "qms.dossier", "_rows_accepted", condition=SQL("intake_channel = 'online'")
    ),
    "ratings_satisfied": Measure("share", "up", "survey.user_input", "_rows_ratings"),
    "ratings_low": Measure(
        "share", "down", "survey.user_input", "_rows_ratings", condition=SQL("is_low")
    ),
    "rating_score": Measure("mean", "up", "survey.user_input", "_rows_scores"),
    "response_rate": Measure("share", "up", "qms.dossier", "_rows_returned"),
    "complaints": Measure("count", "down", "helpdesk.ticket", "_rows_complaints"),
    "complaints_on_time": Measure("share", "up", "helpdesk.ticket", "_rows_complaints_due"),
    "acknowledgements": Measure(
        "share", "up", "qms.acknowledgement", "_rows_acknowledgements", is_dated=True
    ),
    "law_changes_on_time": Measure(
        "share", "up", "qms.change.request", "_rows_law_changes", is_dated=True
    ),
    "actions_on_time": Measure("share", "up", "mgmtsystem.action", "_rows_actions", is_dated=True),
    "nonconformities_on_time": Measure(
        "share", "up", "mgmtsystem.nonconformity", "_rows_nonconformities", is_dated=True
    ),
    "procedures_covered": Measure(
        "share", "up", "qms.procedure", "_domains_procedures", is_as_of=True
    ),
}


class QmsMeasure(models.AbstractModel):
    """The fixed list of what can be measured, each over real records and by one definition.

    Indicators, signals, checks of effectiveness and the management review all ask here, so
    that the same words always mean the same figure. A measure is a query for rows ``(id,
    company_id, procedure_id, department_id, at, part, value)``; a further one is added by
    :meth:`_measures` of a model that extends this one, never by a user: nothing that a
    user writes is evaluated.

    The figures are taken without regard to who asks, for the agency they are asked for;
    the records behind them open with the rights of the reader.
    """

    _name = "qms.measure"
    _description = "Measures over the records"

    # === CATALOGUE === #

    @api.model
    def _measures(self):
        """Return ``{key: Measure}`` in the order in which they are offered."""
        return dict(MEASURES)

    @api.model
    def _measure_labels(self):
        """Return ``{key: what the measure is called}``."""
        return {
            "dossiers_on_time": self.env._("Dossiers completed on time"),
            "dossiers_late": self.env._("Dossiers completed late"),
            "dossier_hours": self.env._("Hours from acceptance to completion"),
            "steps_on_time": self.env._("Steps completed on time"),
            "step_hours": self.env._("Working hours spent on a step"),
            "supplements": self.env._("Dossiers with a supplement request"),
            "second_supplements": self.env._("Dossiers with a second supplement request"),
            "refusals_reversed": self.env._("Refusals followed by an acceptance within 30 days"),
            "dossiers_online": self.env._("Dossiers received online"),
            "ratings_satisfied": self.env._("Satisfied ratings"),
            "ratings_low": self.env._("Low ratings"),
            "rating_score": self.env._("Score of ratings (0–100)"),
            "response_rate": self.env._("Response rate of the surveys"),
            "complaints": self.env._("Complaints"),
            "complaints_on_time": self.env._("Complaints answered on time"),
            "acknowledgements": self.env._("Documents read and confirmed in time"),
            "law_changes_on_time": self.env._("Changes of the law applied in time"),
            "actions_on_time": self.env._("Actions done by their deadline"),
            "nonconformities_on_time": self.env._("Nonconformities closed in time"),
            "procedures_covered": self.env._("Published procedures under the QMS"),
        }

    @api.model
    def _measure_selection(self):
        """Return the choices of a selection field."""
        labels = self._measure_labels()
        return [(key, labels[key]) for key in self._measures()]

    @api.model
    def _measure(self, key):
        """Return the :class:`Measure` of a key.

        :raise ValidationError: for a key that is none
        """
        measure = self._measures().get(key)
        if not measure:
            raise ValidationError(self.env._("“%(key)s” is no measure.", key=key))
        return measure

    # === FIGURES === #

    @api.model
    def _figures(self, key, scopes):
        """Return ``{scope: Figure}`` of one measure, by one query for all of them."""
        scopes = list(dict.fromkeys(scopes))
        if not scopes:
            return {}
        measure = self._measure(key)
        if measure.is_as_of:
            return {scope: self._figure_as_of(measure, scope) for scope in scopes}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT scope.number, %s FROM %s GROUP BY scope.number",
                self._columns(measure),
                self._lines(measure, scopes),
            )
        )
        found = {scopes[number]: self._figure(measure, counts) for number, *counts in rows}
        none = self._figure(measure, (0, 0, 0, 0))
        return {
            scope: self._with_days(measure, found.get(scope, none), scope.days) for scope in scopes
        }

    @api.model
    def _lines(self, measure, scopes):
        """Return the rows of a measure joined to the scopes they lie in, for a FROM."""
        return SQL(
            """%(scopes)s
                     JOIN (%(rows)s) line ON line.company_id = scope.company_id
                      AND line.at >= scope.since AND line.at < scope.until
                      AND (scope.procedure_id = 0 OR line.procedure_id = scope.procedure_id)
                      AND (scope.departments IS NULL
                           OR line.department_id = ANY(scope.departments))""",
            scopes=self._scope_values(scopes, measure),
            rows=getattr(self, measure.source)(),
        )

    @api.model
    def _figures_by(self, key, companies, date_from, date_to, group):
        """Return ``{(company id, group id): Figure}`` of a period, by one query for each zone.

        Only groups with cases are there. A unit is counted without the units below it.

        :param str group: ``procedure_id``, ``department_id`` or ``company_id``
        """
        if group not in GROUPS:
            raise ValueError(f"Grouped by one of {GROUPS}, not by {group!r}.")
        measure = self._measure(key)
        if measure.is_as_of:
            return self._figures_as_of_by(measure, companies, date_to, group)
        self.env.flush_all()
        found = {}
        for zone, agencies in companies.sudo().grouped(lambda each: each._qms_timezone()).items():
            since, until = _bounds(date_from, date_to, zone, measure.is_dated)
            rows = self.env.execute_query(
                SQL(
                    """SELECT company_id, %(group)s, %(columns)s
                         FROM (%(rows)s) line
                        WHERE company_id = ANY(%(companies)s) AND %(group)s IS NOT NULL
                          AND at >= %(since)s AND at < %(until)s
                     GROUP BY company_id, %(group)s""",
                    group=SQL.identifier(group),
                    columns=self._columns(measure),
                    rows=getattr(self, measure.source)(),
                    companies=agencies.ids,
                    since=since,
                    until=until,
                )
            )
            for company_id, group_id, *counts in rows:
                found[company_id, group_id] = self._figure(measure, counts)
        days = (date_to - date_from).days + 1
        return {place: self._with_days(measure, row, days) for place, row in found.items()}

    @api.model
    def _figure_as_of(self, measure, scope):
        whole, part = getattr(self, measure.source)(scope)
        records = self.env[measure.model].sudo().with_context(active_test=False)
        return Figure("share", records.search_count(whole & part), records.search_count(whole))

    @api.model
    def _figures_as_of_by(self, measure, companies, day, group):
        records = self.env[measure.model].sudo().with_context(active_test=False)
        if group == "procedure_id" and measure.model == "qms.procedure":
            group = "id"
        found = {}
        for company in companies:
            whole, part = getattr(self, measure.source)(Scope(company.id, day, day))
            parts = dict(records._read_group(whole & part, [group], ["__count"]))
            for place, count in records._read_group(whole, [group], ["__count"]):
                if place:
                    key = company.id, getattr(place, "id", place)
                    found[key] = Figure("share", parts.get(place, 0), count)
        return found

    @api.model
    def _columns(self, measure):
        return SQL(
            """COUNT(*), COUNT(*) FILTER (WHERE %s),
               COALESCE(SUM(value), 0)::float8, COALESCE(SUM(value * value), 0)::float8""",
            measure.condition,
        )

    @api.model
    def _figure(self, measure, counts):
        whole, part, total, squares = counts
        if measure.kind == "mean":
            return Figure("mean", total, whole, squares)
        return Figure(measure.kind, whole if measure.kind == "count" else part, whole)

    @api.model
    def _with_days(self, measure, figure, days):
        return figure._replace(whole=days) if measure.kind == "count" else figure

    @api.model
    def _scope_values(self, scopes, measure):
        """Return the scopes as a table ``scope`` for a query."""
        companies = self.env["res.company"].sudo().browse({scope.company_id for scope in scopes})
        zones = {company.id: company._qms_timezone() for company in companies}
        units = self._units_below({scope.department_id for scope in scopes if scope.department_id})
        values = SQL(", ").join(
            SQL(
                "(%s, %s, %s::timestamp, %s::timestamp, %s, %s::int[])",
                number,
                scope.company_id,
                *_bounds(scope.date_from, scope.date_to, zones[scope.company_id], measure.is_dated),
                scope.procedure_id or 0,
                [scope.department_id] if scope.is_one_unit else units.get(scope.department_id),
            )
            for number, scope in enumerate(scopes)
        )
        return SQL(
            "(VALUES %s) scope(number, company_id, since, until, procedure_id, departments)",
            values,
        )

    @api.model
    def _units_below(self, department_ids):
        """Return ``{unit id: ids of the unit and those below it}``."""
        units = self.env["hr.department"].sudo().with_context(active_test=False)
        every = units.search_fetch([("id", "child_of", list(department_ids))], ["parent_path"])
        below = {department_id: [department_id] for department_id in department_ids}
        for unit in every:
            for ancestor in (int(part) for part in (unit.parent_path or "").split("/") if part):
                if ancestor in below and unit.id != ancestor:
                    below[ancestor].append(unit.id)
        return below

    # === RECORDS BEHIND A FIGURE === #

    @api.model
    def _measure_key(self, key, scope, part=False):
        """Return the text by which the records of a figure are searched."""
        days = scope.date_from.isoformat(), scope.date_to.isoformat()
        place = scope.company_id, scope.department_id or 0, scope.procedure_id or 0
        return json.dumps([key, bool(part), *days, *place, bool(scope.is_one_unit)])

    @api.model
    def _records_query(self, text):
        """Return the query for the ids of the records of :meth:`_measure_key`.

        :return: ``(model name, SQL)``
        :raise ValueError: for a text that is none
        """
        try:
            key, part, since, until, *place = json.loads(text)
            company_id, department_id, procedure_id, is_one_unit = place
            scope = Scope(
                int(company_id),
                datetime.date.fromisoformat(since),
                datetime.date.fromisoformat(until),
                int(department_id),
                int(procedure_id),
                bool(is_one_unit),
            )
        except (OverflowError, RecursionError, TypeError, ValueError) as error:
            raise ValueError(str(error)) from error
        if not (YEARS[0] <= scope.date_from.year <= scope.date_to.year <= YEARS[1]):
            raise ValueError("These days are not looked at.")
        measure = self._measures().get(key) if isinstance(key, str) else None
        if not measure:
            raise ValueError(f"{key!r} is no measure.")
        if measure.is_as_of:
            whole, condition = getattr(self, measure.source)(scope)
            records = self.env[measure.model].sudo().with_context(active_test=False)
            return measure.model, records._search(whole & condition if part else whole)
        return measure.model, SQL(
            "SELECT line.id FROM %s WHERE %s",
            self._lines(measure, [scope]),
            measure.condition if part else SQL("TRUE"),
        )

    @api.model
    def _marks(self, key, scopes):
        """Return ``{scope: {record id: mark}}`` of all that is counted, by one query.

        The mark says how a record counts: 1 or 0 for part or not, the value of a mean. What
        was counted is compared with what is counted later by it. Where one record counts
        several times, its last row stands for it.
        """
        measure = self._measure(key)
        if measure.is_as_of:
            return {scope: self._marks_as_of(measure, scope) for scope in scopes}
        if not scopes:
            return {}
        self.env.flush_all()
        mark = SQL("round(value::numeric, 2)::float8")
        if measure.kind != "mean":
            mark = SQL("CASE WHEN %s THEN 1 ELSE 0 END", measure.condition)
        rows = self.env.execute_query(
            SQL(
                "SELECT scope.number, line.id, %s FROM %s ORDER BY line.at",
                mark,
                self._lines(measure, scopes),
            )
        )
        found = {scope: {} for scope in scopes}
        for number, record_id, value in rows:
            found[scopes[number]][record_id] = value
        return found

    @api.model
    def _marks_as_of(self, measure, scope):
        whole, part = getattr(self, measure.source)(scope)
        records = self.env[measure.model].sudo().with_context(active_test=False)
        marks = dict.fromkeys(records.search(whole).ids, 0)
        return {**marks, **dict.fromkeys(records.search(whole & part).ids, 1)}

    @api.model
    def _samples(self, key, scopes, limit):
        """Return ``{scope: ids}``: the newest records of the part of each, by one query."""
        measure = self._measure(key)
        if measure.is_as_of or not scopes:
            raise ValueError("Samples are taken of events, for one scope at least.")
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT number, id FROM (
                       SELECT scope.number, line.id, row_number() OVER (
                                  PARTITION BY scope.number ORDER BY line.at DESC, line.id DESC
                              ) AS place
                         FROM %s WHERE %s) sampled
                    WHERE place <= %s ORDER BY number, place""",
                self._lines(measure, scopes),
                measure.condition,
                limit,
            )
        )
        found = {scope: [] for scope in scopes}
        for number, record_id in rows:
            found[scopes[number]].append(record_id)
        return found

    @api.model
    def _open(self, key, scope, part=False):
        """Return the action that opens the records behind a figure, or its part."""
        measure = self._measure(key)
        return {
            "type": "ir.actions.act_window",
            "name": self._measure_labels()[key],
            "res_model": measure.model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("qms_measure_key", "=", self._measure_key(key, scope, part))],
            "context": {"create": False, "active_test": False},
        }

    # === ROWS === #
    #
    # Each returns ``id, company_id, procedure_id, department_id, at, part, value`` and what
    # the conditions of its measures name. ``at`` decides the period.

    @api.model
    def _rows_completed(self):
        return self._dossier_rows(
            SQL("dossier.done_at"),
            SQL("dossier.outcome IN ('early', 'on_time')"),
            value=SQL("EXTRACT(EPOCH FROM dossier.done_at - dossier.accepted_at) / 3600"),
            condition=SQL("dossier.outcome IS NOT NULL"),
        )

    @api.model
    def _rows_accepted(self):
        return self._dossier_rows(
            SQL("dossier.accepted_at"),
            SQL("TRUE"),
            more=SQL(", dossier.supplement_count AS supplements, dossier.intake_channel"),
        )

    @api.model
    def _rows_returned(self):
        return self._dossier_rows(
            SQL("COALESCE(dossier.returned_at, dossier.done_at)"),
            SQL(
                "EXISTS (SELECT FROM survey_user_input answer"
                " WHERE answer.qms_dossier_id = dossier.id)"
            ),
            condition=SQL(
                """dossier.state = 'returned' OR (dossier.state = 'done' AND EXISTS (
                    SELECT FROM res_company company WHERE company.id = dossier.company_id
                       AND company.qms_rating_opens = 'done'))"""
            ),
        )

    @api.model
    def _rows_refused(self):
        """Refused dossiers; part: the same holder was accepted for the same soon after."""
        return SQL(
            """SELECT dossier.id, dossier.company_id, dossier.procedure_id,
                      COALESCE(procedure.department_id, dossier.receiving_unit_id)
                          AS department_id,
                      event.at, NULL::float8 AS value,
                      EXISTS (SELECT FROM qms_dossier later
                               WHERE later.company_id = dossier.company_id
                                 AND later.procedure_id = dossier.procedure_id
                                 AND later.id != dossier.id
                                 AND later.holder_identity = dossier.holder_identity
                                 AND later.accepted_at BETWEEN event.at
                                     AND event.at + make_interval(days => %s)) AS part
                 FROM qms_dossier_event event
                 JOIN qms_dossier dossier ON dossier.id = event.dossier_id
                 LEFT JOIN qms_procedure procedure ON procedure.id = dossier.procedure_id
                WHERE event.event_type = 'refused'""",
            REVERSAL_DAYS,
        )

    @api.model
    def _dossier_rows(self, at, part, value=None, condition=None, more=None):
        return SQL(
            """SELECT dossier.id, dossier.company_id, dossier.procedure_id,
                      COALESCE(procedure.department_id, dossier.receiving_unit_id)
                          AS department_id,
                      %(at)s AS at, %(part)s AS part, (%(value)s)::float8 AS value %(more)s
                 FROM qms_dossier dossier
                 LEFT JOIN qms_procedure procedure ON procedure.id = dossier.procedure_id
                WHERE %(at)s IS NOT NULL AND (%(condition)s)""",
            at=at,
            part=part,
            value=value or SQL("NULL"),
            condition=condition or SQL("TRUE"),
            more=more or SQL(),
        )

    @api.model
    def _rows_steps(self):
        """Steps by who handled them: the unit is the step's, not the procedure's."""
        return SQL(
            """SELECT step.id, step.company_id, dossier.procedure_id, step.department_id,
                      step.done_at AS at, step.outcome IN ('early', 'on_time') AS part,
                      step.hours_used::float8 AS value
                 FROM qms_dossier_step step
                 JOIN qms_dossier dossier ON dossier.id = step.dossier_id
                WHERE step.state = 'done' AND step.outcome IS NOT NULL"""
        )

    @api.model
    def _rows_ratings(self):
        return SQL(
            """SELECT id, qms_company_id AS company_id, qms_procedure_id AS procedure_id,
                      qms_department_id AS department_id, qms_answered_at AS at,
                      qms_is_satisfied AS part, qms_is_low AS is_low, NULL::float8 AS value
                 FROM survey_user_input WHERE qms_is_valid"""
        )

    @api.model
    def _rows_scores(self):
        return SQL(
            """SELECT id, qms_company_id AS company_id, qms_procedure_id AS procedure_id,
                      qms_department_id AS department_id, qms_answered_at AS at,
                      TRUE AS part, qms_score::float8 AS value
                 FROM survey_user_input WHERE qms_has_score"""
        )

    @api.model
    def _rows_complaints(self):
        return self._complaint_rows(SQL("qms_received_at"), SQL("TRUE"))

    @api.model
    def _rows_complaints_due(self):
        answered = SQL("COALESCE(qms_answered_at <= qms_answer_due_at, FALSE)")
        return self._complaint_rows(SQL("qms_answer_due_at"), answered)

    @api.model
    def _complaint_rows(self, at, part):
        return SQL(
            """SELECT id, company_id, qms_procedure_id AS procedure_id,
                      qms_department_id AS department_id, %(at)s AS at, %(part)s AS part,
                      NULL::float8 AS value
                 FROM helpdesk_ticket
                WHERE qms_kind = 'complaint' AND %(at)s IS NOT NULL
                  AND qms_state != 'cancelled'""",
            at=at,
            part=part,
        )

    @api.model
    def _rows_acknowledgements(self):
        """Readings by the day on which they were due."""
        return SQL(
            """SELECT reading.id, reading.company_id, NULL::int AS procedure_id,
                      version.department_id, campaign.date_due::timestamp AS at,
                      %s AS part, NULL::float8 AS value
                 FROM qms_acknowledgement reading
                 JOIN qms_acknowledgement_campaign campaign ON campaign.id = reading.campaign_id
                 JOIN res_company company ON company.id = reading.company_id
                 LEFT JOIN hr_employee employee ON employee.user_id = reading.user_id
                      AND employee.company_id = reading.company_id AND employee.active
                 LEFT JOIN hr_version version ON version.id = employee.current_version_id
                WHERE campaign.date_due IS NOT NULL""",
            _in_time(SQL("reading.acknowledged_at"), SQL("campaign.date_due")),
        )

    @api.model
    def _rows_law_changes(self):
        """Changes of the law by the day on which they were due (ISO-01)."""
        return SQL(
            """SELECT request.id, request.company_id, NULL::int AS procedure_id,
                      NULL::int AS department_id, request.due_date::timestamp AS at,
                      %s AS part, NULL::float8 AS value
                 FROM qms_change_request request
                 JOIN res_company company ON company.id = request.company_id
                WHERE request.cause = 'law' AND request.due_date IS NOT NULL
                  AND request.state NOT IN ('draft', 'cancelled')""",
            _in_time(SQL("request.closed_at"), SQL("request.due_date")),
        )

    @api.model
    def _rows_actions(self):
        """Actions by their deadline; part: reported done by then."""
        return SQL(
            """SELECT action.id, action.company_id, NULL::int AS procedure_id,
                      action.qms_department_id AS department_id,
                      action.date_deadline::timestamp AS at, %s AS part, NULL::float8 AS value
                 FROM mgmtsystem_action action
                 JOIN res_company company ON company.id = action.company_id
                WHERE action.date_deadline IS NOT NULL
                  AND action.qms_state NOT IN ('draft', 'cancelled')""",
            _in_time(SQL("action.qms_done_at"), SQL("action.date_deadline")),
        )

    @api.model
    def _rows_nonconformities(self):
        """Nonconformities by the day on which they were to be closed."""
        return SQL(
            """SELECT row.id, row.company_id, row.qms_procedure_id AS procedure_id,
                      row.qms_department_id AS department_id,
                      row.qms_due_date::timestamp AS at, %s AS part, NULL::float8 AS value
                 FROM mgmtsystem_nonconformity row
                 JOIN res_company company ON company.id = row.company_id
                WHERE row.qms_due_date IS NOT NULL AND row.state != 'cancel'""",
            _in_time(SQL("row.closing_date"), SQL("row.qms_due_date")),
        )

    @api.model
    def _domains_procedures(self, scope):
        """Procedures published on the last day; part: those under the QMS."""
        procedures = self.env["qms.procedure"]
        whole = procedures._published_domain(scope.date_to)
        whole &= Domain("company_id", "=", scope.company_id)
        if scope.department_id:
            whole &= Domain("department_id", "child_of", scope.department_id)
        if scope.procedure_id:
            whole &= Domain("id", "=", scope.procedure_id)
        return whole, procedures._qms_domain(scope.date_to)


def _in_time(moment, day):
    """Return the condition that a moment lies on a local day of ``company`` or before it."""
    return SQL(
        """COALESCE((%s AT TIME ZONE 'UTC' AT TIME ZONE company.qms_timezone)::date <= %s,
                    FALSE)""",
        moment,
        day,
    )


def _bounds(date_from, date_to, zone, is_dated):
    """Return first moment and end of local days: naive UTC, or the days themselves."""
    midnight = datetime.time.min
    first = datetime.datetime.combine(date_from, midnight)
    end = datetime.datetime.combine(date_to + datetime.timedelta(days=1), midnight)
    if is_dated:
        return first, end
    local, utc = ZoneInfo(zone), datetime.timezone.utc
    return tuple(
        day.replace(tzinfo=local).astimezone(utc).replace(tzinfo=None) for day in (first, end)
    )
