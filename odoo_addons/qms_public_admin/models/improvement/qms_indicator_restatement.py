from odoo import api, fields, models

from ...tools.measure import Figure
from .qms_figure_mixin import KIND_LABELS


class QmsIndicatorRestatement(models.Model):
    """A fixed figure was replaced: what it was, what it is, who said so and why. A fact."""

    _name = "qms.indicator.restatement"
    _description = "Restatement of a figure"
    _inherit = ["qms.fact.mixin"]
    _order = "at desc, id desc"

    measure_id = fields.Many2one(
        "qms.indicator.measure", required=True, readonly=True, index=True, ondelete="restrict"
    )
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
    kind = fields.Selection(list(KIND_LABELS.items()), required=True, readonly=True)
    old_part = fields.Float(readonly=True, aggregator=None)
    old_whole = fields.Float(readonly=True, aggregator=None)
    new_part = fields.Float(readonly=True, aggregator=None)
    new_whole = fields.Float(readonly=True, aggregator=None)
    old_text = fields.Char(string="Before", compute="_compute_texts")
    new_text = fields.Char(string="Restated as", compute="_compute_texts")
    reason = fields.Text(required=True, readonly=True)
    at = fields.Datetime(string="When", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Restated by (user)", readonly=True, ondelete="restrict"
    )
    user_name = fields.Char(string="Restated by", required=True, readonly=True)

    _reasoned = models.Constraint("CHECK(length(trim(reason)) > 0)", "A restatement has a reason.")

    # === COMPUTE METHODS === #

    @api.depends("kind", "old_part", "old_whole", "new_part", "new_whole")
    @api.depends_context("lang")
    def _compute_texts(self):
        for row in self:
            row.old_text = row._text(row.old_part, row.old_whole)
            row.new_text = row._text(row.new_part, row.new_whole)

    # === BUSINESS METHODS === #

    @api.model
    def _note(self, measure, figure, reason):
        """Record that the figure of a measure is replaced by another."""
        old = measure._figure()
        return self._record(
            [
                {
                    "measure_id": measure.id,
                    "indicator_id": measure.indicator_id.id,
                    "company_id": measure.company_id.id,
                    "kind": measure.kind,
                    "old_part": old.part,
                    "old_whole": old.whole,
                    "new_part": figure.part,
                    "new_whole": figure.whole,
                    "reason": reason,
                    "at": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "user_name": self.env.user.name,
                }
            ]
        )

    def _text(self, part, whole):
        lang = self.env.lang or "en_US"
        measure = self.measure_id
        figure = Figure(self.kind, part, whole)
        cases = measure._cases_text(figure, lang)
        text = measure._with_unit(figure.text(lang))
        return f"{text} ({cases})" if cases else text
