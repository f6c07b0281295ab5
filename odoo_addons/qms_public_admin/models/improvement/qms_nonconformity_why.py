from odoo import fields, models


class QmsNonconformityWhy(models.Model):
    """One “why” of a nonconformity and its answer; the last answer is the root.

    Read and written as :class:`QmsNonconformityPart` says.
    """

    _name = "qms.nonconformity.why"
    _description = "Why of a nonconformity"
    _inherit = ["qms.nonconformity.part"]
    _rec_name = "answer"

    question = fields.Char(string="Why?")
    answer = fields.Text(string="Because", required=True)
