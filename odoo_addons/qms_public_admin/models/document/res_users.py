from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _qms_title(self, company):
        """Return the positions this user holds in ``company``, as printed under a name."""
        self.ensure_one()
        positions = self._qms_positions().filtered(
            lambda position: position.company_id in (company.browse(), company)
        )
        if positions:
            return ", ".join(positions.mapped("name"))
        employee = self.sudo().employee_ids.filtered(lambda row: row.company_id == company)[:1]
        return employee.job_title or ""

    def _qms_document_positions(self):
        """Return the positions whose documents concern this user: own ones, and those of
        colleagues they stand in for."""
        self.ensure_one()
        positions = self._qms_positions()
        for delegation in self.env["qms.delegation"]._for_substitute(self):
            held = delegation.user_id._qms_positions()
            positions |= held & delegation.position_ids if delegation.position_ids else held
        return positions
