from odoo import api, models


class IrAttachment(models.Model):
    """Files of an answer come from who may answer, as long as answers are taken."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._check_answer_open()
        return attachments

    def write(self, vals):
        result = super().write(vals)
        if {"res_model", "res_id"} & vals.keys():
            self._check_answer_open()
        return result

    def _check_answer_open(self):
        lines = self.env["mgmtsystem.verification.line"]
        added = self.filtered(lambda row: row.res_model == lines._name and row.res_id)
        owners = lines.browse(set(added.mapped("res_id"))).exists()
        if owners:
            owners.with_env(self.env)._check_may_answer()
