from odoo import api, fields, models
from odoo.exceptions import ValidationError


class QmsNonconformityPart(models.AbstractModel):
    """A row of the analysis of a nonconformity.

    Read by who reads the nonconformity, written by who works on it, until it is verified.
    """

    _name = "qms.nonconformity.part"
    _description = "Row of a nonconformity"
    _order = "sequence, id"

    _closed_states = ("verified", "done", "cancel")

    nonconformity_id = fields.Many2one(
        "mgmtsystem.nonconformity", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="nonconformity_id.company_id", string="Agency", store=True, index=True
    )
    sequence = fields.Integer(default=10)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_open()
        return rows

    def write(self, vals):
        self._check_open()
        result = super().write(vals)
        if "nonconformity_id" in vals:
            self._check_open()
            self.check_access("write")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._check_open()

    def _check_open(self):
        ended = self.sudo().nonconformity_id.filtered(lambda row: row.state in self._closed_states)
        if ended:
            raise ValidationError(
                self.env._(
                    "“%(name)s” is verified or ended: its analysis stays as it is.",
                    name=ended[:1].display_name,
                )
            )
