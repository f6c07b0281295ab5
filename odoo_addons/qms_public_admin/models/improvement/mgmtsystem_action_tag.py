from odoo import models


class MgmtsystemActionTag(models.Model):
    """Words by which actions are found again."""

    _name = "mgmtsystem.action.tag"
    _inherit = ["mgmtsystem.action.tag", "qms.shared.list"]
