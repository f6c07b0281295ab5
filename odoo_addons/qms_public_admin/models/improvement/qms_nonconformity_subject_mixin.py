from odoo import api, fields, models
from odoo.fields import Domain


class QmsNonconformitySubjectMixin(models.AbstractModel):
    """A record about which a nonconformity can be raised.

    A model with this mixin has the count of its nonconformities, as far as the user reads
    them, and the verb that raises one with the record as evidence.
    """

    _name = "qms.nonconformity.subject.mixin"
    _description = "Subject of nonconformities"

    qms_nonconformity_count = fields.Integer(
        string="Nonconformities", compute="_compute_qms_nonconformity_count"
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_qms_nonconformity_count(self):
        evidence = self.env["qms.nonconformity.evidence"]
        counts = {}
        if evidence.has_access("read"):
            found = evidence._read_group(self._nonconformity_evidence(), ["res_id"], ["__count"])
            counts = dict(found)
        for record in self:
            record.qms_nonconformity_count = counts.get(record._origin.id, 0)

    # === ACTIONS === #

    def action_view_qms_nonconformities(self):
        """Open the nonconformities that name these records."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.mgmtsystem_nonconformity_action"
        )
        return {
            **action,
            "domain": list(Domain("qms_evidence_ids", "any", self._nonconformity_evidence())),
            "context": {"create": False},
            "view_mode": "list,kanban,form",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
        }

    def action_qms_raise_nonconformity(self):
        """Open the dialog that raises a nonconformity with these records as evidence."""
        self.check_access("read")
        dialog = self.env["qms.nonconformity.raise"]
        return dialog._open_for(self)

    # === BUSINESS METHODS === #

    def _nonconformity_evidence(self):
        return Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)

    def _nonconformity_defaults(self):
        """Return what a nonconformity about these records begins with."""
        return {"qms_source": "other"}
