from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import declaration as kernel


class QmsDeclaration(models.Model):
    """The audit and the review a declaration rests on, as records (INV-15).

    Day and paper are filled from the record chosen and stay what was declared; a record
    whose day is another than that written is refused.
    """

    _inherit = "qms.declaration"

    audit_id = fields.Many2one(
        "mgmtsystem.audit",
        string="Internal audit",
        copy=False,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', '=', company_id), ('state', '=', 'done')]",
    )
    review_id = fields.Many2one(
        "mgmtsystem.review",
        string="Management review",
        copy=False,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', '=', company_id), ('state', '=', 'done')]",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("audit_id", "audited_on")
    def _check_audit_id(self):
        for row in self:
            audit = row.audit_id.sudo()
            day = audit and row._audit_vals(audit)["audited_on"]
            if audit and (audit.state != "done" or row.audited_on != day):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is not closed, or ended on another day than the one written.",
                        name=audit.display_name,
                    )
                )

    @api.constrains("review_id", "reviewed_on")
    def _check_review_id(self):
        for row in self:
            review = row.review_id.sudo()
            day = review and review._meeting_day()
            if review and (review.state != "done" or row.reviewed_on != day):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is not approved, or was held on another day than the one "
                        "written.",
                        name=review.display_name,
                    )
                )

    # === ONCHANGE METHODS === #

    @api.onchange("audit_id")
    def _onchange_audit_id(self):
        if self.audit_id:
            self.update(self._audit_vals(self.audit_id))

    @api.onchange("review_id")
    def _onchange_review_id(self):
        if self.review_id:
            self.update(self._review_vals(self.review_id))

    # === BUSINESS METHODS === #

    def action_fill_scope(self):
        """Propose the last audit and review with the scope, where nothing is written yet."""
        result = super().action_fill_scope()
        for row in self:
            row._propose_chain()
        return result

    def _propose_chain(self):
        """Fill in the last closed audit and the last approved review, where they fit."""
        self.ensure_one()
        company = [("company_id", "=", self.company_id.id), ("state", "=", "done")]
        if not self.audited_on:
            audits = self.env["mgmtsystem.audit"]
            days = [*company, ("qms_date_to", "!=", False)]
            self._propose("audit_id", audits.search(days, order="qms_date_to desc", limit=1))
        if not self.reviewed_on:
            reviews = self.env["mgmtsystem.review"]
            self._propose("review_id", reviews.search(company, order="date desc", limit=1))

    def _propose(self, name, record):
        """Write a record with its day, unless that would break the order of the days."""
        if not record:
            return
        found = self._audit_vals(record) if name == "audit_id" else self._review_vals(record)
        days = {step: self[step] for step in kernel.CHAIN}
        if not kernel.chain_break({**days, **{k: v for k, v in found.items() if k in days}}):
            self.write({name: record.id, **found})

    @api.model
    def _audit_vals(self, audit):
        audit_sudo = audit.sudo()
        return {
            "audited_on": audit_sudo.qms_date_to or audit_sudo.qms_date_from,
            "audit_ref": audit_sudo.reference,
        }

    @api.model
    def _review_vals(self, review):
        review_sudo = review.sudo()
        return {
            "reviewed_on": review_sudo._meeting_day(),
            "review_ref": review_sudo.reference,
        }
