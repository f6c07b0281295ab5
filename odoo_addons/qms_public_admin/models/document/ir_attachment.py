from odoo import api, models
from odoo.exceptions import UserError


class IrAttachment(models.Model):
    """Nothing is added to a revision that is no draft any more: what it holds was approved."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._check_revision_open()
        return attachments

    def write(self, vals):
        result = super().write(vals)
        if {"res_model", "res_id"} & vals.keys():
            self._check_revision_open()
        return result

    def _check_revision_open(self):
        for model in ("document.page.history", "qms.document.file"):
            added = self.filtered(lambda row, model=model: row.res_model == model and row.res_id)
            owners = self.env[model].sudo().browse(set(added.mapped("res_id"))).exists()
            kept = owners._keeping_files() if owners else owners
            if kept:
                raise UserError(
                    self.env._(
                        "“%(name)s” is no draft any more: no file is added to it. "
                        "Make a new revision.",
                        name=kept[:1].display_name,
                    )
                )
