from odoo import fields, models


class QmsDocumentControl(models.TransientModel):
    """Asks for the kind under which ordinary pages become controlled documents."""

    _name = "qms.document.control"
    _description = "Take pages under control"

    page_ids = fields.Many2many("document.page", string="Pages", required=True)
    kind_id = fields.Many2one("qms.document.kind", string="Document kind", required=True)

    def action_confirm(self):
        """Take the pages under control."""
        self.ensure_one()
        self.page_ids.action_take_under_control(self.kind_id.id)
        return {"type": "ir.actions.act_window_close"}
