from odoo import api, fields, models

from ...kernel_texts import kernel_text
from ...tools import holiday_list
from .qms_holiday_wizard import CHANGES


class QmsHolidayWizardLine(models.TransientModel):
    """One day of a list, with what applying it would do."""

    _name = "qms.holiday.wizard.line"
    _description = "Day of a list of days off"
    _order = "sequence, date, id"

    wizard_id = fields.Many2one("qms.holiday.wizard", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(readonly=True)
    row = fields.Integer(string="Row of the file", readonly=True, aggregator=None)
    date = fields.Date(readonly=True)
    name = fields.Char(readonly=True)
    category = fields.Selection(
        selection=lambda self: self._selection_of("category"), readonly=True
    )
    status = fields.Selection(selection=lambda self: self._selection_of("status"), readonly=True)
    pair_date = fields.Date(string="Swapped with", readonly=True)
    option = fields.Char(readonly=True)
    source = fields.Text(readonly=True)
    note = fields.Text(readonly=True)
    exception_id = fields.Many2one(
        "qms.calendar.exception", string="Recorded row", readonly=True, ondelete="cascade"
    )
    change = fields.Selection(CHANGES, readonly=True)
    message = fields.Char(string="Remark", readonly=True)
    is_applied = fields.Boolean(string="Apply")

    # === DEFAULT METHODS === #

    @api.model
    def _selection_of(self, name):
        model = self.env["qms.calendar.exception"]
        return model._fields[name]._description_selection(self.env)

    # === BUSINESS METHODS === #

    @api.model
    def _prepare(self, day, change, applied, recorded):
        """Values of a line for ``day``; what can be done comes first, errors on top."""
        order = [key for key, _label in CHANGES]
        has_error = change == "error"
        return {
            "sequence": -1 if has_error else order.index(change),
            "row": day.row,
            "date": day.date,
            "name": day.name,
            "category": day.category if day.category in holiday_list.CATEGORIES else False,
            "status": day.status if day.status in holiday_list.STATUSES else False,
            "pair_date": day.pair_date,
            "option": day.option,
            "source": day.source,
            "note": day.note,
            "exception_id": recorded.id if recorded else False,
            "change": change,
            "is_applied": applied,
            "message": kernel_text(self.env, day.error)
            if has_error
            else self._remark(change, recorded),
        }

    @api.model
    def _remark(self, change, recorded):
        if change == "changed":
            return self.env._("Recorded as: %(name)s", name=recorded.name)
        if change == "kept" and recorded:
            return self.env._("A proposal does not replace: %(name)s", name=recorded.name)
        return False

    def _apply(self):
        """Write these lines into the calendar with the rights of the user."""
        model = self.env["qms.calendar.exception"]
        self.filtered(lambda line: line.change == "dropped").exception_id.action_archive()
        for line in self.filtered(lambda line: line.change in ("changed", "confirmed")):
            line.exception_id.write(line._exception_vals())
        model.create(
            [
                {**line._exception_vals(), "company_id": line.wizard_id.company_id.id}
                for line in self.filtered(lambda line: line.change in ("new", "overrides"))
            ]
        )

    def _exception_vals(self):
        self.ensure_one()
        return {
            "date": self.date,
            "name": self.name,
            "kind": "working_day" if self.category == "swap_work" else "holiday",
            "category": self.category,
            "status": self.status,
            "pair_date": self.pair_date,
            "source": self.source,
            "note": self.note,
        }
