from odoo import models


class ResUsers(models.Model):
    """Where a person works, as far as the independence of an auditor asks for it."""

    _inherit = "res.users"

    def _qms_home_units(self):
        """Return ``{user id: units}``: those of the employee first, of the positions next,
        then those the user leads, with what is below them."""
        users = self.sudo()
        employees = self.env["hr.employee"].sudo().search([("user_id", "in", users.ids)])
        by_user = employees.grouped("user_id")
        units = self._qms_units()
        nobody = employees.browse()
        return {user.id: by_user.get(user, nobody).department_id | units[user.id] for user in users}
