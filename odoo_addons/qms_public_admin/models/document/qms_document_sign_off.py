from odoo import fields, models

SIGN_OFF_ROLES = [
    ("drafted", "Drafted"),
    ("reviewed", "Reviewed"),
    ("approved", "Approved"),
    ("rejected", "Sent back"),
    ("effective", "Brought into force"),
    ("withdrawn", "Withdrawn"),
    ("imported", "Taken over"),
]


class QmsDocumentSignOff(models.Model):
    """Who drafted, reviewed and approved a revision: “Soạn thảo – Soát xét – Phê duyệt”.

    Names and positions are kept as text: people move on, the paper does not.
    """

    _name = "qms.document.sign.off"
    _description = "Sign-off of a document"
    _inherit = ["qms.document.row", "qms.fact.mixin"]
    _order = "revision_id, at, id"
    _rec_name = "user_name"

    role = fields.Selection(SIGN_OFF_ROLES, required=True, readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, index=True, ondelete="restrict")
    user_name = fields.Char(string="Name", readonly=True)
    title = fields.Char(string="Position", readonly=True)
    at = fields.Datetime(string="Time", required=True, readonly=True)
    content_sha256 = fields.Char(string="Fingerprint", readonly=True)
    words = fields.Text(string="Remark", readonly=True)
