from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class QmsDocumentRow(models.AbstractModel):
    """A row of a revision: read by who reads the revision, written by who may write it."""

    _name = "qms.document.row"
    _description = "Row of a revision"

    revision_id = fields.Many2one(
        "document.page.history",
        string="Revision of a document",
        required=True,
        index=True,
        ondelete="restrict",
    )
    # With the rights of the reader: unsaved rows name any revision that a client sends.
    page_id = fields.Many2one(
        related="revision_id.page_id", string="Controlled document", related_sudo=False
    )
    company_id = fields.Many2one(related="revision_id.company_id", store=True, index=True)

    # === ACCESS === #

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or not self:
            return result
        revisions = self.sudo().revision_id.with_env(self.env)
        allowed = revisions._filtered_access("read" if operation == "read" else "write")
        closed = self.sudo().filtered(lambda row: row.revision_id.id not in allowed._ids)
        if not closed:
            return result
        forbidden = closed.with_env(self.env) | (result[0] if result else self.browse())
        return forbidden, lambda: AccessError(
            self.env._("You have no access to the revision to which this belongs.")
        )

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            readable = self.env["document.page.history"]._search([("qms_state", "!=", False)])
            domain = Domain(domain) & Domain("revision_id", "in", readable)
        return super()._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)
