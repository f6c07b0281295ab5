import datetime
from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ...const import LIKELIHOODS, RUNNING_STATES
from ...tools import forecast
from ...tools.outcome import outcome

HISTORY_DAYS = 365
PACE_DAYS = 28
BATCH = 1000


class QmsDossierForecast(models.Model):
    """When a running dossier will probably be done: advice, counted anew each hour.

    Read by everybody who reads the dossier. No state, date or outcome follows from it
    (regulation OS-12), and nobody writes it: the job replaces it as a whole, with a few
    statements for each agency, whatever the number of dossiers.
    """

    _name = "qms.dossier.forecast"
    _description = "Forecast of a dossier"
    _order = "expected_at, id"
    _rec_name = "dossier_id"

    dossier_id = fields.Many2one(
        "qms.dossier", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", string="Agency", required=True, index=True, readonly=True
    )
    expected_at = fields.Datetime(
        string="Expected completion", required=True, readonly=True,
        help="When it is done if its steps take as long as half of the earlier ones.",
    )  # fmt: skip
    cautious_at = fields.Datetime(
        string="Cautious completion", required=True, readonly=True,
        help="When it is done if its steps take as long as the slower fifth of the earlier ones.",
    )  # fmt: skip
    likelihood = fields.Selection(LIKELIHOODS, required=True, readonly=True)
    sample_count = fields.Integer(
        string="Earlier steps",
        readonly=True,
        help="The fewest earlier completions that one of its steps is counted from; 0: planned "
        "hours stand in for at least one step.",
    )
    ahead_count = fields.Integer(
        string="Ahead in the queue",
        readonly=True,
        help="Steps at the same position that are due earlier.",
    )
    computed_at = fields.Datetime(string="Counted", required=True, readonly=True)

    _dossier_unique = models.Constraint("UNIQUE(dossier_id)", "A dossier has one forecast.")
    _likelihood_idx = models.Index("(company_id, likelihood)")

    # === BUSINESS METHODS === #

    @api.model
    def _cron_forecast(self):
        """Count the forecasts of all agencies anew."""
        self._forecast(self.env["ir.cron"]._commit_progress)

    @api.model
    def _forecast(self, commit):
        """Agency by agency; one that fails does not hold up the others.

        :param commit: called after each agency; returns the seconds left
        """
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        companies._qms_each(self._forecast_company, commit)

    @api.model
    def _forecast_company(self, company):
        self.env.flush_all()
        now = fields.Datetime.now()
        self._drop_closed(company)
        subjects = self._subjects(company)
        if subjects:
            history, pace = self._history(company, now), self._pace(company, now)
            rows = [self._prepare_row(company, subject, history, pace, now) for subject in subjects]
            for start in range(0, len(rows), BATCH):
                self._store(rows[start : start + BATCH])
        self.invalidate_model()

    @api.model
    def _drop_closed(self, company):
        self.env.cr.execute(
            SQL(
                """DELETE FROM qms_dossier_forecast told USING qms_dossier dossier
                    WHERE dossier.id = told.dossier_id AND told.company_id = %s
                      AND (dossier.state NOT IN %s OR dossier.due_at IS NULL)""",
                company.id,
                RUNNING_STATES,
            )
        )

    @api.model
    def _subjects(self, company):
        """Return the running dossiers with their steps still to do and their place in the queue."""
        return self.env.execute_query_dict(
            SQL(
                """SELECT dossier.id, dossier.due_at, dossier.procedure_id, step.name, step.hours,
                          step.started_at, step.position_id,
                          COUNT(*) OVER (PARTITION BY step.position_id
                                             ORDER BY step.due_at, step.id) - 1 AS ahead,
                          pause.spans, later.steps
                     FROM qms_dossier dossier
                     JOIN qms_dossier_step step ON step.id = dossier.current_step_id
                LEFT JOIN LATERAL (
                          SELECT json_agg(json_build_array(row.started_at, row.ended_at)) AS spans
                            FROM qms_dossier_interruption row
                           WHERE row.dossier_id = dossier.id AND row.ended_at IS NOT NULL
                             AND row.started_at >= step.started_at) pause ON TRUE
                LEFT JOIN LATERAL (
                          SELECT json_agg(json_build_array(row.name, row.hours)) AS steps
                            FROM qms_dossier_step row
                           WHERE row.dossier_id = dossier.id AND row.state = 'waiting'
                             AND row.kind != 'return') later ON TRUE
                    WHERE dossier.company_id = %s AND dossier.state IN %s
                      AND dossier.due_at IS NOT NULL AND step.started_at IS NOT NULL""",
                company.id,
                RUNNING_STATES,
            )
        )

    @api.model
    def _history(self, company, now):
        """Return ``{(procedure, step): History}`` of the last year, versions together."""
        rows = self.env.execute_query(
            SQL(
                """SELECT dossier.procedure_id, step.name, COUNT(*),
                          percentile_cont(0.5) WITHIN GROUP (ORDER BY step.hours_used),
                          percentile_cont(%s) WITHIN GROUP (ORDER BY step.hours_used)
                     FROM qms_dossier_step step
                     JOIN qms_dossier dossier ON dossier.id = step.dossier_id
                    WHERE step.company_id = %s AND step.state = 'done' AND step.done_at > %s
                      AND step.hours_used IS NOT NULL
                 GROUP BY dossier.procedure_id, step.name""",
                forecast.CAUTIOUS_SHARE,
                company.id,
                now - datetime.timedelta(days=HISTORY_DAYS),
            )
        )
        return {
            (procedure, name): forecast.History(count, median, cautious)
            for procedure, name, count, median, cautious in rows
        }

    @api.model
    def _pace(self, company, now):
        """Return ``{position: steps completed}`` and the working hours they took."""
        since = now - datetime.timedelta(days=PACE_DAYS)
        rows = self.env.execute_query(
            SQL(
                """SELECT position_id, COUNT(*) FROM qms_dossier_step
                    WHERE company_id = %s AND state = 'done' AND done_at > %s
                      AND position_id IS NOT NULL
                 GROUP BY position_id""",
                company.id,
                since,
            )
        )
        hours = company._qms_working_time().elapsed(since, now)
        return defaultdict(lambda: (0, hours), {key: (count, hours) for key, count in rows})

    @api.model
    def _prepare_row(self, company, subject, history, pace, now):
        clock = company._qms_working_time()
        procedure = subject["procedure_id"]
        left = forecast.remaining(
            forecast.step_hours(subject["hours"] or 0, history.get((procedure, subject["name"]))),
            self._spent(clock, subject, now),
            forecast.queue_hours(subject["ahead"], *pace[subject["position_id"]]),
            [
                forecast.step_hours(hours or 0, history.get((procedure, name)))
                for name, hours in subject["steps"] or ()
            ],
        )
        expected = clock.due(now, left.expected)
        cautious = clock.due(now, left.cautious)
        return {
            "dossier_id": subject["id"],
            "company_id": company.id,
            "expected_at": expected,
            "cautious_at": cautious,
            "likelihood": self._likelihood(company, subject["due_at"], expected, cautious),
            "sample_count": left.samples,
            "ahead_count": subject["ahead"],
            "computed_at": now,
        }

    @api.model
    def _spent(self, clock, subject, now):
        """Working hours the step in progress has had, the pauses taken off."""
        paused = sum(
            clock.elapsed(*map(datetime.datetime.fromisoformat, span))
            for span in subject["spans"] or ()
        )
        return max(clock.elapsed(subject["started_at"], now) - paused, 0.0)

    @api.model
    def _likelihood(self, company, due, expected, cautious):
        zone, by = company._qms_timezone(), company.qms_on_time_by
        if outcome(expected, due, zone, by) == "late":
            return "likely"
        return "possible" if outcome(cautious, due, zone, by) == "late" else "unlikely"

    @api.model
    def _store(self, rows):
        """Replace the forecasts of these dossiers."""
        names = list(rows[0])
        self.env.cr.execute(
            SQL(
                """INSERT INTO qms_dossier_forecast (%(names)s) VALUES %(rows)s
              ON CONFLICT (dossier_id) DO UPDATE SET %(changes)s""",
                names=SQL(", ").join(map(SQL.identifier, names)),
                rows=SQL(", ").join(SQL("%s", tuple(row.values())) for row in rows),
                changes=SQL(", ").join(
                    SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in names[1:]
                ),
            )
        )
