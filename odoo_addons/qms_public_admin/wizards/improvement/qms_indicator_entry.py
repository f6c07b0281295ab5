import datetime

from odoo import api, fields, models

from ...tools import periods


class QmsIndicatorEntry(models.TransientModel):
    """Asks for a value by hand with its evidence, or for the reason of a restatement.

    The verbs of the indicator and of its figure check and record.
    """

    _name = "qms.indicator.entry"
    _description = "Entry of a figure"

    indicator_id = fields.Many2one("qms.indicator", required=True, ondelete="cascade")
    measure_id = fields.Many2one("qms.indicator.measure", ondelete="cascade")
    kind = fields.Selection(related="indicator_id.kind")
    unit = fields.Char(related="indicator_id.unit")
    is_by_hand = fields.Boolean(compute="_compute_is_by_hand")
    day = fields.Date(string="Period of the day", required=True)
    period_text = fields.Char(string="Period measured", compute="_compute_period_text")
    old_text = fields.Char(string="Fixed figure", related="measure_id.value_text")
    today_text = fields.Char(related="measure_id.today_text")
    part = fields.Float(string="Cases that meet it")
    whole = fields.Float(string="Of all cases")
    link = fields.Char(string="Address of the evidence")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    note = fields.Text()
    words = fields.Text(string="Reason")

    # === COMPUTE METHODS === #

    @api.depends("indicator_id", "measure_id")
    def _compute_is_by_hand(self):
        for entry in self:
            by_hand = entry.measure_id.is_by_hand if entry.measure_id else True
            entry.is_by_hand = by_hand

    @api.depends("indicator_id", "day")
    def _compute_period_text(self):
        measures = self.env["qms.indicator.measure"]
        for entry in self:
            frequency = entry.indicator_id.frequency
            if not (entry.day and frequency):
                entry.period_text = ""
                continue
            first, last = periods.bounds(frequency, entry.day)
            name = measures._period_text(frequency, first)
            entry.period_text = f"{name} ({first:%d/%m/%Y} – {last:%d/%m/%Y})"

    # === ACTIONS === #

    def action_confirm(self):
        """Enter the value, or restate the figure."""
        self.ensure_one()
        vals = {name: self[name] for name in ("part", "whole", "link", "note")}
        files = self.attachment_ids.ids
        if self.measure_id:
            self.measure_id.action_restate(self.words, vals, files)
        else:
            self.indicator_id.action_enter(self.day, vals, files)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    @api.model
    def _open_for(self, indicator=None, measure=None):
        """Open the dialog for the last period of an indicator, or for a fixed figure."""
        context = {"default_indicator_id": (indicator or measure.indicator_id).id}
        if measure:
            context |= {"default_measure_id": measure.id, "default_day": measure.period_from}
            context |= {"default_part": measure.part, "default_whole": measure.whole}
        else:
            first, _last = periods.bounds(indicator.frequency, indicator._today())
            last_ended = first - datetime.timedelta(days=1)
            context["default_day"] = max(last_ended, indicator.measured_from)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Restate the figure") if measure else self.env._("Enter a value"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }
