from odoo import models

from ..tools.qr import qr_svg


class QmsApprovalMixin(models.AbstractModel):
    """The sign-off block of prints."""

    _inherit = "qms.approval.mixin"

    def _sign_off_rows(self):
        """Add to each row the QR code of the page that verifies the decision."""
        return [{**row, "qr": qr_svg(row["url"], 84)} for row in super()._sign_off_rows()]
