from odoo import fields, models


class QmsPostingEntry(models.TransientModel):
    """Objectives of a year hang on the board, too."""

    _inherit = "qms.posting.entry"

    objective_year_ids = fields.Many2many(
        "qms.objective.year",
        string="Quality objectives",
        domain="[('state', '=', 'approved')]",
    )

    def _subjects(self):
        return [*super()._subjects(), self.objective_year_ids]
