from odoo import api, models
from odoo.exceptions import ValidationError


class QmsReportWizardMixin(models.AbstractModel):
    """A report of a period on the screen: computed, shown, printed from the same lines.

    A wizard has ``date_from``, ``date_to`` and ``line_ids``, names in ``_options`` what its
    figures depend on, and fills the lines in ``_compute_lines``.
    """

    _name = "qms.report.wizard.mixin"
    _description = "Report of a period"

    _options = frozenset()

    # === CONSTRAINT METHODS === #

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for report in self:
            if report.date_from > report.date_to:
                raise ValidationError(self.env._("The period ends before it starts."))

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if self._options & vals.keys():
            # Figures never stand under a heading they were not computed for.
            self.sudo().line_ids.unlink()
        return result

    # === ACTIONS === #

    def action_compute(self):
        """Compute the figures anew; the screen shows them."""
        self.ensure_one()
        self._compute_lines()
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _open_new(self, title, vals=None):
        """Return the action that shows a new report, computed."""
        report = self.create(vals or {})
        report._compute_lines()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": report.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
        }

    def _ensure_lines(self):
        for report in self:
            if not report.line_ids:
                report._compute_lines()
