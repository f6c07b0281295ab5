import datetime
import re

from odoo import fields
from odoo.tests import HttpCase

from .. import common


class RatingCommon(common.QmsCommon):
    """Dossiers whose result was returned, and the two ways to rate them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.three_levels = cls.env.ref("qms_public_admin.survey_three_levels")
        cls.nine_indices = cls.env.ref("qms_public_admin.survey_nine_indices")

    # === DATA === #

    @classmethod
    def _returned_dossier(cls, **vals):
        """Return a dossier that went through all its steps by the real verbs."""
        dossier = cls._accepted_dossier(**vals)
        for user in (cls.user_clerk, cls.user_specialist, cls.user_head):
            cls._as(dossier, user).action_complete_step()
        cls._as(dossier, cls.user_clerk).action_return_result()
        return dossier

    @classmethod
    def _use(cls, survey, procedure=None, date_from="2018-01-01"):
        return cls.env["qms.satisfaction.assignment"].create(
            {
                "company_id": cls.company.id,
                "survey_id": survey.id,
                "procedure_id": procedure and procedure.id,
                "date_from": date_from,
            }
        )

    @classmethod
    def _question(cls, survey, number=0):
        return survey.question_ids[number]

    @classmethod
    def _chosen(cls, survey, *positions):
        """Return {question: [answer]} with the n-th answer (from 1) of each question."""
        return {
            question.id: [question.suggested_answer_ids[position - 1].id]
            for question, position in zip(survey.question_ids, positions, strict=True)
            if position
        }

    def _rate(self, dossier, *positions, channel="link", **details):
        survey = dossier._rating_set()
        details.setdefault("seconds", 30)
        return dossier._rate(self._chosen(survey, *positions), channel, **details)

    def _answer(self, dossier):
        return self.env["survey.user_input"].sudo().search([("qms_dossier_id", "=", dossier.id)])

    @classmethod
    def _in_days(cls, days):
        return fields.Datetime.now() + datetime.timedelta(days=days)


class RatingHttpCase(RatingCommon, HttpCase):
    """The same, over HTTP as nobody."""

    def _path(self, dossier):
        return re.sub(r"^https?://[^/]+", "", dossier._rating_url())

    def _post(self, dossier, position=1, **data):
        """Hand in the form as a browser does, slowly enough."""
        page = self.url_open(self._path(dossier)).text
        started = re.search(r'name="started" value="([^"]*)"', page)
        question = self.three_levels.question_ids
        data = {
            f"q-{question.id}": question.suggested_answer_ids[position - 1].id,
            "started": started.group(1) if started else "",
            **data,
        }
        return self.url_open(self._path(dossier), data=data)

    def _status(self, response):
        """Return which page it is: a message's key, or ``form``."""
        found = re.search(r'data-status="(\w+)"', response.text)
        return found.group(1) if found else "form"
