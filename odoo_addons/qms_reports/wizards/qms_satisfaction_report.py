import datetime

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.qms_public_admin.tools.statistics import number_text, percent_text

GROUPINGS = [
    ("procedure", "Procedure"),
    ("field", "Field"),
    ("department", "Unit"),
    ("company", "Agency"),
    ("intake_channel", "Intake channel"),
    ("channel", "Way of answering"),
    ("month", "Month"),
    ("quarter", "Quarter"),
    ("officer", "Handled by (restricted)"),
    ("returner", "Result returned by (restricted)"),
]
GROUP_FIELDS = {
    "procedure": "procedure_id",
    "field": "procedure_field_id",
    "department": "department_id",
    "company": "company_id",
    "intake_channel": "intake_channel",
    "channel": "channel",
    "month": "eligible_at:month",
    "quarter": "eligible_at:quarter",
    "officer": "officer_id",
    "returner": "returner_id",
}
# Sums asked of the database; the levels are counted by grade.
SUMS = ("dossiers", "answers", "valid", "satisfied", "flagged", "scored")
LEVELS = {
    "very_satisfied": ["very_satisfied"],
    "satisfied_level": ["satisfied"],
    "neutral": ["neutral"],
    "not_satisfied": ["not_satisfied", "very_dissatisfied"],
}


