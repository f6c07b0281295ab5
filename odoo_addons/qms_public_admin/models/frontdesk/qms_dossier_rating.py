from odoo import models
from odoo.tools.urls import urljoin


class QmsDossier(models.Model):
    """How the applicant is asked for a rating: one address, one answer (INV-08)."""

    _inherit = "qms.dossier"

    # === BUSINESS METHODS === #

    def _rating_url(self):
        """Return the absolute address at which this dossier is rated once.

        Made when first asked for, so that it can be printed on the receipt; the page
        itself says kindly when it is too early or too late.
        """
        self.ensure_one()
        return self._rating_urls()[self]

    def _rating_urls(self):
        """Return ``{dossier: address}`` for many receipts at once."""
        invitations_sudo = self.env["qms.rating.invitation"]._for_dossiers(self)
        tokens = {row.dossier_id.id: row.token for row in invitations_sudo}
        base = self[:1].get_base_url()
        return {row: urljoin(base, f"/qms/rate/{tokens[row.id]}") for row in self}
