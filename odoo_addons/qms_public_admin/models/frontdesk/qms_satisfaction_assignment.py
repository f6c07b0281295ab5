from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class QmsSatisfactionAssignment(models.Model):
    """Which question set an agency uses from a day on, for all procedures or for one.

    ISO officers of the agency keep them. The newest row on or before the day counts, one
    for the procedure before one for all; without any the three levels of the counter.
    """

    _name = "qms.satisfaction.assignment"
    _description = "Question set in use"
    _inherit = ["qms.placement.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    procedure_id = fields.Many2one(
        "qms.procedure", index="btree_not_null", help="Empty: every procedure of the agency."
    )
    survey_id = fields.Many2one(
        "survey.survey",
        string="Question set",
        required=True,
        ondelete="restrict",
        domain="[('survey_type', '=', 'qms_satisfaction'),"
        " ('qms_company_id', 'in', (False, company_id))]",
    )
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)

    _day_unique = models.UniqueIndex(
        "(company_id, COALESCE(procedure_id, 0), date_from)",
        "The agency has a question set from this day already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("survey_id", "date_from")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.survey_id.title} · {row.date_from}"

    # === CONSTRAINT METHODS === #

    @api.constrains("survey_id", "company_id")
    def _check_survey_id(self):
        for row in self:
            survey = row.survey_id.sudo()
            fits = survey.qms_company_id in (row.company_id, self.env["res.company"])
            if survey.survey_type != "qms_satisfaction" or not fits:
                raise ValidationError(
                    self.env._("Choose a satisfaction question set of this agency.")
                )
            if not survey.qms_is_ready:
                raise ValidationError(
                    self.env._(
                        "“%(set)s” has questions without answers to choose from. Give each a "
                        "scale first.",
                        set=survey.title,
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    def _set_for(self, company, procedure, day):
        """Return the question set that applies (elevated: the public pages ask)."""
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("procedure_id", "in", [False, procedure.id])
            & Domain("date_from", "<=", day)
        )
        rows = self.sudo().search(domain)
        row = rows.filtered("procedure_id")[:1] or rows[:1]
        if row:
            return row.survey_id
        return self.env.ref("qms_public_admin.survey_three_levels").sudo()
