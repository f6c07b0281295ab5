from odoo import api, fields, models

from ...tools.words import stripped


class MgmtsystemAction(models.Model):
    """The verbs of an action: each locks it, asks its predicate, stamps and logs."""

    _inherit = "mgmtsystem.action"

    _verbs = {
        "start": "open",
        "done": "done",
        "verify": "verified",
        "send_back": "open",
        "reopen": "open",
        "cancel": "cancelled",
    }
    _verb_sources = {
        "start": ("draft",),
        "send_back": ("done",),
        "reopen": ("verified", "cancelled"),
    }

    qms_can_start = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_done = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_verify = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_send_back = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_reopen = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_cancel = fields.Boolean(compute="_compute_qms_can_verbs")

    # === COMPUTE METHODS === #

    @api.depends("qms_state", "user_id", "qms_verifier_id", "nonconformity_ids", "date_deadline")
    def _compute_qms_can_verbs(self):
        return super()._compute_qms_can_verbs()

    # === PREDICATES === #

    def _start_error(self):
        if not self.date_deadline:
            return self.env._("“%(name)s” has no deadline yet.", name=self.display_name)
        if self.qms_may_work:
            return ""
        return self.env._(
            "“%(name)s” is started by its owner or who plans it.", name=self.display_name
        )

    def _done_error(self):
        if self.user_id == self.env.user or self.qms_may_plan:
            return ""
        return self.env._(
            "“%(name)s” is reported done by its owner, or by who plans it for them.",
            name=self.display_name,
        )

    def _verify_error(self):
        if self.env.user._qms_is_same_person(self.sudo().user_id | self.sudo().qms_done_by_id):
            return self.env._("Who carried an action out does not verify it.")
        return self._judge_error()

    def _send_back_error(self):
        return self._verify_error()

    def _judge_error(self):
        if self._is_judge() or self.env.user == self.qms_verifier_id:
            return ""
        return self.env._(
            "“%(name)s” is judged by an auditor, the ISO officer, a leader or who is named.",
            name=self.display_name,
        )

    def _reopen_error(self):
        ended = self.sudo().nonconformity_ids.filtered(lambda row: row.state in ("done", "cancel"))
        if ended:
            return self.env._(
                "“%(name)s” has ended: take it up again first.", name=ended[:1].display_name
            )
        return self._judge_error()

    def _cancel_error(self):
        if self.qms_may_plan:
            return ""
        return self.env._("“%(name)s” is cancelled by who plans it.", name=self.display_name)

    # === VERBS === #

    def action_qms_start(self):
        """Begin: the owners are told, unless they begin themselves."""
        self._begin_verb("start")
        self._open_planned()
        return True

    def action_qms_done(self, words=None, attachment_ids=None):
        """Report the actions done.

        :param str words: what was done; without them the dialog asks
        :param list attachment_ids: files uploaded for this, as evidence
        """
        self._begin_verb("done")
        text = stripped(words)
        if not text:
            return self._ask("done")
        vals = {
            "qms_done_at": fields.Datetime.now(),
            "qms_done_by_id": self.env.uid,
            "qms_done_note": text,
        }
        self._take_files(attachment_ids)
        self._move("done", "done", vals, text)
        return True

    def action_qms_verify(self, words=None):
        """Confirm that it was done.

        :param str words: what was looked at; without them the dialog asks
        """
        self._begin_verb("verify")
        text = stripped(words)
        if not text:
            return self._ask("verify")
        vals = {
            "qms_verified_at": fields.Datetime.now(),
            "qms_verified_by_id": self.env.uid,
            "qms_verification": text,
            "date_closed": fields.Datetime.now(),
        }
        self._move("verified", "verified", vals, text)
        self._tell_nonconformities()
        return True

    def action_qms_send_back(self, reason=None):
        """Say what is missing: the owner goes on."""
        return self._take_up("send_back", "sent_back", reason)

    def action_qms_reopen(self, reason=None):
        """Take an ended action up again; its end is cleared, the history keeps it."""
        return self._take_up("reopen", "reopened", reason)

    def action_qms_cancel(self, reason=None):
        """Give the actions up, with the reason.

        :param str reason: without one the dialog asks for it
        """
        self._begin_verb("cancel")
        text = stripped(reason)
        if not text:
            return self._ask("cancel")
        self._cancel_planned(text)
        self._tell_nonconformities()
        return True

    def case_open(self):
        """The base's way to begin: the same verb, for those that have not begun."""
        planned = self.filtered(lambda action: action.qms_state == "draft")
        return planned.action_qms_start() if planned else True

    # === BUSINESS METHODS === #

    def _take_up(self, verb, kind, reason):
        self._begin_verb(verb)
        text = stripped(reason)
        if not text:
            return self._ask(verb)
        names = ("done_at", "done_by_id", "done_note", "verified_at", "verified_by_id")
        cleared = dict.fromkeys((f"qms_{name}" for name in names), False)
        cleared |= {"qms_verification": False, "qms_cancel_reason": False, "date_closed": False}
        for action in self:
            count = action.qms_reopen_count + (verb == "reopen")
            vals = {**cleared, "qms_reopen_count": count}
            if not action.date_open:
                vals["date_open"] = fields.Datetime.now()
            action._move("open", kind, vals, text)
        return True

    def _open_planned(self):
        """Start planned actions; the caller made sure of the right."""
        if self:
            self._move("open", "started", {"date_open": fields.Datetime.now()})
            others = self.filtered(lambda row: row.user_id != self.env.user)
            others.sudo().send_mail_for_action()

    def _cancel_planned(self, reason):
        if self:
            vals = {"qms_cancel_reason": reason, "date_closed": fields.Datetime.now()}
            self._move("cancelled", "cancelled", vals, reason)

    def _tell_nonconformities(self):
        """When all actions have ended, it is the turn of who verifies the nonconformity."""
        self.sudo().nonconformity_ids._sync_activity()

    def _take_files(self, attachment_ids):
        """Attach what the user has uploaded for this, and nothing else."""
        uploaded = self.env["ir.attachment"].sudo().browse(attachment_ids or [])
        uploaded = uploaded.exists().filtered(
            lambda file: (
                file.create_uid == self.env.user
                and file.res_model in (False, "", "qms.improvement.dialog")
                and not file.res_field
                and not file.public
            )
        )
        for number, action in enumerate(self):
            files = uploaded if not number else uploaded.copy()
            files.write({"res_model": self._name, "res_id": action.id})

    def _ask(self, verb):
        return self.env["qms.improvement.dialog"]._ask(verb, actions=self)

    @api.model
    def _qms_assign(self, vals_list, start=True):
        """Create actions for other parts and start them; the caller has checked the right.

        :param list vals_list: ``name``, ``user_id``, ``date_deadline``, ``company_id``, …
        :return: the actions, in that order
        """
        actions = self._lifecycle_create(
            [{"type_action": "correction", **vals} for vals in vals_list]
        )
        if start:
            actions._open_planned()
        return actions

    # === ACTIVITIES === #

    def _turn(self):
        self.ensure_one()
        if self.qms_state == "open":
            return self.user_id, "carry_out"
        if self.qms_state == "done":
            verifier = self.qms_verifier_id or self.nonconformity_ids.qms_verifier_id[:1]
            return verifier - self.user_id, "verify"
        return self.env["res.users"], ""

    @api.model
    def _turn_words(self):
        return {
            "carry_out": self.env._("Carry the action out"),
            "verify": self.env._("Verify the action"),
        }
