from odoo import api, models
from odoo.exceptions import UserError

# What makes the file: content, name and the record it belongs to.
FILE_FIELDS = {
    "datas",
    "raw",
    "db_datas",
    "store_fname",
    "checksum",
    "name",
    "type",
    "url",
    "mimetype",
    "res_model",
    "res_id",
    "res_field",
}


class IrAttachment(models.Model):
    """Files of records that are kept as evidence stay as they were handed in.

    Odoo asks for the right to write the record, never its ``write()``: whoever may
    still act on an accepted dossier could exchange or delete its papers. Files are
    added all along; none of them is exchanged, renamed, moved or deleted, not by
    elevated code either.
    """

    _inherit = "ir.attachment"

    # === CRUD METHODS === #

    def write(self, vals):
        if FILE_FIELDS & vals.keys():
            self.check_access("write")
            self._check_not_kept()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        self._check_not_kept()

    # === BUSINESS METHODS === #

    def _check_not_kept(self):
        for model, attachments_sudo in self.sudo().grouped("res_model").items():
            records = self.env.get(model) if model else None
            if records is None or not hasattr(records, "_keeping_files"):
                continue
            owners = records.sudo().browse(set(attachments_sudo.mapped("res_id"))).exists()
            kept = owners._keeping_files()
            if kept:
                raise UserError(
                    self.env._(
                        "The files of “%(name)s” are kept as evidence: they cannot be changed "
                        "or deleted. Add a further file instead.",
                        name=kept[:1].display_name,
                    )
                )
