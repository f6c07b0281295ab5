from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    """General closures count in the clock; the leave of one person does not."""

    _inherit = "resource.calendar.leaves"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._qms_forget_clocks()
        return leaves

    def write(self, vals):
        self._qms_forget_clocks()
        result = super().write(vals)
        # An own absence turned into a general closure would move every due date; the
        # record rules have seen it as it was before.
        self.filtered(lambda leave: not leave.resource_id).check_access("write")
        self._qms_forget_clocks()
        return result

    def unlink(self):
        self._qms_forget_clocks()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _qms_forget_clocks(self):
        """Drop the cached clocks when a general closure is among these rows."""
        if any(not leave.resource_id for leave in self):
            self.env.registry.clear_cache()
