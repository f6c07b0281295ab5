from odoo.tests import tagged

from .. import common


@tagged("post_install", "-at_install")
class TestCoreAddress(common.QmsCommon):
    """Addresses stand on one line as letters within the country give them."""

    def _partner(self, **vals):
        return self.env["res.partner"].create({"name": "Nguyễn Thị Thử", **vals})

    def test_what_is_missing_leaves_no_gap_and_home_is_not_named(self):
        vietnam = self.env.ref("base.vn")
        self.env.company.country_id = vietnam
        partner = self._partner(street=" 29 Trần Phú ", city="Rạch Giá", country_id=vietnam.id)
        self.assertEqual(partner._qms_address(), "29 Trần Phú, Rạch Giá")

    def test_somebody_abroad_is_given_with_the_country(self):
        self.env.company.country_id = self.env.ref("base.vn")
        partner = self._partner(
            street="1 rue A", city="Paris", country_id=self.env.ref("base.fr").id
        )
        self.assertEqual(partner._qms_address(), "1 rue A, Paris, France")

    def test_nobody_has_no_address(self):
        self.assertEqual(self.env["res.partner"]._qms_address(), "")
        self.assertEqual(self._partner()._qms_address(), "")
