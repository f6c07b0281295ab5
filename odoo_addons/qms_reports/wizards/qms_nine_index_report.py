import datetime

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from odoo.addons.qms_public_admin.tools.satisfaction import (
    CITIZEN_INDICES,
    OFFICER_INDICES,
    complaint_points,
    nine_grade,
    officer_level,
    online_points,
)
from odoo.addons.qms_public_admin.tools.statistics import number_text

NINE_GRADES = [
    ("excellent", "Excellent"),
    ("good", "Good"),
    ("fair", "Fair"),
    ("average", "Average"),
    ("weak", "Weak"),
]
TASK_LEVELS = [
    ("full", "100 % of the task"),
    ("part", "70–100 % of the task"),
    ("below", "Below 70 % of the task"),
]
GROUPINGS = [
    ("company", "Agency"),
    ("department", "Unit"),
    ("procedure", "Procedure"),
    ("officer", "Handled by (restricted)"),
]
# Grouping: column of the line beside the agency, and where a form keeps it.
GROUP_COLUMNS = {
    "department": ("department_id", "qms_department_id"),
    "procedure": ("procedure_id", "qms_procedure_id"),
    "officer": ("officer_id", "qms_officer_id"),
}
INDICES = range(1, 10)


class QmsNineIndexReport(models.TransientModel):
    """The nine indices of procedure handling, 0 to 18 points, with their grade (§1.11).

    Indices 1 and 2 come from the dossiers that were evaluated, 3, 4, 6 and 7 from their
    applicants, 5, 8 and 9 from the unit (8 and 9 are computed where nobody entered them).
    A total has its grade only when all nine are known; the table says which are missing.

    By officer, with the right to that alone (OS-11), it is the officer total: indices 1, 2,
    3, 4 and 7 of the dossiers they handled, and the part of the task this stands for.
    """

    _name = "qms.nine.index.report"
    _description = "Nine indices of procedure handling"
    _inherit = ["qms.report.wizard.mixin"]

    _options = frozenset({"date_from", "date_to", "company_ids", "grouping", "flagged"})

    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._default_quarter()
    )
    date_to = fields.Date(string="To", required=True, default=fields.Date.context_today)
    company_ids = fields.Many2many(
        "res.company",
        string="Agencies",
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    grouping = fields.Selection(GROUPINGS, string="Grouped by", required=True, default="company")
    flagged = fields.Selection(
        [("with", "Counted"), ("without", "Left out")],
        string="Flagged ratings",
        required=True,
        default="with",
    )
    line_ids = fields.One2many("qms.nine.index.report.line", "report_id", readonly=True)
    table = fields.Json(compute="_compute_table", help="The table as the screen shows it.")
    notes = fields.Text(compute="_compute_notes")

    # === DEFAULTS === #

    @api.model
    def _default_quarter(self):
        today = fields.Date.context_today(self)
        return today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)

    # === COMPUTE METHODS === #

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._(
                "Nine indices %(start)s – %(end)s",
                start=format_date(self.env, report.date_from),
                end=format_date(self.env, report.date_to),
            )

    @api.depends("line_ids", "grouping")
    @api.depends_context("lang")
    def _compute_table(self):
        for report in self:
            report.table = bool(report.line_ids) and report._table_content()

    @api.depends("grouping", "company_ids")
    @api.depends_context("lang")
    def _compute_notes(self):
        for report in self:
            report.notes = "\n".join(report._notes())

    def _table_content(self):
        labels = self._labels()
        columns = [{"name": f"index_{number}", "label": str(number)} for number in self._indices()]
        grouping = dict(self._fields["grouping"]._description_selection(self.env))
        return {
            "model": self.line_ids._name,
            "group_label": grouping[self.grouping],
            "groups": [
                {"label": "", "columns": [{"name": "forms", "label": labels["forms"]["string"]}]},
                {"label": self.env._("Index"), "columns": columns},
            ],
            "texts": [
                {"name": name, "label": labels[name]["string"], "help": labels[name].get("help")}
                for name in self._texts()
            ],
            "rows": [line._table_row() for line in self.line_ids],
        }

    def _labels(self):
        """Return the labels of the columns; of officers there is no grade but a level."""
        labels = self.line_ids.fields_get(attributes=["string", "help"])
        if self.grouping == "officer":
            labels["grade_text"] = labels["task_level"]
        return labels

    @api.model
    def _texts(self):
        return ["total_text", "grade_text", "rank_text", "satisfaction_text"]

    # === ACTIONS === #

    @api.model
    def action_open_new(self):
        """Open a report of this quarter up to today, computed."""
        return self._open_new(self.env._("Nine indices"))

    def action_export(self):
        """Export the table as a workbook."""
        self._ensure_lines()
        return self.env.ref("qms_reports.nine_index_xlsx_action").report_action(self)

    # === BUSINESS METHODS === #

    def _indices(self):
        """Return the indices of the table: all nine, or those of an officer."""
        return OFFICER_INDICES if self.grouping == "officer" else INDICES

    def _own_companies(self):
        """Return the chosen agencies the user works in, for what is counted elevated."""
        return self.company_ids & self.env.companies

    def _instants(self):
        """Return the first instant of the period and the first after it (UTC)."""
        zone = pytz.timezone((self.company_ids[:1] or self.env.company)._qms_timezone())
        after = self.date_to + datetime.timedelta(days=1)
        return [
            zone.localize(datetime.datetime.combine(day, datetime.time()))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in (self.date_from, after)
        ]

    def _answers_domain(self):
        """Domain of the nine-index forms about dossiers of the period."""
        start, end = map(fields.Datetime.to_string, self._instants())
        domain = (
            Domain("qms_company_id", "in", self.company_ids.ids)
            & Domain("qms_eligible_at", ">=", start)
            & Domain("qms_eligible_at", "<", end)
            & Domain("user_input_line_ids", "any", [("qms_index", ">", 0)])
        )
        if self.flagged == "without":
            domain &= Domain("qms_is_flagged", "=", False)
        return domain

    def _compute_lines(self):
        """Write one line for each agency or unit, best total first."""
        self.ensure_one()
        self.check_access("write")
        if not self.company_ids:
            raise UserError(self.env._("Choose at least one agency."))
        self.sudo().line_ids.unlink()
        if self.grouping == "officer":
            self.env["qms.satisfaction.officer"].check_access("read")
        vals_list = [self._line_vals(row) for row in self._rows()]
        self._rank(vals_list)
        self.env["qms.nine.index.report.line"].sudo().create(vals_list)
        self.invalidate_recordset(["line_ids"])

    def _rows(self):
        """Return the values of each group: of its forms, of its complaints, of its unit."""
        column, _source = GROUP_COLUMNS.get(self.grouping, (None, None))
        rows = {(row["company_id"], column and row[column]): row for row in self._citizen_rows()}
        if self.grouping == "officer":
            return list(rows.values())
        complaints = self._complaint_counts(column)
        if self.grouping == "company":
            complaints = {(company.id, None): None for company in self.company_ids} | complaints
        for company_id, group_id in complaints.keys() - rows.keys():
            key = (company_id, group_id)
            rows[key] = {"company_id": company_id, **({column: group_id} if column else {})}
        unit_points = {company.id: self._unit_points(company) for company in self.company_ids}
        for key, row in rows.items():
            counts = complaints.get(key) or {}
            row.update({"index_8": self._complaint_index(counts), **unit_points.get(key[0], {})})
        return list(rows.values())

    def _complaint_counts(self, column):
        """Return the complaints of the period by agency and group, counted for all readers."""
        counts = self.env["qms.complaint.analysis"]._handled_counts(
            self._own_companies(), *self._instants(), ["company_id", *([column] if column else [])]
        )
        return {
            (company.id, (group[0].id or None) if group else None): found
            for (company, *group), found in counts.items()
        }

    @api.model
    def _complaint_index(self, counts):
        in_time, late, pending = (counts.get(name, 0) for name in ("in_time", "late", "pending"))
        return complaint_points(in_time + late, in_time, pending)

    def _citizen_rows(self):
        """Return forms, indices 1–4, 6, 7 and levels for each group, by one query."""
        answers = self.env["survey.user_input"]._search(self._answers_domain())
        column, source = GROUP_COLUMNS.get(self.grouping, ("department_id", None))
        group = SQL.identifier("answer", source) if source else SQL("NULL::int")
        self.env["survey.user_input.line"].flush_model()
        self.env["qms.dossier.step"].flush_model()
        self.env["qms.dossier"].flush_model()
        indices = SQL(", ").join(
            SQL(
                "AVG(line.qms_score) FILTER (WHERE line.qms_index = %s AND line.qms_has_score)"
                " AS %s",
                number,
                SQL.identifier(f"index_{number}"),
            )
            for number in CITIZEN_INDICES
        )
        averages = SQL(", ").join(
            SQL("AVG(%s) AS %s", SQL.identifier(name), SQL.identifier(name))
            for name in ("index_1", "index_2", *(f"index_{n}" for n in CITIZEN_INDICES))
        )
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH form AS (
                    SELECT answer.id, answer.qms_company_id AS company_id,
                           %(group)s AS %(column)s,
                           answer.qms_dossier_id AS dossier_id, answer.qms_grade AS grade
                      FROM survey_user_input answer WHERE answer.id IN %(answers)s
                ), asked AS (
                    SELECT line.user_input_id, %(indices)s
                      FROM survey_user_input_line line
                      JOIN form ON form.id = line.user_input_id GROUP BY line.user_input_id
                ), spent AS (
                    SELECT dossier_id, MIN(points) AS index_2 FROM (
                        SELECT step.dossier_id, step.handler_company_id,
                               1 + SIGN(ROUND(SUM(step.hours)::numeric, 2)
                                        - ROUND(SUM(step.hours_used)::numeric, 2)) AS points
                          FROM qms_dossier_step step
                          JOIN form ON form.dossier_id = step.dossier_id
                         WHERE step.state IN ('done', 'sent_back') AND step.hours > 0
                         GROUP BY step.dossier_id, step.handler_company_id
                    ) agency GROUP BY dossier_id
                ), scored AS (
                    SELECT form.*, asked.*, spent.index_2,
                           CASE dossier.legal_outcome WHEN 'early' THEN 2 WHEN 'on_time' THEN 1
                                                      WHEN 'late' THEN 0 END AS index_1
                      FROM form
                      JOIN qms_dossier dossier ON dossier.id = form.dossier_id
                      LEFT JOIN asked ON asked.user_input_id = form.id
                      LEFT JOIN spent ON spent.dossier_id = form.dossier_id
                )
                SELECT company_id, %(column)s, COUNT(*) AS forms, %(averages)s,
                       COUNT(*) FILTER (WHERE grade = 'very_satisfied') AS very_satisfied,
                       COUNT(*) FILTER (WHERE grade = 'satisfied') AS satisfied,
                       COUNT(*) FILTER (WHERE grade IN ('not_satisfied', 'very_dissatisfied'))
                           AS not_satisfied
                  FROM scored GROUP BY company_id, %(column)s""",
                group=group,
                column=SQL.identifier(column),
                answers=answers.subselect(),
                indices=indices,
                averages=averages,
            )
        )
        return rows

    def _unit_points(self, company):
        """Return the points of the indices that belong to the unit, those known."""
        scores = self.env["qms.index.score"].search(
            [
                ("company_id", "=", company.id),
                ("date_from", "<=", self.date_to),
                ("date_to", ">=", self.date_from),
            ],
            order="date_from, id",
        )
        points = {f"index_{score.index}": score._points() for score in scores}
        if "index_9" not in points:
            points["index_9"] = self._online_index(company)
        return points

    def _online_index(self, company):
        """Return index 9 from procedures and dossiers, None without any dossier."""
        start, end = map(fields.Datetime.to_string, self._instants())
        accepted = (
            Domain("company_id", "=", company.id)
            & Domain("accepted_at", ">=", start)
            & Domain("accepted_at", "<", end)
        )
        dossiers = self.env["qms.dossier"]
        count = dossiers.search_count(accepted)
        online = accepted & Domain("intake_channel", "=", "online")
        if not count:
            return None
        procedures = self.env["qms.procedure"]
        offered = Domain("company_id", "in", [False, company.id]) & Domain(
            "state", "=", "published"
        )
        total = procedures.search_count(offered)
        with_service = procedures.search_count(offered & Domain("online_level", "!=", "none"))
        return online_points(
            with_service / total if total else 0.0,
            dossiers.search_count(online) / count,
            dossiers.search_count(online & Domain("outcome", "=", "late")),
        )

    def _line_vals(self, row):
        indices = self._indices()
        points = {number: row.get(f"index_{number}") for number in indices}
        known = {number: value for number, value in points.items() if value is not None}
        total = sum(round(float(value), 6) for value in known.values())
        is_complete = len(known) == len(indices)
        is_officer = self.grouping == "officer"
        company = self.env["res.company"].browse(row["company_id"])
        return {
            "report_id": self.id,
            "company_id": row["company_id"],
            **{column: row.get(column) for column, _source in GROUP_COLUMNS.values()},
            "forms": row.get("forms", 0),
            "known": ",".join(map(str, known)),
            **{f"index_{number}": float(value) for number, value in known.items()},
            "total": total,
            "is_complete": is_complete,
            "grade": nine_grade(total) if is_complete and not is_officer else False,
            "task_level": is_complete
            and is_officer
            and officer_level(total, *company._qms_officer_limits()),
            **{name: row.get(name, 0) for name in ("very_satisfied", "satisfied", "not_satisfied")},
        }

    def _rank(self, vals_list):
        """Order by total and number the places; equal totals share one."""
        vals_list.sort(key=lambda vals: (not vals["is_complete"], -vals["total"]))
        place, before = 0, None
        for number, vals in enumerate(vals_list, 1):
            vals["sequence"] = number
            if not vals["is_complete"]:
                continue
            if before is None or round(vals["total"], 6) != before:
                place, before = number, round(vals["total"], 6)
            vals["rank"] = place

    def _notes(self):
        """Return what a reader of the table has to know about it."""
        self.ensure_one()
        if self.grouping == "officer":
            return self._officer_notes()
        return [
            self.env._(
                "Indices 1 and 2 are computed from the dossiers with a form, 3, 4, 6 and 7 are "
                "the means of the applicants' answers, 5 is entered by the unit, 8 and 9 are "
                "entered or computed."
            ),
            self.env._(
                "Index 8 is computed from the complaints answered or transferred in the period "
                "and those overdue at its end; not accepted ones are left out."
            ),
            self.env._(
                "Grades: from 15 points Excellent, from 12 Good, from 9 Fair, from 6 Average, "
                "below Weak. A total without all nine indices has no grade."
            ),
        ]

    def _officer_notes(self):
        company = self.company_ids[:1] or self.env.company
        full, part = (
            number_text(limit, 2, self.env.lang) for limit in company._qms_officer_limits()
        )
        return [
            self.env._(
                "Officer total: indices 1, 2, 3, 4 and 7 of the dossiers the officer handled, as "
                "far as their applicants answered the form."
            ),
            self.env._(
                "From %(full)s points 100 %% of the task, from %(part)s points 70–100 %%, below "
                "less.",
                full=full,
                part=part,
            ),
        ]
