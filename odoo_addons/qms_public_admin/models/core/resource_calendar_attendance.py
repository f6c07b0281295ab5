from odoo import api, models


class ResourceCalendarAttendance(models.Model):
    """Hours of the week: the cached clocks are dropped when they change."""

    _inherit = "resource.calendar.attendance"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self.env.registry.clear_cache()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
