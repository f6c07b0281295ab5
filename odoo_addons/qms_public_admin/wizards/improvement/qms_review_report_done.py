from odoo import fields, models


class QmsReviewReportDone(models.TransientModel):
    """Ask what was done before a decision of a review counts as carried out."""

    _name = "qms.review.report.done"
    _description = "Report of a decision carried out"

    decision_id = fields.Many2one(
        "qms.review.decision", required=True, readonly=True, ondelete="cascade"
    )
    name = fields.Text(related="decision_id.name", string="What was decided")
    words = fields.Text(string="What was done", required=True)

    # === ACTIONS === #

    def action_confirm(self):
        """Report the decision as done, with the rights of the user."""
        self.ensure_one()
        self.decision_id.action_report_done(self.words)
        return {"type": "ir.actions.act_window_close"}
