from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

from ...tools.words import stripped
from .qms_audit_programme import GROUP_OFFICER
from .qms_auditor import GROUP_AUDITOR

ACTIVITY_TYPE = "mail.mail_activity_data_meeting"


class MgmtsystemAudit(models.Model):
    """The verbs of an audit: announce, begin, end the visit, close, cancel."""

    _inherit = "mgmtsystem.audit"

    # === ACTIONS === #

    def action_notify(self):
        """Announce the audit: the heads of the units get the notice, the team the plan."""
        self.check_access("read")
        self._transition(
            "notified",
            {"qms_notified_at": fields.Datetime.now(), "qms_notified_by_id": self.env.uid},
        )
        for audit in self:
            audit._qms_tell_units()
        return True

    def action_start(self):
        """Begin the audit: the opening meeting is held or the first questions are asked."""
        self.check_access("read")
        self._transition("open")
        self.filtered(lambda row: not row.qms_started_at)._lifecycle_write(
            {"qms_started_at": fields.Datetime.now()}
        )
        return True

    def action_end(self):
        """End the visit: what was seen is put into the report."""
        self.check_access("read")
        self._transition("reporting", {"qms_ended_at": fields.Datetime.now()})
        return True

    def action_resume(self):
        """Go back to the questions: something was left out."""
        self.check_access("read")
        self._transition("open")
        return True

    def action_close(self):
        """Close the audit: plan, team, answers and report stay as they are."""
        self.check_access("read")
        self._transition(
            "done", {"closing_date": fields.Datetime.now(), "qms_closed_by_id": self.env.uid}
        )
        self._qms_end_activities()
        return True

    def action_cancel(self, words=None):
        """Give the audit up, with the reason; the units are told."""
        self.check_access("read")
        words = stripped(words)
        if not words:
            raise UserError(self.env._("Say why the audit is cancelled."))
        told = self.filtered(lambda audit: audit.state == "notified")
        self._transition("cancelled", {"qms_cancel_reason": words})
        # The index of one audit a line is to see it.
        self.flush_recordset(["state"])
        self._qms_end_activities()
        for audit in told:
            audit._qms_tell(self.env._("Audit cancelled: %(name)s", name=audit.display_name), words)
        return True

    def action_take_back(self):
        """Take the announcement back to change the plan; it is announced anew."""
        self.check_access("read")
        self._transition("draft", {"qms_notified_at": False, "qms_notified_by_id": False})
        self._qms_end_activities()
        return True

    def action_open_cancel(self):
        return self.env["qms.words.dialog"]._ask(
            "action_cancel",
            self.env._("Cancel the audit"),
            self,
            question=self.env._("Say why the audit is cancelled."),
        )

    def button_close(self):
        """The button of the base closes by the same verb."""
        return self.action_close()

    # === PREDICATES === #

    def _transition_error(self, target):
        return self._qms_way_error(target) or self._qms_gap_error(target)

    def _qms_way_error(self, target):
        """Say why the current user cannot take this way at all, '' if they can."""
        error = super()._transition_error(target)
        if error:
            return error
        if target in ("notified", "cancelled", "draft") and not self._qms_is_organiser():
            return self.env._(
                "“%(name)s”: whoever has the audit in charge and ISO officers of the agency "
                "announce and cancel it.",
                name=self.display_name,
            )
        if target in ("open", "reporting") and not self._qms_is_auditing():
            return self.env._(
                "“%(name)s”: its auditors and ISO officers of the agency hold the audit.",
                name=self.display_name,
            )
        if target == "done" and not self._qms_is_leading():
            return self.env._(
                "“%(name)s”: the leader of the team or an ISO officer closes the audit.",
                name=self.display_name,
            )
        return ""

    def _qms_gap_error(self, target):
        """Say what is missing before the next state, '' if nothing."""
        if target not in ("notified", "open", "reporting", "done"):
            return ""
        missing = self._qms_missing()
        if missing:
            return self.env._(
                "“%(name)s” still needs: %(fields)s.",
                name=self.display_name,
                fields=", ".join(missing),
            )
        gap = self.sudo().with_env(self.env(su=True)).qms_independence_gap
        if gap:
            return self.env._(
                "Independence is not settled (INV-14). Choose another auditor, or have somebody "
                "else justify it in writing:\n%(gap)s",
                gap=gap,
            )
        return ""

    def _qms_missing(self):
        """Return the labels of what a plan needs before it is announced."""
        row = self.sudo()
        names = (
            "qms_department_ids",
            "auditee_user_ids",
            "qms_date_from",
            "qms_scope",
            "qms_criteria",
        )
        missing = self._field_labels([name for name in names if not row[name]])
        if "leader" not in row.qms_team_ids.mapped("role"):
            missing.append(self.env._("a team leader"))
        return missing

    def _qms_is_own_agency(self):
        return self.company_id.id in self.env.user._get_company_ids()

    def _qms_is_officer(self):
        return self._qms_is_own_agency() and self.env.user.has_group(GROUP_OFFICER)

    def _qms_is_organiser(self):
        """ISO officers, and the auditor who has the audit in charge."""
        user = self.env.user
        in_charge = self.sudo().user_id == user and user.has_group(GROUP_AUDITOR)
        return self._qms_is_officer() or (in_charge and self._qms_is_own_agency())

    def _qms_is_auditing(self):
        """ISO officers, whoever has it in charge, and the auditors of the team."""
        if self._qms_is_organiser():
            return True
        roles = self._qms_roles_of(self.env.user)
        is_auditor = self._qms_is_own_agency() and self.env.user.has_group(GROUP_AUDITOR)
        return is_auditor and bool(roles & {"leader", "auditor"})

    def _qms_is_leading(self):
        is_auditor = self._qms_is_own_agency() and self.env.user.has_group(GROUP_AUDITOR)
        return self._qms_is_officer() or (
            is_auditor and "leader" in self._qms_roles_of(self.env.user)
        )

    def _qms_roles_of(self, user):
        team = self.sudo().qms_team_ids
        return set(team.filtered(lambda member: member.user_id == user).mapped("role"))

    # === BUSINESS METHODS: NOTICE === #

    def _qms_tell_units(self):
        """Send the notice to heads and team, and put the audit into the lists of the heads."""
        self.ensure_one()
        self._qms_tell(
            self.env._("Audit announced: %(name)s", name=self.display_name), self.qms_notice or ""
        )
        heads = self.sudo().auditee_user_ids
        self.env["mail.activity"]._qms_put(
            ACTIVITY_TYPE,
            [
                (
                    self,
                    head,
                    self.qms_date_from,
                    self.with_context(lang=head.lang).env._(
                        "Prepare for the audit %(name)s", name=self.name
                    ),
                )
                for head in heads
            ],
        )

    def _qms_tell(self, subject, words):
        """Send one message to the people audited and to the team; it goes out in the queue."""
        self.ensure_one()
        row = self.sudo()
        people = (row.auditee_user_ids | row.qms_team_ids.user_id).partner_id
        body = self.env["ir.qweb"]._render(
            "qms_public_admin.audit_notice", {"audit": self, "words": words}
        )
        self.sudo().with_context(mail_notify_force_send=False).message_post(
            body=Markup(body),
            subject=subject,
            partner_ids=people.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.env.user.partner_id.id,
        )

    def _qms_end_activities(self):
        """End what the announcement put into the lists of the heads."""
        self.sudo().activity_unlink([ACTIVITY_TYPE], only_automated=True)
