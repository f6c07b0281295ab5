from odoo import api, fields, models
from odoo.exceptions import ValidationError


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

    # === CONSTRAINT METHODS === #

    @api.constrains("page_ids", "company_id")
    def _check_page_agencies(self):
        self._check_agencies_of("page_ids", [("qms_kind_id", "!=", False)])

    # === ACTIONS === #

    def action_view_pages(self):
        """Open the controlled documents that rest on these legal documents."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.document_page_action_master"
        )
        return {**action, "domain": [("qms_legal_ids", "in", self.ids)], "context": {}}

    # === BUSINESS METHODS === #

    def _check_agencies_of(self, name, domain):
        """Refuse what rests on a document of another agency, from this side of the tie too.

        :param str name: link to what rests on these documents
        :param domain: of those that it binds
        """
        # Elevated: what rests on a document may be hidden from who writes it.
        for document in self.sudo().with_context(active_test=False):
            resting = document.company_id and document[name].filtered_domain(domain)
            if resting and resting.company_id != document.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(number)s” is of one agency: documents and procedures of another "
                        "do not rest on it.",
                        number=document.number,
                    )
                )
