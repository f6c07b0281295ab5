import datetime

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.urls import urljoin

from ...const import DONE_STATES
from ...tools.satisfaction import mean_score, plain_text, repeat_key


class RatingError(UserError):
    """Why a rating is not taken; ``key`` tells the page which message to show."""

    def __init__(self, message, key, field=None):
        super().__init__(message)
        self.key, self.field = key, field


class QmsDossier(models.Model):
    """How the applicant is asked for a rating: one address, one answer (INV-08).

    Rated by who holds the address on the receipt, on the tablet at the counter, or on
    paper entered by the counter: one way or the other, once. The rating belongs to the
    dossier, the persons in it are those who handled it.
    """

    _inherit = "qms.dossier"

    rating_answer_ids = fields.One2many(
        "survey.user_input",
        "qms_dossier_id",
        string="Rating",
        groups="qms_public_admin.group_qms_head,qms_public_admin.group_qms_officer,"
        "qms_public_admin.group_qms_auditor,qms_public_admin.group_qms_provincial",
    )

    can_ask_rating = fields.Boolean(compute="_compute_can_verbs")

    # === PREDICATE === #

    def _ask_rating_error(self):
        status = self._rating_status()
        if status != "open":
            return self._rating_message(status)
        if not self._rating_kiosk():
            return self.env._("No rating tablet is assigned to your desk.")
        return ""

    def _rating_kiosk(self):
        return self.env["qms.rating.kiosk"]._of_clerk(self.env.user, self.company_id)

    # === ACTIONS === #

    def action_ask_rating(self):
        """Show this dossier on the tablet of the current clerk's desk."""
        self.ensure_one()
        self.check_access("read")
        self._raise_errors([self._verb_error("ask_rating")])
        self._rating_kiosk()._show(self)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The tablet now asks for the rating of this dossier."),
            },
        }

    # === ADDRESS === #

    def _rating_url(self):
        """Return the absolute address at which this dossier is rated once.

        Made when first asked for, so that it can be printed on the receipt; the page
        itself says kindly when it is too early or too late.
        """
        self.ensure_one()
        return self._rating_urls()[self]

    def _rating_urls(self):
        """Return ``{dossier: address}`` for many receipts at once."""
        invitations_sudo = self.env["qms.rating.invitation"]._for_dossiers(self)
        tokens = {row.dossier_id.id: row.token for row in invitations_sudo}
        base = self[:1].get_base_url()
        return {row: urljoin(base, f"/qms/rate/{tokens[row.id]}") for row in self}

    # === WHEN === #

    def _rating_eligible_at(self):
        """Return since when this dossier can be rated, False while it cannot."""
        self.ensure_one()
        dossier_sudo = self.sudo()
        if dossier_sudo.state not in DONE_STATES:
            return False
        if dossier_sudo.company_id.qms_rating_opens == "done":
            return dossier_sudo.done_at
        return dossier_sudo.state == "returned" and (
            dossier_sudo.returned_at or dossier_sudo.done_at
        )

    def _rating_status(self):
        """Return ``open``, ``early``, ``expired``, ``used`` or ``never``."""
        self.ensure_one()
        dossier_sudo = self.sudo()
        if dossier_sudo.state in ("refused", "withdrawn") or (
            dossier_sudo.state == "stopped" and dossier_sudo.is_terminal
        ):
            return "never"
        since = self._rating_eligible_at()
        if not since:
            return "early"  # without a query: every form of an open dossier asks
        if self._rating_answer():
            return "used"
        until = since + datetime.timedelta(days=dossier_sudo.company_id.qms_rating_days)
        return "open" if fields.Datetime.now() <= until else "expired"

    def _rating_answer(self):
        """Return the rating of this dossier, if there is one."""
        self.ensure_one()
        return self.env["survey.user_input"].sudo().search([("qms_dossier_id", "=", self.id)])

    def _rating_set(self):
        """Return the question set that applies to this dossier."""
        self.ensure_one()
        dossier_sudo = self.sudo()
        moment = self._rating_eligible_at() or fields.Datetime.now()
        day = self._local_day(moment, dossier_sudo.company_id)
        return self.env["qms.satisfaction.assignment"]._set_for(
            dossier_sudo.company_id, dossier_sudo.procedure_id, day
        )

    # === RATING === #

    def _rate(self, answers, channel, **details):
        """Take the rating of this dossier, once, and return it (elevated).

        The caller vouches for who rates: the holder of the token, the tablet, a clerk.

        :param dict answers: ids of chosen answers by the id of their question
        :param str channel: ``link``, ``kiosk`` or ``paper``
        :param details: ``reason``, ``comment``, ``others`` (free text by question id),
            ``seconds``, ``device_key``, ``entered_by`` (a user), ``answered_at``,
            ``survey`` (the form that was on paper)
        :raise RatingError: too early, expired, used, or an answer is missing
        """
        self.ensure_one()
        self._lock_rating()
        status = self._rating_status()
        if channel == "paper" and status == "expired":
            status = "open"  # the form was filled in while it could be
        if status != "open":
            raise RatingError(self._rating_message(status), status)
        survey_sudo = self._rating_form(details.get("survey"))
        lines = self._rating_lines(survey_sudo, answers, details.get("others") or {})
        vals = {
            **self._rating_snapshot(),
            **self._rating_result(survey_sudo, lines),
            **self._rating_texts(details),
            "survey_id": survey_sudo.id,
            "state": "done",
            "qms_channel": channel,
            "qms_answered_at": details.get("answered_at") or fields.Datetime.now(),
            "qms_seconds": details.get("seconds") or 0.0,
            "qms_device_key": details.get("device_key"),
            "user_input_line_ids": [fields.Command.create(line) for line in lines],
        }
        vals.update(start_datetime=vals["qms_answered_at"], end_datetime=vals["qms_answered_at"])
        if entered_by := details.get("entered_by"):
            vals.update(qms_entered_by_id=entered_by.id, qms_entered_by_name=entered_by.name)
        self._check_rating_reason(vals)
        return self.env["survey.user_input"]._qms_record([vals])

    def _rating_form(self, survey):
        """Return the set to be answered: the one given on paper, else the one that applies."""
        if not survey:
            return self._rating_set()
        survey_sudo = survey.sudo()
        fits = survey_sudo.qms_company_id in (self.sudo().company_id, self.env["res.company"])
        if survey_sudo.survey_type != "qms_satisfaction" or not fits:
            raise RatingError(
                self.env._("Choose a satisfaction question set of this agency."), "wrong"
            )
        return survey_sudo

    def _lock_rating(self):
        """Make two requests for one dossier wait for each other; the second finds it used.

        The row is written, not only locked: under repeatable read the second request is
        then retried by the server with what the first has committed.
        """
        invitation_sudo = self.env["qms.rating.invitation"]._for_dossiers(self)
        self.env.cr.execute(
            "UPDATE qms_rating_invitation SET tried_at = %s WHERE id = %s",
            (fields.Datetime.now(), invitation_sudo.id),
            log_exceptions=False,  # of two at once one is retried: no error
        )

    def _rating_message(self, status):
        return {
            "used": self.env._("This dossier has been rated already. Thank you."),
            "early": self.env._(
                "The result of this dossier has not been handed over yet. Please rate it "
                "afterwards."
            ),
            "expired": self.env._("The time for rating this dossier is over."),
            "never": self.env._("This dossier was closed without a result: it is not rated."),
        }[status]

    def _rating_lines(self, survey_sudo, answers, others):
        """Return the values of one line for each chosen answer.

        :raise RatingError: an answer of another question, or a question left out
        """
        lines, chosen_ids = [], set()
        for question in survey_sudo.question_ids:
            chosen = question.suggested_answer_ids.browse(answers.get(question.id) or [])
            if chosen - question.suggested_answer_ids:
                raise RatingError(self.env._("This answer is not on the form."), "wrong")
            triggers = question.triggering_answer_ids
            if triggers and not chosen_ids & set(triggers.ids):
                continue
            if question.question_type == "simple_choice":
                chosen = chosen[:1]
            if not chosen and question.constr_mandatory:
                raise RatingError(
                    self.env._("Please answer: %(question)s", question=question.title),
                    "missing",
                    question.id,
                )
            chosen_ids |= set(chosen.ids)
            lines += [self._rating_line(question, answer) for answer in chosen]
            if (text := plain_text(others.get(question.id), 200)) and question.comments_allowed:
                lines.append(
                    {
                        "question_id": question.id,
                        "answer_type": "char_box",
                        "value_char_box": text,
                    }
                )
        if not lines:
            raise RatingError(self.env._("Please choose an answer."), "missing")
        return lines

    def _rating_line(self, question, answer):
        return {
            "question_id": question.id,
            "answer_type": "suggestion",
            "suggested_answer_id": answer.id,
            "qms_index": question.qms_index,
            "qms_has_score": answer.qms_has_score,
            "qms_score": answer.answer_score if answer.qms_has_score else 0.0,
            "qms_is_not_applicable": answer.qms_is_not_applicable,
            "qms_grade": answer.qms_grade,
            "qms_answer": answer.value,
        }

    def _rating_result(self, survey_sudo, lines):
        """Return what the answers say together: satisfied or not, low, mean score."""
        chosen = [line for line in lines if line["answer_type"] == "suggestion"]
        answers = survey_sudo.question_ids.suggested_answer_ids.browse(
            line["suggested_answer_id"] for line in chosen
        )
        scored = answers.filtered("qms_has_score")
        ranges = {question: question._qms_range() for question in scored.question_id}
        score = mean_score(
            [(answer.answer_score, *ranges[answer.question_id]) for answer in scored]
        )
        overall = answers.filtered("question_id.qms_is_overall")[:1]
        has_overall = any(survey_sudo.question_ids.mapped("qms_is_overall"))
        if has_overall:
            is_valid = bool(overall) and not overall.qms_is_not_applicable
            is_satisfied = is_valid and overall.qms_is_satisfied
        else:
            is_valid = score is not None
            is_satisfied = is_valid and score >= survey_sudo.qms_satisfied_from
        return {
            "qms_grade": overall.qms_grade,
            "qms_is_valid": is_valid,
            "qms_is_satisfied": is_satisfied,
            "qms_is_low": any(answers.mapped("qms_is_low")),
            "qms_has_score": score is not None,
            "qms_score": score or 0.0,
        }

    def _rating_texts(self, details):
        reason, comment = (plain_text(details.get(name)) for name in ("reason", "comment"))
        return {
            "qms_reason": reason,
            "qms_comment": comment,
            "qms_text_key": repeat_key(f"{reason} {comment}") or False,
        }

    def _check_rating_reason(self, vals):
        company_sudo = self.sudo().company_id
        asks = vals["qms_is_low"] and company_sudo.qms_rating_reason_required
        if asks and not (vals["qms_reason"] or vals["qms_comment"]):
            raise RatingError(
                self.env._("Please tell us what was not right, so that it can be mended."),
                "reason",
            )

    def _rating_snapshot(self):
        """Return the dossier as it stands: who handled it, in which unit."""
        dossier_sudo = self.sudo()
        officer, returner, step = dossier_sudo._rating_officers()
        department = step.department_id or dossier_sudo._rating_unit()
        return {
            "qms_dossier_id": dossier_sudo.id,
            "qms_company_id": dossier_sudo.company_id.id,
            "qms_eligible_at": self._rating_eligible_at(),
            "qms_procedure_id": dossier_sudo.procedure_id.id,
            "qms_procedure_name": dossier_sudo.procedure_id.display_name,
            "qms_department_id": department.id,
            "qms_department_name": step.department_name or department.name,
            "qms_intake_channel": dossier_sudo.intake_channel,
            "qms_officer_id": officer.id,
            "qms_officer_name": step.done_by_name or officer.name,
            "qms_returner_id": returner.id,
            "qms_returner_name": returner.name,
        }

    def _rating_unit(self):
        """Return the unit a rating is filed under when no step names one (imports)."""
        return self.procedure_id.department_id or self.receiving_unit_id

    def _rating_officers(self):
        """Return (who handled it, who returned the result, the step of the first).

        Handled by who completed the last step of examining; without one, who completed
        the first step.
        """
        done = self.step_ids.filtered(lambda step: step.state == "done" and step.done_by_id)
        examined = done.filtered(lambda step: step.kind == "process")
        step = examined[-1:] or done[:1]
        returned = done.filtered(lambda row: row.kind == "return")[-1:]
        event = self.event_ids.filtered(lambda row: row.event_type == "returned")[-1:]
        return step.done_by_id, event.user_id or returned.done_by_id, step
