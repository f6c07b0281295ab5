from odoo import api, fields, models
from odoo.tools import SQL


class QmsPosting(models.Model):
    """The quality objectives of the running year are posted as a paper of their own."""

    _inherit = "qms.posting"

    subject_kind = fields.Selection(
        selection_add=[("objectives", "Quality objectives")],
        ondelete={"objectives": "cascade"},
    )
    objective_year_id = fields.Many2one(
        "qms.objective.year",
        string="Quality objectives",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    _one_subject = models.Constraint(
        "CHECK(num_nonnulls(page_id, procedure_id, declaration_id, objective_year_id) = 1)",
        "A posting is about one thing.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _subject_fields(self):
        return {**super()._subject_fields(), "objectives": "objective_year_id"}

    @api.model
    def _subject_queries(self, today):
        objectives = SQL(
            """SELECT objectives.id, objectives.company_id, 'objectives', NULL,
                      objectives.name, objectives.year::text,
                      make_date(objectives.year, 1, 1), NULL, NULL, NULL,
                      'objectives,' || objectives.company_id || ','
                          || COALESCE(objectives.department_id, 0),
                      'decision,' || objectives.approval_decision_id, TRUE
                 FROM qms_objective_year objectives
                WHERE objectives.state IN ('approved', 'closed') AND objectives.year = %s""",
            today.year,
        )
        return {**super()._subject_queries(today), "objectives": objectives}

    @api.model
    def _subject_models(self):
        return [*super()._subject_models(), "qms.objective.year"]
