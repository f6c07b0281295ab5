from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import numbering

DISPOSITIONS = [
    ("permanent", "Kept for good"),
    ("archive", "Handed over to the historical archive"),
    ("destroy", "Destroyed with minutes"),
]


class QmsDocumentKind(models.Model):
    """A kind of controlled document: policy, manual, procedure, form, external document…

    Kinds without an agency are shared by all; an officer allowed in every agency keeps
    them. An agency adds kinds of its own, and says by ``qms.document.pattern`` how it
    numbers.
    """

    _name = "qms.document.kind"
    _description = "Document kind"
    _inherit = ["qms.placement.mixin"]
    _order = "sequence, name, id"
    _rec_names_search = ["name", "prefix"]
    _shared_is_for_all = True

    name = fields.Char(required=True, translate=True)
    key = fields.Char(
        readonly=True, index="btree_not_null", help="By which the product knows the kind."
    )
    prefix = fields.Char(
        string="Code of the kind", help="What stands for the kind in document codes, e.g. QT."
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        index=True,
        ondelete="restrict",
        help="Empty: the kind is shared by all agencies.",
    )
    pattern = fields.Char(
        string="Pattern of codes",
        required=True,
        default="{kind}-{unit}-{ordinal}",
        help="Parts: {agency}, {kind}, {unit}, {ordinal}, {yyyy}, {yy}. A part that is empty is "
        "left out with its separator.",
    )
    width = fields.Integer(string="Digits of the ordinal", required=True, default=2)
    is_external = fields.Boolean(
        string="Of external origin",
        help="Documents of this kind are listed apart, with their issuer, number and date.",
    )
    is_for_all = fields.Boolean(
        string="Concerns everybody",
        help="New documents of this kind are shown to all staff under My documents.",
    )
    template = fields.Html(
        translate=True, help="Text with which a new document of this kind begins."
    )
    review_months = fields.Integer(
        string="Review after (months)", help="0: no date of the next review is proposed."
    )
    retention_years = fields.Integer(string="Retention (years)", help="0: not limited.")
    disposition = fields.Selection(DISPOSITIONS, default="permanent", required=True)
    pattern_ids = fields.One2many("qms.document.pattern", "kind_id", string="Patterns of units")
    active = fields.Boolean(default=True)

    _key_unique = models.UniqueIndex(
        "(key) WHERE key IS NOT NULL", "The product knows one kind by each key."
    )
    _numbers = models.Constraint(
        "CHECK(width BETWEEN 1 AND 12 AND review_months >= 0 AND retention_years >= 0)",
        "These numbers cannot be negative, and an ordinal has 1 to 12 digits.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("pattern")
    def _check_pattern(self):
        for kind in self:
            check_document_pattern(self.env, kind.pattern)

    # === BUSINESS METHODS === #

    def _numbering(self, company, department):
        """Return ``(pattern, digits)`` for documents of this kind in a unit of an agency."""
        self.ensure_one()
        rows = self.sudo().pattern_ids.filtered(
            lambda row: (
                row.company_id == company and row.department_id in (department.browse(), department)
            )
        )
        best = rows.sorted(lambda row: not row.department_id)[:1] or self.sudo()
        return best.pattern, best.width


def check_document_pattern(env, pattern):
    """Raise a readable error unless ``pattern`` can number documents."""
    try:
        numbering.check_document_pattern(pattern)
    except numbering.PatternError as error:
        raise ValidationError(
            env._(
                "The pattern of document codes needs {ordinal} once and nothing unknown. "
                "Please check: %(detail)s",
                detail=error,
            )
        ) from error
