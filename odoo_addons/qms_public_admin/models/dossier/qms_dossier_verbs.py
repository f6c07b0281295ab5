import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache

from ...const import RUNNING_STATES
from ...tools.outcome import outcome

GROUP_CLERK = "qms_public_admin.group_qms_clerk"
GROUP_HEAD = "qms_public_admin.group_qms_head"
GROUP_OFFICER = "qms_public_admin.group_qms_officer"

# What completing a step reads of a dossier and of its steps.
_HANDED_OVER = (
    "company_id",
    "current_step_id",
    "due_at",
    "event_count",
    "event_head",
    "holder_email",
    "last_event_at",
    "state",
    "transferred_at",
)
_OPEN_STEP = (
    "department_id",
    "department_name",
    "dossier_id",
    "due_at",
    "handler_company_id",
    "hours",
    "kind",
    "name",
    "ordinal",
    "planned_due_at",
    "position_id",
    "position_name",
    "started_at",
    "state",
    "user_id",
)


class QmsDossier(models.Model):
    """The verbs of a dossier.

    Each verb locks the rows, asks :meth:`_verb_error` for every record, writes
    state and stamps, and appends to the log. The ``can_*`` fields behind the
    buttons ask the same question, so that the screen offers what the server
    accepts.
    """

    _inherit = "qms.dossier"

    can_accept = fields.Boolean(compute="_compute_can_verbs")
    can_refuse = fields.Boolean(compute="_compute_can_verbs")
    can_receive_competent = fields.Boolean(compute="_compute_can_verbs")
    can_complete_step = fields.Boolean(compute="_compute_can_verbs")
    can_send_back = fields.Boolean(compute="_compute_can_verbs")
    can_request_supplement = fields.Boolean(compute="_compute_can_verbs")
    can_request_payment = fields.Boolean(compute="_compute_can_verbs")
    can_resume = fields.Boolean(compute="_compute_can_verbs")
    can_extend = fields.Boolean(compute="_compute_can_verbs")
    can_withdraw = fields.Boolean(compute="_compute_can_verbs")
    can_stop = fields.Boolean(compute="_compute_can_verbs")
    can_return_result = fields.Boolean(compute="_compute_can_verbs")
    can_assign = fields.Boolean(compute="_compute_can_verbs")
    can_identify = fields.Boolean(compute="_compute_can_verbs")

    @api.depends_context("uid")
    @api.depends("state", "current_step_id", "current_user_id", "supplement_count")
    def _compute_can_verbs(self):
        verbs = [name for name in self._fields if name.startswith("can_")]
        is_clerk = self.env.user.has_group(GROUP_CLERK)
        for dossier in self:
            for name in verbs:
                if dossier._origin:
                    dossier[name] = not dossier._origin._verb_error(name.removeprefix("can_"))
                else:
                    # Pressing the button on a new form saves it first.
                    dossier[name] = name == "can_accept" and is_clerk

    # === PREDICATES === #

    def _verb_error(self, verb):
        """Return why the current user cannot use ``verb`` here, '' when possible."""
        self.ensure_one()
        return getattr(self, f"_{verb}_error")()

    def _accept_error(self):
        if self.state != "submitted":
            return self.env._(
                "“%(name)s” is not waiting to be accepted (state “%(state)s”).",
                name=self.display_name,
                state=self._lifecycle_label(self.state),
            )
        return (
            self._transition_error("accepted")
            or self._group_error(GROUP_CLERK)
            or self._version_error()
        )

    def _refuse_error(self):
        return self._transition_error("refused") or self._group_error(GROUP_CLERK)

    def _receive_competent_error(self):
        if not (self.state == "accepted" and self.is_non_territorial and not self.clock_start_at):
            return self.env._(
                "“%(name)s” is not waiting for the competent agency.", name=self.display_name
            )
        return self._group_error(GROUP_CLERK)

    def _complete_step_error(self):
        return self._running_error() or self._capacity_error()

    def _send_back_error(self):
        error = self._running_error() or self._capacity_error()
        if error:
            return error
        if not self._earlier_steps():
            return self.env._("“%(name)s” is in its first step.", name=self.display_name)
        return ""

    def _request_supplement_error(self):
        error = self._transition_error("supplement")
        if error:
            return error
        if self.state == "submitted":
            return self._group_error(GROUP_CLERK)
        if self.supplement_count:
            return self._group_error(
                GROUP_HEAD,
                self.env._(
                    "A supplement was asked for already; a second request needs the head of "
                    "the unit (Decree 118/2025, art. 17.2.a: ask once and completely)."
                ),
            )
        return self._group_error(GROUP_HEAD) and self._capacity_error()

    def _request_payment_error(self):
        return self._transition_error("payment") or (
            self._group_error(GROUP_HEAD) and self._capacity_error()
        )

    def _resume_error(self):
        if not self._open_interruption():
            return self.env._("“%(name)s” is not paused.", name=self.display_name)
        if self._group_error(GROUP_CLERK) and self._group_error(GROUP_HEAD):
            return self._capacity_error()
        return ""

    def _extend_error(self):
        if self.state not in RUNNING_STATES or not self.due_at:
            return self.env._(
                "“%(name)s” has no running time limit to extend.", name=self.display_name
            )
        if self.extension_count >= self.company_id.sudo().qms_extension_max:
            return self.env._(
                "“%(name)s” was extended as often as the agency allows (%(count)s).",
                name=self.display_name,
                count=self.extension_count,
            )
        return self._group_error(GROUP_HEAD)

    def _withdraw_error(self):
        if self.state == "stopped" and self.is_terminal:
            return self._transition_closed_error()
        return self._transition_error("withdrawn") or (
            self._group_error(GROUP_CLERK) and self._group_error(GROUP_HEAD)
        )

    def _stop_error(self):
        return self._transition_error("stopped") or self._group_error(GROUP_HEAD)

    def _return_result_error(self):
        error = self._transition_error("returned")
        return error or (self._group_error(GROUP_CLERK) and self._capacity_error())

    def _assign_error(self):
        return self._running_error() or self._group_error(GROUP_HEAD)

    def _identify_error(self):
        if not (self.needs_review and self.is_imported):
            return self.env._("“%(name)s” is complete.", name=self.display_name)
        return self._group_error(GROUP_OFFICER)

    def _running_error(self):
        if self.state in RUNNING_STATES and self.current_step_id:
            return ""
        return self.env._(
            "“%(name)s” is not in a step now (state “%(state)s”). Reload the page to see what "
            "happened meanwhile.",
            name=self.display_name,
            state=self._lifecycle_label(self.state),
        )

    def _transition_closed_error(self):
        return self.env._("“%(name)s” was stopped for good.", name=self.display_name)

    def _group_error(self, group, message=None):
        if self.company_id not in self.env.user.sudo().company_ids:
            return self.env._("“%(name)s” belongs to another agency.", name=self.display_name)
        if self.env.user.has_group(group):
            return ""
        return message or self.env._(
            "Your role does not include this action; it takes: %(role)s.",
            role=self._role_name(group),
        )

    @api.model
    @ormcache("group", "self.env.lang")
    def _role_name(self, group):
        """Asked by predicates that try one role after another, for each dossier."""
        return self.env.ref(group).sudo().name

    def _capacity_error(self):
        step = self.current_step_id
        may, _absent = step._capacity(self.env.user) if step else (False, None)
        if may:
            return ""
        return self.env._(
            "“%(name)s” is now with %(position)s%(person)s. Only who holds that position or "
            "stands in for them can act.",
            name=self.display_name,
            position=step.position_name or self.env._("nobody"),
            person=f" ({step.user_id.sudo().name})" if step.user_id else "",
        )

    def _version_error(self):
        if not self.procedure_id:
            return self.env._("Choose the procedure of “%(name)s”.", name=self.display_name)
        if not self.holder_name:
            return self.env._(
                "Enter the name of the dossier holder of “%(name)s”.", name=self.display_name
            )
        return self._version_in_force_error()

    def _version_in_force_error(self):
        version = self.procedure_id._version_at(self._stamp())
        if not version:
            return self.env._(
                "“%(procedure)s” has no published version in force today. Ask the ISO officer "
                "to publish it.",
                procedure=self.procedure_id.display_name,
            )
        if len(version.case_ids) > 1 and not self.case_id:
            return self.env._("Choose the case of “%(name)s”.", name=self.display_name)
        return ""

    def _begin(self, verb, expected_step_id=None):
        """Check the reader's right, lock the rows and ask the predicate of ``verb``."""
        self.check_access("read")
        self._lock_lifecycle()
        self._check_expected_step(expected_step_id)
        self._raise_errors(dossier._verb_error(verb) for dossier in self)
        return self._stamp()

    def _paper_action(self, verb):
        """Return the action that shows the paper which ``verb`` has produced, or False.

        Called after the verb on the dossiers it was used on: many dossiers give one
        print. Papers are printed by the addon of reports; without it there are none.
        """
        return False

    def _check_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(
                self.env._("Give the reason: it is recorded and told to the applicant.")
            )

    def _needs_dialog(self, reason):
        """Called from a button without arguments: the dialog asks for the reason."""
        return reason is None

    # === VERBS - INTAKE === #

    def action_accept(self):
        """Take the dossiers over: code, version, plan, clock (regulation OS-01, OS-02)."""
        now = self._begin("accept")
        self._lifecycle_write_each(self._prepare_acceptance(now))
        self._lifecycle_write({"state": "accepted", "accepted_at": now, "last_event_at": now})
        self.filtered(lambda dossier: not dossier.is_non_territorial)._start_clock(now)
        self._log("accepted")
        return True

    def _prepare_acceptance(self, now):
        """Return ``{id: values}``: the code of each dossier and the version in force."""
        vals = {}
        versions = {procedure: procedure._version_at(now).id for procedure in self.procedure_id}
        for company, dossiers in self.grouped("company_id").items():
            day = self._local_day(now, company)
            codes = self.env["qms.dossier.counter"]._next_codes(company, day, len(dossiers))
            for dossier, code in zip(dossiers, codes, strict=True):
                vals[dossier.id] = {
                    "code": code,
                    "version_id": versions[dossier.procedure_id],
                    "first_event_at": dossier.submitted_at,
                }
        return vals

    @api.model
    def _local_day(self, moment, company):
        zone = pytz.timezone(company.sudo()._qms_timezone())
        return pytz.utc.localize(moment).astimezone(zone).date()

    def action_receive_competent(self):
        """Stamp the receipt by the competent agency; the clock starts now (OS-03)."""
        now = self._begin("receive_competent")
        self._lifecycle_write({"competent_received_at": now, "last_event_at": now})
        self._start_clock(now)
        self._log("competent_received")
        return True

    def action_refuse(self, reason=None):
        """Refuse at the counter, in writing and with the reason (OS-07)."""
        if self._needs_dialog(reason):
            return self._action_dialog("refuse")
        self._check_reason(reason)
        now = self._begin("refuse")
        self._lifecycle_write({"state": "refused", "closed_at": now, "last_event_at": now})
        self._log("refused", reason=reason)
        return True

    # === VERBS - STEPS === #

    def action_complete_step(self, note=None, expected_step_id=None):
        """Complete the current step and hand the dossier to the next position.

        :param expected_step_id: the step the user saw, or a list with that of each
            dossier; when one has moved on meanwhile nothing is done twice and a message
            says so
        """
        expected_step_id = expected_step_id or self.env.context.get("expected_step_id")
        steps = self._open_steps()
        now = self._begin("complete_step", expected_step_id)
        self._complete_current(steps, now, note)
        return True

    def _check_expected_step(self, expected_step_id):
        if not expected_step_id:
            return
        many = isinstance(expected_step_id, list | tuple)
        expected = set(expected_step_id if many else [expected_step_id])
        for dossier in self:
            if dossier.current_step_id.id not in expected:
                step = dossier.sudo().step_ids.filtered(lambda row: row.id in expected)[:1]
                raise UserError(
                    self.env._(
                        "“%(step)s” of %(name)s was already completed by %(person)s. Nothing "
                        "was done twice; reload the page.",
                        step=step.name or "",
                        name=dossier.display_name,
                        person=step.done_by_name or self.env._("a colleague"),
                    )
                )

    def _complete_current(self, steps, now, note):
        """Stamp the current steps, enter the next ones, judge what is finished.

        :param steps: what ``_open_steps`` has read
        """
        done = {dossier: dossier.current_step_id for dossier in self}
        absent = self._stamp_steps(now, "done", note)
        entered, changed, events = {}, {}, []
        waiting = (steps - self.sudo().current_step_id).grouped("dossier_id")
        for dossier, step in done.items():
            following = waiting.get(dossier.sudo(), steps.browse())[:1]
            vals = dossier._prepare_hand_over(following, now)
            if following:
                entered[following.id] = dossier._entered(following, now)
            changed[dossier.id] = vals
            event = dossier._step_event("step_completed", step, absent[step.id], note)
            events.append({**event, "at": now, "to_position_name": following.position_name})
            if vals["state"] == "done":
                events.append(dossier._event_vals("done", at=now, outcome=vals["outcome"]))
        self.env["qms.dossier.step"]._complete_each(entered)
        self._lifecycle_write_each(changed)
        for event in events:
            event["state"] = changed[event["dossier_id"]]["state"]
        self.env["qms.dossier.event"]._append(events)

    def _open_steps(self):
        """Return the current steps and those to come, in order, read by one query.

        Reads of the dossiers and of who asks what a hand-over needs and no more: rows of
        a hundred columns cost more than the hand-over itself.
        """
        self.sudo().fetch(_HANDED_OVER)
        self.company_id.sudo().fetch(["qms_on_time_by"])
        user = self.env.user.sudo()
        user.fetch(["partner_id"])
        user.partner_id.fetch(["name"])
        domain = [("dossier_id", "in", self.ids), ("state", "in", ("current", "waiting"))]
        steps = self.env["qms.dossier.step"].sudo()
        return steps.search_fetch(domain, _OPEN_STEP, order="ordinal, id")

    def _prepare_hand_over(self, following, now):
        """Return what a dossier says once its step is completed and ``following`` begins."""
        vals = {"last_event_at": now, "state": "processing"}
        vals.update(self._now_at(following) if following else self._no_step())
        if not self.transferred_at:
            vals["transferred_at"] = now
        if not following or following.kind == "return":
            vals.update(state="done", done_at=now, **self._judge(now))
        return vals

    def _stamp_steps(self, now, state, note):
        """Stamp the current steps of these dossiers.

        :return: ``{step id: the person stood in for}``, an empty user for the own steps
        """
        user, absent, stamps = self.env.user, {}, {}
        for dossier in self.filtered("current_step_id"):
            step = dossier.current_step_id
            _may, absent[step.id] = step._capacity(user)
            company = dossier.company_id.sudo()
            stamps[step.id] = {
                "state": state,
                "done_at": now,
                "done_by_id": user.id,
                "done_by_name": user.sudo().name,
                "on_behalf_of_name": absent[step.id].sudo().name,
                "hours_used": dossier._worked_hours(step, now),
                "outcome": step.due_at and self._working_outcome(now, step.due_at, company),
                "note": note,
            }
        steps = self.env["qms.dossier.step"]
        steps._complete_each(stamps)
        # The index on the one current step wants these rows written before the next.
        steps.browse(stamps).sudo().flush_recordset(["state"])
        return absent

    def _working_outcome(self, now, due, company):
        return outcome(now, due, company._qms_timezone(), company.qms_on_time_by)

    def _worked_hours(self, step, now):
        """Working hours of ``step`` up to now without the pauses in between."""
        clock = self._working_time()
        total = clock.elapsed(step.started_at, now)
        # No act since the step began: no pause either, and no query for one.
        quiet = self.last_event_at and self.last_event_at <= step.started_at
        for pause in () if quiet else self.sudo().interruption_ids:
            if pause.ended_at and pause.started_at >= step.started_at:
                total -= clock.elapsed(pause.started_at, pause.ended_at)
        return max(total, 0.0)

    @api.model
    def _no_step(self):
        return {
            "current_step_id": False,
            "current_position_id": False,
            "current_department_id": False,
            "current_user_id": False,
        }

    def _step_event(self, event_type, step, absent, reason):
        return self._event_vals(
            event_type,
            step_id=step.id,
            activity=step.name,
            unit_name=step.department_name,
            from_position_name=step.position_name,
            on_behalf_of_name=absent.sudo().name,
            reason=reason,
        )

    def _earlier_steps(self):
        """Return the last round of each completed step before the current one."""
        self.ensure_one()
        latest = {}
        current = self.current_step_id.sudo()
        for step in self.sudo().step_ids:
            same = step.procedure_step_id == current.procedure_step_id
            if step.state == "done" and step.ordinal < current.ordinal and not same:
                latest[step.procedure_step_id.id or step.id] = step
        return self.env["qms.dossier.step"].union(*latest.values())

    def action_send_back(self, step_id=None, reason=None):
        """Send the dossier back to an earlier step, with the reason.

        The rows already stamped stay; the steps between are planned once more.
        """
        if self._needs_dialog(reason):
            return self._action_dialog("send_back")
        self._check_reason(reason)
        self.ensure_one()
        now = self._begin("send_back")
        target = self._earlier_steps().filtered(lambda step: step.id == step_id)
        if not target:
            raise UserError(self.env._("Choose one of the steps completed before."))
        current = self.current_step_id
        again = self._repeat_from(target, current)
        absent = self._stamp_steps(now, "sent_back", reason)
        self._lifecycle_write({"last_event_at": now, **self._enter_step(again, now)})
        event = self._step_event("sent_back", current, absent[current.id], reason)
        event.update(at=now, to_position_name=again.position_name)
        self.env["qms.dossier.event"]._append([event])
        self._replan_steps(now)
        return True

    def _repeat_from(self, target, current):
        """Insert a new round of the steps from ``target`` to ``current``."""
        steps = self.sudo().step_ids
        planned = {}
        for step in steps.filtered(lambda row: target.ordinal <= row.ordinal <= current.ordinal):
            planned[step.procedure_step_id.id or step.name] = step
        repeated = self.env["qms.dossier.step"].sudo().union(*planned.values())
        later = steps.filtered(lambda row: row.ordinal > current.ordinal)
        later._complete_each({step.id: {"ordinal": step.ordinal + len(repeated)} for step in later})
        vals_list = repeated._copy_for_round()
        for offset, vals in enumerate(vals_list, 1):
            vals["ordinal"] = current.ordinal + offset
        again = self.env["qms.dossier.step"]._record(vals_list)
        self.invalidate_recordset(["step_ids"])
        return again[:1].sudo()

    def action_assign(self, user_id=None):
        """Give the current step to one holder of its position."""
        if user_id is None:
            return self._action_dialog("assign")
        now = self._begin("assign")
        user = self.env["res.users"].browse(user_id)
        events = []
        for dossier in self:
            step = dossier.current_step_id
            holders = step.sudo().position_id._active_holders(step.sudo().handler_company_id)
            if user and user not in holders:
                raise UserError(
                    self.env._(
                        "%(user)s does not hold the position “%(position)s”.",
                        user=user.sudo().name,
                        position=step.position_name,
                    )
                )
            event = dossier._step_event("assigned", step, self.env["res.users"], False)
            events.append({**event, "at": now, "to_position_name": user.sudo().name})
        self.current_step_id._complete({"user_id": user.id})
        self._lifecycle_write({"current_user_id": user.id, "last_event_at": now})
        self.env["qms.dossier.event"]._append(events)
        return True

    # === VERBS - PAUSES === #

    def action_request_supplement(self, reason=None, items=None):
        """Ask the applicant for what is missing, once and completely (OS-04)."""
        if self._needs_dialog(reason):
            return self._action_dialog("request_supplement")
        self._check_reason(reason)
        now = self._begin("request_supplement")
        self._pause("supplement", now, reason, items)
        self._lifecycle_write_each(
            {dossier.id: {"supplement_count": dossier.supplement_count + 1} for dossier in self}
        )
        self._log("supplement_requested", reason=self._with_items(reason, items))
        return True

    def action_request_payment(self, reason=None):
        """Pause until the applicant has met a financial obligation."""
        if self._needs_dialog(reason):
            return self._action_dialog("request_payment")
        self._check_reason(reason)
        now = self._begin("request_payment")
        self._pause("payment", now, reason)
        self._log("payment_requested", reason=reason)
        return True

    def action_stop(self, reason=None, terminal=True):
        """Stop for good (form 05), or for a time when ``terminal`` is false."""
        if self._needs_dialog(reason):
            return self._action_dialog("stop")
        self._check_reason(reason)
        now = self._begin("stop")
        if terminal:
            self._lifecycle_write(
                {"state": "stopped", "is_terminal": True, "closed_at": now, "last_event_at": now}
            )
            self._log("stopped", reason=reason)
            return True
        self._pause("stop", now, reason)
        self._log("paused", reason=reason)
        return True

    @api.model
    def _with_items(self, reason, items):
        return f"{reason}\n{items}" if items else reason

    _PAUSE_STATES = {"supplement": "supplement", "payment": "payment", "stop": "stopped"}

    def _pause(self, kind, now, reason, items=None):
        rows = [dossier._prepare_pause(kind, now, reason, items) for dossier in self]
        self.env["qms.dossier.interruption"]._record(rows)
        self._lifecycle_write({"state": self._PAUSE_STATES[kind], "last_event_at": now})

    def _prepare_pause(self, kind, now, reason, items):
        is_supplement = kind == "supplement"
        company = self.company_id.sudo()
        return {
            "dossier_id": self.id,
            "company_id": company.id,
            "kind": kind,
            "state_before": self.state,
            "reason": reason,
            "items": items,
            "started_at": now,
            "notice_due_at": is_supplement and self.clock_start_at and self._notice_due(),
            "requested_by_id": self.env.uid,
            "requested_by_name": self.env.user.sudo().name,
            "clock_mode": company.qms_supplement_clock_mode if is_supplement else "shift",
            "old_due_at": self.due_at,
        }

    def _notice_due(self):
        company = self.company_id.sudo()
        hours = company.qms_supplement_notice_days * company.qms_hours_per_day
        return self._working_time().due(self.clock_start_at, hours)

    def _open_interruption(self):
        """Return the pause that is still open, if the dossier is paused."""
        self.ensure_one()
        if self.state not in self._PAUSE_STATES.values() or self.is_terminal:
            return self.env["qms.dossier.interruption"]
        return self.sudo().interruption_ids.filtered(lambda pause: not pause.ended_at)[-1:]

    def action_resume(self):
        """End the pause; the due date is counted again as the setting says."""
        now = self._begin("resume")
        pauses = {dossier: dossier._open_interruption() for dossier in self}
        changed, ended, moved = {}, {}, {}
        for dossier, pause in pauses.items():
            vals = {"state": pause.state_before, "last_event_at": now}
            if dossier.clock_start_at and dossier.due_at:
                vals.update(dossier._resumed_due(pause, now))
            changed[dossier.id] = vals
            ended[pause.id] = {
                "ended_at": now,
                "resumed_by_name": self.env.user.sudo().name,
                "new_due_at": vals.get("due_at", dossier.due_at),
            }
            moved.update(dossier._moved_step(pause, now))
        self._lifecycle_write_each(changed)
        self.env["qms.dossier.interruption"]._complete_each(ended)
        self.env["qms.dossier.step"]._complete_each(moved)
        self.filtered(lambda dossier: dossier.current_step_id.id in moved)._replan_steps(now)
        self._log("resumed")
        return True

    def _moved_step(self, pause, now):
        """Return ``{id: values}``: the current step's deadline moved by the time paused."""
        step = self.current_step_id.sudo()
        if not step or not step.due_at or step.started_at > pause.started_at:
            return {}
        due = self._working_time().resume(
            step.due_at, pause.started_at, now, step.hours, "shift", "working"
        )
        return {step.id: {"due_at": due}}

    # === VERBS - END === #

    def action_extend(
        self,
        new_due_at=None,
        reason=None,
        apology=None,
        delaying_unit=None,
        channel=None,
        sent_at=None,
    ):
        """Give a new due date after an apology; the old one is kept (INV-06).

        :param new_due_at: naive UTC, later than the due date in force
        """
        if self._needs_dialog(reason):
            return self._action_dialog("extend")
        self._check_reason(reason)
        new_due_at = fields.Datetime.to_datetime(new_due_at)
        now = self._begin("extend")
        for dossier in self:
            if not new_due_at or new_due_at <= dossier.due_at:
                raise UserError(
                    self.env._(
                        "The new due date of %(name)s must be later than the old one.",
                        name=dossier.display_name,
                    )
                )
        self._record_extension(
            now,
            {
                "new_due_at": new_due_at,
                "reason": reason,
                "apology": apology,
                "delaying_unit": delaying_unit,
                "channel": channel,
                "sent_at": sent_at,
            },
        )
        self._log("extended", reason=reason)
        return True

    def _record_extension(self, now, vals):
        rows, changed = [], {}
        for dossier in self:
            company = dossier.company_id.sudo()
            notice = company.qms_apology_notice_days * company.qms_hours_per_day
            rows.append(
                {
                    **vals,
                    "dossier_id": dossier.id,
                    "company_id": company.id,
                    "decided_at": now,
                    "old_due_at": dossier.due_at,
                    "is_notice_late": dossier._working_time().elapsed(now, dossier.due_at) < notice,
                    "signatory_id": self.env.uid,
                    "signatory_name": self.env.user.sudo().name,
                }
            )
            changed[dossier.id] = {"due_at": vals["new_due_at"], "last_event_at": now}
            if company.qms_extension_on_time_basis == "last_due":
                changed[dossier.id]["judged_due_at"] = vals["new_due_at"]
        self.env["qms.dossier.extension"]._record(rows)
        self._lifecycle_write_each(changed)

    def action_withdraw(self, reason=None):
        """The applicant takes the dossier back; it is not judged."""
        if self._needs_dialog(reason):
            return self._action_dialog("withdraw")
        self._check_reason(reason)
        now = self._begin("withdraw")
        self._lifecycle_write({"state": "withdrawn", "closed_at": now, "last_event_at": now})
        self._log("withdrawn", reason=reason)
        return True

    def action_return_result(self):
        """Hand the result over to the applicant; on time was decided before."""
        now = self._begin("return_result")
        steps = {dossier: dossier.current_step_id for dossier in self}
        absent = self._stamp_steps(now, "done", False)
        self._lifecycle_write(
            {
                "state": "returned",
                "returned_at": now,
                "closed_at": now,
                "last_event_at": now,
                **self._no_step(),
            }
        )
        nobody = self.env["res.users"]
        events = [
            dossier._step_event("returned", step, absent.get(step.id, nobody), False)
            for dossier, step in steps.items()
        ]
        self.env["qms.dossier.event"]._append([{**event, "at": now} for event in events])
        return True

    def action_identify(self, procedure_id=None, receiving_unit_id=None):
        """Say which procedure and unit an imported dossier belongs to."""
        if procedure_id is None:
            return self._action_dialog("identify")
        procedure = self.env["qms.procedure"].browse(procedure_id).exists()
        if not procedure:
            raise UserError(self.env._("Choose the procedure of the dossier."))
        unit = self.env["hr.department"].browse(receiving_unit_id or [])
        for records in (procedure, unit):
            records.check_access("read")
        now = self._begin("identify")
        vals = {"procedure_id": procedure.id, "needs_review": False}
        if unit:
            vals["receiving_unit_id"] = unit.id
        self._lifecycle_write(vals)
        self.env["qms.dossier.event"]._append(
            [
                dossier._event_vals("identified", at=now, activity=procedure.display_name)
                for dossier in self
            ]
        )
        return True
