from odoo import fields, models

from .qms_effectiveness_check import PENDING


class MgmtsystemNonconformity(models.Model):
    """A nonconformity is closed when the effect of its actions has been judged."""

    _inherit = "mgmtsystem.nonconformity"

    qms_check_ids = fields.Many2many(
        "qms.effectiveness.check", string="Effectiveness", compute="_compute_qms_check_ids"
    )

    def _compute_qms_check_ids(self):
        for row in self:
            row.qms_check_ids = row.action_ids.qms_check_ids

    def _close_error(self):
        return super()._close_error() or self._effect_error()

    def _effect_error(self):
        """Say which effect has not been judged yet (ISO 9001, 10.2.1 d)."""
        checks = self.sudo()._working_actions().qms_check_ids
        pending = checks.filtered(lambda check: check.state in PENDING)
        if not pending:
            return ""
        return self.env._(
            "The effect of “%(name)s” has not been judged yet.",
            name=pending[:1].action_id.display_name,
        )
