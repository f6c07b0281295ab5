from odoo import api, fields, models

from .qms_document_kind import check_document_pattern


class QmsDocumentPattern(models.Model):
    """How an agency, or one of its units, numbers the documents of a kind."""

    _name = "qms.document.pattern"
    _description = "Pattern of document codes"
    _inherit = ["qms.placement.mixin"]
    _order = "kind_id, company_id, department_id"
    _rec_name = "pattern"
    _check_company_auto = True

    kind_id = fields.Many2one("qms.document.kind", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company",
        string="Agency",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    department_id = fields.Many2one(
        "hr.department",
        string="Unit",
        check_company=True,
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: all units of the agency.",
    )
    pattern = fields.Char(
        string="Pattern of codes", required=True, default="{kind}-{unit}-{ordinal}"
    )
    width = fields.Integer(string="Digits of the ordinal", required=True, default=2)

    _once = models.UniqueIndex(
        "(kind_id, company_id, COALESCE(department_id, 0))",
        "There is a pattern for this kind and unit already.",
    )
    _width = models.Constraint("CHECK(width BETWEEN 1 AND 12)", "An ordinal has 1 to 12 digits.")

    # === CONSTRAINT METHODS === #

    @api.constrains("pattern")
    def _check_pattern(self):
        for row in self:
            check_document_pattern(self.env, row.pattern)
