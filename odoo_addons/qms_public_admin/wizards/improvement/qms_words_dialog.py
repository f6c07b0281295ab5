from odoo import api, models


class QmsWordsDialog(models.TransientModel):
    """The acts of objectives, risks, training and reviews that ask for words."""

    _inherit = "qms.words.dialog"

    @api.model
    def _acts(self):
        return super()._acts() | {
            ("qms.objective.year", "action_change"),
            ("qms.review.decision", "action_report_done"),
            ("qms.risk", "action_close"),
            ("qms.risk", "action_reopen"),
            ("qms.training", "action_cancel"),
            ("qms.training.need", "action_drop"),
        }
