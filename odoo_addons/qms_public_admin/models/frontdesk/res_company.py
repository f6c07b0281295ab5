from odoo import fields, models


class ResCompany(models.Model):
    """How an agency speaks with its applicants."""

    _inherit = "res.company"

    qms_lookup = fields.Selection(
        [
            ("key", "Code and key of the receipt"),
            ("key_or_phone", "Code and key, or the last 6 digits of the phone"),
            ("off", "No look-up"),
        ],
        string="Public look-up",
        default="key",
        required=True,
        help="What a citizen enters to see a dossier without a login. Digits of a phone number "
        "are known to more people than the key.",
    )
    qms_usual_min = fields.Integer(
        string="Dossiers for a usual time",
        default=10,
        help="Below this many finished dossiers of the last year no usual time is told.",
    )
    qms_public_form = fields.Boolean(
        string="Public form",
        default=True,
        help="Requests, complaints and questions are taken from anybody, without a login, and "
        "become tickets at the front desk.",
    )
    qms_notify_applicant = fields.Boolean(
        string="Mail to applicants",
        default=True,
        help="Applicants with an e-mail address are told each change of the status "
        "(Decree 224/2026, art. 15.1.g).",
    )
    qms_transfer_days = fields.Integer(
        string="Days to transfer a complaint",
        default=5,
        help="Working days from receipt within which a complaint about a regulation of somebody "
        "else goes to the competent agency (Decree 20/2008, art. 9).",
    )
    qms_answer_days = fields.Integer(
        string="Days to answer a complaint",
        default=15,
        help="Working days from receipt; 0 when the agency has fixed no limit.",
    )

    _qms_frontdesk_counts = models.Constraint(
        "CHECK(qms_usual_min >= 0 AND qms_transfer_days > 0 AND qms_answer_days >= 0)",
        "These numbers cannot be negative, and a transfer has at least one day.",
    )
