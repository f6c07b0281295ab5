from odoo import api, fields, models
from odoo.exceptions import UserError


class QmsAuditEvidence(models.Model):
    """A record that stands behind an answer: dossier, revision, legal document, nonconformity…

    Written by whoever may answer the question, read with the answer. What the record was
    called on that day stays as text: it may be renamed, or be out of the reader's reach.
    """

    _name = "qms.audit.evidence"
    _description = "Evidence of an answer"
    _order = "line_id, id"
    _rec_name = "label"

    line_id = fields.Many2one(
        "mgmtsystem.verification.line", required=True, index=True, ondelete="cascade"
    )
    audit_id = fields.Many2one(related="line_id.audit_id", store=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    res_model = fields.Char(string="Kind of record", required=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", required=True)
    model_name = fields.Char(string="Kind", required=True)
    label = fields.Char(required=True)
    user_id = fields.Many2one("res.users", string="Added by", required=True, ondelete="restrict")
    added_at = fields.Datetime(string="Added", required=True)

    _once = models.UniqueIndex(
        "(line_id, res_model, res_id)", "This record is evidence of the answer already."
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        evidence = super().create(vals_list)
        evidence.line_id._check_may_answer()
        return evidence

    def write(self, vals):
        raise UserError(self.env._("Evidence is not changed: take it away and add another."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self.line_id._check_may_answer()

    # === ACTIONS === #

    def action_open(self):
        """Open the record, with the rights of the reader."""
        self.ensure_one()
        self.check_access("read")
        model = self.env.get(self.res_model)
        record = model.browse(self.res_id).exists() if model is not None else None
        if not record:
            raise UserError(self.env._("“%(label)s” is no longer in the system.", label=self.label))
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.label,
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
            "target": "new",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _vals_of(self, line, record):
        """Return the values of a row that names ``record``; the auditor must see it.

        What is confidential is named by its number: who reads the answer reads the label.
        """
        record.check_access("read")
        return {
            "line_id": line.id,
            "res_model": record._name,
            "res_id": record.id,
            "model_name": self.env["ir.model"]._get(record._name).name,
            "label": record.with_context(qms_for_all=True).display_name,
            "user_id": self.env.uid,
            "added_at": fields.Datetime.now(),
        }
