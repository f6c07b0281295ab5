from odoo import fields, models


class CopyVerificationLines(models.TransientModel):
    """Takes the questions of an earlier audit over, in one act and with its rights asked.

    The wizard of the base wrote into the record of whatever model the context named, row by
    row, and twice when it was used twice.
    """

    _inherit = "copy.verification.lines"

    audit_src = fields.Many2one(string="Earlier audit", required=True)
    audit_id = fields.Many2one("mgmtsystem.audit", string="Into", readonly=True)

    # === ACTIONS === #

    def copyVerificationLines(self):
        """Copy; the audit is the one the wizard was opened for."""
        self.ensure_one()
        target = self.audit_id or self.env["mgmtsystem.audit"].browse(self._audit_of_context())
        target._qms_copy_questions(self.audit_src)
        return {"type": "ir.actions.act_window_close"}

    # === UTILITIES === #

    def _audit_of_context(self):
        context = self.env.context
        if context.get("active_model") != "mgmtsystem.audit":
            return []
        return context.get("active_id") or []
