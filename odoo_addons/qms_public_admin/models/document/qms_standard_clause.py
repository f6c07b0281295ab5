from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import clause_number

DOCUMENT_NEEDS = [
    ("none", "Nothing"),
    ("maintain", "A document"),
    ("retain", "A record"),
    ("both", "A document and a record"),
]


class QmsStandardClause(models.Model):
    """A clause of an edition: its number and what it is about, in our own words.

    The place in the tree follows from the number. Whoever keeps the editions keeps the
    clauses.
    """

    _name = "qms.standard.clause"
    _description = "Clause of a standard"
    _order = "standard_id, sort_key, id"
    _parent_store = True
    _rec_names_search = ["number", "name"]

    standard_id = fields.Many2one(
        "qms.standard", string="Edition", required=True, index=True, ondelete="restrict"
    )
    number = fields.Char(required=True, help="Number in the edition, e.g. 7.5.3.2.")
    name = fields.Char(
        string="Subject",
        required=True,
        translate=True,
        help="What the clause is about, in our own words.",
    )
    sort_key = fields.Char(compute="_compute_sort_key", store=True, index=True)
    level = fields.Integer(compute="_compute_sort_key", store=True, aggregator=None)
    chapter = fields.Char(compute="_compute_sort_key", store=True)
    parent_id = fields.Many2one(
        "qms.standard.clause",
        string="Belongs to",
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Follows from the number.",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("qms.standard.clause", "parent_id", string="Sub-clauses")
    document_need = fields.Selection(
        DOCUMENT_NEEDS,
        string="Calls for in writing",
        default="none",
        required=True,
        help="Whether the clause asks for a document that is maintained or a record that is "
        "retained.",
    )
    is_seldom = fields.Boolean(
        string="Mostly not applicable",
        help="Public administrations seldom do what the clause is about.",
    )
    note = fields.Text(translate=True)

    _number_unique = models.UniqueIndex(
        "(standard_id, number)", "The edition has a clause with this number already."
    )

    # === COMPUTE METHODS === #

    @api.depends("number")
    def _compute_sort_key(self):
        for clause in self:
            number = clause.number or ""
            clause.sort_key = clause_number.sort_key(number)
            clause.level = number.count(".") + 1
            clause.chapter = number.partition(".")[0]

    @api.depends("number", "name", "standard_id.year")
    @api.depends_context("lang", "qms_with_edition")
    def _compute_display_name(self):
        with_edition = self.env.context.get("qms_with_edition")
        for clause in self:
            text = f"{clause.number} {clause.name}"
            edition = clause.standard_id.year
            clause.display_name = f"{edition}: {text}" if with_edition else text

    # === CONSTRAINT METHODS === #

    @api.constrains("number")
    def _check_number(self):
        for clause in self:
            if not clause_number.is_number(clause.number):
                raise ValidationError(
                    self.env._(
                        "“%(number)s” is not the number of a clause: digits with points "
                        "between them are, e.g. 7.5.3.",
                        number=clause.number,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        clauses = super().create(
            [{key: vals[key] for key in vals if key != "parent_id"} for vals in vals_list]
        )
        clauses.standard_id._link_clauses()
        return clauses

    def write(self, vals):
        vals = {key: vals[key] for key in vals if key != "parent_id"}
        result = super().write(vals)
        if {"number", "standard_id"} & vals.keys():
            self.standard_id._link_clauses()
        return result

    # === BUSINESS METHODS === #

    def _place_under(self, parent):
        """Write the place in the tree, which follows from the number."""
        return super().write({"parent_id": parent.id})
