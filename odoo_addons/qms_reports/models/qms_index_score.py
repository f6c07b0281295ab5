from odoo import api, fields, models
from odoo.exceptions import ValidationError

UNIT_INDICES = [
    ("5", "5 – Receipt, handling and return at the one-stop unit"),
    ("8", "8 – Handling of complaints and suggestions"),
    ("9", "9 – Online service"),
]


class QmsIndexScore(models.Model):
    """What the unit itself scores of the nine indices, and what the appraisal made of it.

    Indices 5, 8 and 9 are no matter of a single dossier (regulation §1.11). ISO officers
    enter them for a period with the ground; the appraised score counts where there is one.
    """

    _name = "qms.index.score"
    _description = "Index scored by the unit"
    _inherit = ["qms.placement.mixin"]
    _order = "date_from desc, company_id, index"

    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    index = fields.Selection(UNIT_INDICES, required=True)
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", required=True)
    self_score = fields.Float(string="Own score", required=True, aggregator="avg")
    is_appraised = fields.Boolean(string="Appraised")
    appraised_score = fields.Float(string="Appraised score", aggregator="avg")
    note = fields.Text(string="Ground")

    _scores_known = models.Constraint(
        "CHECK(self_score BETWEEN 0 AND 2 AND appraised_score BETWEEN 0 AND 2)",
        "An index has 0 to 2 points.",
    )
    _dates_ordered = models.Constraint(
        "CHECK(date_from <= date_to)", "The period ends before it starts."
    )

    # === COMPUTE METHODS === #

    @api.depends("index", "company_id")
    def _compute_display_name(self):
        labels = dict(self._fields["index"]._description_selection(self.env))
        for row in self:
            row.display_name = labels.get(row.index)

    # === CONSTRAINT METHODS === #

    @api.constrains("company_id", "index", "date_from", "date_to")
    def _check_overlap(self):
        for row in self:
            if self.search_count(
                [
                    ("id", "!=", row.id),
                    ("company_id", "=", row.company_id.id),
                    ("index", "=", row.index),
                    ("date_from", "<=", row.date_to),
                    ("date_to", ">=", row.date_from),
                ],
                limit=1,
            ):
                raise ValidationError(
                    self.env._("This index is scored already for a part of the period.")
                )

    # === BUSINESS METHODS === #

    def _points(self):
        self.ensure_one()
        return self.appraised_score if self.is_appraised else self.self_score
