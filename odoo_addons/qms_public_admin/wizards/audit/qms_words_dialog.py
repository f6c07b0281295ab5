from odoo import api, models


class QmsWordsDialog(models.TransientModel):
    """The acts of audits that ask for words."""

    _inherit = "qms.words.dialog"

    @api.model
    def _acts(self):
        return super()._acts() | {
            ("qms.audit.programme", "action_change"),
            ("qms.audit.programme", "action_cancel"),
            ("mgmtsystem.audit", "action_cancel"),
            ("qms.audit.member", "action_justify"),
        }
