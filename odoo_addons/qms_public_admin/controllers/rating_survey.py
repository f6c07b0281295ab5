"""The pages of Odoo's survey do not lead to ratings of dossiers.

Every one of its routes finds survey and answer by their tokens in one method; for
satisfaction sets it finds nothing, so that neither the token of a set nor that of an
answer opens, starts, prints or repeats anything.
"""

from odoo.addons.survey.controllers.main import Survey


class RatingSurvey(Survey):
    def _fetch_from_access_token(self, survey_token, answer_token):
        survey_sudo, answer_sudo = super()._fetch_from_access_token(survey_token, answer_token)
        if survey_sudo.survey_type == "qms_satisfaction":
            return survey_sudo.browse(), answer_sudo.browse()
        return survey_sudo, answer_sudo
