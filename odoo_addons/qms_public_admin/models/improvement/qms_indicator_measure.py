import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import periods
from ...tools.measure import Figure, limit_text, meets
from ...tools.words import stripped
from .qms_indicator import BY_HAND, FREQUENCIES, TARGET_STATES

MEASURE_STATES = [("provisional", "Provisional"), ("closed", "Fixed")]
#: Records remembered by id with a fixed figure, so that a later difference can name them.
MAX_COUNTED = 10_000
#: Days back within which fixed figures are compared with those of today.
COMPARED_DAYS = 800
FIGURE = ("part", "whole", "squares")


class QmsIndicatorMeasure(models.Model):
    """The figure of an indicator in one period: a fact.

    Everyone of the agency reads it; nobody writes it but by the verbs of the indicator. It
    is provisional until its period has ended and the days for late entries have passed,
    then it is fixed with the target that held. What is found later does not change it
    (INV-10): it is shown beside it, with the records that make the difference, and an ISO
    officer restates the figure with a reason; the old one is kept.
    """

    _name = "qms.indicator.measure"
    _description = "Figure of an indicator"
    _inherit = ["qms.fact.mixin", "qms.figure.mixin"]
    _order = "period_from desc, indicator_id, id desc"

    indicator_id = fields.Many2one(
        "qms.indicator", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    frequency = fields.Selection(FREQUENCIES, required=True, readonly=True)
    period_from = fields.Date(string="From", required=True, readonly=True)
    period_to = fields.Date(string="To", required=True, readonly=True)
    period_text = fields.Char(string="Period measured", compute="_compute_period_text")
    state = fields.Selection(
        MEASURE_STATES, string="Status", required=True, readonly=True, default="provisional"
    )
    has_target = fields.Boolean(readonly=True)
    target = fields.Float(readonly=True, aggregator="avg")
    target_state = fields.Selection(
        TARGET_STATES, string="Verdict", readonly=True, required=True, default="none"
    )
    target_text = fields.Char(string="Target (as text)", compute="_compute_target_text")
    is_by_hand = fields.Boolean(string="Entered by hand", readonly=True)
    link = fields.Char(string="Address of the evidence", readonly=True)
    note = fields.Text(readonly=True)
    attachment_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        string="Files",
        domain=[("res_model", "=", "qms.indicator.measure")],
        readonly=True,
    )
    taken_at = fields.Datetime(string="Measured at", required=True, readonly=True)
    taken_by_id = fields.Many2one(
        "res.users", string="Entered by (user)", readonly=True, ondelete="restrict"
    )
    taken_by = fields.Char(string="Entered by", readonly=True)
    closed_at = fields.Datetime(string="Fixed at", readonly=True)
    counted = fields.Json(
        readonly=True, prefetch=False, help="Records counted when the figure was fixed."
    )
    differs = fields.Boolean(
        string="Today's figure differs",
        readonly=True,
        help="Late entries or imports have changed what lies in the period. The fixed figure "
        "stays until it is restated.",
    )
    today_part = fields.Float(readonly=True, aggregator=None)
    today_whole = fields.Float(readonly=True, aggregator=None)
    today_squares = fields.Float(readonly=True, aggregator=None)
    today_text = fields.Char(string="Today's figure", compute="_compute_today_text")
    restatement_ids = fields.One2many(
        "qms.indicator.restatement", "measure_id", string="Restatements", readonly=True
    )
    is_restated = fields.Boolean(string="Restated", readonly=True)
    can_restate = fields.Boolean(compute="_compute_can_restate")
    can_open = fields.Boolean(compute="_compute_can_open")

    _one_a_period = models.Constraint(
        "UNIQUE(indicator_id, period_from)", "An indicator has one figure a period."
    )
    _period = models.Constraint(
        "CHECK(period_to >= period_from)", "A period ends after it has begun."
    )
    _closed_stamp = models.Constraint(
        "CHECK(state <> 'closed' OR closed_at IS NOT NULL)", "A fixed figure says since when."
    )
    _part_in_whole = models.Constraint(
        "CHECK(kind <> 'share' OR (part >= 0 AND part <= whole))",
        "The part of a share lies within its cases.",
    )

    # === COMPUTE METHODS === #

    @api.depends("indicator_id", "period_from", "frequency")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.indicator_id.display_name} – {row.period_text}"

    @api.depends("frequency", "period_from")
    @api.depends_context("lang")
    def _compute_period_text(self):
        for row in self:
            row.period_text = row.period_from and row._period_text(row.frequency, row.period_from)

    @api.depends("has_target", "target", "kind", "indicator_id")
    @api.depends_context("lang")
    def _compute_target_text(self):
        for row in self:
            sign = "≥" if row.indicator_id.better == "up" else "≤"
            lang = self.env.lang or "en_US"
            text = row._with_unit(limit_text(row.kind or "share", row.target, lang))
            row.target_text = f"{sign} {text}" if row.has_target else ""

    @api.depends("differs", "today_part", "today_whole")
    @api.depends_context("lang")
    def _compute_today_text(self):
        lang = self.env.lang or "en_US"
        for row in self:
            figure = row._today_figure()
            text = row._with_unit(figure.text(lang))
            cases = row._cases_text(figure, lang)
            row.today_text = (f"{text} ({cases})" if cases else text) if row.differs else ""

    @api.depends("state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_restate(self):
        for row in self:
            row.can_restate = bool(row.id) and not row._restate_error()

    @api.depends("is_by_hand", "has_value")
    def _compute_can_open(self):
        for row in self:
            row.can_open = not row.is_by_hand and row.has_value

    # === ACTIONS === #

    def action_open_whole(self):
        """Open all records that are counted."""
        return self._open_records(part=False)

    def action_open_part(self):
        """Open the records that make the part of a share."""
        return self._open_records(part=self.kind == "share")

    def action_open_difference(self):
        """Open the records that are counted otherwise today than when the figure was fixed."""
        self.ensure_one()
        self.check_access("read")
        new, gone, other = self._difference()
        action = self._open_records(part=False)
        return {
            **action,
            "name": self.env._(
                "Counted since: %(new)s, no longer: %(gone)s, otherwise: %(other)s",
                new=len(new),
                gone=len(gone),
                other=len(other),
            ),
            "domain": [("id", "in", sorted(new | gone | other))],
        }

    def action_open_restatement(self):
        """Open the dialog that asks why the figure is restated."""
        self.ensure_one()
        return self.env["qms.indicator.entry"]._open_for(measure=self)

    def action_restate(self, words=None, vals=None, attachment_ids=()):
        """Replace a fixed figure by today's, or by one entered by hand; keep the old one.

        :param str words: the reason
        :param dict vals: of one entered by hand: ``part``, ``whole``, ``link``, ``note``
        :raise UserError: without a reason, without a difference, for who may not
        """
        self.ensure_one()
        self.check_access("read")
        words = stripped(words)
        if not words:
            raise UserError(self.env._("Say why the figure is restated."))
        self.sudo().lock_for_update()
        if error := self._restate_error():
            raise UserError(error)
        figure, more, files = self._restated(vals or {}, attachment_ids)
        if _same(figure, self._figure()):
            raise UserError(self.env._("The figure is the same: there is nothing to restate."))
        indicator = self.indicator_id
        new_vals = indicator._prepare_measure(figure, self.period_from, self.period_to)
        for name in ("state", "has_target", "target", "target_state"):
            new_vals.pop(name)
        verdict = self._verdict(figure)
        self.env["qms.indicator.restatement"]._note(self, figure, words)
        self._complete(
            {
                **new_vals,
                **more,
                "target_state": verdict,
                "is_restated": True,
                "differs": False,
                "taken_by_id": self.env.uid,
                "taken_by": self.env.user.name,
            }
        )
        self._keep_files(files)
        return True

    # === PREDICATES === #

    def _restate_error(self):
        if self.state != "closed":
            return self.env._("The figure is still provisional: it is measured or entered again.")
        return self.indicator_id._keeper_error()

    # === BUSINESS METHODS === #

    @api.model
    def _period_text(self, frequency, first):
        """Return what a period is called."""
        words = {
            "month": self.env._("Month %(number)s/%(year)s"),
            "quarter": self.env._("Quarter %(number)s/%(year)s"),
            "half_year": self.env._("Half-year %(number)s/%(year)s"),
            "year": self.env._("Year %(year)s"),
        }
        number = periods.number(frequency, first)
        return words[frequency] % {"number": number, "year": first.year}

    def _short_period(self):
        """Return the name of the period for an axis."""
        if self.frequency == "year":
            return str(self.period_from.year)
        mark = {"month": "", "quarter": self.env._("Q"), "half_year": self.env._("H")}
        number = periods.number(self.frequency, self.period_from)
        return f"{mark[self.frequency]}{number}/{self.period_from.year}"

    def _figure_unit(self):
        return self.indicator_id.unit

    def _verdict(self, figure):
        if not self.has_target or figure.value is None:
            return "none"
        is_met = meets(figure.value, self.target, self.indicator_id.better)
        return "met" if is_met else "missed"

    def _scope(self):
        """Return what was counted: of a running period what lies behind us."""
        self.ensure_one()
        indicator = self.indicator_id.sudo()
        until = self.period_to
        if self.state == "provisional":
            until = max(self.period_from, min(until, indicator._today()))
        return indicator._scope(self.period_from, until)

    def _open_records(self, part):
        self.ensure_one()
        self.check_access("read")
        if self.is_by_hand:
            raise UserError(self.env._("What was entered by hand has no records behind it."))
        return self.env["qms.measure"]._open(self.indicator_id.measure_key, self._scope(), part)

    def _today_figure(self):
        return Figure(self.kind or "share", self.today_part, self.today_whole, self.today_squares)

    def _restated(self, vals, attachment_ids):
        """Return figure, further values and files of a restatement."""
        indicator = self.indicator_id
        if not self.is_by_hand:
            figures = self.env["qms.measure"]._figures(indicator.measure_key, [self._scope()])
            marks = self._marks_to_keep(indicator.measure_key, {self: figures[self._scope()]})
            return figures[self._scope()], {"counted": marks.get(self.id)}, ()
        files = self._evidence_files(attachment_ids, vals.get("link"))
        more = {"link": vals.get("link"), "note": vals.get("note"), "is_by_hand": True}
        figure = indicator._typed_figure(vals)
        if figure.kind == "count":
            figure = figure._replace(whole=self.whole)
        return figure, more, files

    # === BUSINESS METHODS: FIXING === #

    def _close_due(self):
        """Fix the figures whose time for late entries has passed."""
        due = self.filtered(lambda row: row.state == "provisional" and row._is_over())
        marks = {}
        for key, rows in due.grouped(lambda row: row.indicator_id.measure_key).items():
            if key != BY_HAND:
                marks.update(rows._marks_to_keep(key, {row: row._figure() for row in rows}))
        now = fields.Datetime.now()
        due._complete_each(
            {
                row.id: {"state": "closed", "closed_at": now, "counted": marks.get(row.id)}
                for row in due
            }
        )

    def _is_over(self):
        indicator = self.indicator_id
        last_day = self.period_to + datetime.timedelta(days=indicator.closing_days)
        return indicator._today() > last_day

    def _marks_to_keep(self, key, figures):
        """Return ``{row id: marks}`` of what is counted, where it is not too much to keep."""
        measure = self.env["qms.measure"]._measure(key)
        limit = MAX_COUNTED
        scopes = {
            row.id: row.indicator_id.sudo()._scope(row.period_from, row.period_to)
            for row, figure in figures.items()
            if (figure.part if measure.kind == "count" else figure.whole) <= limit
        }
        found = self.env["qms.measure"]._marks(key, list(dict.fromkeys(scopes.values())))
        return {
            row_id: {str(record_id): mark for record_id, mark in found[scope].items()}
            for row_id, scope in scopes.items()
        }

    def _compare_with_today(self):
        """Note which fixed figures are no longer what the records say (INV-10)."""
        since = fields.Date.today() - datetime.timedelta(days=COMPARED_DAYS)
        fixed = self.filtered(
            lambda row: row.state == "closed" and not row.is_by_hand and row.period_to >= since
        )
        changed = {}
        for key, rows in fixed.grouped(lambda row: row.indicator_id.measure_key).items():
            scopes = {row: row._scope() for row in rows}
            figures = self.env["qms.measure"]._figures(key, scopes.values())
            for row, scope in scopes.items():
                changed.update(row._compared(figures[scope]))
        self._complete_each(changed)

    def _compared(self, today):
        """Return what to write when the comparison has a new result."""
        differs = not _same(today, self._figure())
        if differs == self.differs and (not differs or _same(today, self._today_figure())):
            return {}
        names = {f"today_{name}": getattr(today, name) for name in FIGURE}
        return {self.id: {"differs": differs, **names}}

    def _difference(self):
        """Return the ids counted since, no longer, and otherwise than when it was fixed."""
        if self.is_by_hand or self.state != "closed":
            raise UserError(self.env._("Only fixed figures that were counted are compared."))
        if self.counted is None or self.counted is False:
            raise UserError(
                self.env._(
                    "More than %(most)s records were counted: they were not remembered one by one.",
                    most=MAX_COUNTED,
                )
            )
        scope = self._scope()
        marks = self.env["qms.measure"]._marks(self.indicator_id.measure_key, [scope])[scope]
        before = {int(record_id): mark for record_id, mark in self.counted.items()}
        other = {key for key in before.keys() & marks.keys() if before[key] != marks[key]}
        return marks.keys() - before.keys(), before.keys() - marks.keys(), other

    # === BUSINESS METHODS: EVIDENCE === #

    def _keeping_files(self):
        """Return the rows whose files are kept: all of them."""
        return self

    @api.model
    def _evidence_files(self, attachment_ids, link):
        """Return the files handed in with a value; a file or an address is needed."""
        link = (link or "").strip()
        files = self.env["ir.attachment"].browse(attachment_ids or ())
        files.check_access("read")
        if files.sudo().filtered(
            lambda file: file.create_uid != self.env.user or file.type != "binary" or file.url
        ):
            raise AccessError(self.env._("Only files of your own can be handed in."))
        if link:
            self.env["qms.posting"]._checked_link(link)
        elif not files:
            raise UserError(self.env._("Add a file, or the address where the evidence is."))
        return files

    def _keep_files(self, files):
        for file_sudo in files and files.sudo():
            file_sudo.copy({"res_model": self._name, "res_id": self.id, "public": False})


def _same(one, other):
    """Tell whether two figures count the same; sums of hours to a minute."""
    return all(abs(getattr(one, name) - getattr(other, name)) < 0.02 for name in ("part", "whole"))
