from odoo import api, fields, models

from .improvement_texts import SOURCES

# Which source an origin of the base stands for.
SOURCE_OF = {
    "nc_origin_qc": "review",
    "nc_origin_dr": "review",
    "nc_origin_internal_client": "other",
    "nc_origin_external_client": "complaint",
    "nc_origin_process": "dossier",
    "nc_origin_internal_audit": "audit",
    "nc_origin_extenal_audit": "inspection",
}


class MgmtsystemNonconformityOrigin(models.Model):
    """Where a nonconformity comes from, finer than its source where an agency wants it.

    Everybody reads them; ISO officers keep them, for all agencies of the database.
    """

    _name = "mgmtsystem.nonconformity.origin"
    _inherit = ["mgmtsystem.nonconformity.origin", "qms.shared.list"]

    qms_source = fields.Selection(
        SOURCES, string="Source", help="Nonconformities of this source begin with this origin."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _qms_of_source(self, source):
        """Return the origin a nonconformity of ``source`` begins with."""
        origins = self.sudo()
        found = origins.search([("qms_source", "=", source)], order="sequence, id", limit=1)
        return found or origins.search([], order="sequence, id", limit=1)

    @api.model
    def _qms_place_shipped(self):
        """Say of the origins of the base which source they stand for, where nobody did."""
        for name, source in SOURCE_OF.items():
            origin = self.env.ref(f"mgmtsystem_nonconformity.{name}", raise_if_not_found=False)
            if origin and not origin.qms_source:
                origin.qms_source = source
