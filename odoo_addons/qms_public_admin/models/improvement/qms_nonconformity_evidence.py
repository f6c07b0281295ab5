from odoo import api, fields, models
from odoo.exceptions import UserError


class QmsNonconformityEvidence(models.Model):
    """A record a nonconformity stands on: a dossier, a rating, a complaint, a document…

    A fact with the label the record had then: it still says what was meant when the record
    is renamed or gone. Read by who reads the nonconformity; opening the record itself asks
    for the right to read that.
    """

    _name = "qms.nonconformity.evidence"
    _description = "Evidence of a nonconformity"
    _inherit = ["qms.fact.mixin"]
    _order = "id"

    nonconformity_id = fields.Many2one(
        "mgmtsystem.nonconformity", required=True, index=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", string="Agency", readonly=True, index=True, ondelete="restrict"
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    name = fields.Char(string="What", readonly=True)
    kind = fields.Char(string="Kind of record", compute="_compute_kind")
    note = fields.Char(readonly=True)
    added_on = fields.Datetime(readonly=True)
    added_by = fields.Char(readonly=True)

    _once = models.UniqueIndex(
        "(nonconformity_id, res_model, res_id)", "This record is among the evidence already."
    )
    _record_idx = models.Index("(res_model, res_id)")

    # === COMPUTE METHODS === #

    @api.depends("res_model")
    def _compute_kind(self):
        for row in self:
            row.kind = self.env["ir.model"]._get(row.res_model).name or row.res_model

    # === ACTIONS === #

    def action_open(self):
        """Open the record, where the user may read it and it still exists."""
        self.ensure_one()
        self.check_access("read")
        model = self.env.get(self.res_model)
        record = model.browse(self.res_id).exists() if model is not None else model
        if not record:
            raise UserError(
                self.env._("“%(name)s” is not there any more.", name=self.name or self.res_model)
            )
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _note(self, nonconformity, records, note=""):
        """Record the evidence; its label is what the records are called now.

        What is confidential is named by its number: who reads this one reads the label.
        """
        return self._record(
            [
                {
                    "nonconformity_id": nonconformity.id,
                    "company_id": nonconformity.sudo().company_id.id,
                    "res_model": record._name,
                    "res_id": record.id,
                    "name": record.with_context(qms_for_all=True).display_name,
                    "note": note or False,
                    "added_on": fields.Datetime.now(),
                    "added_by": self.env.user.sudo().name,
                }
                for record in records
            ]
        )
