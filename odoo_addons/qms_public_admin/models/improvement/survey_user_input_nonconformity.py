from odoo import models


class SurveyUserInput(models.Model):
    """Nonconformities that a rating brought to light."""

    _name = "survey.user_input"
    _inherit = ["survey.user_input", "qms.nonconformity.subject.mixin"]

    # === BUSINESS METHODS === #

    def _nonconformity_defaults(self):
        procedures, units = self.qms_procedure_id, self.qms_department_id
        return {
            **super()._nonconformity_defaults(),
            "qms_source": "rating",
            "company_id": self[:1].qms_company_id.id,
            "qms_procedure_id": procedures.id if len(procedures) == 1 else False,
            "qms_department_id": units.id if len(units) == 1 else False,
        }
