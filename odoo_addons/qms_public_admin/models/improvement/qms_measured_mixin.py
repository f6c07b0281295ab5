import contextlib

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: Figures searched for at once; each may read a million rows.
MAX_KEYS = 10


class QmsMeasuredMixin(models.AbstractModel):
    """Records that stand behind figures of ``qms.measure``: each figure opens into them."""

    _name = "qms.measured.mixin"
    _description = "Records behind a measure"

    qms_measure_key = fields.Char(
        string="Counted in",
        compute="_compute_qms_measure_key",
        search="_search_qms_measure_key",
        help="Only for searching: the records counted in one figure of a measure.",
    )

    def _compute_qms_measure_key(self):
        self.qms_measure_key = False

    def _search_qms_measure_key(self, operator, value):
        if operator != "in":
            return NotImplemented
        if len(value) > MAX_KEYS:
            raise UserError(self.env._("Search the records of a few figures at a time."))
        found = Domain.FALSE
        for text in value:
            with contextlib.suppress(ValueError):
                model, query = self.env["qms.measure"]._records_query(text)
                if model == self._name:
                    found |= Domain("id", "in", query)
        return found
