from odoo import models

from ..mixins.plain_text import digits_index, plain_index
from .qms_dossier_applicant import FILLED, applicant_hint


class ResPartner(models.Model):
    """Contacts are found at the counter by name without accents and by telephone."""

    _name = "res.partner"
    _inherit = ["res.partner", "qms.plain.text.mixin"]

    _qms_name_plain_idx = plain_index("name")
    _qms_phone_digits_idx = digits_index("phone")

    # === BUSINESS METHODS === #

    def _applicant_values(self):
        """Return what this contact brings to a dossier."""
        self.ensure_one()
        return {
            **dict.fromkeys(FILLED, False),
            "partner_id": self,
            "holder_name": self.name,
            "holder_identity": self.vat,
            "holder_phone": self.phone,
            "holder_email": self.email,
            "holder_address": self._qms_address(),
        }

    def _disclose_applicant(self):
        """Contacts are open to all who work here: nothing is masked, nothing recorded."""

    def _applicant_label(self, values):
        return {
            "name": values["holder_name"],
            "hint": applicant_hint(values, self.env._("Contact")),
        }
