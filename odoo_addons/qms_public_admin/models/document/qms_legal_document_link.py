from odoo import api, fields, models
from odoo.exceptions import ValidationError

LINK_KINDS = [
    ("replaces", "Replaces"),
    ("repeals", "Repeals"),
    ("repeals_part", "Repeals parts of"),
    ("amends", "Amends"),
    ("guides", "Guides the application of"),
]


class QmsLegalDocumentLink(models.Model):
    """What one legal document does to another, from a day on.

    The row belongs to the agency of either document, and to all when both are shared:
    what an agency notes about a shared document is read in that agency alone. Documents
    of two agencies are never tied. The effect on the status begins on its own day,
    usually the one on which the acting document takes effect.
    """

    _name = "qms.legal.document.link"
    _description = "Effect of a legal document on another"
    _inherit = ["qms.placement.mixin"]
    _order = "effective_date desc, id desc"
    _placing_fields = ("from_id", "to_id", "company_id")
    _derived_fields = ("company_id",)
    _shared_is_for_all = True

    from_id = fields.Many2one(
        "qms.legal.document",
        string="Document that acts",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(LINK_KINDS, string="Does", required=True, default="amends")
    to_id = fields.Many2one(
        "qms.legal.document",
        string="Document concerned",
        required=True,
        index=True,
        ondelete="restrict",
    )
    effective_date = fields.Date(
        string="From",
        compute="_compute_effective_date",
        store=True,
        readonly=False,
        precompute=True,
        help="Day from which the effect holds; empty: not known.",
    )
    note = fields.Char(help="Articles concerned.")

    _once = models.UniqueIndex("(from_id, to_id, kind)", "This effect is noted already.")
    _two_documents = models.Constraint(
        "CHECK(from_id != to_id)", "A document does nothing to itself."
    )

    # === COMPUTE METHODS === #

    @api.depends("from_id.company_id", "to_id.company_id")
    def _compute_company_id(self):
        for link in self:
            link.company_id = link.to_id.company_id or link.from_id.company_id

    @api.depends("from_id.effective_date")
    def _compute_effective_date(self):
        for link in self:
            link.effective_date = link.effective_date or link.from_id.effective_date

    @api.depends("from_id.number", "kind", "to_id.number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for link in self:
            parts = (link.from_id.number, labels.get(link.kind, "").lower(), link.to_id.number)
            link.display_name = " ".join(part for part in parts if part)

    # === CONSTRAINT METHODS === #

    @api.constrains("from_id", "to_id")
    def _check_agencies(self):
        for link in self:
            owners = link.from_id.company_id | link.to_id.company_id
            if len(owners) > 1:
                raise ValidationError(
                    self.env._(
                        "“%(number)s” is in the register of another agency.",
                        number=link.to_id.number,
                    )
                )
