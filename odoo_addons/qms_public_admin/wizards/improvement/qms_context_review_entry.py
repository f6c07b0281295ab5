from odoo import fields, models

from ...models.improvement.qms_context_review import OUTCOMES


class QmsContextReviewEntry(models.TransientModel):
    """Asks for the outcome of a review of parties or issues, one or many at once."""

    _name = "qms.context.review.entry"
    _description = "Entry of a review of the context"

    party_ids = fields.Many2many("qms.interested.party", string="Interested parties")
    issue_ids = fields.Many2many("qms.context.issue", string="Issues")
    outcome = fields.Selection(
        OUTCOMES, string="Outcome of the review", required=True, default="unchanged"
    )
    words = fields.Text(string="What changed")
    date_next = fields.Date(
        string="Next review", help="Empty: after the months set for the agency."
    )

    def action_confirm(self):
        """Record the reviews; who may is checked there."""
        self.ensure_one()
        for rows in (self.party_ids, self.issue_ids):
            if rows:
                rows.action_review(self.outcome, self.words, self.date_next)
        return {"type": "ir.actions.act_window_close"}
