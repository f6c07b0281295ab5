from odoo import api, fields, models


class DocumentPage(models.Model):
    """The forms a document uses, and the changes that touch it."""

    _inherit = "document.page"

    qms_form_ids = fields.Many2many(
        "document.page",
        "qms_document_form_rel",
        "page_id",
        "form_id",
        string="Forms used",
        domain="[('qms_kind_id.key', '=', 'form'), ('company_id', '=', company_id)]",
        help="Controlled forms that this document tells to use: when the document has to follow "
        "a change, they are looked at, too.",
    )
    qms_used_in_ids = fields.Many2many(
        "document.page",
        "qms_document_form_rel",
        "form_id",
        "page_id",
        string="Used in",
        readonly=True,
    )
    qms_change_count = fields.Integer(
        string="Number of changes", compute="_compute_qms_change_count"
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_qms_change_count(self):
        counts = dict(
            self.env["qms.change.request.line"]._read_group(
                [("page_id", "in", self.ids)], ["page_id"], ["__count"]
            )
        )
        for page in self:
            page.qms_change_count = counts.get(page, 0)

    # === BUSINESS METHODS === #

    @api.model
    def _qms_agency_fields(self):
        return [*super()._qms_agency_fields(), "qms_form_ids"]

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if vals.get("qms_status") == "withdrawn":
            self.env["qms.change.request.line"]._follow([("page_id", "in", self.ids)])
        return result

    # === ACTIONS === #

    def action_view_changes(self):
        """Show the changes that touch these documents."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_change_request_action"
        )
        return {**action, "domain": [("line_ids.page_id", "in", self.ids)], "context": {}}

    # === BUSINESS METHODS === #

    def _qms_is_alive(self):
        """Whether the document is in use or about to be."""
        return bool(self.qms_kind_id) and self.qms_status != "withdrawn" and self.active

    def _qms_open_card(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.get_formview_id(), "form")],
        }
