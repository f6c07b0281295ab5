from odoo import api, models

from ..tools.qr import qr_svg


class QmsEventAnchor(models.Model):
    _inherit = "qms.event.anchor"

    def action_print(self):
        """Print these anchors, to be signed and kept outside the system."""
        self.check_access("read")
        return self.env.ref("qms_reports.event_anchor_action").report_action(self)

    @api.model
    def _hash_groups(self, text):
        """Return a hash in groups of eight, as people compare it by eye."""
        return " ".join(text[start : start + 8] for start in range(0, len(text), 8))

    def _print_qr(self):
        """Return the anchor as a QR code, to be read by a machine later."""
        self.ensure_one()
        return qr_svg(self.hash, 140)
