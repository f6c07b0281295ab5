import datetime

from odoo import api, fields, models

from .qms_audit_finding import RUNNING

ACTIVITY_TYPE = "qms_public_admin.mail_activity_audit_finding"
JUDGE_DAYS = 7


class QmsAuditFinding(models.Model):
    """Findings in the to-do lists: of who answers, of who judges, of the team when late."""

    _inherit = "qms.audit.finding"

    # === BUSINESS METHODS === #

    def _sync_activities(self):
        """Give whoever has to act one activity for each finding, and end the others."""
        activities = self.env["mail.activity"].sudo()
        existing = activities.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", self.env.ref(ACTIVITY_TYPE).id),
            ]
        ).grouped(lambda activity: (activity.res_id, activity.user_id.id))
        wanted = self.sudo()._activities_wanted()
        ended = activities.union(*(found for key, found in existing.items() if key not in wanted))
        if ended:
            ended.action_feedback(feedback=self.env._("Nothing is left to do here."))
        for key in existing.keys() & wanted.keys():
            day, summary = wanted[key]
            existing[key].filtered(
                lambda one, day=day, text=summary: (one.date_deadline, one.summary) != (day, text)
            ).write({"date_deadline": day, "summary": summary})
        users = self.env["res.users"]
        activities._qms_put(
            ACTIVITY_TYPE,
            [
                (self.browse(finding_id), users.browse(user_id), *wanted[finding_id, user_id])
                for finding_id, user_id in sorted(wanted.keys() - existing.keys())
            ],
        )

    def _activities_wanted(self):
        """Return ``{(finding id, user id): (day, summary)}`` of what is to be done now."""
        wanted = {}
        today = fields.Date.context_today(self)
        for finding in self.filtered(lambda one: one.state in RUNNING):
            day = finding.next_date or today
            late = day < today
            for user, summary in finding._who_acts():
                wanted[finding.id, user.id] = (day, finding._in_words_of(user, summary))
            if late:
                judge = finding._judge()
                wanted.setdefault(
                    (finding.id, judge.id),
                    (day, finding._in_words_of(judge, "late")),
                )
        return {key: value for key, value in wanted.items() if key[1]}

    def _who_acts(self):
        """Return ``[(user, what)]``: who has to act in the state of the finding."""
        self.ensure_one()
        if self.state == "answered":
            return [(self._judge(), "judge")]
        if self.state == "accepted":
            today = fields.Date.context_today(self)
            is_due = self.correction_date and self.correction_date <= today
            verify = [(self._judge(), "verify")] if is_due else []
            return [(self.owner_id, "carry_out"), *verify]
        return [(self.owner_id, "answer")]

    def _judge(self):
        """Return who judges: the leader of the team, or who has the audit in charge."""
        audit = self.audit_id
        leader = audit.qms_team_ids.filtered(lambda one: one.role == "leader").user_id
        people = leader | audit.user_id | audit.company_id._qms_officers()
        return (people - self._answering_users()).filtered("active")[:1]

    def _in_words_of(self, user, what):
        """Return the summary of an activity in the language of who gets it."""
        env = self.with_context(lang=user.lang or self.env.lang).env
        return {
            "answer": env._("Answer the finding: cause, correction, date"),
            "judge": env._("Accept the answer, or send it back"),
            "carry_out": env._("Put right what the finding names"),
            "verify": env._("Verify that it was put right"),
            "late": env._("A finding is late"),
        }[what]

    @api.model
    def _cron_follow(self):
        """Look each night at what became late, and at who has to verify from today on."""
        self._follow_all(self.env["ir.cron"]._commit_progress)

    @api.model
    def _follow_all(self, commit):
        running = self.env["res.company"]._qms_with(self, [("state", "in", RUNNING)])
        running._qms_each(self._follow_company, commit)

    @api.model
    def _follow_company(self, company):
        zoned = self.sudo().with_context(tz=company._qms_timezone())
        today = fields.Date.context_today(zoned)
        zoned.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", RUNNING),
                ("next_date", "<=", today + datetime.timedelta(days=JUDGE_DAYS)),
            ]
        )._sync_activities()
