from odoo import models


class HrDepartment(models.Model):
    """Who answers for a unit that is audited."""

    _inherit = "hr.department"

    def _qms_heads(self):
        """Return the users who lead these units.

        The manager of the unit; where none is entered, whoever holds a position in it with
        the role “Head of unit”.
        """
        units = self.sudo()
        heads = units.manager_id.user_id
        without = units.filtered(lambda unit: not unit.manager_id.user_id)
        if without:
            positions = self.env["qms.position"].sudo()
            holders = positions.search([("department_id", "in", without.ids)]).holder_ids
            role = self.env.ref("qms_public_admin.group_qms_head")
            heads |= holders.filtered(lambda user: user.active and role in user.all_group_ids)
        return heads.with_env(self.env)
