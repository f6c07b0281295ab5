from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain


class QmsAcknowledgement(models.Model):
    """Who was asked to read a revision, and when they confirmed that they did.

    Confirmed by the person alone, with no elevation and for nobody else. Staff see their
    own rows; officers, heads, auditors and leaders those of their agencies.
    """

    _name = "qms.acknowledgement"
    _description = "Acknowledgement of a document"
    _inherit = ["qms.fact.mixin"]
    _order = "campaign_id desc, acknowledged_at desc, user_name"
    _rec_name = "user_name"

    campaign_id = fields.Many2one(
        "qms.acknowledgement.campaign", required=True, index=True, ondelete="restrict"
    )
    revision_id = fields.Many2one(
        "document.page.history",
        string="Revision of a document",
        required=True,
        index=True,
        ondelete="restrict",
    )
    page_id = fields.Many2one(related="revision_id.page_id", string="Controlled document")
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", required=True, index=True, ondelete="restrict")
    user_name = fields.Char(string="Name", required=True)
    title = fields.Char(string="Position")
    asked_at = fields.Datetime(required=True)
    date_due = fields.Date(related="campaign_id.date_due")
    reminded_at = fields.Datetime(string="Last reminded")
    acknowledged_at = fields.Datetime(string="Confirmed")
    is_substitute = fields.Boolean(string="As substitute")
    is_newcomer = fields.Boolean(string="Came later")
    score = fields.Float(string="Quiz (%)")
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")
    can_acknowledge = fields.Boolean(compute="_compute_can_acknowledge")

    _once = models.Constraint("UNIQUE(campaign_id, user_id)", "This person was asked already.")

    # === COMPUTE METHODS === #

    @api.depends("acknowledged_at", "campaign_id.date_due")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for row in self:
            row.is_late = not row.acknowledged_at and row.date_due and row.date_due < today

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        late = Domain("acknowledged_at", "=", False) & Domain("campaign_id.date_due", "<", today)
        return late if True in value else ~late

    @api.depends("acknowledged_at", "campaign_id.state")
    @api.depends_context("uid")
    def _compute_can_acknowledge(self):
        for row in self:
            row.can_acknowledge = not row._acknowledge_error()

    # === ACTIONS === #

    def action_acknowledge(self):
        """Confirm that I have read the document (and passed its quiz, when there is one)."""
        self.check_access("read")
        for row in self:
            passed = row._passed_quiz()
            error = row._acknowledge_error() or row._quiz_error(passed)
            if error:
                raise UserError(error)
            row._complete(
                {
                    "acknowledged_at": fields.Datetime.now(),
                    "score": passed.scoring_percentage,
                }
            )
        return True

    def action_read(self):
        """Open the document on the page for readers."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/qms/documents/{self.page_id.id}/{self.revision_id.id}",
            "target": "self",
        }

    # === BUSINESS METHODS === #

    def _acknowledge_error(self):
        """Say why the current user cannot confirm this row, '' when they can."""
        if self.user_id != self.env.user:
            return self.env._("Everybody confirms for themselves.")
        if self.acknowledged_at:
            return self.env._("You have confirmed this already.")
        if self.sudo().campaign_id.state != "open":
            return self.env._("This reading campaign is closed.")
        return ""

    def _quiz_error(self, passed):
        quiz = self.sudo().campaign_id.survey_id
        if not quiz or passed:
            return ""
        return self.env._("Pass the quiz “%(quiz)s” first.", quiz=quiz.title)

    def _passed_quiz(self):
        """Return the quiz the person passed since they were asked, if any."""
        answers = self.env["survey.user_input"].sudo()
        quiz = self.sudo().campaign_id.survey_id
        if not quiz:
            return answers
        return answers.search(
            [
                ("survey_id", "=", quiz.id),
                ("partner_id", "=", self.user_id.partner_id.id),
                ("state", "=", "done"),
                ("scoring_success", "=", True),
                ("create_date", ">=", self.asked_at),
            ],
            limit=1,
        )

    def _quiz_url(self):
        """Return the address of the person's own quiz, '' without one."""
        self.ensure_one()
        if self.user_id != self.env.user:
            raise AccessError(self.env._("Everybody confirms for themselves."))
        quiz = self.sudo().campaign_id.survey_id
        if not quiz:
            return ""
        answer = quiz._create_answer(user=self.env.user)
        return f"/survey/start/{quiz.access_token}?answer_token={answer.access_token}"

    def _tell(self, subject):
        """Notify the people of these rows, each in the inbox or by mail as they wish."""
        for campaign, rows in self.sudo().grouped("campaign_id").items():
            campaign.message_notify(
                partner_ids=rows.user_id.partner_id.ids,
                subject=f"{subject}: {campaign.page_id.display_name}",
                body=campaign._notice(),
            )
