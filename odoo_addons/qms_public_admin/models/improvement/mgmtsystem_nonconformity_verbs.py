from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.words import stripped
from .improvement_texts import ACTION_SETTLED


class MgmtsystemNonconformity(models.Model):
    """The verbs of a nonconformity: each locks it, asks its predicate, stamps and logs."""

    _inherit = "mgmtsystem.nonconformity"

    _verbs = {
        "analyse": "analysis",
        "plan": "pending",
        "start": "open",
        "verify": "verified",
        "close": "done",
        "reopen": "analysis",
        "cancel": "cancel",
    }
    _verb_sources = {
        "analyse": ("draft",),
        "reopen": ("pending", "open", "verified", "done", "cancel"),
    }

    qms_can_analyse = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_plan = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_start = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_verify = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_close = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_reopen = fields.Boolean(compute="_compute_qms_can_verbs")
    qms_can_cancel = fields.Boolean(compute="_compute_qms_can_verbs")

    # === COMPUTE METHODS === #

    @api.depends(
        "state",
        "responsible_user_id",
        "manager_user_id",
        "qms_verifier_id",
        "qms_department_id",
        "analysis",
        "qms_branch_ids",
        "qms_why_ids",
        "action_comments",
        "action_ids.qms_state",
        "action_ids.date_deadline",
    )
    def _compute_qms_can_verbs(self):
        return super()._compute_qms_can_verbs()

    # === PREDICATES === #

    def _worker_error(self):
        if self.qms_may_work:
            return ""
        return self.env._(
            "“%(name)s” is worked on by who is responsible for it, the head of its unit, the ISO "
            "officer and the leader.",
            name=self.display_name,
        )

    def _analyse_error(self):
        return self._worker_error()

    def _plan_error(self):
        if stripped(self.analysis) or self.qms_branch_ids or self.qms_why_ids:
            return self._worker_error()
        return self.env._(
            "Say first why it happened: the root cause, the whys or a cause on the fishbone."
        )

    def _start_error(self):
        return self._worker_error() or self._plan_complete_error()

    def _plan_complete_error(self):
        actions = self.sudo().action_ids.filtered(lambda action: action.qms_state != "cancelled")
        if not actions and not stripped(self.action_comments):
            return self.env._(
                "The plan has no action: add one, or say in the remarks why none is needed."
            )
        undated = actions.filtered(lambda action: not action.date_deadline)
        if undated:
            return self.env._(
                "Each action has a deadline; “%(name)s” has none.", name=undated[:1].name
            )
        return ""

    def _verify_error(self):
        user = self.env.user
        if not self._is_judge() and user != self.qms_verifier_id:
            return self.env._(
                "“%(name)s” is verified by an auditor, the ISO officer, a leader or who is named.",
                name=self.display_name,
            )
        if user._qms_is_same_person(self._responsible_ever()):
            return self.env._("Who is or was responsible does not verify.")
        if user._qms_is_same_person(self._working_actions().user_id):
            return self.env._("Who owns one of its actions does not verify.")
        return self._settled_error()

    def _working_actions(self):
        return self.sudo()._get_all_actions().filtered(lambda row: row.qms_state != "cancelled")

    def _settled_error(self):
        left = self._working_actions().filtered(lambda row: row.qms_state not in ACTION_SETTLED)
        if not left:
            return ""
        return self.env._(
            "%(count)s actions are not verified yet, e.g. “%(name)s”.",
            count=len(left),
            name=left[:1].name,
        )

    def _close_error(self):
        """Why it is not closed yet. Extended by what else has to be shown first."""
        if not self._is_keeper() and self.env.user != self.manager_user_id:
            return self.env._(
                "“%(name)s” is closed by a leader, the ISO officer or who is named.",
                name=self.display_name,
            )
        if self.env.user._qms_is_same_person(self._responsible_ever()):
            return self.env._("Who is or was responsible does not close.")
        return self._settled_error()

    def _reopen_error(self):
        if self.state == "pending":
            return self._worker_error()
        if self._is_judge():
            return ""
        return self.env._(
            "“%(name)s” is taken up again by an auditor, the ISO officer or a leader.",
            name=self.display_name,
        )

    def _cancel_error(self):
        is_raiser = self.state == "draft" and self.user_id == self.env.user
        if is_raiser or self._is_keeper():
            return ""
        return self.env._(
            "“%(name)s” is cancelled by the ISO officer or a leader, as a draft also by who "
            "raised it.",
            name=self.display_name,
        )

    # === VERBS === #

    def action_qms_analyse(self):
        """Take the nonconformities up: who is responsible looks for the cause."""
        self._begin_verb("analyse")
        self._move("analysis", "analysed")
        return True

    def action_qms_plan(self):
        """The cause is found: plan what is to be done about it."""
        self._begin_verb("plan")
        self._move("pending", "planned")
        return True

    def action_qms_start(self):
        """Begin: the actions of the plan go to their owners."""
        self._begin_verb("start")
        planned = self.sudo().action_ids.filtered(lambda action: action.qms_state == "draft")
        planned._open_planned()
        self._move("open", "started")
        return True

    def action_qms_verify(self, words=None):
        """Confirm that what was planned was done.

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
        }
        self._move("verified", "verified", vals, text)
        return True

    def action_qms_close(self, words=None):
        """Close: say what the actions brought about.

        :param str words: the conclusion; without them the dialog asks
        """
        self._begin_verb("close")
        text = stripped(words)
        if not text:
            return self._ask("close")
        vals = {
            "evaluation_comments": text,
            "closing_date": fields.Datetime.now(),
            "qms_closed_by_id": self.env.uid,
        }
        self._move("done", "closed", vals, text)
        return True

    def action_qms_reopen(self, reason=None):
        """Take it up again, with the reason; stamps are cleared, the history keeps them.

        :param str reason: without one the dialog asks for it
        """
        self._begin_verb("reopen")
        text = stripped(reason)
        if not text:
            return self._ask("reopen")
        cleared = dict.fromkeys(
            (
                "closing_date",
                "qms_closed_by_id",
                "qms_verified_at",
                "qms_verified_by_id",
                "qms_verification",
                "qms_cancel_reason",
            ),
            False,
        )
        for row in self:
            row._move(
                "analysis",
                "reopened",
                {**cleared, "qms_reopen_count": row.qms_reopen_count + 1},
                text,
            )
        return True

    def action_qms_cancel(self, reason=None):
        """Give it up, with the reason; planned actions of it go with it.

        :param str reason: without one the dialog asks for it
        """
        self._begin_verb("cancel")
        text = stripped(reason)
        if not text:
            return self._ask("cancel")
        self._move("cancel", "cancelled", {"qms_cancel_reason": text}, text)
        actions = self.sudo().action_ids.filtered(
            lambda action: (
                action.qms_state == "draft"
                and set(action.nonconformity_ids.mapped("state")) == {"cancel"}
            )
        )
        actions._cancel_planned(text)
        return True

    # === BUSINESS METHODS === #

    def _ask(self, verb):
        return self.env["qms.improvement.dialog"]._ask(verb, nonconformities=self)

    def action_qms_add_action(self):
        """Open a new action of this nonconformity."""
        self.ensure_one()
        self.check_access("read")
        error = self._worker_error()
        if error or self.state in ("verified", "done", "cancel"):
            raise UserError(error or self._transition_error("draft"))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New action"),
            "res_model": "mgmtsystem.action",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_nonconformity_ids": [fields.Command.link(self.id)],
                "default_type_action": "correction",
                "default_company_id": self.company_id.id,
                "default_qms_department_id": self.qms_department_id.id,
                "default_date_deadline": fields.Date.to_string(self.qms_due_date),
            },
        }

    def action_view_qms_actions(self):
        """Open the actions."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.mgmtsystem_action_action"
        )
        return {**action, "domain": [("nonconformity_ids", "in", self.ids)], "context": {}}

    # === ACTIVITIES === #

    def _turn(self):
        self.ensure_one()
        if self.state in ("draft", "analysis"):
            return self.responsible_user_id, "analyse"
        if self.state == "pending":
            return self.responsible_user_id, "plan"
        if self.state == "open" and not self._settled_error():
            return self.qms_verifier_id, "verify"
        if self.state == "verified":
            return self.manager_user_id, "close"
        return self.env["res.users"], ""

    @api.model
    def _turn_words(self):
        return {
            "analyse": self.env._("Find the cause"),
            "plan": self.env._("Plan the actions"),
            "verify": self.env._("Verify what was done"),
            "close": self.env._("Close the nonconformity"),
        }
