import datetime

import pytz

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class QmsRatingBatchLine(models.TransientModel):
    """One paper form: the dossier and the number of the answer to each question."""

    _name = "qms.rating.batch.line"
    _description = "Paper rating to be entered"
    _order = "sequence, id"

    batch_id = fields.Many2one("qms.rating.batch", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10000)
    dossier_code = fields.Char(string="Dossier code")
    answer_1 = fields.Integer(string="1", aggregator=None)
    answer_2 = fields.Integer(string="2", aggregator=None)
    answer_3 = fields.Integer(string="3", aggregator=None)
    answer_4 = fields.Integer(string="4", aggregator=None)
    answer_5 = fields.Integer(string="5", aggregator=None)
    answer_6 = fields.Integer(string="6", aggregator=None)
    answer_7 = fields.Integer(string="7", aggregator=None)
    answer_8 = fields.Integer(string="8", aggregator=None)
    answer_9 = fields.Integer(string="9", aggregator=None)
    answer_10 = fields.Integer(string="10", aggregator=None)
    answer_11 = fields.Integer(string="11", aggregator=None)
    answer_12 = fields.Integer(string="12", aggregator=None)
    reason = fields.Char()
    comment = fields.Char()
    rated_on = fields.Date(string="Filled in on", default=fields.Date.context_today)
    error = fields.Char(string="Not stored because", readonly=True)

    # === CRUD METHODS === #

    def write(self, vals):
        if "error" not in vals and vals.keys() - {"sequence"}:
            vals = {**vals, "error": False}
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _save(self):
        """Store this form as the rating of its dossier; keep the reason when it cannot be."""
        self.ensure_one()
        if self.error:
            return False
        try:
            with self.env.cr.savepoint():
                dossier = self._dossier()
                dossier._rate(
                    self._answers(),
                    "paper",
                    reason=self.reason,
                    comment=self.comment,
                    entered_by=self.env.user,
                    answered_at=self._answered_at(dossier),
                    survey=self.batch_id.survey_id,
                )
        except UserError as error:
            self.error = str(error)
            return False
        return True

    def _dossier(self):
        code = (self.dossier_code or "").strip()
        domain = Domain("code", "=", code) | Domain("external_code", "=", code)
        company = self.batch_id.company_id
        if not code or company not in self.env.companies:
            raise UserError(self.env._("Enter the code of the dossier."))
        dossier = self.env["qms.dossier"].search(
            domain & Domain("company_id", "=", company.id), limit=1
        )
        if not dossier:
            raise UserError(
                self.env._("No dossier of the agency has the code “%(code)s”.", code=code)
            )
        return dossier

    def _answers(self):
        """Return the answers by question, from their numbers on the paper.

        :raise UserError: a number that the question does not have
        """
        answers = {}
        for number, question in enumerate(self.batch_id._questions(), 1):
            position = self[f"answer_{number}"]
            if not position:
                continue
            options = question.suggested_answer_ids
            if not 1 <= position <= len(options):
                raise UserError(
                    self.env._(
                        "Question %(number)s has the answers 1 to %(last)s, not %(given)s.",
                        number=number,
                        last=len(options),
                        given=position,
                    )
                )
            answers[question.id] = options[position - 1].ids
        return answers

    def _answered_at(self, dossier):
        """Return when the form was filled in: on its day, never before the result."""
        today = fields.Date.context_today(self)
        day = self.rated_on or today
        since = dossier._rating_eligible_at()
        if not since:
            return False  # the rating itself says why not
        if day > today or day < dossier._local_day(since, dossier.company_id):
            raise UserError(self.env._("The form cannot have been filled in on %(day)s.", day=day))
        if day == today:
            return fields.Datetime.now()
        zone = pytz.timezone(dossier.company_id.sudo()._qms_timezone())
        noon = zone.localize(datetime.datetime.combine(day, datetime.time(12)))
        return max(noon.astimezone(pytz.utc).replace(tzinfo=None), since)
