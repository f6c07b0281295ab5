from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .document_page_history_verbs import GROUP

CAMPAIGN_STATES = [("draft", "Draft"), ("open", "Under way"), ("closed", "Closed")]
STAFF = "qms_public_admin.group_qms_staff"


class QmsAcknowledgementCampaign(models.Model):
    """A document is brought to people, and they confirm that they have read it.

    ISO officers open campaigns; whom they ask follows from positions and units. While a
    campaign is open, substitutes and who comes into a position or unit are asked, too.
    Who was asked and who confirmed are facts (``qms.acknowledgement``).
    """

    _name = "qms.acknowledgement.campaign"
    _description = "Reading campaign"
    _inherit = ["qms.lifecycle.mixin", "mail.thread"]
    _order = "opened_at desc, id desc"
    _rec_name = "revision_id"

    _placing_fields = ("revision_id", "company_id")
    _derived_fields = ("company_id",)
    _transitions = {"draft": ("open",), "open": ("closed",)}
    _protected_fields = ("opened_at", "closed_at")
    _frozen_fields = {"open": ("revision_id", "survey_id"), "closed": "*"}

    revision_id = fields.Many2one(
        "document.page.history",
        string="Revision of a document",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('qms_state', 'in', ('approved', 'effective'))]",
    )
    page_id = fields.Many2one(related="revision_id.page_id", string="Controlled document")
    company_id = fields.Many2one(related="revision_id.company_id", store=True, index=True)
    state = fields.Selection(
        CAMPAIGN_STATES, default="draft", required=True, readonly=True, copy=False, tracking=True
    )
    is_for_all = fields.Boolean(string="All staff")
    position_ids = fields.Many2many("qms.position", string="Positions")
    department_ids = fields.Many2many("hr.department", string="Units")
    with_substitutes = fields.Boolean(
        string="Substitutes, too",
        default=True,
        help="Who stands in for somebody who is asked is asked as well.",
    )
    with_newcomers = fields.Boolean(
        string="Newcomers, too",
        default=True,
        help="Who comes into a position or unit while the campaign is open is asked then.",
    )
    date_due = fields.Date(string="To be read by", required=True, tracking=True)
    remind_days = fields.Integer(
        string="Remind from (days before)",
        default=3,
        help="From then on, and when the day has passed, a reminder goes out every third day.",
    )
    survey_id = fields.Many2one(
        "survey.survey",
        string="Quiz",
        ondelete="restrict",
        help="Questions to be passed before reading is confirmed; a survey with a score.",
    )
    opened_at = fields.Datetime(readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)
    acknowledgement_ids = fields.One2many(
        "qms.acknowledgement", "campaign_id", string="Acknowledgements"
    )
    asked_count = fields.Integer(string="Asked", compute="_compute_coverage")
    done_count = fields.Integer(string="Confirmed", compute="_compute_coverage")
    coverage = fields.Float(compute="_compute_coverage")
    can_open = fields.Boolean(compute="_compute_can")
    can_close = fields.Boolean(compute="_compute_can")

    _remind_days = models.Constraint(
        "CHECK(remind_days >= 0)", "The days of a reminder cannot be negative."
    )

    # === COMPUTE METHODS === #

    @api.depends("acknowledgement_ids.acknowledged_at")
    def _compute_coverage(self):
        counts = {
            campaign: (asked, done)
            for campaign, asked, done in self.env["qms.acknowledgement"]
            .sudo()
            ._read_group(
                [("campaign_id", "in", self.ids)],
                ["campaign_id"],
                ["__count", "acknowledged_at:count"],
            )
        }
        for campaign in self:
            asked, done = counts.get(campaign.sudo(), (0, 0))
            campaign.asked_count, campaign.done_count = asked, done
            campaign.coverage = done / asked if asked else 0.0

    @api.depends("state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can(self):
        for campaign in self:
            stored = campaign._origin
            campaign.can_open = bool(stored) and not stored._transition_error("open")
            campaign.can_close = bool(stored) and not stored._transition_error("closed")

    # === CONSTRAINT METHODS === #

    @api.constrains("revision_id", "position_ids", "department_ids")
    def _check_agency(self):
        for campaign in self.sudo():
            named = campaign.position_ids.company_id | campaign.department_ids.company_id
            if named - campaign.company_id or not campaign.revision_id.qms_state:
                raise UserError(
                    self.env._("The document, the positions and the units are of one agency.")
                )

    @api.constrains("survey_id")
    def _check_survey(self):
        for campaign in self.sudo():
            if error := campaign._survey_error():
                raise UserError(error)

    def _survey_error(self):
        """A quiz without a score is never passed."""
        quiz = self.sudo().survey_id
        if not quiz or quiz.scoring_type != "no_scoring":
            return ""
        return self.env._("The quiz “%(quiz)s” needs a score to be passed.", quiz=quiz.title)

    # === CRUD METHODS === #

    def onchange(self, values, field_names, fields_spec):
        """An unsaved campaign names only what its writer may read."""
        named = values.get("revision_id") or self.env.context.get("default_revision_id")
        self.new({"revision_id": named or False}).revision_id._origin.check_access("read")
        return super().onchange(values, field_names, fields_spec)

    # === ACTIONS === #

    def action_open(self):
        """Ask everybody concerned to read."""
        self.check_access("write")
        self._transition("open", {"opened_at": fields.Datetime.now()})
        for campaign in self:
            if not campaign._ask_missing():
                raise UserError(self.env._("Nobody would be asked: choose positions or units."))
        return True

    def action_close(self):
        """End the campaign; nobody is asked or reminded any more."""
        self.check_access("write")
        self._transition("closed", {"closed_at": fields.Datetime.now()})
        return True

    def action_view_acknowledgements(self):
        """Open who was asked."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_acknowledgement_action"
        )
        return {**action, "domain": [("campaign_id", "=", self.id)], "context": {}}

    # === BUSINESS METHODS === #

    def _transition_error(self, target):
        error = super()._transition_error(target)
        if error:
            return error
        if not self.env.user.has_group(f"{GROUP}officer"):
            return self.env._("ISO officers open and close reading campaigns.")
        if self.company_id.id not in self.env.user._get_company_ids():
            return self.env._("The document belongs to another agency.")
        if target == "open" and self.revision_id.qms_state not in ("approved", "effective"):
            return self.env._("Only an approved revision is brought to people to read.")
        return self._survey_error() if target == "open" else ""

    def _audience(self):
        """Return ``(users asked, those of them who are asked as substitutes only)``."""
        self.ensure_one()
        campaign = self.sudo()
        users = campaign.position_ids.holder_ids
        if campaign.department_ids:
            units = self.env["hr.department"].sudo()
            units = units.search([("id", "child_of", campaign.department_ids.ids)])
            users |= units.member_ids.user_id
            users |= (
                self.env["qms.position"]
                .sudo()
                .search([("department_id", "in", units.ids)])
                .holder_ids
            )
        if campaign.is_for_all:
            users |= (
                self.env["res.users"]
                .sudo()
                .search([("all_group_ids", "in", self.env.ref(STAFF).id), ("share", "=", False)])
            )
        users = self._of_agency(users)
        substitutes = self._substitutes_of(users) if self.with_substitutes else users.browse()
        return users | substitutes, substitutes - users

    def _of_agency(self, users):
        company = self.company_id
        return users.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )

    def _substitutes_of(self, users):
        delegations = self.env["qms.delegation"].sudo()
        in_force = delegations.search(
            delegations._domain_in_force(delegations._today())
            & Domain("user_id", "in", users.ids)
            & Domain("company_id", "=", self.company_id.id)
        )
        return self._of_agency(in_force.substitute_id)

    def _ask_missing(self):
        """Ask who was not asked yet; return the new rows."""
        self.ensure_one()
        audience, substitutes = self._audience()
        rows = self.env["qms.acknowledgement"]
        missing = audience - self.sudo().acknowledgement_ids.user_id
        opened = self.sudo().acknowledgement_ids
        asked = rows._record(
            [
                {
                    "campaign_id": self.id,
                    "revision_id": self.revision_id.id,
                    "company_id": self.company_id.id,
                    "user_id": user.id,
                    "user_name": user.name,
                    "title": user._qms_title(self.company_id),
                    "asked_at": fields.Datetime.now(),
                    "is_substitute": user in substitutes,
                    "is_newcomer": bool(opened),
                }
                for user in missing.sorted("id")
            ]
        )
        asked._tell(self.env._("Please read and confirm"))
        return asked

    @api.model
    def _cron_follow_up(self):
        """Ask newcomers and substitutes, remind the others."""
        self._follow_up(self.env["ir.cron"]._commit_progress)

    @api.model
    def _follow_up(self, commit):
        agencies = self.env["res.company"]._qms_with(self, [("state", "=", "open")])
        agencies._qms_each(self._follow_up_company, commit)

    def _follow_up_company(self, company):
        campaigns = self.sudo().search([("state", "=", "open"), ("company_id", "=", company.id)])
        for campaign in campaigns:
            if campaign.with_newcomers:
                campaign._ask_missing()
            campaign._remind()

    def _remind(self):
        """Write to who has not confirmed: every third day from the first reminder on."""
        today = fields.Date.context_today(self.with_context(tz=self.company_id._qms_timezone()))
        if today < fields.Date.subtract(self.date_due, days=self.remind_days):
            return
        before = fields.Datetime.subtract(fields.Datetime.now(), days=3)
        waiting = self.acknowledgement_ids.filtered(
            lambda row: (
                not row.acknowledged_at
                and row.user_id.active
                and (row.reminded_at or row.asked_at) <= before
            )
        )
        if waiting:
            waiting._tell(self.env._("Reminder: please read and confirm"))
            waiting._complete({"reminded_at": fields.Datetime.now()})

    def _notice(self):
        """Return the text of a notice, with the way to the document."""
        return Markup("<p>%s</p><p><a href='/qms/documents/%s/%s'>%s</a></p>") % (
            self.env._(
                "You are asked to read “%(document)s” and to confirm it by %(day)s.",
                document=self.page_id.display_name,
                day=self.date_due.strftime("%d/%m/%Y"),
            ),
            self.page_id.id,
            self.revision_id.id,
            self.env._("Open the document"),
        )
