from odoo import models


class CommentWizard(models.TransientModel):
    """The comment of the tier module, written with elevated rights on own reviews only."""

    _inherit = "comment.wizard"

    def add_comment(self):
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        reviews = record.sudo().review_ids & self.review_ids.sudo()
        mine = reviews.filtered(lambda review: self.env.user in review.reviewer_ids)
        if self.res_model in self.env["qms.decision"]._subject_models():
            verb = "approve" if self.validate_reject == "validate" else "reject"
            return record._decide(verb, self.comment)
        mine.write({"comment": self.comment})
        if self.validate_reject == "validate":
            record._validate_tier(mine)
        if self.validate_reject == "reject":
            record._rejected_tier(mine)
        return record._update_counter({"review_deleted": True})
