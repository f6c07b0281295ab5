from odoo import api, fields, models

OUTCOMES = [("unchanged", "Still so"), ("changed", "Changed")]


class QmsContextReview(models.Model):
    """That an interested party or an issue was reviewed on a day, by whom, with what outcome.

    What stood there on that day is kept as text. Written by the action of the party or the
    issue alone.
    """

    _name = "qms.context.review"
    _description = "Review of the context"
    _inherit = ["qms.fact.mixin"]
    _order = "date desc, id desc"
    _rec_name = "date"

    party_id = fields.Many2one(
        "qms.interested.party",
        string="Interested party",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    issue_id = fields.Many2one(
        "qms.context.issue",
        string="Matter",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    subject = fields.Char(string="What was reviewed", compute="_compute_subject")
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date = fields.Date(string="Reviewed on", required=True, readonly=True)
    outcome = fields.Selection(
        OUTCOMES, string="Outcome of the review", required=True, readonly=True
    )
    words = fields.Text(string="What changed", readonly=True)
    content = fields.Text(string="As it stood", readonly=True)
    date_next = fields.Date(string="Next review", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Reviewed by", readonly=True, index=True, ondelete="restrict"
    )
    user_name = fields.Char(string="Name", required=True, readonly=True)
    title = fields.Char(string="Position", readonly=True)

    _one_subject = models.Constraint(
        "CHECK(num_nonnulls(party_id, issue_id) = 1)", "A review is of one party or one issue."
    )

    # === COMPUTE METHODS === #

    @api.depends("party_id", "issue_id")
    def _compute_subject(self):
        for row in self:
            row.subject = (row.party_id or row.issue_id).display_name
