from odoo import api, fields, models
from odoo.fields import Domain

from .improvement_texts import ACTIVITY_TYPE, JUDGES, KEEPERS


class QmsImprovementItemMixin(models.AbstractModel):
    """What nonconformities and actions have in common: roles, verbs, whose turn it is.

    A model lists its verbs with the states they lead to and has a method ``_<verb>_error``
    for each; it says what is late, who works on it and whose turn it is.
    """

    _name = "qms.improvement.item.mixin"
    _description = "Item of improvement"
    _inherit = ["qms.lifecycle.mixin", "qms.confidential.mixin"]

    #: Field of the day by which it is to be done.
    _due_field = ""
    #: Verb: the state it leads to; verb: the states it starts from, where the edge alone
    #: does not say so.
    _verbs = {}
    _verb_sources = {}

    qms_verified_at = fields.Datetime(string="Verified on", readonly=True, copy=False)
    qms_verified_by_id = fields.Many2one(
        "res.users", string="Verified by", readonly=True, copy=False, ondelete="restrict"
    )
    qms_verification = fields.Text(string="What was verified", readonly=True, copy=False)
    qms_cancel_reason = fields.Text(
        string="Reason for cancelling", readonly=True, copy=False, tracking=True
    )
    qms_reopen_count = fields.Integer(string="Times reopened", readonly=True, copy=False)
    qms_is_late = fields.Boolean(
        string="Late", compute="_compute_qms_is_late", search="_search_qms_is_late"
    )
    qms_is_readable = fields.Boolean(
        compute="_compute_qms_is_readable", search="_search_qms_is_readable"
    )
    qms_may_work = fields.Boolean(compute="_compute_qms_may_work", search="_search_qms_may_work")

    # === COMPUTE METHODS === #

    def _compute_qms_is_late(self):
        late = self.filtered_domain(self._late_domain())
        late.qms_is_late = True
        (self - late).qms_is_late = False

    def _search_qms_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = self._late_domain()
        return late if True in value else ~late

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_qms_is_readable(self):
        readable = set(self._origin.with_user(self.env.uid)._filtered_access("read").ids)
        for item in self:
            item.qms_is_readable = item._origin.id in readable

    def _search_qms_is_readable(self, operator, value):
        """For the rules of what belongs to an item: asked with the rights of the user."""
        if operator != "in":
            return NotImplemented
        readable = self.with_user(self.env.uid)._search(Domain.TRUE)
        return Domain("id", "in" if True in value else "not in", readable)

    @api.depends_context("uid")
    def _compute_qms_may_work(self):
        working = set(self.sudo().filtered_domain(self._work_domain()).ids)
        for item in self:
            item.qms_may_work = item.id in working

    def _search_qms_may_work(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._work_domain() if True in value else ~self._work_domain()

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_qms_can_verbs(self):
        for item in self:
            stored = item._origin
            for verb in self._verbs:
                item[f"qms_can_{verb}"] = bool(stored) and not stored._verb_error(verb)

    # === ROLES === #

    def _confidential(self):
        return self.filtered("qms_is_confidential")

    def _is_own_agency(self):
        return self.company_id.id in self.env.user._get_company_ids()

    def _is_judge(self):
        """Whether the user verifies and reopens in this agency."""
        return self._is_own_agency() and self.env.user.has_groups(JUDGES)

    def _is_keeper(self):
        return self._is_own_agency() and self.env.user.has_groups(KEEPERS)

    @api.model
    def _late_domain(self):
        """Return the domain of what is late today."""
        raise NotImplementedError

    @api.model
    def _work_domain(self):
        """Return the domain of what the current user works on."""
        raise NotImplementedError

    # === VERBS === #

    def _verb_error(self, verb):
        """Return why the current user cannot use ``verb`` here, '' when possible."""
        self.ensure_one()
        if not self._is_own_agency():
            return self.env._("“%(name)s” belongs to another agency.", name=self.display_name)
        state = self[self._lifecycle_field]
        if state not in self._verb_sources.get(verb, (state,)):
            return self._transition_error(self._lifecycle_initial)
        return self._transition_error(self._verbs[verb]) or getattr(self, f"_{verb}_error")()

    def _begin_verb(self, verb):
        # Verbs write with elevated rights: the rules of reading are asked here.
        self.check_access("read")
        self._lock_lifecycle()
        self._raise_errors(item._verb_error(verb) for item in self)

    def _move(self, state, kind, vals=None, words=""):
        """Write the state with its stamps, log it, and tell whose turn it is."""
        self._lifecycle_write({**(vals or {}), self._lifecycle_field: state})
        self.env["qms.improvement.event"]._log(self, kind, words)
        self._sync_activity()

    # === ACTIVITIES === #

    def _turn(self):
        """Return whose turn it is, and for what; nobody's when it waits or has ended.

        :rtype: ``(user, key of _turn_words)``
        """
        raise NotImplementedError

    @api.model
    def _turn_words(self):
        """Return ``{key: what is to be done}`` in the language of the environment."""
        raise NotImplementedError

    def _sync_activity(self):
        """Keep one activity an item: for the person whose turn it is, without mail."""
        items = self.sudo()
        items.activity_unlink([ACTIVITY_TYPE], only_automated=False)
        today = fields.Date.context_today(self)
        rows = []
        for item in items:
            user, what = item._turn()
            if user.active:
                words = item.with_context(lang=user.lang)._turn_words()[what]
                rows.append((item, user, item[self._due_field] or today, words))
        self.env["mail.activity"]._qms_put(ACTIVITY_TYPE, rows)
