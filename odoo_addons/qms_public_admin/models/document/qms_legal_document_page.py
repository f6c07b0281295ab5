from odoo import api, fields, models


class QmsLegalDocument(models.Model):
    """The controlled documents that rest on a legal document."""

    _inherit = "qms.legal.document"

    page_ids = fields.Many2many(
        "document.page",
        "qms_document_legal_rel",
        "document_id",
        "page_id",
        string="Controlled documents",
    )
    page_count = fields.Integer(string="Number of documents", compute="_compute_page_count")

    # === COMPUTE METHODS === #

    @api.depends("page_ids")
    def _compute_page_count(self):
        counts = dict(
            self.env["document.page"]._read_group(
                [("qms_legal_ids", "in", self.ids)], ["qms_legal_ids"], ["__count"]
            )
        )
        for document in self:
            document.page_count = counts.get(document, 0)

    # === ACTIONS === #

    def action_view_pages(self):
        """Open the controlled documents that rest on these legal documents."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.document_page_action_master"
        )
        return {**action, "domain": [("qms_legal_ids", "in", self.ids)], "context": {}}
