from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .qms_period_figures import Period


class QmsDossier(models.Model):
    _inherit = "qms.dossier"

    report_figure = fields.Char(
        string="Figure of a report",
        compute="_compute_report_figure",
        search="_search_report_figure",
        help="Only for searching: the dossiers counted in one figure of a period report.",
    )

    # Dossiers of an agency in the order in which they were accepted, with what
    # decides whether they belong to a period.
    _qms_reports_period_idx = models.Index("(company_id, accepted_at, done_at, closed_at)")

    # === COMPUTE METHODS === #

    def _compute_report_figure(self):
        self.report_figure = False

    @api.model
    def _search_report_figure(self, operator, value):
        if operator != "in":
            return NotImplemented
        figures = self.env["qms.period.figures"]
        domains = []
        for key in value:
            try:
                period, group_key, figure = Period.from_key(key)
            except ValueError as error:
                raise ValidationError(
                    self.env._("This is no figure of a report: %(key)s", key=key)
                ) from error
            query = figures._dossiers_sql(period, group_key, figure)
            domains.append(Domain("id", "in", query))
        return Domain.OR(domains)
