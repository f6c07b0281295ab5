from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

GROUP_OFFICER = "qms_public_admin.group_qms_officer"


class QmsYearlyMarkEntry(models.TransientModel):
    """Asks when a yearly act was done and what shows it; or takes such a mark back."""

    _name = "qms.yearly.mark.entry"
    _description = "Entry of a yearly act done"
    _inherit = ["qms.placement.mixin"]

    act_id = fields.Many2one("qms.yearly.act", required=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", string="Agency", required=True, default=lambda self: self.env.company
    )
    year = fields.Integer(
        required=True, default=lambda self: fields.Date.context_today(self).year, aggregator=None
    )
    kind = fields.Selection(
        [("done", "Act done"), ("revoked", "Taken back")], default="done", required=True
    )
    done_on = fields.Date(string="Done on", required=True, default=fields.Date.context_today)
    words = fields.Text(string="Paper or proof", required=True)

    # === ACTIONS === #

    def action_confirm(self):
        """Record the mark for an agency of the user."""
        self.ensure_one()
        self._check_entry()
        self.env["qms.yearly.mark"]._mark(
            self.act_id, self.company_id, self.year, self.kind, self.done_on, self.words.strip()
        )
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    @api.model
    def _is_officer_of(self, company):
        user = self.env.user
        return user.has_group(GROUP_OFFICER) and company.id in user._get_company_ids()

    def _check_entry(self):
        if not self._is_officer_of(self.company_id):
            raise AccessError(self.env._("ISO officers mark the acts of their agencies."))
        self.act_id.check_access("read")
        if not self.act_id._concerns(self.company_id):
            raise UserError(self.env._("This act does not concern the agency."))
        if not self.words.strip():
            raise UserError(self.env._("Name the paper, or what shows it."))
        if self.done_on > fields.Date.context_today(self):
            raise UserError(self.env._("What lies in the future is not done yet."))
        if self.done_on.year not in (self.year, self.year + 1):
            raise UserError(self.env._("The day does not belong to the year of the act."))
