from odoo import fields, models

from .qms_change_request import GROUP_OFFICER

PROPOSALS = [
    ("none", "Nobody is told"),
    ("activity", "The ISO officers are told"),
    ("open", "The change is opened"),
]


class ResCompany(models.Model):
    """What happens in an agency when a text changes what it rests on."""

    _inherit = "res.company"

    qms_change_proposal = fields.Selection(
        PROPOSALS,
        string="When a text changes the law",
        default="activity",
        required=True,
        help="What happens when a legal document is registered that replaces, repeals or amends "
        "one on which procedures or documents of the agency rest.",
    )

    # === BUSINESS METHODS === #

    def _qms_officers(self):
        """Return the ISO officers of the agency: those at home in it, else those allowed."""
        self.ensure_one()
        officers = self.env.ref(GROUP_OFFICER).sudo().all_user_ids
        officers = officers.filtered(lambda user: user.active and self in user.company_ids)
        return officers.filtered(lambda user: user.company_id == self) or officers
