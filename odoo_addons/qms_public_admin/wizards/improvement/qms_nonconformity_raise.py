from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...models.improvement.improvement_texts import GRADES, SOURCES


class QmsNonconformityRaise(models.TransientModel):
    """Raises a nonconformity, with the records it was opened from as evidence.

    Whoever may raise one uses it; a confidential one is raised by staff, too, who do not
    read it afterwards. Records become evidence only where the user reads them. Instead of
    raising a new one they can be added to one the user works on.
    """

    _name = "qms.nonconformity.raise"
    _description = "Raise a nonconformity"

    is_new = fields.Selection(
        [("new", "A new nonconformity"), ("add", "Evidence of an open one")],
        string="Raise as",
        default="new",
        required=True,
    )
    nonconformity_id = fields.Many2one(
        "mgmtsystem.nonconformity",
        domain="[('qms_may_work', '=', True),"
        " ('state', 'in', ('draft', 'analysis', 'pending', 'open'))]",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    name = fields.Char(string="Title")
    description = fields.Text(string="What was found")
    qms_source = fields.Selection(SOURCES, string="Source", required=True, default="other")
    qms_grade = fields.Selection(GRADES, string="Grade", required=True, default="minor")
    qms_found_on = fields.Date(string="Found on", required=True, default=fields.Date.context_today)
    qms_department_id = fields.Many2one(
        "hr.department", string="Unit", domain="[('company_id', 'in', (False, company_id))]"
    )
    qms_procedure_id = fields.Many2one(
        "qms.procedure",
        string="Administrative procedure",
        domain="[('company_id', 'in', (False, company_id))]",
    )
    qms_clause_ids = fields.Many2many(
        "qms.standard.clause", string="Clauses", context={"qms_with_edition": True}
    )
    procedure_ids = fields.Many2many("document.page", string="Documents concerned")
    qms_correction = fields.Text(string="What was done at once")
    responsible_user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Empty: the head of the unit, else the ISO officer.",
    )
    qms_is_confidential = fields.Boolean(string="Confidential")
    note = fields.Char(string="Remark on the evidence")
    res_model = fields.Char(readonly=True)
    res_ids = fields.Json(readonly=True)
    record_names = fields.Text(string="Evidence", compute="_compute_record_names")

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_ids")
    def _compute_record_names(self):
        for dialog in self:
            dialog.record_names = "\n".join(dialog._records().mapped("display_name"))

    @api.onchange("qms_procedure_id")
    def _onchange_qms_procedure_id(self):
        self.qms_department_id = self.qms_department_id or self.qms_procedure_id.department_id

    # === ACTIONS === #

    def action_raise(self):
        """Raise it, or add the evidence, and show it where the user reads it."""
        self.ensure_one()
        records = self._records()
        if self.is_new == "add":
            return self._add(records)
        nonconformities = self.env["mgmtsystem.nonconformity"]
        nonconformities._check_may_raise()
        if self.company_id not in self.env.user.company_ids:
            raise AccessError(self.env._("Choose an agency you work in."))
        if not (self.name or "").strip() or not (self.description or "").strip():
            raise UserError(self.env._("Give it a title and say what was found."))
        row = nonconformities._qms_raise([{**self._values(), "evidence": [records]}])
        return self._show(row)

    # === BUSINESS METHODS === #

    @api.model
    def _open_for(self, records):
        """Return the action that opens this dialog with ``records`` as evidence."""
        defaults = records._nonconformity_defaults()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Raise a nonconformity"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_res_model": records._name,
                "default_res_ids": records.ids,
                **{f"default_{name}": value for name, value in defaults.items() if value},
            },
        }

    def _records(self):
        """Return the records, as far as the user reads them."""
        self.ensure_one()
        if not self.res_model:
            return self.env["qms.dossier"]
        model = self.env.get(self.res_model)
        if model is None or model._abstract or model._transient:
            raise UserError(self.env._("This record cannot be evidence."))
        ids = [value for value in self.res_ids or [] if isinstance(value, int)]
        records = model.browse(ids).exists()
        records.check_access("read")
        return records

    def _values(self):
        return {
            "name": self.name.strip(),
            "description": self.description.strip(),
            "company_id": self.company_id.id,
            "qms_source": self.qms_source,
            "qms_grade": self.qms_grade,
            "qms_found_on": self.qms_found_on,
            "qms_department_id": self.qms_department_id.id,
            "qms_procedure_id": self.qms_procedure_id.id,
            "qms_clause_ids": self.qms_clause_ids.ids,
            "procedure_ids": [fields.Command.set(self.procedure_ids.ids)],
            "responsible_user_id": self.responsible_user_id.id,
            "qms_is_confidential": self.qms_is_confidential,
            **self._correction_values(),
        }

    def _correction_values(self):
        if not (self.qms_correction or "").strip():
            return {}
        return {
            "qms_correction": self.qms_correction.strip(),
            "qms_corrected_on": fields.Date.context_today(self),
            "qms_corrected_by_id": self.env.uid,
        }

    def _add(self, records):
        row = self.nonconformity_id
        row.check_access("write")
        if not row or not records or row.state in ("verified", "done", "cancel"):
            raise UserError(self.env._("Choose an open nonconformity and the evidence for it."))
        row._qms_add_evidence(records, self.note)
        return self._show(row)

    def _show(self, row):
        if not row.has_access("read"):
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "success",
                    "message": self.env._(
                        "Raised as %(reference)s. It is confidential: only those who handle it "
                        "read it.",
                        reference=row.sudo().ref,
                    ),
                    "next": {"type": "ir.actions.act_window_close"},
                },
            }
        return {
            "type": "ir.actions.act_window",
            "res_model": row._name,
            "res_id": row.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
