import datetime
import hashlib
import json

import vobject
from dateutil.tz import tzutc
from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime, is_html_empty

ACTIVITY_TYPE = "qms_public_admin.mail_activity_review"
CALENDAR_FILE = "meeting.ics"


class MgmtsystemReview(models.Model):
    """The verbs of a management review: invite, hold, put before the leaders; approved for good."""

    _inherit = "mgmtsystem.review"

    # === ACTIONS === #

    def action_invite(self):
        """Tell the participants time, place and agenda, with a file for their calendars."""
        self.check_access("write")
        for review in self:
            review._transition("invited", {"qms_invited_at": fields.Datetime.now()})
            review._name_chair_and_secretary()
            review._send_invitation()
        return True

    def action_plan_anew(self):
        """Take the invitation back to change day, place or participants."""
        self.check_access("write")
        for review in self:
            review._transition("open", {"qms_invited_at": False})
            review.activity_unlink([ACTIVITY_TYPE])
        return True

    def action_hold(self):
        """Say that the meeting took place: minutes and attendance follow."""
        self.check_access("write")
        for review in self:
            review._transition("held")
            review._name_chair_and_secretary()
            review.activity_unlink([ACTIVITY_TYPE])
        return True

    def action_all_present(self):
        """Note as present whoever is still expected."""
        self.check_access("write")
        rows = self.qms_attendance_ids.filtered(lambda row: row.attendance == "expected")
        rows.write({"attendance": "present"})
        return True

    def action_submit(self):
        """Freeze figures, minutes and decisions and put them before those who approve."""
        self.check_access("write")
        for review in self:
            review._transition("approval", review._frozen_vals())
        return self.action_request_approval()

    def action_make_actions(self):
        """Make an action of each decision that nothing carries out yet."""
        self.check_access("read")
        todo = self.qms_output_ids.filtered(lambda row: row.status in ("open", "late"))
        todo = todo.filtered(lambda row: not row._followed())
        if not todo:
            raise UserError(self.env._("Each decision is carried out by a record already."))
        todo.action_make_action()
        return self.action_view_decisions_made()

    def action_view_decisions_made(self):
        """Open what these reviews decided."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_review_decision_action"
        )
        return {**action, "domain": [("review_id", "in", self.ids)], "context": {}}

    def action_verify_content(self):
        """Compare the content with the fingerprint taken when approval was requested."""
        self.ensure_one()
        self.check_access("read")
        digest = self.qms_content_sha256
        return self._tell_verdict(
            bool(digest) and digest == self._approval_digest(),
            self.env._("The content is as it was put before the leaders."),
            self.env._("The content differs from what was put before the leaders."),
        )

    def button_close(self):
        """The base closes a review by writing its state; here it is approved."""
        return self.action_submit()

    # === PREDICATES === #

    def _transition_error(self, target):
        error = super()._transition_error(target)
        if error or target == "done":
            return error
        if self.state == "approval":
            return self._undecided_error()
        errors = {
            "invited": self._invite_error,
            "held": self._hold_error,
            "approval": self._submit_error,
        }
        return self._keeper_error() or (errors[target]() if target in errors else "")

    def _undecided_error(self):
        """It goes back when it is rejected or the request withdrawn, not by noting it held."""
        if self.approval_state != "running":
            return ""
        return self.env._(
            "“%(name)s” waits for a decision: withdraw the request to change it.",
            name=self.display_name,
        )

    def _invite_error(self):
        if error := self._missing_error(("date", "qms_place", "qms_chair_id", "qms_secretary_id")):
            return error
        if self.date < fields.Datetime.now():
            return self.env._("The meeting lies in the past: choose another day, or note it held.")
        if len(self.user_ids) < 2:
            return self.env._("Name the participants first.")
        return ""

    def _hold_error(self):
        if error := self._missing_error(("date", "qms_chair_id", "qms_secretary_id")):
            return error
        if self.date > fields.Datetime.now():
            return self.env._("The meeting has not begun yet.")
        return ""

    def _submit_error(self):
        """Say what the minutes still lack."""
        inputs = self.qms_input_ids
        if not inputs or not all(row.compiled_at for row in inputs):
            return self.env._("Compile the figures first.")
        if any(row.attendance == "expected" for row in self.qms_attendance_ids):
            return self.env._("Note who attended and who did not.")
        open_topics = inputs.filtered(lambda row: not row.verdict)
        if open_topics:
            return self.env._(
                "These topics have no conclusion yet: %(topics)s.",
                topics="; ".join(open_topics.mapped("display_name")),
            )
        unowned = self.qms_output_ids.filtered(lambda row: not (row.owner_id and row.due_date))
        if unowned:
            return self.env._(
                "“%(name)s” needs an owner and a date.", name=unowned[:1].display_name
            )
        if not self.qms_output_ids and is_html_empty(self.conclusion):
            return self.env._("Enter what was decided, or a conclusion that nothing is needed.")
        return ""

    def _missing_error(self, names):
        missing = [name for name in names if not self[name]]
        if not missing:
            return ""
        return self.env._(
            "These are still missing: %(fields)s.", fields=", ".join(self._field_labels(missing))
        )

    # === BUSINESS METHODS === #

    def _name_chair_and_secretary(self):
        """Put chair and secretary among the participants."""
        vals_list = []
        for review in self:
            named = review.qms_attendance_ids.user_id
            roles = (("chair", review.qms_chair_id, 1), ("secretary", review.qms_secretary_id, 2))
            for role, user, place in roles:
                if user and user not in named:
                    named |= user
                    vals_list.append(
                        {
                            "review_id": review.id,
                            "user_id": user.id,
                            "role": role,
                            "sequence": place,
                        }
                    )
        self.env["qms.review.attendance"]._as_server().create(vals_list)
        self.invalidate_recordset(["qms_attendance_ids"])

    def _frozen_vals(self):
        """Return what is kept as text, and the fingerprint over all of it."""
        self.ensure_one()
        company = self.sudo().company_id
        names = {
            "qms_agency_name": company.qms_agency_id.name or company.name,
            "qms_standard_name": self.qms_standard_id._paper_name(),
        }
        content = self._approval_content(names)
        return {
            **names,
            "qms_frozen_at": fields.Datetime.now(),
            "qms_content_sha256": hashlib.sha256(content.encode()).hexdigest(),
        }

    # === BUSINESS METHODS: INVITATION === #

    def _send_invitation(self):
        """Notify everybody but who invites; the task stays until the meeting was held."""
        self.ensure_one()
        people = self.user_ids - self.env.user
        zone = self.company_id._qms_timezone()
        moment = format_datetime(self.env, self.date, tz=zone, dt_format="dd/MM/yyyy HH:mm")
        agenda = self.qms_input_ids.mapped("display_name")
        lines = Markup("").join(Markup("<li>%s</li>") % name for name in agenda)
        body = Markup("<p>%s</p><ol style='list-style: none'>%s</ol>") % (
            self.env._(
                "You are invited to “%(name)s” on %(moment)s, %(place)s. The figures can be read "
                "beforehand; the agenda:",
                name=self.name,
                moment=moment,
                place=self.qms_place,
            ),
            lines,
        )
        self.message_notify(
            partner_ids=people.partner_id.ids,
            subject=self.env._("Invitation: %(name)s", name=self.name),
            body=body,
            attachments=[(CALENDAR_FILE, self._calendar_file())],
        )
        day = self._meeting_day()
        for user in people:
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                ACTIVITY_TYPE,
                date_deadline=day,
                summary=self.with_context(lang=user.lang).env._(
                    "Management review: %(moment)s", moment=moment
                ),
                user_id=user.id,
            )

    def _calendar_file(self):
        """Return the meeting as iCalendar, for whatever calendar a participant uses."""
        calendar = vobject.iCalendar()
        event = calendar.add("vevent")
        start = self.date.replace(tzinfo=tzutc())
        event.add("uid").value = f"{self.reference}-{self.id}@qms"
        event.add("dtstamp").value = datetime.datetime.now(tzutc())
        event.add("dtstart").value = start
        event.add("dtend").value = start + datetime.timedelta(hours=self.qms_duration)
        event.add("summary").value = self.name
        event.add("location").value = self.qms_place or ""
        return calendar.serialize().encode()

    # === BUSINESS METHODS: APPROVAL === #

    def _approval_content(self, names=None):
        """All that was compiled, said and decided."""
        self.ensure_one()
        row = self.sudo()
        names = names or {
            "qms_agency_name": row.qms_agency_name,
            "qms_standard_name": row.qms_standard_name,
        }
        return json.dumps(
            {
                **names,
                "head": [row.reference, row.name, row.date, row.qms_place, row.qms_duration],
                "period": [row.qms_date_from, row.qms_date_to],
                "attendance": [each._content() for each in row.qms_attendance_ids],
                "inputs": [each._content() for each in row.qms_input_ids],
                "decisions": [each._content() for each in row.qms_output_ids],
                "conclusion": str(row.conclusion or ""),
            },
            sort_keys=True,
            ensure_ascii=False,
            default=str,
        )

    def _approval_code(self):
        return self.reference

    def _approval_preview(self):
        self.ensure_one()
        lang = self.env["res.lang"]._qms_of_papers()
        return (
            self.with_context(lang=lang)
            .env["ir.qweb"]
            ._render("qms_public_admin.review_preview", {"review": self})
        )
