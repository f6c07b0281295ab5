from odoo import api, fields, models
from odoo.exceptions import UserError

# What a bar may be; the colours of the board are those of these words.
BOARD_STATES = [
    ("planned", "Planned"),
    ("due", "Due soon"),
    ("running", "In progress"),
    ("done", "Act done"),
    ("late", "Late"),
    ("cancelled", "Cancelled"),
]


class QmsYearBoard(models.AbstractModel):
    """A year on one page, for any model that has ``_qms_year_board(year)``.

    That method returns ``{"rows": [{"label", "group", "bars": [{"from", "to", "label",
    "state", "model", "id"}]}]}``: days as ``fields.Date`` texts, states of
    :data:`BOARD_STATES`, for the agencies of ``self.env.companies``, with the rights of
    who asks. It may add ``"help"``, shown when there is nothing, and ``"note"``, shown below.
    """

    _name = "qms.year.board"
    _description = "Year at a glance"

    state = fields.Selection(BOARD_STATES)

    @api.model
    @api.readonly
    def get_board(self, source, year):
        """Return the rows of a year, with the legend in the language of the reader.

        :param str source: a model with ``_qms_year_board``
        :param int year: four figures
        """
        model = self.env.get(source) if isinstance(source, str) else None
        if model is None or not hasattr(model, "_qms_year_board"):
            raise UserError(self.env._("There is no yearly board of this."))
        if not isinstance(year, int) or not 1900 <= year <= 2199:
            raise UserError(self.env._("Check the year."))
        model.check_access("read")
        board = model._qms_year_board(year)
        labels = self._fields["state"]._description_selection(self.env)
        used = {bar["state"] for row in board["rows"] for bar in row["bars"]}
        legend = [{"state": key, "label": label} for key, label in labels if key in used]
        return {"legend": legend, "help": "", "note": "", **board, "year": year}