class QmsSatisfactionReport(models.TransientModel):
    """Satisfaction of a period by procedure, unit, channel, month … or officer.

    Made by heads, leaders, ISO officers, auditors and the provincial office, over what
    their own rights let them read; by officer only with the right to that (OS-11). The
    period is that of the dossiers: all that could be rated from a day in it, with the
    ratings given about them, whenever given.
    """

    _name = "qms.satisfaction.report"
    _description = "Satisfaction report"
    _inherit = ["qms.report.wizard.mixin"]

    _options = frozenset({"date_from", "date_to", "company_ids", "grouping", "flagged"})

    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(month=1, day=1),
    )
    date_to = fields.Date(string="To", required=True, default=fields.Date.context_today)
    company_ids = fields.Many2many(
        "res.company",
        string="Agencies",
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    grouping = fields.Selection(GROUPINGS, string="Grouped by", required=True, default="procedure")
    flagged = fields.Selection(
        [("with", "Counted"), ("without", "Left out")],
        string="Flagged ratings",
        required=True,
        default="with",
    )
    line_ids = fields.One2many("qms.satisfaction.report.line", "report_id", readonly=True)
    total_line_id = fields.Many2one("qms.satisfaction.report.line", compute="_compute_total")
    summary = fields.Char(compute="_compute_total")
    table = fields.Json(compute="_compute_table", help="The table as the screen shows it.")

    # === COMPUTE METHODS === #

    @api.depends("line_ids")
    @api.depends_context("lang")
    def _compute_total(self):
        lang = self.env.lang or "en_US"
        for report in self:
            total = report.line_ids.filtered("is_total")[:1]
            report.total_line_id = total
            report.summary = total and self.env._(
                "%(answers)s ratings of %(dossiers)s dossiers (response rate %(rate)s), "
                "%(share)s satisfied",
                answers=number_text(total.answers, lang=lang),
                dossiers=number_text(total.dossiers, lang=lang),
                rate=percent_text(total.answers, total.dossiers, lang=lang),
                share=percent_text(total.satisfied, total.valid, lang=lang),
            )

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._(
                "Satisfaction %(start)s – %(end)s",
                start=format_date(self.env, report.date_from),
                end=format_date(self.env, report.date_to),
            )

    @api.depends("line_ids", "grouping")
    @api.depends_context("lang")
    def _compute_table(self):
        for report in self:
            report.table = bool(report.line_ids) and report._table_content()

    def _table_content(self):
        labels = self.line_ids.fields_get(attributes=["string", "help"])
        return {
            "model": self.line_ids._name,
            "group_label": self._group_label(),
            "groups": [
                {
                    "label": heading,
                    "columns": [{"name": name, "label": labels[name]["string"]} for name in names],
                }
                for heading, names in self._columns()
            ],
            "texts": [
                {"name": name, "label": labels[name]["string"], "help": labels[name].get("help")}
                for name in self._texts()
            ],
            "rows": [line._table_row(self._figures(), self._texts()) for line in self.line_ids],
        }

    def _group_label(self):
        return dict(self._fields["grouping"]._description_selection(self.env))[self.grouping]

    @api.model
    def _columns(self):
        """Return [(heading, figures)] of screen, print and workbook."""
        return [
            (self.env._("Dossiers"), ["dossiers"]),
            (self.env._("Ratings"), ["answers", "valid", "satisfied"]),
            (
                self.env._("Levels"),
                ["very_satisfied", "satisfied_level", "neutral", "not_satisfied"],
            ),
            (self.env._("Flagged"), ["flagged"]),
        ]

    @api.model
    def _figures(self):
        return [name for _heading, names in self._columns() for name in names]

    @api.model
    def _texts(self):
        return ["response_text", "satisfied_text", "interval_text", "score_text"]

    # === ACTIONS === #

    @api.model
    def action_open_new(self):
        """Open a report of this year up to today, computed."""
        return self._open_new(self.env._("Satisfaction report"))

    def action_print(self):
        """Print the report as shown."""
        self._ensure_lines()
        return self.env.ref("qms_reports.satisfaction_report_pdf_action").report_action(self)

    def action_export(self):
        """Export the report as a workbook."""
        self._ensure_lines()
        return self.env.ref("qms_reports.satisfaction_report_xlsx_action").report_action(self)

    # === BUSINESS METHODS === #

    def _rows_model(self):
        """Return the report model, read with the user's own rights."""
        name = "qms.satisfaction.analysis"
        if self.grouping in ("officer", "returner"):
            name = "qms.satisfaction.officer"
        timezone = (self.company_ids[:1] or self.env.company)._qms_timezone()
        model = self.env[name].with_context(tz=timezone, lang=self.env.lang)
        model.check_access("read")
        return model

    def _period_domain(self, name="eligible_at"):
        """Domain of the local days of the period, both included."""
        zone = pytz.timezone((self.company_ids[:1] or self.env.company)._qms_timezone())

        def instant(day):
            local = zone.localize(datetime.datetime.combine(day, datetime.time()))
            return fields.Datetime.to_string(local.astimezone(pytz.utc))

        after = self.date_to + datetime.timedelta(days=1)
        return Domain(name, ">=", instant(self.date_from)) & Domain(name, "<", instant(after))

    def _compute_lines(self):
        """Write one line for each group and the total, by a handful of queries."""
        self.ensure_one()
        self.check_access("write")
        if not self.company_ids:
            raise UserError(self.env._("Choose at least one agency."))
        self.sudo().line_ids.unlink()
        groups = self._grouped([GROUP_FIELDS[self.grouping]])
        total = self._grouped([])
        ordered = sorted(groups, key=self._order_of)
        vals_list = [
            {**groups[key], "name": self._group_name(key), "group_key": self._group_key(key)}
            for key in ordered
        ]
        vals_list.append({**total[()], "name": self.env._("Total"), "is_total": True})
        self.env["qms.satisfaction.report.line"].sudo().create(
            [
                {**vals, "report_id": self.id, "sequence": number}
                for number, vals in enumerate(vals_list, 1)
            ]
        )
        self.invalidate_recordset(["line_ids"])

    def _grouped(self, groupby):
        """Return {group: figures}; without grouping the total under ``()``."""
        rows = self._rows_model()
        domain = self._period_domain() & Domain("company_id", "in", self.company_ids.ids)
        figures = self._sums(rows, domain, groupby)
        if self.flagged == "without":
            odd = self._sums(rows, domain & Domain("is_flagged", "=", True), groupby)
            for key, parts in odd.items():
                kept = ("dossiers", "flagged")
                for name, value in parts.items():
                    if name not in kept:
                        figures[key][name] -= value
        return figures

    def _sums(self, rows, domain, groupby):
        sums = [f"{name}:sum" for name in SUMS]
        found = {
            tuple(row[: len(groupby)]): dict(
                zip((*SUMS, "score_sum"), row[len(groupby) :], strict=True)
            )
            for row in rows._read_group(domain, groupby, [*sums, "score:sum"])
        }
        for figures in found.values():
            figures.update({name: value or 0 for name, value in figures.items()})
            figures.update(dict.fromkeys(LEVELS, 0))
        grades = {grade: level for level, names in LEVELS.items() for grade in names}
        levels = domain & Domain("grade", "!=", False)
        for *key, grade, count in rows._read_group(levels, [*groupby, "grade"], ["__count"]):
            found[tuple(key)][grades[grade]] += count
        return found

    def _order_of(self, key):
        (value,) = key
        if isinstance(value, datetime.date):
            return (False, value.isoformat())
        return (not value, self._group_name(key).casefold())

    def _group_name(self, key):
        (value,) = key
        if not value:
            return self.env._("Not rated") if self.grouping == "channel" else self.env._("Unknown")
        if isinstance(value, models.BaseModel):
            return value.sudo().display_name
        if isinstance(value, datetime.date):
            month = value.strftime("%m/%Y")
            quarter = f"{(value.month + 2) // 3}/{value.year}"
            return quarter if self.grouping == "quarter" else month
        field = self._rows_model()._fields[GROUP_FIELDS[self.grouping]]
        return dict(field._description_selection(self.env)).get(value, value)

    def _group_key(self, key):
        (value,) = key
        if isinstance(value, models.BaseModel):
            return str(value.id or "")
        return value.isoformat()[:10] if isinstance(value, datetime.date) else value or ""

    def _notes(self):
        """Return what a reader of the print has to know about the figures."""
        self.ensure_one()
        total = self.total_line_id
        lang = self.env.lang or "en_US"
        flagged = number_text(total.flagged, lang=lang)
        kept = self.flagged == "with"
        return [
            self.env._(
                "Dossiers: those whose result could be rated from a day in the period. Response "
                "rate: ratings about them / these dossiers."
            ),
            self.env._(
                "Satisfied: share of the valid ratings, with its 95 % interval (Wilson). What is "
                "not applicable is left out above and below the line."
            ),
            self.env._("%(count)s flagged ratings are counted.", count=flagged)
            if kept
            else self.env._("%(count)s flagged ratings are left out.", count=flagged),
        ]
