from odoo import api, fields, models
from odoo.exceptions import ValidationError


class QmsNonconformityBranch(models.Model):
    """A cause found on one bone of the fishbone of a nonconformity.

    Read and written as :class:`QmsNonconformityPart` says.
    """

    _name = "qms.nonconformity.branch"
    _description = "Cause on the fishbone"
    _inherit = ["qms.nonconformity.part"]

    category_id = fields.Many2one(
        "mgmtsystem.nonconformity.cause",
        string="Group of causes",
        required=True,
        ondelete="restrict",
        domain="[('parent_id', '=', False), ('child_ids', '!=', False)]",
    )
    cause_id = fields.Many2one(
        "mgmtsystem.nonconformity.cause",
        ondelete="restrict",
        context={"qms_short_cause": True},
        domain="[('id', 'child_of', category_id), ('id', '!=', category_id)]",
    )
    note = fields.Char(string="What exactly")
    is_root = fields.Boolean(string="Root cause")

    # === COMPUTE METHODS === #

    @api.depends("category_id", "cause_id", "note")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.note or row.cause_id.name or row.category_id.name

    # === CONSTRAINT METHODS === #

    @api.constrains("category_id", "cause_id")
    def _check_cause_id(self):
        for row in self.filtered("cause_id"):
            if row.cause_id.qms_category_id != row.category_id:
                raise ValidationError(
                    self.env._(
                        "“%(cause)s” does not belong to “%(category)s”.",
                        cause=row.cause_id.name,
                        category=row.category_id.name,
                    )
                )
