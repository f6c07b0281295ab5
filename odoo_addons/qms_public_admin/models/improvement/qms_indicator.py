import datetime
import math

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...tools import periods
from ...tools.measure import Figure, change, limit_text, meets, trend
from .qms_figure_mixin import KIND_LABELS
from .qms_measure import Scope

BY_HAND = "manual"
ACTIVITY_TYPE = "qms_public_admin.mail_activity_indicator_value"
FREQUENCIES = [
    ("month", "Monthly"),
    ("quarter", "Quarterly"),
    ("half_year", "Half-yearly"),
    ("year", "Yearly"),
]
DIRECTIONS = [("up", "Higher is better"), ("down", "Lower is better")]
TARGET_STATES = [("met", "Target met"), ("missed", "Target missed"), ("none", "No verdict")]
TRENDS = [("better", "Better"), ("worse", "Worse"), ("unclear", "No clear change")]
#: What may not change any more once there are measures: they would not fit together.
MEASURED_FIELDS = {
    "company_id", "department_id", "procedure_id", "measure_key", "kind", "better", "frequency"
}  # fmt: skip
#: Periods measured back from today, and shown in the chart.
MAX_PERIODS = 60
CHART_PERIODS = 24


class QmsIndicator(models.Model):
    """What an agency measures again and again, and how (ISO 9001, clause 9.1).

    Everyone of the agency reads its indicators. ISO officers keep them; who is in charge of
    one has it measured now and, where it is entered by hand, enters the values with their
    evidence. The figures themselves are facts (:class:`qms.indicator.measure`): what
    decides what they mean stays as it is once there are some.
    """

    _name = "qms.indicator"
    _description = "Indicator"
    _inherit = [
        "qms.placement.mixin",
        "qms.evidence.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "sequence, code, name, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True
    _mail_post_access = "read"
    _evidence_sequence = 70
    _derived_fields = ("last_measure_id",)

    name = fields.Char(required=True, tracking=True)
    code = fields.Char(copy=False, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    department_id = fields.Many2one(
        "hr.department",
        string="Unit",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Only what this unit and those below it do. Empty: the whole agency.",
    )
    procedure_id = fields.Many2one(
        "qms.procedure",
        string="Administrative procedure",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Only this procedure. Empty: all of them.",
    )
    measure_key = fields.Selection(
        "_selection_measure_key",
        string="Measure",
        required=True,
        default="dossiers_on_time",
        tracking=True,
        help="What is counted, by one definition for all agencies; or entered by hand.",
    )
    kind = fields.Selection(
        list(KIND_LABELS.items()),
        string="Kind of figure",
        compute="_compute_by_measure",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    better = fields.Selection(
        DIRECTIONS,
        string="Direction",
        compute="_compute_by_measure",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    unit = fields.Char(
        string="Unit of measure",
        compute="_compute_by_measure",
        store=True,
        readonly=False,
        precompute=True,
        help="E.g. hours, classes, million dong. Shares are given in per cent.",
    )
    frequency = fields.Selection(
        FREQUENCIES, string="Measured", required=True, default="quarter", tracking=True
    )
    measured_from = fields.Date(
        string="Measured from",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(month=1, day=1),
        help="The first period measured is the one this day lies in. What lies in the past is "
        "counted from the records that are there.",
    )
    closing_days = fields.Integer(
        string="Closes after (days)",
        default=10,
        required=True,
        help="Days after the end of a period until its figure is fixed: time for late entries.",
    )
    owner_id = fields.Many2one(
        "res.users",
        string="In charge",
        required=True,
        default=lambda self: self.env.user,
        check_company=True,
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
    )
    has_target = fields.Boolean(string="With a target", tracking=True)
    target = fields.Float(tracking=True, aggregator=None)
    has_baseline = fields.Boolean(string="With a baseline")
    baseline = fields.Float(
        aggregator=None, help="Where the agency stood before, for comparison in the chart."
    )
    note = fields.Text(help="How it is counted, and why it is measured.")
    template_id = fields.Many2one(
        "qms.indicator.template",
        string="Taken over from",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    measure_ids = fields.One2many("qms.indicator.measure", "indicator_id", string="Measures")
    measure_count = fields.Integer(compute="_compute_measure_count")
    differing_count = fields.Integer(compute="_compute_measure_count")
    last_measure_id = fields.Many2one(
        "qms.indicator.measure",
        string="Last measure",
        compute="_compute_last_measure_id",
        store=True,
        ondelete="set null",
    )
    last_text = fields.Char(string="Last figure", compute="_compute_last")
    last_period = fields.Char(string="Period measured", compute="_compute_last")
    target_state = fields.Selection(related="last_measure_id.target_state", store=False)
    trend = fields.Selection(
        TRENDS,
        compute="_compute_last",
        help="The last period against the one before it; clear only beyond what chance does.",
    )
    target_text = fields.Char(string="Target (as text)", compute="_compute_target_text")
    chart = fields.Json(compute="_compute_chart")
    can_measure = fields.Boolean(compute="_compute_can")
    can_enter = fields.Boolean(compute="_compute_can")

    _code_unique = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL", "This code is used by another indicator."
    )
    _closing_days = models.Constraint(
        "CHECK(closing_days BETWEEN 0 AND 90)", "A figure is fixed 0 to 90 days after its period."
    )

    # === COMPUTE METHODS === #

    @api.model
    def _selection_measure_key(self):
        return [
            (BY_HAND, self.env._("Entered by hand")),
            *self.env["qms.measure"]._measure_selection(),
        ]

    @api.depends("measure_key")
    def _compute_by_measure(self):
        measures = self.env["qms.measure"]._measures()
        for row in self:
            measure = measures.get(row.measure_key)
            row.kind = measure.kind if measure else row.kind or "share"
            row.better = measure.better if measure else row.better or "up"
            if measure:
                row.unit = self.env._("hours") if measure.unit == "h" else measure.unit
            else:
                row.unit = row.unit or ""

    @api.depends("code", "name")
    def _compute_display_name(self):
        for row in self:
            row.display_name = " – ".join(filter(None, (row.code, row.name)))

    def _compute_measure_count(self):
        groups = self.env["qms.indicator.measure"]._read_group(
            [("indicator_id", "in", self.ids)], ["indicator_id", "differs"], ["__count"]
        )
        counts = {(row.id, differs): count for row, differs, count in groups}
        for row in self:
            row.differing_count = counts.get((row._origin.id, True), 0)
            row.measure_count = row.differing_count + counts.get((row._origin.id, False), 0)

    @api.depends("measure_ids.has_value", "measure_ids.period_from")
    def _compute_last_measure_id(self):
        for row in self:
            known = row.measure_ids.filtered("has_value")
            row.last_measure_id = known.sorted("period_from")[-1:]

    @api.depends("last_measure_id.value")
    @api.depends_context("lang")
    def _compute_last(self):
        before = self._measures_before_last()
        for row in self:
            last = row.last_measure_id
            row.last_text = last.value_text if last else "–"
            row.last_period = last.period_text
            found = row in before and change(before[row]._figure(), last._figure())
            row.trend = found.judge(row.better) if found else False

    @api.depends("has_target", "target", "kind", "better", "unit")
    @api.depends_context("lang")
    def _compute_target_text(self):
        lang = self.env.lang or "en_US"
        for row in self:
            text = limit_text(row.kind or "share", row.target, lang)
            sign = "≥" if row.better == "up" else "≤"
            unit = f" {row.unit}" if row.kind == "mean" and row.unit else ""
            row.target_text = f"{sign} {text}{unit}" if row.has_target else ""

    @api.depends("measure_ids.value", "has_target", "target", "has_baseline", "baseline")
    @api.depends_context("lang")
    def _compute_chart(self):
        for row in self:
            row.chart = row._chart()

    @api.depends("measure_key", "owner_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can(self):
        for row in self:
            is_free = bool(row.id) and not row._measurer_error()
            row.can_measure = is_free and row.measure_key != BY_HAND
            row.can_enter = is_free and row.measure_key == BY_HAND

    # === CONSTRAINT METHODS === #

    @api.constrains("measure_key", "kind", "better")
    def _check_fits_measure(self):
        measures = self.env["qms.measure"]._measures()
        for row in self:
            measure = measures.get(row.measure_key)
            if measure and (row.kind, row.better) != (measure.kind, measure.better):
                raise ValidationError(
                    self.env._("Kind and direction of a counted measure are those of the measure.")
                )

    @api.constrains("kind", "has_target", "target", "has_baseline", "baseline")
    def _check_shares(self):
        for row in self.filtered(lambda row: row.kind == "share"):
            known = (row.has_target and row.target, row.has_baseline and row.baseline)
            if any(not 0 <= value <= 1 for value in known):
                raise ValidationError(self.env._("A share lies between 0 and 100 per cent."))

    # === CRUD METHODS === #

    def write(self, vals):
        self._check_measured(vals)
        return super().write(vals)

    def unlink(self):
        self._drop_provisional()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_measured(self):
        measured = self.filtered("measure_ids")
        if measured:
            raise UserError(
                self.env._(
                    "“%(name)s” has been measured and is kept with its figures: archive it.",
                    name=measured[:1].display_name,
                )
            )

    def _check_measured(self, vals):
        """Refuse to change what the figures mean; provisional ones are taken anew."""
        names = MEASURED_FIELDS & vals.keys()
        changed = self.filtered(
            lambda row: any(
                row._fields[name].convert_to_write(row[name], row) != (vals[name] or False)
                for name in names
            )
        )
        if not changed or not changed.sudo().measure_ids:
            return
        changed._drop_provisional()
        kept = changed.filtered(lambda row: row.sudo().measure_ids)
        if kept:
            raise ValidationError(
                self.env._(
                    "“%(name)s” has fixed figures: measure, scope, direction and frequency stay "
                    "as they are. Archive it and make a new one.",
                    name=kept[:1].display_name,
                )
            )

    def _drop_provisional(self):
        """Delete figures that were counted and not fixed yet; they can be counted again."""
        self.check_access("write")
        self.sudo().measure_ids.filtered(
            lambda row: row.state == "provisional" and not row.is_by_hand
        )._discard()

    # === ACTIONS === #

    def action_measure_now(self):
        """Count all periods that are not fixed, the running one too."""
        self.check_access("read")
        for row in self:
            if error := row._measurer_error():
                raise UserError(error)
        counted = self.filtered(lambda row: row.measure_key != BY_HAND)
        if not counted:
            raise UserError(self.env._("What is entered by hand is not counted."))
        counted._measure()
        return True

    def action_open_entry(self):
        """Open the dialog in which a value is entered by hand."""
        self.ensure_one()
        return self.env["qms.indicator.entry"]._open_for(indicator=self)

    def action_enter(self, day, vals, attachment_ids=()):
        """Enter a value by hand, with a file or an address as evidence.

        :param day: any day of the period
        :param dict vals: ``part``, ``whole`` (of a share), ``link``, ``note``
        """
        self.ensure_one()
        self.check_access("read")
        measures = self.env["qms.indicator.measure"]
        period = periods.bounds(self.frequency, fields.Date.to_date(day))
        if error := self._measurer_error() or self._entry_error(period):
            raise UserError(error)
        files = measures._evidence_files(attachment_ids, vals.get("link"))
        row_vals = {
            **self._prepare_measure(self._typed_figure(vals), *period),
            "is_by_hand": True,
            "link": vals.get("link"),
            "note": vals.get("note"),
            "taken_by_id": self.env.uid,
            "taken_by": self.env.user.name,
        }
        row = self.sudo().measure_ids.filtered(lambda each: each.period_from == period[0])
        if row:
            row._complete(row_vals)
        else:
            row = measures._record([row_vals])
        row._keep_files(files)
        self.sudo().activity_feedback([ACTIVITY_TYPE])
        return True

    def action_view_measures(self):
        """Open the figures of these indicators."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_indicator_measure_action"
        )
        return {**action, "domain": [("indicator_id", "in", self.ids)], "context": {}}

    # === PREDICATES === #

    def _keeper_error(self):
        if self.has_access("write"):
            return ""
        return self.env._("ISO officers of the agency keep its indicators.")

    def _measurer_error(self):
        """Say why the current user neither measures nor enters, '' when they do."""
        if not self._keeper_error():
            return ""
        user = self.env.user
        if self.sudo().owner_id == user and self.company_id.id in user._get_company_ids():
            return ""
        return self.env._("ISO officers and who is in charge of “%(name)s” measure it.",
                          name=self.display_name)  # fmt: skip

    def _entry_error(self, period):
        if self.measure_key != BY_HAND:
            return self.env._("“%(name)s” is counted, not entered.", name=self.display_name)
        today = self._today()
        if period[0] > today:
            return self.env._("This period has not begun yet.")
        closed = self.sudo().measure_ids.filtered(
            lambda row: row.period_from == period[0] and row.state == "closed"
        )
        if closed:
            return self.env._("The figure of this period is fixed: restate it, with the reason.")
        return ""

    # === BUSINESS METHODS: FIGURES === #

    def _today(self):
        """Return the day it is at the agency."""
        zone = self.company_id[:1]._qms_timezone() if self.company_id else "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))

    def _scope(self, date_from, date_to):
        """Return what is counted in these days."""
        self.ensure_one()
        return Scope(
            self.company_id.id,
            date_from,
            date_to,
            self.department_id.id or 0,
            self.procedure_id.id or 0,
        )

    def _typed_figure(self, vals):
        """Return what was entered as a figure; a mean counts as one case."""
        part, whole = float(vals.get("part") or 0), float(vals.get("whole") or 0)
        if not (math.isfinite(part) and math.isfinite(whole)):
            raise UserError(self.env._("Enter numbers."))
        if self.kind == "mean":
            return Figure("mean", part, 1.0, part * part)
        if part < 0 or (self.kind == "share" and not 0 <= part <= whole) or part != part // 1:
            raise UserError(
                self.env._("Enter whole numbers that are not negative, the part within all cases.")
            )
        if self.kind == "share" and not whole:
            raise UserError(self.env._("Say of how many cases."))
        return Figure(self.kind, part, whole)

    def _prepare_measure(self, figure, period_from, period_to):
        """Return the values of a measure with its figure, by today's target."""
        self.ensure_one()
        if figure.kind == "count" and not figure.whole:
            figure = figure._replace(whole=(period_to - period_from).days + 1)
        verdict = "none"
        if self.has_target and figure.value is not None:
            verdict = "met" if meets(figure.value, self.target, self.better) else "missed"
        return {
            **self.env["qms.indicator.measure"]._figure_vals(figure),
            "indicator_id": self.id,
            "company_id": self.company_id.id,
            "frequency": self.frequency,
            "period_from": period_from,
            "period_to": period_to,
            "has_target": self.has_target,
            "target": self.target if self.has_target else None,
            "target_state": verdict,
            "state": "provisional",
            "taken_at": fields.Datetime.now(),
            "taken_by_id": None,
            "taken_by": None,
        }

    def _measure(self):
        """Count every period that is not fixed: one query for each measure."""
        rows = self.sudo().measure_ids
        known = {(row.indicator_id.id, row.period_from): row for row in rows}
        todo = {}
        for indicator in self.sudo():
            for period in indicator._open_periods(known):
                scope = indicator._scope(period[0], min(period[1], indicator._today()))
                todo.setdefault(indicator.measure_key, {})[indicator, period] = scope
        new, changed = [], {}
        for key, wanted in todo.items():
            figures = self.env["qms.measure"]._figures(key, wanted.values())
            for (indicator, period), scope in wanted.items():
                vals = indicator._prepare_measure(figures[scope], *period)
                row = known.get((indicator.id, period[0]))
                if row:
                    changed[row.id] = vals
                else:
                    new.append(vals)
        rows._complete_each(changed)
        rows._record(new)

    def _open_periods(self, known):
        """Return the periods to be counted: begun, and not fixed."""
        found = periods.between(self.frequency, self.measured_from, self._today(), MAX_PERIODS)
        return [
            period
            for period in found
            if getattr(known.get((self.id, period[0])), "state", "") != "closed"
        ]

    # === BUSINESS METHODS: EVERY NIGHT === #

    @api.model
    def _cron_measure(self):
        """Count, fix what is due, compare fixed figures with today's, ask for values."""
        self._measure_all(self.env["ir.cron"]._commit_progress)

    @api.model
    def _measure_all(self, commit):
        """Do so agency by agency; one that fails does not hold up the others."""
        self.env["res.company"]._qms_with(self, [])._qms_each(self._measure_company, commit)

    @api.model
    def _measure_company(self, company):
        indicators = self.sudo().search([("company_id", "=", company.id)])
        counted = indicators.filtered(lambda row: row.measure_key != BY_HAND)
        counted._measure()
        indicators.measure_ids._close_due()
        counted.measure_ids._compare_with_today()
        (indicators - counted)._ask_for_values()

    def _ask_for_values(self):
        """Put ended periods without a value before who is in charge, once each."""
        asked = (
            self.env["mail.activity"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", self.env.ref(ACTIVITY_TYPE).id),
                ],
                ["res_id"],
            )
        )
        waiting = self - self.browse(row_id for (row_id,) in asked)
        for row in waiting:
            yesterday = row._today() - datetime.timedelta(days=1)
            period = periods.bounds(row.frequency, yesterday)
            ended = periods.between(row.frequency, row.measured_from, period[0], MAX_PERIODS)
            last = [one for one in ended if one[1] <= yesterday][-1:]
            if last and last[0][0] not in row.measure_ids.mapped("period_from"):
                row._ask_for_value(*last[0])

    def _ask_for_value(self, period_from, period_to):
        local = self.with_context(lang=self.owner_id.lang)
        label = self.env["qms.indicator.measure"].with_env(local.env)
        local.activity_schedule(
            ACTIVITY_TYPE,
            date_deadline=period_to + datetime.timedelta(days=self.closing_days),
            summary=local.env._(
                "Enter the value of %(period)s",
                period=label._period_text(self.frequency, period_from),
            ),
            user_id=self.owner_id.id,
        )

    # === BUSINESS METHODS: CHART === #

    def _measures_before_last(self):
        """Return ``{indicator: the measure before its last one}``."""
        found = {}
        for row in self:
            known = row.measure_ids.filtered("has_value").sorted("period_from")
            if len(known) > 1:
                found[row] = known[-2]
        return found

    def _chart(self):
        """Return what the chart shows: values, their intervals, target, baseline, trend."""
        rows = self.measure_ids.sorted("period_from")[-CHART_PERIODS:]
        values = [row.value if row.has_value else None for row in rows]
        return {
            "kind": self.kind,
            "unit": self.unit or "",
            "labels": [row._short_period() for row in rows],
            "values": values,
            "low": [row.low if row.has_interval else None for row in rows],
            "high": [row.high if row.has_interval else None for row in rows],
            "texts": [row.value_text for row in rows],
            "provisional": [row.state == "provisional" for row in rows],
            "target": self.target if self.has_target else None,
            "baseline": self.baseline if self.has_baseline else None,
            "trend": trend(values),
        }

    # === BUSINESS METHODS: EVIDENCE === #

    @api.model
    def _evidence_domain(self, company):
        return super()._evidence_domain(company) & Domain("last_measure_id", "!=", False)

    def _evidence_dates(self):
        """An indicator is as new as the end of the last period measured."""
        return {row.id: row.last_measure_id.sudo().period_to or None for row in self}
