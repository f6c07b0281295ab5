from odoo import api, models
from odoo.fields import Domain

from .qms_risk import RUNNING
from .qms_risk_kind import RISK_KINDS


class QmsRisk(models.Model):
    """The heat map: how many risks lie in each cell of a matrix."""

    _inherit = "qms.risk"

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def qms_heat_map(self, kind="risk", matrix_id=False):
        """Return the matrix with counts, for the screen; what one may not read is not counted.

        :param str kind: ``risk`` or ``opportunity``
        :param int matrix_id: of a matrix; that of the agency without one
        :rtype: dict with grid, matrices, the number not assessed yet and the domain of all
        """
        kind = kind if kind in dict(RISK_KINDS) else "risk"
        groups = self._read_group(
            self._heat_domain(kind), ["matrix_id", "likelihood", "impact"], ["__count"]
        )
        matrices = self._heat_matrices(groups)
        matrix = matrices.filtered(lambda row: row.id == matrix_id) or matrices[:1]
        counts = {
            (likelihood, impact): count
            for found, likelihood, impact, count in groups
            if found == matrix and likelihood
        }
        return {
            "kind": kind,
            "matrix_id": matrix.id,
            "matrices": [{"id": row.id, "name": row.name} for row in matrices],
            "grid": matrix._grid(kind, counts) if matrix else False,
            "open": sum(counts.values()),
            "unassessed": sum(count for found, likelihood, _i, count in groups if not likelihood),
            "is_apart": self.env.company._qms_standard().splits_risks,
        }

    @api.model
    def qms_heat_cell(self, kind, matrix_id, likelihood=0, impact=0):
        """Return the action that opens the records of a cell, or those not assessed yet."""
        domain = self._heat_domain(kind)
        if likelihood:
            domain &= (
                Domain("matrix_id", "=", matrix_id)
                & Domain("likelihood", "=", likelihood)
                & Domain("impact", "=", impact)
            )
        else:
            domain &= Domain("likelihood", "in", (0, False))
        name = "qms_risk_action_risk" if kind == "risk" else "qms_risk_action_opportunity"
        action = self.env["ir.actions.act_window"]._for_xml_id(f"qms_public_admin.{name}")
        return {**action, "domain": list(domain), "context": {"default_kind": kind}}

    @api.model
    def _heat_domain(self, kind):
        return (
            Domain("kind", "=", kind)
            & Domain("state", "in", RUNNING)
            & Domain("company_id", "in", self.env.companies.ids)
        )

    @api.model
    def _heat_matrices(self, groups):
        """The matrix of the agency first, then others that are in use."""
        own = self.env.company._qms_risk_matrix()
        used = self.env["qms.risk.matrix"].union(*(found for found, *_rest in groups))
        return own | used
