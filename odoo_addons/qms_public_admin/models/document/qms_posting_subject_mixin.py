from odoo import api, fields, models


class QmsPostingSubjectMixin(models.AbstractModel):
    """What can be posted shows where it is, and is posted from its own form."""

    _name = "qms.posting.subject.mixin"
    _description = "Can be posted"

    # Link of a posting to records of the model.
    _posting_field = "page_id"

    posting_count = fields.Integer(string="Postings", compute="_compute_posting_count")

    # === COMPUTE METHODS === #

    @api.depends_context("allowed_company_ids")
    def _compute_posting_count(self):
        name = self._posting_field
        counts = dict(
            self.env["qms.posting"]._read_group(
                [(name, "in", self.ids), ("removed_on", "=", False)], [name], ["__count"]
            )
        )
        for record in self:
            record.posting_count = counts.get(record._origin, 0)

    # === ACTIONS === #

    def action_view_postings(self):
        """Open where these are and were posted."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_posting_action"
        )
        return {**action, "domain": [(self._posting_field, "in", self.ids)], "context": {}}

    def action_post(self):
        """Open the entry of a posting for these."""
        found = {self._posting_field: self}
        names = ("page_id", "procedure_id", "declaration_id")
        return self.env["qms.posting.entry"]._open_for(
            *(found.get(name, self.browse()) for name in names)
        )
