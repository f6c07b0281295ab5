from odoo import fields, models

from .improvement_texts import GROUP_LEADER


class ResCompany(models.Model):
    """How an agency keeps its nonconformities and reminds of their actions."""

    _inherit = "res.company"

    qms_nonconformity_years = fields.Integer(
        string="Nonconformities are kept (years)",
        default=5,
        required=True,
        help="Years after closing during which nobody can delete a nonconformity, its actions "
        "and their history (ISO 9001:2015, 10.2.2). Nothing is deleted by itself.",
    )
    qms_nonconformity_days = fields.Integer(
        string="Days to handle a nonconformity",
        default=30,
        required=True,
        help="Calendar days from the day it was found, proposed as due date.",
    )
    qms_action_reminder_days = fields.Integer(
        string="Remind of actions (days before)",
        default=7,
        required=True,
        help="Owners get one mail with their actions that end within so many days, and one when "
        "they are late.",
    )

    _qms_nonconformity_counts = models.Constraint(
        "CHECK(qms_nonconformity_years BETWEEN 1 AND 100"
        " AND qms_nonconformity_days BETWEEN 1 AND 3650"
        " AND qms_action_reminder_days BETWEEN 0 AND 365)",
        "Nonconformities are kept 1 to 100 years, handled within 1 to 3650 days, and actions are "
        "reminded of 0 to 365 days before.",
    )

    # === BUSINESS METHODS === #

    def _qms_leaders(self):
        """Return the leaders of the agency: those at home in it, else those allowed."""
        self.ensure_one()
        leaders = self.env.ref(GROUP_LEADER).sudo().all_user_ids
        leaders = leaders.filtered(lambda user: user.active and self in user.company_ids)
        return leaders.filtered(lambda user: user.company_id == self) or leaders
