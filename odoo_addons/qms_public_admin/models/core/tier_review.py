from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

_WRITER = object()
# What the reminders of the tier module write.
FREE_FIELDS = {"last_reminder_date"}


class TierReview(models.Model):
    """An open step of a request for approval, as it was fixed when the request was made.

    The working table of ``qms.approval.mixin``: users read it, its rows are written by
    the verbs of the mixin alone and dropped with the next request. What was decided
    stands in ``qms.decision``. Reviews of other models go on as the tier module has
    them, but through its verbs only: no user writes the rows.
    """

    _inherit = "tier.review"

    qms_company_id = fields.Many2one(
        "res.company", string="Agency", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    qms_subject = fields.Char(string="Subject", readonly=True)
    qms_kind = fields.Char(string="Kind", compute="_compute_qms_kind")
    qms_role = fields.Char(string="Role", readonly=True)
    qms_reviewer_ids = fields.Many2many(
        "res.users",
        "qms_tier_review_reviewer_rel",
        "review_id",
        "user_id",
        string="May decide",
        readonly=True,
    )
    qms_author_ids = fields.Many2many(
        "res.users",
        "qms_tier_review_author_rel",
        "review_id",
        "user_id",
        string="Authors",
        readonly=True,
    )
    qms_requested_at = fields.Datetime(string="Requested", readonly=True)
    qms_position_id = fields.Many2one("qms.position", readonly=True, ondelete="restrict")
    qms_in_order = fields.Boolean(readonly=True)
    qms_reauthenticate = fields.Boolean(readonly=True)
    qms_is_self = fields.Boolean(
        readonly=True, help="The author decides: a head who is alone in the unit."
    )
    qms_waits_for_me = fields.Boolean(
        string="Waits for me",
        compute="_compute_qms_waits_for_me",
        search="_search_qms_waits_for_me",
    )
    qms_on_behalf_of = fields.Char(string="On behalf of", compute="_compute_qms_waits_for_me")
    qms_preview = fields.Html(string="Preview", compute="_compute_qms_preview", sanitize=True)

    # === COMPUTE METHODS === #

    @api.depends("qms_subject")
    def _compute_display_name(self):
        ours = self.filtered(lambda review: review._qms_is_ours())
        for review in ours:
            review.display_name = review.qms_subject
        return super(TierReview, self - ours)._compute_display_name()

    @api.depends("model")
    @api.depends_context("lang")
    def _compute_qms_kind(self):
        for review in self:
            known = review.model and review.model in self.env
            review.qms_kind = known and self.env["ir.model"]._get(review.model).sudo().name

    @api.depends("status", "qms_reviewer_ids")
    @api.depends_context("uid")
    def _compute_qms_waits_for_me(self):
        for review in self:
            is_due = review.status == "pending"
            may, absent = review._qms_capacity(self.env.user) if is_due else (False, None)
            review.qms_waits_for_me = may
            review.qms_on_behalf_of = absent.sudo().name if absent else False

    def _search_qms_waits_for_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = self._qms_domain_of_mine()
        return mine if True in value else ~mine

    def _compute_qms_preview(self):
        for review in self:
            subject = review._qms_subject_record()
            review.qms_preview = (
                subject and subject.has_access("read") and subject._approval_preview()
            )

    # === ACCESS === #

    def _check_access(self, operation):
        """What is decided on is read by its readers alone, and so are the steps to it."""
        result = super()._check_access(operation)
        if self.env.su or operation != "read" or not self:
            return result
        forbidden = result[0] if result else self.browse()
        ours = (self - forbidden).sudo().filtered("qms_company_id")
        forbidden |= self.env["qms.decision"]._hidden_rows(ours.with_env(self.env), "model")
        return (forbidden, self._qms_unreadable_error) if forbidden else None

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            readable = self.env["qms.decision"]._domain_of_readable("model")
            domain = Domain(domain) & (Domain("qms_company_id", "=", False) | readable)
        return super()._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)

    @api.model
    def _qms_unreadable_error(self):
        return AccessError(self.env._("You may not read what these approval steps are about."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._qms_check_writer({vals.get("model") for vals in vals_list})
        reviews = super().create(vals_list)
        self._qms_check_writer(set(reviews.mapped("model")))
        return reviews

    def write(self, vals):
        if vals.keys() - FREE_FIELDS:
            self._qms_check_writer({*self.sudo().mapped("model"), vals.get("model")})
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_decisions(self):
        self._qms_check_writer(set(self.sudo().mapped("model")))

    def _qms_check_writer(self, model_names):
        """Rows about our models are written by the verbs alone, elevated code included."""
        ours = set(self.env["qms.decision"]._subject_models())
        if model_names & ours and self.env.context.get("_qms_review") is not _WRITER:
            raise AccessError(
                self.env._(
                    "The steps of an approval are written by its actions alone: request, "
                    "approve, reject, withdraw."
                )
            )

    def _qms_writable(self):
        return self.sudo().with_context(_qms_review=_WRITER)

    # === ACTIONS === #

    def action_approve(self):
        """Ask for words, and the password where it is needed; then approve."""
        return self.env["qms.decision.dialog"]._open_for("approve", self)

    def action_reject(self):
        """Ask for the reason; then reject."""
        return self.env["qms.decision.dialog"]._open_for("reject", self)

    def action_open_subject(self):
        """Open the record to be decided on."""
        self.ensure_one()
        return self._qms_subject_record().get_formview_action()

    # === BUSINESS METHODS === #

    def _qms_is_ours(self):
        return bool(self.qms_company_id)

    def _qms_subject_record(self):
        """Return what is to be decided on; None for reviews of other addons."""
        self.ensure_one()
        return self.env["qms.decision"]._subjects(self.model, self.res_id)

    def _qms_subjects(self):
        """Return the subjects of these reviews, one recordset for each of our models."""
        found = [
            self.env["qms.decision"]._subjects(model, list(set(reviews.mapped("res_id"))))
            for model, reviews in self.grouped("model").items()
        ]
        return [subjects for subjects in found if subjects]

    def _qms_needs_proof(self):
        """Tell whether the password is asked for: as fixed, or since by the agency."""
        self.ensure_one()
        return self.qms_reauthenticate or self.sudo().qms_company_id.qms_reauthenticate

    def _qms_capacity(self, user):
        """Tell in which capacity ``user`` may decide here: ``(True or False, absent user)``.

        The author does not decide, not for somebody else either, and nobody decides for
        an author. Asked of persons: two accounts of one person count as one.
        """
        self.ensure_one()
        review_sudo = self.sudo()
        nobody = user.browse()
        authors, reviewers = review_sudo.qms_author_ids, review_sudo.qms_reviewer_ids
        if review_sudo.qms_company_id.id not in user._get_company_ids():
            return False, nobody
        if user._qms_is_same_person(authors):
            return review_sudo.qms_is_self and user in reviewers, nobody
        if user in reviewers:
            return True, nobody
        for delegation in self.env["qms.delegation"]._for_substitute(user):
            absent = delegation.user_id
            if absent in reviewers - authors and review_sudo._qms_is_delegated(delegation):
                return True, absent.with_env(self.env)
        return False, nobody

    def _qms_is_delegated(self, delegation):
        """A delegation reaches approvals when it says so, within its agency and positions."""
        since = delegation._since()
        return (
            delegation.with_approval
            and (not since or since <= self.qms_requested_at)
            and delegation.company_id == self.qms_company_id
            and (not delegation.position_ids or self.qms_position_id in delegation.position_ids)
        )

    @api.model
    def _qms_domain_of_mine(self):
        """Domain of the due reviews the current user may decide on."""
        user = self.env.user
        own = Domain("qms_reviewer_ids", "in", user.ids) & (
            Domain("qms_author_ids", "not in", user.ids) | Domain("qms_is_self", "=", True)
        )
        parts = [own]
        for delegation in self.env["qms.delegation"]._for_substitute(user):
            if delegation.with_approval:
                part = (
                    Domain("qms_reviewer_ids", "in", delegation.user_id.ids)
                    & Domain("qms_author_ids", "not in", (delegation.user_id | user).ids)
                    & Domain("qms_company_id", "=", delegation.company_id.id)
                )
                if since := delegation._since():
                    part &= Domain("qms_requested_at", ">=", since)
                if delegation.position_ids:
                    part &= Domain("qms_position_id", "in", delegation.position_ids.ids)
                parts.append(part)
        return (
            Domain("status", "=", "pending")
            & Domain("qms_company_id", "in", user._get_company_ids())
            & Domain.OR(parts)
        )

    def _qms_due(self):
        """Return those of these open reviews of one subject whose turn it is."""
        lowest = min(self.mapped("sequence"), default=0)
        return self.filtered(lambda review: not review.qms_in_order or review.sequence == lowest)

    def _qms_people_to_tell(self):
        """Return the contacts of all who may decide on these reviews now."""
        reviewers = self.sudo().qms_reviewer_ids
        users = (
            reviewers
            | self.env["qms.delegation"]
            .sudo()
            .search(
                self.env["qms.delegation"]._domain_in_force()
                & Domain("user_id", "in", reviewers.ids)
                & Domain("with_approval", "=", True)
                & Domain("company_id", "in", self.sudo().qms_company_id.ids)
            )
            .filtered(
                lambda delegation: any(
                    review._qms_is_delegated(delegation) for review in self.sudo()
                )
            )
            .substitute_id
        )
        return users.partner_id

    # === OVERRIDES OF THE TIER MODULE === #

    def _compute_reviewer_ids(self):
        """Reviewers fixed at the request stay, whatever becomes of the definition."""
        ours = self.filtered(lambda review: review._qms_is_ours())
        for users, reviews in ours.grouped(lambda review: review.qms_reviewer_ids).items():
            reviews.reviewer_ids = users
        return super(TierReview, self - ours)._compute_reviewer_ids()

    @api.model
    def _get_reviewer_fields(self):
        return [*super()._get_reviewer_fields(), "qms_company_id", "qms_reviewer_ids"]

    def _can_review_value(self):
        if self._qms_is_ours():
            return self.status == "pending"
        return super()._can_review_value()

    def _update_review_status(self):
        """Reviews of other models move on with elevated rights: users no longer write them."""
        others = self.sudo().filtered(lambda review: not review._qms_is_ours())
        return super(TierReview, others)._update_review_status()

    def _compute_todo_by(self):
        ours = self.filtered(lambda review: review._qms_is_ours())
        for review in ours:
            review.todo_by = ", ".join(review.qms_reviewer_ids.mapped("name"))
        return super(TierReview, self - ours)._compute_todo_by()
