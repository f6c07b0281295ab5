from odoo import models


class ResUsers(models.Model):
    """What stands beside the name of a person on papers: the role on the committee, too."""

    _inherit = "res.users"

    # === BUSINESS METHODS === #

    def _qms_title(self, company):
        """Add the role on the steering committee; whoever signs keeps it as text."""
        title = super()._qms_title(company)
        role = company._qms_committee_role(self) if company else ""
        return ", ".join(filter(None, (title, role)))

    def _qms_position_title(self, company):
        """Return the positions of a person without the role on the committee."""
        return super()._qms_title(company)
