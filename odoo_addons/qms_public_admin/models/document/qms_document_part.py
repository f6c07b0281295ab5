from odoo import api, fields, models


class QmsDocumentPart(models.AbstractModel):
    """A part of a revision that is written while the revision is a draft, never after.

    The guard holds against elevated code; who writes a part has written in the draft.
    """

    _name = "qms.document.part"
    _description = "Part of a revision"
    _inherit = ["qms.document.row", "qms.placement.mixin"]
    _order = "revision_id, sequence, id"

    _placing_fields = ("revision_id", "company_id")
    _derived_fields = ("company_id",)

    revision_id = fields.Many2one(ondelete="cascade")
    sequence = fields.Integer(default=10)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._note_part()
        return parts

    def write(self, vals):
        self.revision_id._check_open()
        result = super().write(vals)
        self._note_part()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._note_part()

    def _note_part(self):
        revisions = self.sudo().revision_id.with_env(self.env)
        revisions._check_open()
        revisions._note_contribution({"content"})
