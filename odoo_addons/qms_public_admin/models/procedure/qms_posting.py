from odoo import api, models
from odoo.tools import SQL


class QmsPosting(models.Model):
    """Procedures in force are posted where applicants read them."""

    _inherit = "qms.posting"

    # === BUSINESS METHODS === #

    @api.model
    def _subject_fields(self):
        return {**super()._subject_fields(), "procedure": "procedure_id"}

    @api.model
    def _subject_queries(self, today):
        procedure = SQL(
            """SELECT procedure.id, procedure.company_id, 'procedure', procedure.code,
                      procedure.name, 'v' || version.number, version.effective_from,
                      NULL, procedure.id, NULL, 'procedure,' || procedure.id,
                      'version,' || version.id, TRUE
                 FROM qms_procedure procedure
                 JOIN qms_procedure_version version
                   ON version.procedure_id = procedure.id AND version.state <> 'draft'
                  AND version.effective_from <= %(today)s
                  AND (version.effective_to IS NULL OR version.effective_to >= %(today)s)
                WHERE procedure.active AND procedure.company_id IS NOT NULL""",
            today=today,
        )
        return {**super()._subject_queries(today), "procedure": procedure}

    @api.model
    def _subject_models(self):
        return [*super()._subject_models(), "qms.procedure", "qms.procedure.version"]
