from odoo import fields, models

SECTION_KINDS = [
    ("text", "Text"),
    ("component", "Component"),
    ("form", "Form"),
    ("record", "Record kept"),
    ("retention", "Retention"),
]


class QmsProcedureSection(models.Model):
    """A section of an internal process written in ISO style, as printed."""

    _name = "qms.procedure.section"
    _description = "Section of an internal process"
    _inherit = "qms.procedure.part"

    case_id = fields.Many2one("qms.procedure.case", index="btree_not_null")
    number = fields.Char()
    kind = fields.Selection(SECTION_KINDS, required=True, default="text")
    name = fields.Char(string="Title")
    reference = fields.Char(help="Code of the form, e.g. “Mẫu 01” or “BM.QT.01”.")
    text = fields.Text()
    copies_text = fields.Char(
        string="Original or copy", help="Marks in the columns for originals and copies."
    )

    _key_unique = models.UniqueIndex(
        "(version_id, external_key) WHERE external_key IS NOT NULL",
        "This section was already imported into the version.",
    )
