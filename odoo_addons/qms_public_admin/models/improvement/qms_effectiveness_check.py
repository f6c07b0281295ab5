import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools.measure import Figure, change, limit_text, total, value_text
from ...tools.words import stripped
from .improvement_texts import JUDGES
from .qms_figure_mixin import KIND_LABELS
from .qms_indicator import BY_HAND
from .qms_measure import Scope

CHECK_STATES = [
    ("planned", "Planned"),
    ("running", "Being followed"),
    ("due", "To be judged"),
    ("effective", "Effective"),
    ("not_effective", "Not effective"),
    ("cancelled", "Cancelled"),
]
SHOWN = [
    ("better", "Better"),
    ("worse", "Worse"),
    ("unclear", "Unclear"),
    ("few", "Too few cases"),
]
VERDICTS = ("effective", "not_effective", "extend")
PENDING = ("planned", "running", "due")
FIGURE = ("part", "whole", "squares")
#: What is agreed before the work begins and stays from then on.
PLAN = (
    "action_id", "indicator_id", "measure_key", "department_id", "procedure_id", "days_before",
    "days_after", "pause_days",
)  # fmt: skip
ACTIVITY_TYPE = "qms_public_admin.mail_activity_effectiveness"


class QmsEffectivenessCheck(models.Model):
    """Whether an action brought about what it was taken for (ISO 9001, 10.2.1 d).

    Whoever plans the action names an indicator, or a measure with its scope, and the days
    looked at before and after. The days before are counted when the action starts, and are
    not counted again; those after when they have passed, on the same scope. The figures,
    their intervals and the difference are facts that nobody edits; what they show is said
    in words. Whether the action was effective is said by a person with a reason: auditors,
    ISO officers, leaders and the verifier of the action, never its owner.

    Read by whoever reads the action.
    """

    _name = "qms.effectiveness.check"
    _description = "Check of effectiveness"
    _inherit = ["qms.lifecycle.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "due_date desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    _placing_fields = ("company_id", "action_id")
    _lifecycle_initial = "planned"
    _transitions = {
        "planned": ("running", "cancelled"),
        "running": ("running", "due", "planned", "cancelled"),
        "due": ("effective", "not_effective", "running", "cancelled"),
    }
    _protected_fields = (
        "kind",
        "started_on",
        "done_on",
        "before_from",
        "before_to",
        "after_from",
        "due_date",
        "extra_days",
        "before_at",
        "after_at",
        "shown",
        "has_difference",
        "difference",
        "difference_low",
        "difference_high",
        "verdict_reason",
        "judged_by_id",
        "judged_by",
        "judged_at",
        *(f"{side}_{name}" for side in ("before", "after") for name in FIGURE),
    )
    _frozen_fields = {
        state: "*" if state in ("effective", "not_effective", "cancelled") else PLAN
        for state, _label in CHECK_STATES
        if state != "planned"
    }

    action_id = fields.Many2one(
        "mgmtsystem.action",
        string="Action followed",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(related="action_id.company_id", store=True, index=True)
    owner_id = fields.Many2one(related="action_id.user_id", string="Owner of the action")
    nonconformity_ids = fields.Many2many(related="action_id.nonconformity_ids")
    indicator_id = fields.Many2one(
        "qms.indicator",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Its measure and scope are looked at. Without one choose a measure.",
    )
    measure_key = fields.Selection(
        "_selection_measure_key",
        string="Measure",
        compute="_compute_by_indicator",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    department_id = fields.Many2one(
        "hr.department",
        string="Unit",
        compute="_compute_by_indicator",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    procedure_id = fields.Many2one(
        "qms.procedure",
        string="Administrative procedure",
        compute="_compute_by_indicator",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    days_before = fields.Integer(
        string="Days before", default=90, required=True, help="Before the action starts."
    )
    days_after = fields.Integer(
        string="Days after", default=90, required=True, help="After it was done."
    )
    pause_days = fields.Integer(
        string="Left out (days)",
        default=0,
        required=True,
        help="Days after it was done that are not counted: until the change has taken hold.",
    )
    state = fields.Selection(
        CHECK_STATES,
        string="Status",
        default="planned",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    kind = fields.Selection(list(KIND_LABELS.items()), readonly=True, copy=False)
    started_on = fields.Date(readonly=True, copy=False)
    done_on = fields.Date(readonly=True, copy=False)
    before_from = fields.Date(string="Before: from", readonly=True, copy=False)
    before_to = fields.Date(string="Before: to", readonly=True, copy=False)
    after_from = fields.Date(string="After: from", readonly=True, copy=False)
    due_date = fields.Date(string="After: to", readonly=True, copy=False)
    extra_days = fields.Integer(string="Extended by (days)", readonly=True, copy=False)
    before_part = fields.Float(readonly=True, copy=False, aggregator=None)
    before_whole = fields.Float(readonly=True, copy=False, aggregator=None)
    before_squares = fields.Float(readonly=True, copy=False, aggregator=None)
    before_at = fields.Datetime(string="Before: counted at", readonly=True, copy=False)
    after_part = fields.Float(readonly=True, copy=False, aggregator=None)
    after_whole = fields.Float(readonly=True, copy=False, aggregator=None)
    after_squares = fields.Float(readonly=True, copy=False, aggregator=None)
    after_at = fields.Datetime(string="After: counted at", readonly=True, copy=False)
    has_difference = fields.Boolean(readonly=True, copy=False)
    difference = fields.Float(
        string="Change of the figure", readonly=True, copy=False, aggregator=None
    )
    difference_low = fields.Float(readonly=True, copy=False, aggregator=None)
    difference_high = fields.Float(readonly=True, copy=False, aggregator=None)
    shown = fields.Selection(SHOWN, string="What the figures show", readonly=True, copy=False)
    before_text = fields.Char(string="Before", compute="_compute_texts")
    after_text = fields.Char(string="After", compute="_compute_texts")
    shown_text = fields.Text(string="In words", compute="_compute_texts")
    picture = fields.Json(compute="_compute_texts")
    verdict_reason = fields.Text(string="Reason of the verdict", readonly=True, copy=False)
    judged_by_id = fields.Many2one(
        "res.users", string="Judged by (user)", readonly=True, copy=False, ondelete="restrict"
    )
    judged_by = fields.Char(string="Verdict by", readonly=True, copy=False)
    judged_at = fields.Datetime(readonly=True, copy=False)
    reading_ids = fields.One2many(
        "qms.effectiveness.reading", "check_id", string="Readings", readonly=True
    )
    can_judge = fields.Boolean(compute="_compute_can")
    can_plan = fields.Boolean(compute="_compute_can")

    _days = models.Constraint(
        "CHECK(days_before BETWEEN 7 AND 730 AND days_after BETWEEN 7 AND 730"
        " AND pause_days BETWEEN 0 AND 365)",
        "A week to two years are looked at before and after.",
    )
    _judged = models.Constraint(
        "CHECK(state NOT IN ('effective', 'not_effective') OR (judged_by_id IS NOT NULL"
        " AND length(trim(verdict_reason)) > 0 AND after_at IS NOT NULL))",
        "A verdict has a person, a reason and figures.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _selection_measure_key(self):
        return self.env["qms.indicator"]._selection_measure_key()

    @api.depends("indicator_id")
    def _compute_by_indicator(self):
        for row in self:
            indicator = row.indicator_id
            row.measure_key = indicator.measure_key or row.measure_key or "dossiers_on_time"
            row.department_id = indicator.department_id if indicator else row.department_id
            row.procedure_id = indicator.procedure_id if indicator else row.procedure_id

    @api.depends("action_id", "indicator_id", "measure_key")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            what = row.indicator_id.name or row._measure_label()
            row.display_name = " – ".join(filter(None, (row.action_id.display_name, what)))

    @api.depends("before_part", "before_whole", "after_part", "after_whole", "shown", "state")
    @api.depends_context("lang")
    def _compute_texts(self):
        for row in self:
            row.before_text = row._side_text("before")
            row.after_text = row._side_text("after")
            row.shown_text = row._shown_words()
            row.picture = row._picture()

    @api.depends("state", "action_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can(self):
        for row in self:
            row.can_judge = bool(row.id) and row.state == "due" and not row._judge_error()
            row.can_plan = not row.id or row.sudo(False).action_id.qms_may_plan

    # === CONSTRAINT METHODS === #

    @api.constrains("indicator_id", "measure_key", "department_id", "procedure_id")
    def _check_measured(self):
        for row in self:
            indicator = row.indicator_id
            if row.measure_key == BY_HAND and not indicator:
                raise ValidationError(
                    self.env._("What is entered by hand is named by its indicator.")
                )
            names = ("measure_key", "department_id", "procedure_id")
            if indicator and any(row[name] != indicator[name] for name in names):
                raise ValidationError(self.env._("Measure and scope are those of the indicator."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_planner()
        rows._follow_action()
        return rows

    def write(self, vals):
        is_plan = not self._is_lifecycle_writer() and {*PLAN} & vals.keys()
        if is_plan:
            self._check_planner()
        result = super().write(vals)
        if is_plan:
            self._check_planner()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        self._check_planner()
        return super()._unlink_except_started()

    def _check_planner(self):
        """Checks are planned by who plans the action."""
        refused = self.filtered(lambda row: not row._may_plan())
        if refused:
            raise AccessError(
                self.env._(
                    "“%(name)s”: its effectiveness is planned by who plans the action.",
                    name=refused[:1].action_id.sudo().display_name,
                )
            )

    def _may_plan(self):
        return self.env.su or self.action_id.qms_may_plan

    # === ACTIONS === #

    def action_open_verdict(self):
        """Open the dialog that asks for the verdict."""
        self.ensure_one()
        return self.env["qms.effectiveness.verdict"]._ask(self)

    def action_judge(self, verdict, words=None, days=None):
        """Say whether the action was effective, with the reason; or look longer.

        :param str verdict: ``effective``, ``not_effective`` or ``extend``
        :param int days: by which the days after are extended
        """
        self.ensure_one()
        self.check_access("read")
        if verdict not in VERDICTS:
            raise UserError(self.env._("Choose a verdict."))
        words = stripped(words)
        if not words:
            raise UserError(self.env._("Say why: the figures show, you judge."))
        target = "running" if verdict == "extend" else verdict
        self._lock_lifecycle()
        self._raise_errors([self._transition_error(target) or self._judge_error()])
        self.env["qms.effectiveness.reading"].browse(self.sudo().reading_ids[:1].id)._note_verdict(
            verdict, words
        )
        if verdict == "extend":
            self._extend(days)
        else:
            self._transition(target, self._judged_vals(words))
        self.sudo().activity_unlink([ACTIVITY_TYPE], only_automated=False)
        return True

    def action_compute_now(self):
        """Count what has passed of the days after; without a verdict, for a look only."""
        self.ensure_one()
        self.check_access("read")
        if self.state not in ("running", "due") or not self.after_from:
            raise UserError(self.env._("The days after begin when the action is done."))
        today = self._today()
        if self.state == "running" and self.after_from < today:
            self._count_after(min(self.due_date, today - datetime.timedelta(days=1)))
        return True

    def action_open_before(self):
        """Open the records of the days before."""
        return self._open_side(self.before_from, self.before_to)

    def action_open_after(self):
        """Open the records of the days after."""
        return self._open_side(self.after_from, self.due_date)

    # === PREDICATES === #

    def _judge_error(self):
        """Say why the current user does not judge, '' when they do."""
        self.ensure_one()
        user, action = self.env.user, self.action_id.sudo()
        if self.company_id.id not in user._get_company_ids():
            return self.env._("“%(name)s” belongs to another agency.", name=self.display_name)
        if user._qms_is_same_person(action.user_id | action.qms_done_by_id):
            return self.env._("Who carried an action out does not judge its effect.")
        if user.has_groups(JUDGES) or user == action.qms_verifier_id:
            return ""
        return self.env._(
            "The effect is judged by an auditor, the ISO officer, a leader or the verifier."
        )

    # === BUSINESS METHODS: FOLLOWING THE ACTION === #

    def _follow_action(self):
        """Begin, count the days before, set the days after, as the action stands."""
        for row in self.sudo():
            action = row.action_id
            if action.qms_state == "cancelled" and row.state in PENDING:
                row._lifecycle_write({"state": "cancelled"})
            elif action.date_open and row.state == "planned":
                row._begin()
            if row.state in ("running", "due"):
                row._set_after()

    def _begin(self):
        """The action has started: count what was before, once and for all."""
        started = self._local_day(self.action_id.date_open)
        window = (
            started - datetime.timedelta(days=self.days_before),
            started - datetime.timedelta(days=1),
        )
        figure = self._figure(*window)
        self._transition(
            "running",
            {
                "started_on": started,
                "before_from": window[0],
                "before_to": window[1],
                "before_at": fields.Datetime.now(),
                **self._side_vals("before", figure),
                "kind": figure.kind,
            },
        )

    def _set_after(self):
        """Set the days after from the day the action was done; clear them when it is not."""
        done = self.action_id.qms_done_at
        if not done or self.action_id.qms_state not in ("done", "verified"):
            if self.done_on:
                cleared = dict.fromkeys(("done_on", "after_from", "due_date", "shown"), False)
                self._lifecycle_write({**cleared, "state": "running"})
            return
        day = self._local_day(done)
        if day == self.done_on:
            return
        first = day + datetime.timedelta(days=1 + self.pause_days)
        days = self.days_after + self.extra_days - 1
        self._lifecycle_write(
            {
                "state": "running",
                "done_on": day,
                "after_from": first,
                "due_date": first + datetime.timedelta(days=days),
            }
        )

    def _extend(self, days):
        days = min(max(int(days or 0), 7), 365)
        due = self.due_date + datetime.timedelta(days=days)
        self._transition("running", {"extra_days": self.extra_days + days, "due_date": due})

    # === BUSINESS METHODS: COUNTING === #

    @api.model
    def _cron_compute(self):
        """Count the days after that have passed, and ask for the verdict."""
        self._compute_all(self.env["ir.cron"]._commit_progress)

    @api.model
    def _compute_all(self, commit):
        """Do so agency by agency; one that fails does not hold up the others."""
        running = self.env["res.company"]._qms_with(self, [("state", "=", "running")])
        running._qms_each(self._compute_company, commit)

    @api.model
    def _compute_company(self, company):
        zone = company._qms_timezone()
        today = fields.Date.context_today(self.with_context(tz=zone))
        due = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "running"),
                ("due_date", "<", today),
            ]
        )
        for row in due:
            row._count_after(row.due_date)
            row._transition("due")
            row._ask_for_verdict()

    def _count_after(self, until):
        """Count the days after up to ``until``, compare, and record the reading."""
        after = self._figure(self.after_from, until)
        before = Figure(self.kind, *(self[f"before_{name}"] for name in FIGURE))
        found = change(before, after)
        shown = found.judge(self._better()) if found else "few"
        vals = {
            **self._side_vals("after", after),
            "after_at": fields.Datetime.now(),
            "shown": shown,
            "has_difference": bool(found),
            "difference": found and found.difference,
            "difference_low": found and found.low,
            "difference_high": found and found.high,
        }
        self._lifecycle_write(vals)
        self.env["qms.effectiveness.reading"]._note(self.sudo(), until)

    def _figure(self, date_from, date_to):
        """Return the figure of some days; of what is entered by hand from its periods."""
        if self.measure_key == BY_HAND:
            rows = self.indicator_id.sudo().measure_ids.filtered(
                lambda row: (
                    row.has_value and row.period_from >= date_from and row.period_to <= date_to
                )
            )
            empty = Figure(self.indicator_id.kind, 0, 0)
            return total(row._figure() for row in rows) or empty
        scope = self._scope(date_from, date_to)
        return self.env["qms.measure"]._figures(self.measure_key, [scope])[scope]

    def _scope(self, date_from, date_to):
        return Scope(
            self.company_id.id,
            date_from,
            date_to,
            self.department_id.id or 0,
            self.procedure_id.id or 0,
        )

    @api.model
    def _side_vals(self, side, figure):
        return {f"{side}_{name}": getattr(figure, name) for name in FIGURE}

    def _side(self, side):
        return Figure(self.kind or "share", *(self[f"{side}_{name}"] for name in FIGURE))

    def _better(self):
        if self.measure_key == BY_HAND:
            return self.indicator_id.sudo().better
        return self.env["qms.measure"]._measure(self.measure_key).better

    def _today(self):
        zone = self.company_id.sudo()._qms_timezone()
        return fields.Date.context_today(self.with_context(tz=zone))

    def _local_day(self, moment):
        zone = self.company_id.sudo()._qms_timezone()
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), moment).date()

    def _judged_vals(self, words):
        return {
            "verdict_reason": words,
            "judged_by_id": self.env.uid,
            "judged_by": self.env.user.name,
            "judged_at": fields.Datetime.now(),
        }

    # === BUSINESS METHODS: NOTICE === #

    def _ask_for_verdict(self):
        """Put the figures before who verifies the action, or an ISO officer."""
        action = self.action_id
        people = action.qms_verifier_id | self.company_id._qms_officers()
        judges = people.filtered(
            lambda user: user.active and not user._qms_is_same_person(action.user_id)
        )
        judge = judges[:1]
        if judge:
            local = self.with_context(lang=judge.lang, mail_activity_quick_update=True)
            local.activity_schedule(
                ACTIVITY_TYPE,
                date_deadline=self._today() + datetime.timedelta(days=7),
                summary=local.env._("Was the action effective? The figures are there"),
                user_id=judge.id,
            )

    # === TEXTS === #

    def _measure_label(self):
        labels = dict(self._selection_measure_key())
        return labels.get(self.measure_key, "")

    def _side_text(self, side):
        if not self[f"{side}_at"]:
            return "–"
        lang = self.env.lang or "en_US"
        figure = self._side(side)
        cases = value_text("count", figure.whole, lang)
        if figure.kind == "share":
            cases = f"{value_text('count', figure.part, lang)}/{cases}"
        interval = figure.interval_text(lang)
        return f"{figure.text(lang)} ({cases}{'; ' + interval if interval else ''})"

    def _shown_words(self):
        """Say in a sentence what the figures show, and how sure it is."""
        if not self.after_at:
            return ""
        words = {
            "better": self.env._("It got better: the difference is more than chance explains."),
            "worse": self.env._("It got worse: the difference is more than chance explains."),
            "unclear": self.env._("No clear change: chance alone may explain the difference."),
            "few": self.env._("Too few cases to say anything."),
        }
        if not self.has_difference:
            return words["few"]
        lang = self.env.lang or "en_US"
        numbers = [
            self._signed(number, lang)
            for number in (self.difference, self.difference_low, self.difference_high)
        ]
        return self.env._(
            "%(words)s Difference %(difference)s, with 95 %% certainty between %(low)s and "
            "%(high)s.",
            words=words[self.shown],
            difference=numbers[0],
            low=numbers[1],
            high=numbers[2],
        )

    def _signed(self, number, lang):
        """Write a difference: of shares in points, of numbers for 30 days."""
        shown = value_text("mean", 100 * number if self.kind == "share" else number, lang)
        unit = {"share": self.env._("points"), "count": self.env._("in 30 days")}
        sign = "+" if number > 0 else ""
        return f"{sign}{shown} {unit.get(self.kind, '')}".strip()

    def _picture(self):
        """Return both figures with their intervals for the picture."""
        if not self.after_at:
            return False
        lang = self.env.lang or "en_US"
        sides = []
        for side, label in (("before", self.env._("Before")), ("after", self.env._("After"))):
            found = self._side(side).comparable()
            if found is None:
                return False
            value, low, high = found
            text = limit_text(self.kind, value, lang)
            sides.append({"label": label, "value": value, "low": low, "high": high, "text": text})
        return {"kind": self.kind, "sides": sides, "shown": self.shown}

    def _open_side(self, date_from, date_to):
        self.ensure_one()
        self.check_access("read")
        if self.measure_key == BY_HAND or not date_from:
            raise UserError(self.env._("There are no records behind this figure."))
        return self.env["qms.measure"]._open(self.measure_key, self._scope(date_from, date_to))
