from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools import risk_matrix as kernel
from ...tools.words import stripped
from .improvement_texts import ACTION_TO_DO, KEEPERS
from .qms_risk import PASSIVE, RUNNING

# What is looked at again is put on the list of its owner this many days before.
NOTICE_DAYS = 14

ACTIVITY_TYPE = "qms_public_admin.mail_activity_risk"


class QmsRisk(models.Model):
    """What is done with a risk: assess, treat, close, reopen, remind."""

    _inherit = "qms.risk"

    # === ACTIONS === #

    def action_open_assess(self):
        """Open the dialog in which the level is chosen on the matrix."""
        self.ensure_one()
        self._raise_errors([self._keeper_error() or self._running_error()])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assess: %(name)s", name=self.display_name),
            "res_model": "qms.risk.assess",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_risk_id": self.id},
        }

    def action_assess(self, likelihood, impact, why, date_next=None):
        """Record an assessment; score and level follow from the matrix.

        What was treated and has come to a level that calls for treatment is open again.

        :param int likelihood: value on the scale of the matrix
        :param int impact: value on the scale of the matrix
        :param str why: in words, always asked for
        :param date_next: when to look again; without it the band says after how many months
        """
        self._begin()
        self._lock_lifecycle()
        self._raise_errors(risk._keeper_error() or risk._running_error() for risk in self)
        words = stripped(why)
        if not words:
            raise UserError(self.env._("Say why you assess it so."))
        if type(likelihood) is not int or type(impact) is not int:
            raise UserError(self.env._("Choose likelihood and impact on the matrix."))
        rows = [risk._assessment_vals(likelihood, impact, words, date_next) for risk in self]
        self.env["qms.risk.assessment"]._record(rows)
        for risk, row in zip(self, rows, strict=True):
            risk._take_over(row)
        self._end_reminders()
        return True

    def action_treat(self):
        """Say that the treatment decided on was carried out."""
        self._begin()
        self._transition("treated", {"treated_on": fields.Date.context_today(self)})
        return True

    def action_open_close(self):
        """Ask why it is closed."""
        self._begin()
        return self.env["qms.words.dialog"]._ask(
            "action_close",
            self.env._("Close"),
            self,
            question=self.env._("Say why it is closed."),
        )

    def action_close(self, reason=None):
        """Close what is no longer to be followed, with the reason."""
        self._begin()
        words = stripped(reason)
        if not words:
            raise UserError(self.env._("Say why it is closed."))
        self._transition(
            "closed",
            {
                "closed_at": fields.Datetime.now(),
                "closed_by_id": self.env.uid,
                "close_reason": words,
            },
        )
        self._end_reminders()
        return True

    def action_open_reopen(self):
        """Ask why it is taken up again."""
        self._begin()
        return self.env["qms.words.dialog"]._ask(
            "action_reopen",
            self.env._("Reopen"),
            self,
            question=self.env._("Say why it is taken up again."),
        )

    def action_reopen(self, reason=None):
        """Take up again what was closed, with the reason; it is to be assessed anew."""
        self._begin()
        words = stripped(reason)
        if not words:
            raise UserError(self.env._("Say why it is taken up again."))
        for risk in self:
            target = "assessed" if risk.assessment_count else "identified"
            risk._transition(
                target,
                {
                    "reopen_count": risk.reopen_count + 1,
                    "closed_at": False,
                    "closed_by_id": False,
                    "close_reason": False,
                    "date_next": fields.Date.context_today(risk),
                    "reminded_for": False,
                },
            )
            risk.message_post(body=self.env._("Reopened: %(reason)s", reason=words))
        return True

    def action_new_action(self):
        """Open a new action against the risk."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New action"),
            "res_model": "mgmtsystem.action",
            "views": [(False, "form")],
            "context": {
                "default_qms_risk_id": self.id,
                "default_company_id": self.company_id.id,
                "default_user_id": self.owner_id.id,
                "default_qms_department_id": self.department_id.id,
                "default_type_action": "prevention" if self.kind == "risk" else "improvement",
            },
        }

    def action_view_actions(self):
        """Open the actions against the risk."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.mgmtsystem_action_action"
        )
        context = {"default_qms_risk_id": self.id, "default_company_id": self.company_id.id}
        return {**action, "domain": [("qms_risk_id", "=", self.id)], "context": context}

    def action_view_assessments(self):
        """Open the history as list and graph."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_risk_assessment_action"
        )
        return {**action, "domain": [("risk_id", "=", self.id)], "context": {}}

    @api.model
    def _qms_risk_register_action(self):
        """Open the register as the edition of the agency has it: together or apart."""
        action = self.env["ir.actions.act_window"]._for_xml_id("qms_public_admin.qms_risk_action")
        context = {"search_default_running": 1}
        if self.env.company._qms_standard().splits_risks:
            context["search_default_group_kind"] = 1
        return {**action, "context": context}

    # === PREDICATES === #

    def _transition_error(self, target):
        error = super()._transition_error(target) or self._keeper_error()
        if error:
            return error
        return self._treat_error() if target == "treated" else ""

    def _keeper_error(self):
        """Owner, head of the unit and ISO officers work on it; see the rule of writing."""
        self.ensure_one()
        user = self.env.user
        is_own = self.env.su or self.company_id.id in user._get_company_ids()
        if is_own and self.has_access("write"):
            return ""
        return self.env._(
            "“%(name)s” is worked on by its owner, the head of the unit and the ISO officers.",
            name=self.display_name,
        )

    def _running_error(self):
        if self.state in RUNNING:
            return ""
        return self.env._("“%(name)s” is closed: reopen it first.", name=self.display_name)

    def _treat_error(self):
        """A treatment is chosen and carried out, or the risk is accepted with a reason."""
        if not self.treatment:
            return self.env._("Choose how “%(name)s” is treated.", name=self.display_name)
        if self.treatment in PASSIVE:
            return (
                ""
                if stripped(self.treatment_plan)
                else self.env._("Say why “%(name)s” is left as it is.", name=self.display_name)
            )
        open_actions = self.sudo().action_ids.filtered(lambda row: row.qms_state in ACTION_TO_DO)
        if open_actions:
            return self.env._(
                "%(count)s actions of “%(name)s” are not finished yet.",
                count=len(open_actions),
                name=self.display_name,
            )
        if self.sudo().action_ids or stripped(self.treatment_plan):
            return ""
        return self.env._("Say how “%(name)s” was treated, or add actions.", name=self.display_name)

    def _check_takes_actions(self):
        """Actions are hung on a risk, and taken off it, by who works on it or plans all."""
        if self.env.su or self.env.user.has_groups(KEEPERS):
            return
        for risk in self:
            if error := risk._keeper_error():
                raise AccessError(error)

    def _begin(self):
        # Verbs write with elevated rights: the rules of reading are asked here.
        self.check_access("read")

    # === BUSINESS METHODS: ASSESSMENT === #

    def _assessment_vals(self, likelihood, impact, why, date_next):
        """Return the row of an assessment with the words of the matrix of today."""
        matrix = self.matrix_id.sudo().with_context(lang=self.env["res.lang"]._qms_of_papers())
        matrix._check_whole()
        levels = matrix._level("likelihood", likelihood), matrix._level("impact", impact)
        if not all(levels):
            raise UserError(self.env._("Choose likelihood and impact on the matrix."))
        score = kernel.score(likelihood, impact)
        band = matrix._band(score)
        today = fields.Date.context_today(self.with_context(tz=self.company_id._qms_timezone()))
        chosen = fields.Date.to_date(date_next)
        if chosen and chosen <= today:
            raise UserError(self.env._("The risk is looked at again after today."))
        return {
            "risk_id": self.id,
            "company_id": self.company_id.id,
            "sequence": self.assessment_count + 1,
            "reason": self._occasion(),
            "date": today,
            "likelihood": likelihood,
            "likelihood_name": levels[0].name,
            "impact": impact,
            "impact_name": levels[1].name,
            "score": score,
            "level": band.name,
            "color": band._color(self.kind),
            "response": band._response(self.kind) or False,
            "needs_treatment": band.needs_treatment,
            "matrix_id": matrix.id,
            "matrix_name": matrix.name,
            "why": why,
            "date_next": chosen or today + relativedelta(months=band.review_months),
            "user_id": self.env.uid,
            "user_name": self.env.user.sudo().name,
            "title": self.env.user._qms_title(self.company_id) or False,
            "at": fields.Datetime.now(),
        }

    def _occasion(self):
        if not self.assessment_count:
            return "first"
        return "treated" if self.state == "treated" else "again"

    def _take_over(self, row):
        """Carry the last assessment over to the risk."""
        vals = {
            name: row[name]
            for name in (
                "likelihood",
                "impact",
                "score",
                "level",
                "color",
                "response",
                "needs_treatment",
                "date_next",
            )
        }
        vals |= {
            "assessed_on": row["date"],
            "assessment_count": row["sequence"],
            "first_score": self.first_score or row["score"],
            "previous_score": self.score,
            "reminded_for": False,
        }
        if self.state == "identified" or (self.state == "treated" and row["needs_treatment"]):
            vals["state"] = "assessed"
        self._lifecycle_write(vals)

    # === BUSINESS METHODS: REMINDER === #

    @api.model
    def _cron_remind(self):
        """Put what is to be looked at again on the lists of the owners, once each day set."""
        self._remind_all(self.env["ir.cron"]._commit_progress)

    @api.model
    def _remind_all(self, commit):
        domain = [("state", "in", RUNNING), ("date_next", "!=", False)]
        self.env["res.company"]._qms_with(self, domain)._qms_each(self._remind_company, commit)

    @api.model
    def _remind_company(self, company):
        zoned = self.sudo().with_context(tz=company._qms_timezone())
        horizon = fields.Date.add(fields.Date.context_today(zoned), days=NOTICE_DAYS)
        due = zoned.search(
            Domain("company_id", "=", company.id)
            & Domain("state", "in", RUNNING)
            & Domain("date_next", "<=", horizon)
        ).filtered(lambda risk: risk.reminded_for != risk.date_next)
        officer = company._qms_officers()[:1]
        self.env["mail.activity"]._qms_put(ACTIVITY_TYPE, [risk._reminder(officer) for risk in due])
        due._lifecycle_write_each({risk.id: {"reminded_for": risk.date_next} for risk in due})

    def _reminder(self, officer):
        person = self.owner_id.filtered("active") or officer or self.owner_id
        summary = self.with_context(lang=person.lang).env._("Assess the risk anew")
        return self, person, self.date_next, summary

    def _end_reminders(self):
        """What was assessed or closed is off the lists."""
        self.sudo().activity_feedback([ACTIVITY_TYPE], only_automated=False)
