from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _qms_address(self):
        """Return the address on one line, as letters within the country give it.

        Odoo's own form of it ends in the country's name and leaves gaps for what a
        contact does not have; only that of somebody abroad names the country here.
        """
        partner = self[:1]
        home = self.env.company.country_id or self.env.ref("base.vn")
        abroad = partner.country_id - home
        parts = (partner.street, partner.street2, partner.city, partner.state_id.name, abroad.name)
        return ", ".join(dict.fromkeys(part.strip() for part in parts if part and part.strip()))
