import datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain

from ...tools.measure import limit_text, meets, total
from .qms_indicator import BY_HAND

STATUSES = [
    ("no_data", "No data"),
    ("on_track", "On track"),
    ("at_risk", "At risk"),
    ("met", "Objective reached"),
    ("missed", "Missed"),
]
#: What an objective needs before it can be approved.
NEEDED = ("indicator_id", "due_date", "owner_id")
#: Fields that say nothing of what was approved.
FREE_FIELDS = frozenset({"qms_clause_ids"})


class QmsObjective(models.Model):
    """One objective of a year: what is to be reached, by when, and how one sees it.

    It aims at an indicator. Its status follows from the fixed and provisional figures of
    that indicator in the year and is written by nobody: *on track* or *at risk* until the
    due date, then *met* or *missed* once the last figure is fixed. Everything else is part of
    what is approved and changes with the paper it stands on (:class:`qms.objective.year`).
    """

    _name = "qms.objective"
    _description = "Quality objective"
    _inherit = ["qms.lifecycle.mixin", "qms.figure.mixin", "qms.evidence.mixin"]
    _order = "year_id, sequence, id"
    _rec_names_search = ["name"]
    _check_company_auto = True
    _evidence_sequence = 65

    _placing_fields = ("company_id", "year_id")
    _lifecycle_field = "status"
    _lifecycle_initial = "no_data"
    _protected_fields = (
        "kind",
        "has_value",
        "value",
        "part",
        "whole",
        "squares",
        "has_interval",
        "low",
        "high",
        "measured_to",
        "missed_on",
        "carried_from_id",
    )

    year_id = fields.Many2one("qms.objective.year", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="year_id.company_id", store=True, index=True)
    department_id = fields.Many2one(
        related="year_id.department_id", string="Unit", store=True, index="btree_not_null"
    )
    year = fields.Integer(related="year_id.year", string="Of the year", store=True, aggregator=None)
    year_state = fields.Selection(related="year_id.state", string="Status of the paper")
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Quality objective", required=True, help="What is to be reached.")
    indicator_id = fields.Many2one(
        "qms.indicator",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The measure by which everybody sees whether it is reached.",
    )
    indicator_kind = fields.Selection(related="indicator_id.kind", string="Kind of the indicator")
    unit = fields.Char(related="indicator_id.unit", string="Unit of measure")
    target = fields.Float(
        compute="_compute_target", store=True, readonly=False, precompute=True, aggregator=None
    )
    target_text = fields.Char(string="Target (as text)", compute="_compute_target_text")
    baseline_text = fields.Char(
        string="Where we stand", compute="_compute_baseline_text", help="Figure of the year before."
    )
    due_date = fields.Date(
        string="To be reached by",
        compute="_compute_due_date",
        store=True,
        readonly=False,
        precompute=True,
    )
    owner_id = fields.Many2one(
        "res.users",
        string="In charge",
        check_company=True,
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    resources = fields.Text(help="Money, people, equipment, training.")
    evaluation = fields.Text(
        string="How it is evaluated", help="Who looks at the result, when and how (6.2.2 e)."
    )
    task_ids = fields.One2many("qms.objective.task", "objective_id", string="Plan")
    task_count = fields.Integer(compute="_compute_task_count")
    status = fields.Selection(
        STATUSES, default="no_data", required=True, readonly=True, copy=False, index=True
    )
    measured_to = fields.Date(string="Measured until", readonly=True, copy=False)
    missed_on = fields.Date(
        readonly=True, copy=False, help="Day on which it turned out that it was missed."
    )
    carried_from_id = fields.Many2one(
        "qms.objective",
        string="Carried over from",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    chart = fields.Json(compute="_compute_chart")

    # === COMPUTE METHODS === #

    @api.depends("indicator_id")
    def _compute_target(self):
        for row in self:
            row.target = row.target or row.indicator_id.target

    @api.depends("year_id.year")
    def _compute_due_date(self):
        for row in self:
            year = row.year_id.year
            row.due_date = row.due_date or (year and datetime.date(year, 12, 31))

    @api.depends("indicator_id.kind", "indicator_id.better", "target")
    @api.depends_context("lang")
    def _compute_target_text(self):
        lang = self.env.lang or "en_US"
        for row in self:
            indicator = row.indicator_id
            sign = "≥" if indicator.better == "up" else "≤"
            text = limit_text(indicator.kind or "share", row.target, lang)
            unit = f" {row.unit}" if indicator.kind == "mean" and row.unit else ""
            row.target_text = f"{sign} {text}{unit}" if indicator else ""

    @api.depends("indicator_id", "year_id.year")
    @api.depends_context("lang")
    def _compute_baseline_text(self):
        lang = self.env.lang or "en_US"
        for row in self:
            indicator, year = row.indicator_id, row.year_id.year
            figure = row._figure_of_year(year - 1)[0] if year and indicator else None
            if figure is None and indicator.has_baseline:
                row.baseline_text = limit_text(indicator.kind, indicator.baseline, lang)
            else:
                row.baseline_text = figure.text(lang) if figure else "–"

    @api.depends("task_ids")
    def _compute_task_count(self):
        for row in self:
            row.task_count = len(row.task_ids)

    @api.depends("indicator_id.chart", "target")
    def _compute_chart(self):
        for row in self:
            chart = row.indicator_id.chart or {}
            row.chart = {**chart, "target": row.target} if chart else False

    # === CONSTRAINT METHODS === #

    @api.constrains("due_date", "year_id")
    def _check_due_date(self):
        for row in self:
            if row.due_date and row.due_date.year != row.year_id.year:
                raise ValidationError(
                    self.env._("“%(name)s” is to be reached in its year.", name=row.name)
                )

    @api.constrains("target", "indicator_id")
    def _check_target(self):
        for row in self.filtered(lambda row: row.indicator_id.kind == "share"):
            if not 0 <= row.target <= 1:
                raise ValidationError(self.env._("A share lies between 0 and 100 per cent."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.year_id._check_open()
        return rows

    def write(self, vals):
        if not self._is_lifecycle_writer() and vals.keys() - FREE_FIELDS:
            self.year_id._check_open()
        result = super().write(vals)
        if "year_id" in vals and not self._is_lifecycle_writer():
            self.year_id._check_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        """Objectives of a draft may be dropped, whatever their status was."""
        self.year_id._check_open()

    # === ACTIONS === #

    def action_open_indicator(self):
        """Open the indicator with its figures."""
        self.ensure_one()
        return self.indicator_id.get_formview_action()

    # === BUSINESS METHODS === #

    def _missing(self):
        """Return the fields that are needed before the approval."""
        return [name for name in NEEDED if not self[name]]

    def _content(self):
        """Return what is approved of this objective."""
        row = self.sudo()
        return {
            "name": row.name,
            "indicator": row.indicator_id.id,
            "target": row.target,
            "due": row.due_date,
            "owner": row.owner_id.id,
            "resources": row.resources or "",
            "evaluation": row.evaluation or "",
            "tasks": [task._content() for task in row.task_ids.sorted("id")],
        }

    def _figure_unit(self):
        return self.unit

    # === BUSINESS METHODS: STATUS === #

    @api.model
    def _follow_company(self, company):
        """Follow the approved objectives of an agency."""
        self.sudo().search(
            [("company_id", "=", company.id), ("year_id.state", "=", "approved")]
        )._follow()

    def _follow(self):
        """Write the status that follows from the figures."""
        found = {}
        for row in self.filtered(lambda row: row.year_state == "approved"):
            vals = row._status_vals()
            if any((row[name] or False) != (value or False) for name, value in vals.items()):
                found[row.id] = vals
        self._lifecycle_write_each(found)

    def _status_vals(self):
        figure, rows = self._figure_of_year(self.year)
        if figure is None:
            return {"status": "no_data"}
        today = self.indicator_id.sudo()._today()
        reached = meets(figure.value, self.target, self.indicator_id.better)
        is_final = today > self.due_date and set(rows.mapped("state")) == {"closed"}
        if is_final:
            status = "met" if reached else "missed"
        else:
            status = "on_track" if reached else "at_risk"
        missed_on = (self.missed_on or today) if status == "missed" else None
        return {
            **self._figure_vals(figure),
            "status": status,
            "measured_to": max(rows.mapped("period_to")),
            "missed_on": missed_on,
        }

    def _figure_of_year(self, year):
        """Return the figure of the year up to the due date, and the measures behind it.

        The figures of the periods are put together; of what stands as of a day the last one
        counts.
        """
        first = datetime.date(year, 1, 1)
        last = datetime.date(year, 12, 31)
        if self.due_date and self.due_date.year == year:
            last = self.due_date
        rows = self.sudo().indicator_id.measure_ids.filtered(
            lambda row: row.has_value and first <= row.period_from <= last
        ).sorted("period_from")  # fmt: skip
        if not rows:
            return None, rows
        if self._is_as_of():
            return rows[-1]._figure(), rows[-1]
        return total(row._figure() for row in rows), rows

    def _is_as_of(self):
        key = self.sudo().indicator_id.measure_key
        return key != BY_HAND and self.env["qms.measure"]._measure(key).is_as_of

    # === BUSINESS METHODS: NEXT YEAR === #

    def _copy_into(self, year):
        """Take these over into another year, with their plans but without their actions."""
        copies = self.create(
            [
                {
                    "year_id": year.id,
                    "sequence": row.sequence,
                    "name": row.name,
                    "indicator_id": row.indicator_id.id,
                    "target": row.target,
                    "owner_id": row.owner_id.id,
                    "resources": row.resources,
                    "evaluation": row.evaluation,
                    "qms_clause_ids": [Command.set(row.qms_clause_ids.ids)],
                }
                for row in self
            ]
        )
        copies._lifecycle_write_each(
            {copy.id: {"carried_from_id": row.id} for copy, row in zip(copies, self, strict=True)}
        )

    # === BUSINESS METHODS: EVIDENCE === #

    @api.model
    def _evidence_domain(self, company):
        return super()._evidence_domain(company) & Domain(
            "year_id.state", "in", ("approved", "closed")
        )

    # === GUARD === #

    def _keeping_files(self):
        return self.filtered(lambda row: row.year_id.state != "draft")
