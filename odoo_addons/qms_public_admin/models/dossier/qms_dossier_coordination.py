from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class QmsDossier(models.Model):
    """Dossiers of other agencies in whose process the agencies of the user have a part.

    The record rule on reading asks this in every list. As an array the answer lets
    PostgreSQL join it to the index on the own agency; as a subquery it would read the
    dossiers of the whole province one by one.
    """

    _inherit = "qms.dossier"

    is_coordinated = fields.Boolean(
        string="Co-ordinated by the own agencies",
        compute="_compute_is_coordinated",
        compute_sudo=True,
        search="_search_is_coordinated",
    )

    # === COMPUTE METHODS === #

    @api.depends("coordinating_agency_ids.company_id")
    @api.depends_context("allowed_company_ids")
    def _compute_is_coordinated(self):
        own = self.env.companies
        for dossier in self:
            dossier.is_coordinated = bool(dossier.coordinating_agency_ids.company_id & own)

    def _search_is_coordinated(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = Domain.custom(
            to_sql=self._coordinated_sql, predicate=lambda dossier: dossier.is_coordinated
        )
        return found if True in value else ~found

    @api.model
    def _coordinated_sql(self, model, alias, _query):
        field = self._fields["coordinating_agency_ids"]
        return SQL(
            """%(id)s = ANY(ARRAY(
                SELECT %(dossier)s FROM %(relation)s
                  JOIN qms_agency ON qms_agency.id = %(agency)s
                 WHERE qms_agency.company_id = ANY(%(companies)s)))""",
            id=SQL.identifier(alias, "id"),
            dossier=SQL.identifier(field.column1),
            agency=SQL.identifier(field.column2),
            relation=SQL.identifier(field.relation),
            companies=model.env.companies.ids,
        )
