from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _qms_document_positions(self):
        """Return the positions whose documents concern this user: own ones, and those of
        colleagues they stand in for."""
        self.ensure_one()
        positions = self._qms_positions()
        for delegation in self.env["qms.delegation"]._for_substitute(self):
            held = delegation.user_id._qms_positions()
            positions |= held & delegation.position_ids if delegation.position_ids else held
        return positions
