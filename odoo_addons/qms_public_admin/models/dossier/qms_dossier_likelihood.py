from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from ...const import LIKELIHOODS, RUNNING_STATES


class QmsDossier(models.Model):
    """What the forecast says of a running dossier: advice, never a decision (OS-12)."""

    _inherit = "qms.dossier"

    forecast_ids = fields.One2many(
        "qms.dossier.forecast", "dossier_id", string="Forecasts", readonly=True
    )
    likelihood = fields.Selection(
        LIKELIHOODS,
        string="Forecast",
        compute="_compute_likelihood",
        search="_search_likelihood",
        help="Advice from earlier steps and from the queue at the position; it changes nothing.",
    )
    expected_at = fields.Datetime(string="Expected completion", compute="_compute_likelihood")
    forecast_basis = fields.Char(compute="_compute_forecast_basis")

    # === COMPUTE METHODS === #

    @api.depends("forecast_ids.likelihood", "forecast_ids.expected_at", "state")
    def _compute_likelihood(self):
        for dossier in self:
            told = dossier.forecast_ids if dossier.state in RUNNING_STATES else False
            dossier.likelihood = told and told.likelihood
            dossier.expected_at = told and told.expected_at

    def _search_likelihood(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = [key for key in value if key]
        told = Domain("forecast_ids.likelihood", "in", wanted)
        domain = Domain("state", "in", RUNNING_STATES) & told
        if len(wanted) == len(value):
            return domain
        every = Domain("forecast_ids.likelihood", "in", [key for key, _label in LIKELIHOODS])
        return domain | ~(Domain("state", "in", RUNNING_STATES) & every)

    @api.depends_context("lang")
    @api.depends("likelihood")
    def _compute_forecast_basis(self):
        for dossier in self:
            dossier.forecast_basis = dossier.likelihood and dossier._forecast_words()

    def _forecast_words(self):
        told = self.forecast_ids
        when = format_datetime(
            self.env,
            told.computed_at,
            tz=self.company_id._qms_timezone(),
            dt_format="dd/MM/yyyy HH:mm",
        )
        if not told.sample_count:
            return self.env._(
                "Advice only, counted %(when)s, for some steps from the planned hours, as they "
                "were completed too seldom before; %(ahead)s ahead in the queue.",
                when=when,
                ahead=told.ahead_count,
            )
        return self.env._(
            "Advice only, counted %(when)s from at least %(count)s earlier completions of each "
            "step; %(ahead)s ahead in the queue.",
            when=when,
            count=told.sample_count,
            ahead=told.ahead_count,
        )
