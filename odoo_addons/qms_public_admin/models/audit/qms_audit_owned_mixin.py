from odoo import api, models


class QmsAuditOwnedMixin(models.AbstractModel):
    """A row of an audit: it changes as long as the audit is not closed.

    The rows have the rights of their audit: whoever may write the audit writes them.
    """

    _name = "qms.audit.owned.mixin"
    _description = "Row of an audit"
    _inherit = ["qms.placement.mixin"]

    _placing_fields = ("audit_id", "company_id")
    _derived_fields = ("company_id",)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        given = self.default_get(["audit_id"]).get("audit_id")
        self._check_audits([vals.get("audit_id", given) for vals in vals_list])
        rows = super().create(vals_list)
        rows.audit_id._check_rows_open()
        return rows

    def write(self, vals):
        self.audit_id._check_rows_open()
        if "audit_id" in vals:
            self._check_audits([vals["audit_id"]])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self.audit_id._check_rows_open()

    # === GUARD === #

    def _check_audits(self, ids):
        """Ask for the right to the audit as it was before: a new member gives none."""
        audits = self.env["mgmtsystem.audit"].browse(filter(None, ids))
        audits.check_access("write")
        audits._check_rows_open()
