from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import risk_matrix as kernel


class QmsRiskMatrix(models.Model):
    """Scales of likelihood and impact, and what a score means: data of an agency.

    Everyone reads the matrices; ISO officers keep those of their agency, shared ones are
    kept by who works for all agencies. Assessments hold their words as a snapshot: a
    change of the matrix moves no level that was recorded.
    """

    _name = "qms.risk.matrix"
    _description = "Risk matrix"
    _inherit = ["qms.placement.mixin"]
    _order = "sequence, name"
    _shared_is_for_all = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        index=True,
        copy=False,
        default=lambda self: self.env.company,
        ondelete="restrict",
        help="Empty: for every agency.",
    )
    level_ids = fields.One2many(
        "qms.risk.matrix.level", "matrix_id", string="Levels of the scales", copy=True
    )
    likelihood_ids = fields.One2many(
        "qms.risk.matrix.level",
        "matrix_id",
        domain=[("axis", "=", "likelihood")],
    )
    impact_ids = fields.One2many(
        "qms.risk.matrix.level", "matrix_id", domain=[("axis", "=", "impact")]
    )
    band_ids = fields.One2many("qms.risk.matrix.band", "matrix_id", string="Bands", copy=True)
    size = fields.Char(compute="_compute_size")
    grid = fields.Json(string="Cells", compute="_compute_grid")
    note = fields.Text(translate=True)
    active = fields.Boolean(default=True)

    # === COMPUTE METHODS === #

    @api.depends("level_ids.axis")
    def _compute_size(self):
        for matrix in self:
            axes = matrix.level_ids.mapped("axis")
            matrix.size = f"{axes.count('likelihood')} × {axes.count('impact')}"

    @api.depends("level_ids.value", "level_ids.name", "band_ids.color", "band_ids.score_from")
    def _compute_grid(self):
        for matrix in self:
            matrix.grid = matrix._grid()

    # === CONSTRAINT METHODS === #

    @api.constrains("level_ids", "likelihood_ids", "impact_ids", "band_ids")
    def _check_whole(self):
        texts = {
            "likelihood": self.env._("The levels of likelihood count 1, 2, 3… without a gap."),
            "impact": self.env._("The levels of impact count 1, 2, 3… without a gap."),
            "gap": self.env._("The score %(value)s lies in no band."),
            "overlap": self.env._("Bands overlap, or one ends before it starts: score %(value)s."),
            "beyond": self.env._("The bands go up to %(value)s, beyond the highest score."),
        }
        for matrix in self.sudo():
            found = kernel.matrix_error(
                matrix._values("likelihood"), matrix._values("impact"), matrix._bands()
            )
            if found:
                code, value = found
                raise ValidationError(
                    self.env._(
                        "%(matrix)s: %(problem)s",
                        matrix=matrix.name,
                        problem=texts[code] % {"value": value},
                    )
                )

    # === BUSINESS METHODS === #

    def _values(self, axis):
        return [level.value for level in self.level_ids if level.axis == axis]

    def _bands(self):
        return [kernel.Band(band.score_from, band.score_to, band.name) for band in self.band_ids]

    def _band(self, score):
        """Return the band in which a score lies."""
        self.ensure_one()
        return self.band_ids.filtered(lambda band: band.score_from <= score <= band.score_to)[:1]

    def _level(self, axis, value):
        """Return the level of a scale."""
        self.ensure_one()
        return self.level_ids.filtered(lambda row: row.axis == axis and row.value == value)[:1]

    def _axis(self, axis):
        """Return ``[{"value", "name"}]`` of a scale from its lowest level on."""
        levels = self.level_ids.filtered(lambda row: row.axis == axis).sorted("value")
        return [{"value": level.value, "name": level.name} for level in levels]

    def _grid(self, kind="risk", counts=None):
        """Return the matrix as the screen draws it, the highest likelihood first.

        :param dict counts: ``{(likelihood, impact): number of records}``
        """
        self.ensure_one()
        counts = counts or {}
        impacts = self._axis("impact")
        rows = [
            {
                **likelihood,
                "cells": [
                    self._cell(likelihood["value"], impact["value"], kind, counts)
                    for impact in impacts
                ],
            }
            for likelihood in reversed(self._axis("likelihood"))
        ]
        legend = [
            {
                "name": band.name,
                "color": band._color(kind),
                "response": band._response(kind) or "",
                "scores": f"{band.score_from}–{band.score_to}",
            }
            for band in self.band_ids.sorted("score_from", reverse=True)
        ]
        return {"name": self.name, "rows": rows, "impacts": impacts, "legend": legend}

    def _cell(self, likelihood, impact, kind, counts):
        value = kernel.score(likelihood, impact)
        band = self._band(value)
        return {
            "likelihood": likelihood,
            "impact": impact,
            "score": value,
            "level": band.name or "",
            "color": band._color(kind) if band else "grey",
            "count": counts.get((likelihood, impact), 0),
        }
