from odoo import models


class QmsEventVerification(models.TransientModel):
    _inherit = "qms.event.verification"

    def action_print(self):
        """Print this result."""
        self.check_access("read")
        return self.env.ref("qms_reports.event_verification_action").report_action(self)

    def _print_company(self):
        """Return the agency in whose name the result is printed."""
        return self.env.company
