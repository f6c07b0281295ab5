import datetime

from odoo import api, fields, models
from odoo.tools import SQL

from ...const import REMINDER_AUDIENCES, REMINDER_BASES, RUNNING_STATES

# A job that stood still for longer does not tell of what passed before: on the first
# day after an upgrade, or after a week without a server, nobody is flooded.
CATCH_UP_DAYS = 7
BATCH = 500


class QmsReminderRung(models.Model):
    """One rung of the ladder of reminders: when, whom, with which words.

    The officer keeps the rungs of the own agency; rungs without an agency are for all
    agencies that have none of their own, and only an officer allowed in every agency
    changes them. What a rung has done is kept in ``qms.reminder.fact``.
    """

    _name = "qms.reminder.rung"
    _description = "Rung of the reminders"
    _inherit = ["qms.placement.mixin"]
    _order = "company_id, basis desc, offset_hours, id"
    _shared_is_for_all = True

    name = fields.Char(
        string="Reminder", required=True, translate=True, help="What the person reads."
    )
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
        help="Empty: for every agency that has no rung of its own.",
    )
    basis = fields.Selection(REMINDER_BASES, string="Due date of", required=True, default="step")
    moment = fields.Selection(
        [("before", "before it is due"), ("after", "after it was due")],
        string="Before or after",
        required=True,
        default="before",
    )
    hours = fields.Float(
        string="Working hours",
        required=True,
        help="Working hours of the agency's calendar; 8 hours are one day.",
    )
    offset_hours = fields.Float(
        compute="_compute_offset_hours",
        store=True,
        help="Hours after the due date; negative before.",
    )
    audience = fields.Selection(REMINDER_AUDIENCES, string="Whom", required=True, default="holder")
    text = fields.Text(
        string="Words", translate=True, help="Said in the activity below the name of the reminder."
    )
    active = fields.Boolean(default=True)

    _hours_not_negative = models.Constraint(
        "CHECK(hours >= 0)", "Say how many hours before or after; not less than none."
    )

    # === COMPUTE METHODS === #

    @api.depends("moment", "hours")
    def _compute_offset_hours(self):
        for rung in self:
            rung.offset_hours = rung.hours if rung.moment == "after" else -rung.hours

    # === BUSINESS METHODS === #

    @api.model
    def _cron_remind(self):
        """Fire what has come due; an agency that fails does not hold up the others."""
        self._remind(self.env["ir.cron"]._commit_progress)

    @api.model
    def _remind(self, commit):
        """Climb the ladders of all agencies.

        :param commit: called after each batch; returns the seconds left
        """
        companies = self.env["res.company"].sudo().search([("qms_reminders", "=", True)])
        companies._qms_each(self._remind_company, commit)

    @api.model
    def _remind_company(self, company):
        """Fire the rungs of one agency, the last ones first.

        A dossier that has passed several rungs at once is told of by the last one.
        """
        now = fields.Datetime.now()
        ladder = self._ladder(company)
        for rung in ladder.sorted("offset_hours", reverse=True):
            while True:
                facts = rung._fire(company, now, ladder)
                facts._notify()
                if len(facts) < BATCH:
                    break

    @api.model
    def _ladder(self, company):
        rungs = self.sudo().search([("company_id", "in", [company.id, False])])
        own = rungs.filtered("company_id")
        return own or rungs

    def _fire(self, company, now, ladder):
        """Record what this rung has to tell now, and return the new facts.

        One statement: what is recorded already, by another job at the same moment too,
        is passed over by the unique index.
        """
        self.ensure_one()
        later = ladder.filtered(
            lambda rung: (
                (rung.basis, rung.audience) == (self.basis, self.audience)
                and rung.offset_hours >= self.offset_hours
            )
        )
        since = now - datetime.timedelta(days=CATCH_UP_DAYS)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO qms_reminder_fact (rung_id, rung_name, dossier_id, step_id,
                          company_id, due_at, fired_at, create_uid, create_date, write_uid,
                          write_date)
                   SELECT %(rung)s, %(name)s, found.dossier_id, found.step_id, %(company)s,
                          found.due_at, %(now)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM (%(subjects)s) found
                    WHERE found.due_at > %(since)s AND found.due_at <= %(until)s
                      AND NOT EXISTS (
                          SELECT 1 FROM qms_reminder_fact told
                           WHERE told.dossier_id = found.dossier_id
                             AND told.due_at = found.due_at
                             AND (told.step_id = found.step_id OR %(is_dossier)s)
                             AND told.rung_id IN %(later)s)
                 ORDER BY found.due_at, found.dossier_id
                    LIMIT %(limit)s
              ON CONFLICT DO NOTHING
                RETURNING id""",
                rung=self.id,
                name=self.name,
                company=company.id,
                now=now,
                uid=self.env.uid,
                subjects=self._subjects(company),
                since=self._due_limit(company, since),
                until=self._due_limit(company, now),
                is_dossier=self.basis == "dossier",
                later=later._ids,
                limit=BATCH,
            )
        )
        return self.env["qms.reminder.fact"].browse(fact_id for (fact_id,) in rows)

    def _subjects(self, company):
        """The running dossiers of an agency with the due date that this rung looks at.

        Imported ones have no step here: they are handled in their source system.
        """
        due = SQL("step.due_at") if self.basis == "step" else SQL("dossier.due_at")
        return SQL(
            """SELECT dossier.id AS dossier_id, step.id AS step_id, %(due)s AS due_at
                 FROM qms_dossier dossier
                 JOIN qms_dossier_step step ON step.id = dossier.current_step_id
                WHERE dossier.company_id = %(company)s
                  AND dossier.state IN %(running)s""",
            due=due,
            company=company.id,
            running=RUNNING_STATES,
        )

    def _due_limit(self, company, moment):
        """Return the latest due date for which this rung has come at ``moment``."""
        clock = company._qms_working_time()
        if self.moment == "after":
            return clock.before(moment, self.hours)
        return clock.due(moment, self.hours) if self.hours else moment
