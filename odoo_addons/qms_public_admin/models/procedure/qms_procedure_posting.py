from odoo import models


class QmsProcedure(models.Model):
    """A procedure in force is posted."""

    _name = "qms.procedure"
    _inherit = ["qms.procedure", "qms.posting.subject.mixin"]

    _posting_field = "procedure_id"
