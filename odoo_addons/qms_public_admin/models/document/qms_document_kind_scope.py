from odoo import fields, models


class QmsDocumentKind(models.Model):
    """Which documents a declaration lists, and which are to be posted."""

    _inherit = "qms.document.kind"

    is_declared = fields.Boolean(
        string="In the declaration",
        default=True,
        help="Documents of this kind that are in force belong to the scope of the declaration "
        "of conformity.",
    )
    is_posted = fields.Boolean(
        string="To be posted",
        help="Documents of this kind that are in force are posted for everybody to read.",
    )
