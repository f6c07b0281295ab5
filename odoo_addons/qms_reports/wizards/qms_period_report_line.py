from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.qms_public_admin.tools.statistics import (
    number_text,
    percent_text,
    points_text,
    rate,
    wilson,
)

# Figures that ask for attention when they are not zero.
BAD_FIGURES = {"late", "over", "unclassified"}


class QmsPeriodReportLine(models.TransientModel):
    """The figures of one group of a period report; the last line is the total.

    Read by the user who made the report, written by its computation alone.
    """

    _name = "qms.period.report.line"
    _description = "Line of a period report"
    _order = "report_id, sequence, id"

    report_id = fields.Many2one(
        "qms.period.report", required=True, readonly=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="Group", readonly=True)
    group_key = fields.Char(readonly=True)
    is_total = fields.Boolean(readonly=True)

    # --- received
    carried = fields.Integer(
        string="Carried over",
        readonly=True,
        help="Accepted before the period and still open at its start.",
    )
    received_online = fields.Integer(string="Received online", readonly=True)
    received_direct = fields.Integer(string="Received directly or by post", readonly=True)
    received = fields.Integer(
        readonly=True, help="Accepted in the period, by the moment of acceptance."
    )
    total = fields.Integer(readonly=True, help="Carried over and received.")

    # --- where they stand at the end of the period
    early = fields.Integer(
        string="Done early", readonly=True, help="Completed on a date before the due date."
    )
    on_time = fields.Integer(
        string="Done on time", readonly=True, help="Completed on the due date, or without one."
    )
    late = fields.Integer(string="Done late", readonly=True)
    completed = fields.Integer(readonly=True, help="Early, on time and late.")
    completed_good = fields.Integer(string="Completed early or on time", readonly=True)
    withdrawn = fields.Integer(string="Withdrawn dossiers", readonly=True)
    stopped = fields.Integer(string="Stopped for good", readonly=True)
    within = fields.Integer(string="In progress within the limit", readonly=True)
    over = fields.Integer(string="In progress over the limit", readonly=True)
    paused = fields.Integer(
        readonly=True, help="Waiting for a supplement or a payment, or stopped for a time."
    )
    unclassified = fields.Integer(
        readonly=True, help="The remainder: in the period, but in none of the parts."
    )
    unaccepted = fields.Integer(
        string="Without acceptance",
        readonly=True,
        help="Handled, but without an acceptance on record: outside the total.",
    )
    received_good = fields.Integer(
        string="Received in the period and completed early or on time", readonly=True
    )

    # --- table 06a
    folded_done = fields.Integer(string="Settled", readonly=True)
    folded_on_time = fields.Integer(string="Settled on time", readonly=True)
    folded_open = fields.Integer(string="Being settled", readonly=True)
    folded_within = fields.Integer(string="Being settled within the limit", readonly=True)

    # --- time
    hours_median = fields.Float(
        string="Median hours",
        readonly=True,
        help="Hours on the clock, nights and days off included, from acceptance to completion.",
    )
    hours_p95 = fields.Float(string="95th percentile of hours", readonly=True)

    # --- rates
    previous_completed = fields.Integer(readonly=True)
    previous_completed_good = fields.Integer(readonly=True)
    previous_received = fields.Integer(readonly=True)
    previous_received_good = fields.Integer(readonly=True)
    on_time_over_completed = fields.Float(
        compute="_compute_rates",
        help="Early and on time among the dossiers completed in the period.",
    )
    on_time_over_received = fields.Float(
        compute="_compute_rates",
        help="Early and on time among the dossiers accepted in the period, as far as they are "
        "completed at its end.",
    )
    rate_completed = fields.Char(
        string="On time / completed",
        compute="_compute_rate_texts",
        help="Early and on time among the dossiers completed in the period, with numerator and "
        "denominator.",
    )
    rate_received = fields.Char(
        string="On time / received",
        compute="_compute_rate_texts",
        help="Early and on time among the dossiers accepted in the period, with numerator and "
        "denominator.",
    )
    interval_completed = fields.Char(
        string="95 % interval",
        compute="_compute_rate_texts",
        help="Wilson interval of the rate over completed dossiers.",
    )
    points_completed = fields.Char(
        string="Change, points",
        compute="_compute_rate_texts",
        help="Difference of the rate over completed dossiers to the period before, in "
        "percentage points.",
    )
    points_received = fields.Char(
        string="Change of received, points",
        compute="_compute_rate_texts",
        help="Difference of the rate over received dossiers to the period before, in "
        "percentage points.",
    )

    # === COMPUTE METHODS === #

    @api.depends("completed", "completed_good", "received", "received_good")
    def _compute_rates(self):
        for line in self:
            line.on_time_over_completed = rate(line.completed_good, line.completed) or 0.0
            line.on_time_over_received = rate(line.received_good, line.received) or 0.0

    @api.depends("completed", "completed_good", "received", "received_good")
    @api.depends_context("lang")
    def _compute_rate_texts(self):
        lang = self.env.lang or "en_US"
        for line in self:
            completed = (line.completed_good, line.completed)
            received = (line.received_good, line.received)
            before = (line.previous_completed_good, line.previous_completed)
            received_before = (line.previous_received_good, line.previous_received)
            line.rate_completed = self._rate_text(completed, lang)
            line.rate_received = self._rate_text(received, lang)
            line.interval_completed = self._interval_text(completed, lang)
            line.points_completed = points_text(completed, before, lang=lang)
            line.points_received = points_text(received, received_before, lang=lang)

    @api.model
    def _rate_text(self, share, lang):
        part, whole = share
        if not whole:
            return "–"
        return (
            f"{percent_text(part, whole, lang=lang)} "
            f"({number_text(part, lang=lang)}/{number_text(whole, lang=lang)})"
        )

    @api.model
    def _interval_text(self, share, lang):
        bounds = wilson(*share)
        if not bounds:
            return "–"
        low, high = (number_text(100 * bound, 2, lang) for bound in bounds)
        return f"{low} – {high}%"

    # === ACTIONS === #

    def action_open_figure(self, figure):
        """Open the dossiers counted in one figure of this line."""
        self.ensure_one()
        self.check_access("read")
        group_key = None if self.is_total else self.group_key or ""
        key = self.report_id._period().key(group_key, figure)
        return {
            "type": "ir.actions.act_window",
            "name": self._figure_title(figure),
            "res_model": "qms.dossier",
            "view_mode": "list,kanban,pivot,graph,form",
            "views": [(False, view) for view in ("list", "kanban", "pivot", "graph", "form")],
            "domain": [("report_figure", "=", key)],
            "context": {"create": False},
        }

    def _figure_title(self, figure):
        report = self.report_id
        return self.env._(
            "%(figure)s, %(group)s, %(start)s – %(end)s",
            figure=self._figure_label(figure),
            group=self.name,
            start=format_date(self.env, report.date_from),
            end=format_date(self.env, report.date_to),
        )

    @api.model
    def _figure_label(self, figure):
        description = self.fields_get([figure], ["string"])
        return description.get(figure, {}).get("string", figure)

    def _table_row(self, figures, texts):
        """Return this line as the table of the screen shows it."""
        lang = self.env.lang or "en_US"
        return {
            "id": self.id,
            "name": self._printed_name(),
            "is_total": self.is_total,
            "figures": [
                {
                    "name": name,
                    "value": self[name],
                    "text": number_text(self[name], lang=lang),
                    "is_bad": name in BAD_FIGURES,
                }
                for name in figures
            ],
            "texts": [self._table_text(name, lang) for name in texts],
        }

    def _table_text(self, name, lang):
        value = self[name]
        if self._fields[name].type != "float":
            return value
        return number_text(value, 1, lang) if self.completed else "–"

    def _printed_name(self):
        """Return the name of the line; table 06a calls its total in Vietnamese."""
        if self.is_total and self.report_id.variant == "table_06a":
            return "Tổng số"
        return self.name or ""
