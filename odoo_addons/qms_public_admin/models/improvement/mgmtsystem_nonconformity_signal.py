from odoo import fields, models


class MgmtsystemNonconformity(models.Model):
    """The signals that led to a nonconformity, and whether they are still seen."""

    _inherit = "mgmtsystem.nonconformity"

    qms_signal_ids = fields.One2many(
        "qms.signal", "nonconformity_id", string="Signals", readonly=True
    )
