from odoo import api, fields, models
from odoo.exceptions import ValidationError

MAP_KINDS = [
    ("same", "The same"),
    ("changed", "Changed"),
    ("new", "New"),
    ("dropped", "Dropped"),
]


class QmsStandardMap(models.Model):
    """What became of a clause in another edition, in our own words.

    A clause may go into several, and several into one. A new clause has nothing before
    it, a dropped one nothing after it. Kept by who keeps the editions.
    """

    _name = "qms.standard.map"
    _description = "Clause in another edition"
    _order = "from_standard_id, to_standard_id, to_sort_key, from_sort_key, id"

    from_standard_id = fields.Many2one(
        "qms.standard", string="From edition", required=True, index=True, ondelete="cascade"
    )
    to_standard_id = fields.Many2one(
        "qms.standard", string="To edition", required=True, index=True, ondelete="cascade"
    )
    from_clause_id = fields.Many2one(
        "qms.standard.clause", string="Clause before", index="btree_not_null", ondelete="cascade"
    )
    to_clause_id = fields.Many2one(
        "qms.standard.clause", string="Clause after", index="btree_not_null", ondelete="cascade"
    )
    from_sort_key = fields.Char(
        string="Place before", related="from_clause_id.sort_key", store=True
    )
    to_sort_key = fields.Char(string="Place after", related="to_clause_id.sort_key", store=True)
    kind = fields.Selection(MAP_KINDS, string="What happened", required=True, default="same")
    note = fields.Text(string="What is different", translate=True)

    _pair_unique = models.UniqueIndex(
        "(from_standard_id, to_standard_id, COALESCE(from_clause_id, 0), "
        "COALESCE(to_clause_id, 0))",
        "These two clauses are mapped already.",
    )
    _two_editions = models.Constraint(
        "CHECK(from_standard_id != to_standard_id)", "A map leads to another edition."
    )
    _kind_fits = models.Constraint(
        "CHECK(CASE kind WHEN 'new' THEN from_clause_id IS NULL AND to_clause_id IS NOT NULL "
        "WHEN 'dropped' THEN from_clause_id IS NOT NULL AND to_clause_id IS NULL "
        "ELSE from_clause_id IS NOT NULL AND to_clause_id IS NOT NULL END)",
        "A new clause has none before it, a dropped one none after it, others have both.",
    )

    # === COMPUTE METHODS === #

    @api.depends("from_clause_id.number", "to_clause_id.number", "kind")
    def _compute_display_name(self):
        for row in self:
            before = row.from_clause_id.number or "–"
            row.display_name = f"{before} → {row.to_clause_id.number or '–'}"

    # === CONSTRAINT METHODS === #

    @api.constrains("from_standard_id", "to_standard_id", "from_clause_id", "to_clause_id")
    def _check_editions(self):
        for row in self:
            for clause, edition in (
                (row.from_clause_id, row.from_standard_id),
                (row.to_clause_id, row.to_standard_id),
            ):
                if clause and clause.standard_id != edition:
                    raise ValidationError(
                        self.env._(
                            "Clause %(clause)s is not one of %(edition)s.",
                            clause=clause.number,
                            edition=edition.name,
                        )
                    )
