import datetime

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...const import OPEN_STATES
from ...kernel_texts import kernel_text
from ...tools.outcome import outcome
from ...tools.working_time import WorkingTimeError


class QmsDossier(models.Model):
    """The clock of a dossier: its plan, its pauses, its due dates in words."""

    _inherit = "qms.dossier"

    # === COMPUTE METHODS === #

    @api.depends("clock_start_at", "due_at", "interruption_ids", "extension_ids", "state")
    @api.depends_context("lang")
    def _compute_clock_explanation(self):
        lang = self.env.lang or "en_US"
        for dossier in self:
            if not dossier.clock_start_at:
                dossier.clock_explanation = dossier._explain_waiting()
            elif not dossier.has_due:
                dossier.clock_explanation = self.env._(
                    "This procedure has no time limit; the dossier is counted as on time."
                )
            else:
                dossier.clock_explanation = "\n".join(dossier._explain_lines(lang))

    def _explain_waiting(self):
        if self.is_imported and self.due_at:
            return self.env._(
                "The dates of this dossier come from the imported file; they were not counted here."
            )
        if self.is_non_territorial and self.accepted_at:
            return self.env._(
                "The clock starts when the competent agency has received the dossier."
            )
        return self.env._("The clock starts at acceptance.")

    def _explain_lines(self, lang):
        pauses = [
            (pause.started_at, pause.ended_at or None, pause.clock_mode or "shift", pause.reason)
            for pause in self.interruption_ids
            if pause.started_at >= self.clock_start_at
        ]
        extensions = [(row.new_due_at, row.reason, row.decided_at) for row in self.extension_ids]
        return self._working_time().explain(
            self.clock_start_at,
            self.committed_hours,
            self.duration_kind or "working",
            pauses=pauses,
            extensions=extensions,
            lang=lang,
            due_at=self.due_at or None,
        )

    # === BUSINESS METHODS === #

    def _working_time(self):
        return self.company_id.sudo()._qms_working_time()

    def _start_clock(self, start):
        """Plan the steps of these dossiers from ``start``, set their due dates and enter
        their first step.

        Those of one agency, version, case and channel have the same dates: these are
        counted once.
        """
        rows = []
        for alike in self.grouped(
            lambda dossier: (
                dossier.company_id,
                dossier.version_id,
                dossier.case_id,
                dossier.intake_channel,
            )
        ).values():
            alike._lifecycle_write(alike[:1]._prepare_clock(start))
            plan = alike[:1]._prepare_plan(start)
            alike._lifecycle_write(self._at_step(plan[0] if plan else {}))
            rows += [{**planned, "dossier_id": dossier.id} for dossier in alike for planned in plan]
        steps = self.env["qms.dossier.step"]._record(rows)
        self._lifecycle_write_each(
            {
                row["dossier_id"]: {"current_step_id": step_id}
                for row, step_id in zip(rows, steps._ids, strict=True)
                if row["state"] == "current"
            }
        )

    def _prepare_clock(self, start):
        term = self.version_id._term(self.case_id, self.intake_channel)
        clock = self._working_time()
        return {
            **self._prepare_due_dates(clock, start, term),
            "clock_start_at": start,
            "legal_hours": term["legal_hours"],
            "committed_hours": term["committed_hours"],
            "duration_kind": term["duration_kind"],
            "has_due": term["has_due"],
            "calendar_fingerprint": clock.fingerprint,
        }

    def _prepare_due_dates(self, clock, start, term):
        if not term["has_due"]:
            return dict.fromkeys(("due_at", "first_due_at", "judged_due_at", "legal_due_at"), False)
        try:
            due = clock.due(start, term["committed_hours"], term["duration_kind"])
            legal = clock.due(
                start, term["legal_hours"] or term["committed_hours"], term["duration_kind"]
            )
        except WorkingTimeError as error:
            raise UserError(
                self.env._(
                    "The due date cannot be counted: %(reason)s. Ask the ISO officer to check "
                    "the calendar of the agency and the time limit of the procedure.",
                    reason=kernel_text(self.env, error),
                )
            ) from error
        years = clock.warnings(start, due)
        return {
            "due_at": due,
            "first_due_at": due,
            "judged_due_at": due,
            "legal_due_at": legal,
            "transfer_due_at": self._transfer_due(clock, start),
            "calendar_warning": self._years_warning(years),
        }

    def _years_warning(self, years):
        if not years:
            return False
        return self.env._(
            "No official list of days off is recorded for: %(years)s",
            years=", ".join(map(str, years)),
        )

    def _transfer_due(self, clock, start):
        """Latest first transfer of a dossier received at the counter.

        End of the same working day, or the start of the next one when received
        after the cut-off hour (Decree 118/2025, art. 18.2; regulation OS-05).
        """
        if self.intake_channel != "direct":
            return False
        zone = pytz.timezone(self.company_id._qms_timezone())
        local = pytz.utc.localize(start).astimezone(zone)
        next_day = datetime.datetime.combine(
            local.date() + datetime.timedelta(days=1), datetime.time.min
        )
        midnight = zone.localize(next_day).astimezone(pytz.utc).replace(tzinfo=None)
        left = clock.elapsed(start, midnight)
        if left and local.hour + local.minute / 60 < self.company_id.qms_transfer_cutoff:
            return clock.due(start, left)
        return clock.normalise(midnight)

    def _prepare_plan(self, start):
        """Return the steps of the pinned version with their planned deadlines, the first
        one entered at ``start``; the due date of the dossier is set already.
        """
        self.ensure_one()
        clock, total, rows = self._working_time(), 0.0, []
        plan = self.version_id.sudo()._steps_for(self.case_id)
        for ordinal, planned in enumerate(plan, 1):
            total += planned.hours
            rows.append(
                {
                    **self.env["qms.dossier.step"]._prepare_from_plan(self, planned),
                    "ordinal": ordinal,
                    "planned_due_at": clock.due(start, total),
                }
            )
        if rows:
            rows[0].update(self._entered(rows[0], start))
        return rows

    def _replan_steps(self, start):
        """Count the planned deadlines of the steps still open anew from ``start``."""
        planned = {}
        for dossier in self:
            clock = dossier._working_time()
            total = 0.0
            for step in dossier.sudo().step_ids:
                if step.state in ("waiting", "current"):
                    total += step.hours
                    planned[step.id] = {"planned_due_at": clock.due(start, total)}
        self.env["qms.dossier.step"]._complete_each(planned)

    def _entered(self, step, now):
        """Return the stamps of a step that is entered now, its deadline counted from now.

        :param step: a step or the values of one
        """
        due = step["planned_due_at"]
        if step["hours"]:
            due = self._working_time().due(now, step["hours"])
        if self.due_at and due:
            due = min(due, max(self.due_at, now))
        return {"state": "current", "started_at": now, "due_at": due}

    def _enter_step(self, step, now):
        """Make ``step`` the current one and return what the dossier says of it."""
        self.ensure_one()
        step._complete(self._entered(step, now))
        return self._now_at(step)

    @api.model
    def _now_at(self, step):
        return {
            "current_step_id": step.id,
            "current_position_id": step.position_id.id,
            "current_department_id": step.department_id.id,
            "current_user_id": step.user_id.id,
        }

    @api.model
    def _at_step(self, row):
        """Where a dossier is whose step has the values ``row``, its id left out."""
        return {
            "current_position_id": row.get("position_id", False),
            "current_department_id": row.get("department_id", False),
            "current_user_id": row.get("user_id", False),
        }

    def _judge(self, moment):
        """Return the outcomes of a dossier completed at ``moment``."""
        self.ensure_one()
        company = self.company_id.sudo()
        zone, by = company._qms_timezone(), company.qms_on_time_by
        due = self.judged_due_at or None
        return {
            "outcome": outcome(moment, due, zone, by),
            "legal_outcome": outcome(moment, self.legal_due_at or due, zone, by),
        }

    def _resumed_due(self, pause, now):
        """Return the due dates after ``pause`` ends now (regulation §1.4)."""
        self.ensure_one()
        mode = pause.clock_mode
        clock = self._working_time()
        kind = self.duration_kind or "working"

        def moved(due, hours):
            return due and clock.resume(due, pause.started_at, now, hours, mode, kind)

        return {
            "due_at": moved(self.due_at, self.committed_hours),
            "judged_due_at": moved(self.judged_due_at, self.committed_hours),
            "legal_due_at": moved(self.legal_due_at, self.legal_hours or self.committed_hours),
        }

    # === RE-PROJECTION === #

    def _recomputed_due(self):
        """Return ``{id: due}`` as the calendar of today gives it.

        Replays pauses and extensions of open dossiers whose clock was counted
        here; imported dates are not ours to count.
        """
        result = {}
        for dossier in self.sudo():
            is_counted_here = dossier.clock_start_at and not dossier.is_imported
            if is_counted_here and dossier.has_due and dossier.state in OPEN_STATES:
                result[dossier.id] = dossier._replayed_due()
        return result

    def _replayed_due(self):
        clock = self._working_time()
        kind = self.duration_kind or "working"
        due = clock.due(self.clock_start_at, self.committed_hours, kind)
        acts = [(row.decided_at, "extension", row) for row in self.extension_ids]
        acts += [
            (row.ended_at, "pause", row)
            for row in self.interruption_ids
            if row.ended_at and row.started_at >= self.clock_start_at
        ]
        for _moment, act, row in sorted(acts, key=lambda entry: entry[0]):
            if act == "extension":
                due = max(due, row.new_due_at)
            else:
                due = clock.resume(
                    due, row.started_at, row.ended_at, self.committed_hours, row.clock_mode, kind
                )
        return due

    def _reproject(self, new_due_by_id, reason):
        """Move the due dates of open dossiers after a correction of the calendar.

        Only the ISO officer, only with a reason; each move is logged with the old
        date (regulation INV-01). Closed dossiers never move.
        """
        if not self.env.user.has_group("qms_public_admin.group_qms_officer"):
            raise AccessError(self.env._("Only the ISO officer re-projects due dates."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the due dates are counted again."))
        dossiers = self.browse(new_due_by_id)
        dossiers.check_access("read")
        dossiers._lock_lifecycle()
        events, changed, moved = [], {}, {}
        for dossier in dossiers:
            due = new_due_by_id[dossier.id]
            if dossier.state not in OPEN_STATES or due == dossier.due_at:
                continue
            old = dossier.due_at
            vals = {"due_at": due, "calendar_fingerprint": dossier._working_time().fingerprint}
            vals.update(
                (name, due) for name in ("first_due_at", "judged_due_at") if dossier[name] == old
            )
            changed[dossier.id] = vals
            moved.update(dossier._recounted_step(due))
            events.append(
                dossier._event_vals(
                    "reprojected",
                    due_at=due,
                    reason=self.env._(
                        "%(reason)s (due before: %(old)s UTC)",
                        reason=reason,
                        old=fields.Datetime.to_string(old),
                    ),
                )
            )
        dossiers._lifecycle_write_each(changed)
        self.env["qms.dossier.step"]._complete_each(moved)
        self.env["qms.dossier.event"]._append(events)
        return len(events)

    def _recounted_step(self, due):
        """Return ``{id: values}``: the current step's deadline counted again, from its
        hand-over, pauses out, never later than the dossier itself is due.
        """
        step = self.sudo().current_step_id
        if not (step.due_at and step.hours and step.started_at):
            return {}
        clock = self._working_time()
        counted = clock.due(step.started_at, step.hours)
        for pause in self.sudo().interruption_ids.sorted("started_at"):
            if pause.ended_at and pause.started_at >= step.started_at:
                counted = clock.resume(
                    counted, pause.started_at, pause.ended_at, step.hours, "shift", "working"
                )
        return {step.id: {"due_at": min(counted, max(due, step.started_at))}}
