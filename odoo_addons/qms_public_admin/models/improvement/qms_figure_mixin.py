from odoo import api, fields, models

from ...tools.measure import KINDS, Figure, value_text

KIND_LABELS = dict(zip(KINDS, ("Share", "Mean value", "Number"), strict=True))


class QmsFigureMixin(models.AbstractModel):
    """A row that keeps one figure: counts, value and how far chance alone may have moved it."""

    _name = "qms.figure.mixin"
    _description = "Row with a figure"

    kind = fields.Selection(list(KIND_LABELS.items()), string="Kind of figure", readonly=True)
    has_value = fields.Boolean(readonly=True)
    value = fields.Float(readonly=True, aggregator="avg")
    part = fields.Float(
        readonly=True, help="Cases that meet the condition; of a mean the sum of the values."
    )
    whole = fields.Float(
        string="Cases", readonly=True, help="All cases; of a number the days of the period."
    )
    squares = fields.Float(string="Sum of squares", readonly=True, aggregator=None)
    has_interval = fields.Boolean(readonly=True)
    low = fields.Float(string="At least", readonly=True, aggregator=None)
    high = fields.Float(string="At most", readonly=True, aggregator=None)
    value_text = fields.Char(string="Figure", compute="_compute_figure_texts")
    interval_text = fields.Char(
        string="95 % interval",
        compute="_compute_figure_texts",
        help="Where the true value lies: with few cases the interval is wide.",
    )
    cases_text = fields.Char(string="Of cases", compute="_compute_figure_texts")

    # === COMPUTE METHODS === #

    @api.depends("kind", "has_value", "part", "whole", "squares")
    @api.depends_context("lang")
    def _compute_figure_texts(self):
        lang = self.env.lang or "en_US"
        for row in self:
            figure = row._figure()
            row.value_text = row._with_unit(figure.text(lang)) if row.has_value else "–"
            row.interval_text = figure.interval_text(lang) if row.has_value else ""
            row.cases_text = row._cases_text(figure, lang) if row.has_value else ""

    # === BUSINESS METHODS === #

    @api.model
    def _figure_vals(self, figure):
        """Return a figure as values of the fields."""
        interval = figure.interval() if figure.value is not None else None
        return {
            **figure._asdict(),
            "has_value": figure.value is not None,
            "value": figure.value,
            "has_interval": interval is not None,
            "low": interval and interval[0],
            "high": interval and interval[1],
        }

    def _figure(self):
        """Return the figure that the row keeps."""
        self.ensure_one()
        return Figure(self.kind or "share", self.part, self.whole, self.squares)

    def _figure_unit(self):
        """Return the unit of a mean, as text."""
        return ""

    def _with_unit(self, text):
        unit = self._figure_unit() if self.kind == "mean" else ""
        return f"{text} {unit}" if unit else text

    def _cases_text(self, figure, lang):
        """Say of how many cases: 1,319/1,322 for shares."""
        whole = value_text("count", figure.whole, lang)
        if figure.kind == "share":
            return f"{value_text('count', figure.part, lang)}/{whole}"
        return whole if figure.kind == "mean" else ""
