from odoo import api, fields, models


class MgmtsystemAction(models.Model):
    """An action and what it brought about."""

    _inherit = "mgmtsystem.action"

    qms_check_ids = fields.One2many("qms.effectiveness.check", "action_id", string="Effectiveness")
    qms_check_count = fields.Integer(compute="_compute_qms_check_count")

    # === COMPUTE METHODS === #

    @api.depends("qms_check_ids")
    def _compute_qms_check_count(self):
        for action in self:
            action.qms_check_count = len(action.qms_check_ids)

    # === ACTIONS === #

    def action_qms_add_check(self):
        """Open a new check of effectiveness, with what the nonconformity is about."""
        self.ensure_one()
        self.check_access("read")
        row = self.sudo().nonconformity_ids[:1]
        signal = row.qms_signal_ids.filtered("measure_key")[:1]
        context = {
            "default_action_id": self.id,
            "default_measure_key": "dossiers_on_time",
            "default_department_id": (signal.department_id or row.qms_department_id).id,
            "default_procedure_id": (signal.procedure_id or row.qms_procedure_id).id,
        }
        if signal:
            context["default_measure_key"] = signal.measure_key
            context["default_days_before"] = signal.rule_id.window_days
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check of effectiveness"),
            "res_model": "qms.effectiveness.check",
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }

    # === BUSINESS METHODS === #

    def _move(self, state, kind, vals=None, words=""):
        result = super()._move(state, kind, vals, words)
        self.sudo().qms_check_ids._follow_action()
        return result
